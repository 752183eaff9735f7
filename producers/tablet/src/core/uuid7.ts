/** Ids of events: UUIDv7, for people and logs. */

/** An id from a time in ms and 10 random bytes. */
export function uuid7(now: number, random: Uint8Array): string {
  const time = Math.max(0, Math.floor(now)).toString(16).padStart(12, "0").slice(-12);
  const tail = Array.from(random.subarray(0, 10), (byte) => byte.toString(16).padStart(2, "0")).join("");
  const variant = ((parseInt(tail.slice(4, 6), 16) & 0x3f) | 0x80).toString(16).padStart(2, "0");
  const digits = `${time}7${tail.slice(1, 4)}${variant}${tail.slice(6)}`;
  return [8, 12, 16, 20].reduceRight((text, at) => `${text.slice(0, at)}-${text.slice(at)}`, digits);
}
