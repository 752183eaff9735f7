/** When to try again. */

export const FIRST_MS = 2_000;
export const LONGEST_MS = 5 * 60_000;
export const IDLE_MS = 60_000; // between two looks when all is well and nothing waits
export const WATCH_MS = 2_000; // while the counter has yet to say that it has what was sent

/** The wait after `failures` failures in a row; `random` in [0, 1) spreads the tablets of a team. */
export function waitAfter(failures: number, random: number, retryAfterS = 0): number {
  const span = Math.min(LONGEST_MS, FIRST_MS * 2 ** Math.min(failures - 1, 20));
  return Math.max(retryAfterS * 1000, span / 2) + (span / 2) * random;
}
