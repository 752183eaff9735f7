/** Times as the contract writes them, and how wrong a clock may be before a person is told. */

export const DOUBTFUL_SKEW_MS = 5 * 60 * 1000; // the same limit as the server's: beyond it, it corrects the time
const MINUTE_MS = 60 * 1000;

const two = (number: number): string => String(Math.abs(number)).padStart(2, "0");

/** RFC 3339 with the offset of a place, `offset` in minutes east of UTC (420 in Viet Nam). */
export function rfc3339(ms: number, offset: number): string {
  const local = new Date(ms + offset * MINUTE_MS).toISOString().slice(0, 19);
  return `${local}${offset < 0 ? "-" : "+"}${two(Math.trunc(offset / 60))}:${two(offset % 60)}`;
}

/** Minutes east of UTC of this tablet at a time. */
export const offsetAt = (ms: number): number => -new Date(ms).getTimezoneOffset();

/** The value of an input of day and time, `2026-03-01T08:12`, in the tablet's own zone. */
export const asInput = (ms: number): string => rfc3339(ms, offsetAt(ms)).slice(0, 16);

/** Day and time as people here write them: `01/03/2026 08:12`. */
export function readable(ms: number): string {
  const [day = "", time = ""] = asInput(ms).split("T");
  return `${day.split("-").reverse().join("/")} ${time}`;
}

export const isDoubtful = (skew: number): boolean => Math.abs(skew) > DOUBTFUL_SKEW_MS;
