/** How much room there is, and that the browser keeps what it holds. */

export interface Room {
  used: number; // bytes
  free: number; // bytes
  persistent: boolean;
}

const MIB = 1024 * 1024;
export const LOW_BYTES = 100 * MIB; // some 100,000 events: a person is told long before it is full
export const LOW_SHARE = 0.8;

/** Asks the browser never to evict this app's storage. */
export const askToPersist = async (): Promise<boolean> => (await navigator.storage?.persist?.()) ?? false;

export async function room(): Promise<Room> {
  const { usage = 0, quota = 0 } = (await navigator.storage?.estimate?.()) ?? {};
  const persistent = (await navigator.storage?.persisted?.()) ?? false;
  return { used: usage, free: Math.max(0, quota - usage), persistent };
}

export const isLow = ({ used, free }: Room): boolean => free < LOW_BYTES || used > LOW_SHARE * (used + free);

export const mib = (bytes: number): string => `${Math.round(bytes / MIB).toLocaleString("vi")} MB`;

/** Whether an error says that the disk is full. Dexie wraps the browser's errors, an aborted transaction once more. */
export function isFull(error: unknown): boolean {
  for (let each = error; each instanceof Error; each = (each as { inner?: unknown }).inner ?? each.cause) {
    if (each.name === "QuotaExceededError" || each.message.includes("QuotaExceededError")) return true;
  }
  return false;
}

/** What is to be taken when the disk was full; any other error stays one. For what may be left undone until later. */
export const whenFull =
  <T>(instead: T) =>
  (error: unknown): T => {
    if (!isFull(error)) throw error;
    return instead;
  };
