/** Codes that people type: households with a check character, points, sessions. */

export const ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"; // Crockford's base 32: no I, L, O, U

/** The check character of a household's four characters (Luhn mod 32): finds every single typing error. */
export function checkCharacter(code: string): string {
  let total = 0;
  [...code].reverse().forEach((character, index) => {
    const value = ALPHABET.indexOf(character) * (index % 2 === 0 ? 2 : 1);
    total += Math.floor(value / 32) + (value % 32);
  });
  return ALPHABET.charAt((32 - (total % 32)) % 32);
}

/** A unit as it begins the codes under it: `2025-07.24848`. */
export const placeOf = (unit: string): string => unit.replace(":", ".");

/** What is told apart by ear and eye alone: capitals, no spaces, O for 0, I and L for 1. */
const tidy = (typed: string): string =>
  typed.toUpperCase().replace(/\s/g, "").replace(/O/g, "0").replace(/[IL]/g, "1");

export type Typed = { code: string } | { fault: "form" | "check" | "unit" };

/** A household's whole code from what was typed or scanned: whole, or its last part `K7M29` or `K7M2-9`. */
export function householdCode(typed: string, unit: string): Typed {
  const parts =
    /^(?:H0USEH01D\/)?(?:([0-9]{4}(?:-[0-9]{2})?\.[0-9]{5})-)?([0-9A-HJKMNP-TV-Z]{4})-?([0-9A-HJKMNP-TV-Z])$/.exec(
      tidy(typed),
    );
  if (!parts) return { fault: "form" };
  const [, place = placeOf(unit), number = "", check = ""] = parts;
  if (checkCharacter(number) !== check) return { fault: "check" };
  if (place !== placeOf(unit)) return { fault: "unit" };
  return { code: `${place}-${number}-${check}` };
}

/** The whole code of a point or a session from its last part. */
export function partCode(typed: string, unit: string, form: RegExp): Typed {
  const place = `${placeOf(unit)}-`;
  const part = typed.toUpperCase().replace(/\s/g, "");
  const own = part.startsWith(place) ? part.slice(place.length) : part;
  return form.test(own) ? { code: place + own } : { fault: "form" };
}

export const POINT_PART = /^[0-9A-Z]{1,8}$/;
export const SESSION_PART = /^[0-9A-Z]{4,12}$/;

/** A code for a new session from 6 random bytes; two teams of one session type the same. */
export const sessionPart = (random: Uint8Array): string =>
  Array.from(random.subarray(0, 6), (byte) => ALPHABET.charAt(byte & 31)).join("");

/** The last part of a code, which is what people say aloud. */
export const spoken = (code: string): string => code.replace(/^[0-9]{4}(?:-[0-9]{2})?\.[0-9]{2,5}-/, "");
