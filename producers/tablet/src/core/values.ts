/** What was put into a field, read as the contract wants it, or the sentence that says what to mend. */

import { householdCode } from "./codes";
import type { Field } from "./form";
import { title, type Title } from "./titles";

export type Value = string | number | boolean;
export type Read = { value: Value | undefined } | { fault: Title };

const FAULTS = {
  empty: title("Cần điền mục này", "Please fill this in"),
  number: title("Cần một số nguyên trong giới hạn", "A whole number within the limits is needed"),
  form: title("Không đúng dạng, hãy xem lại", "This has not the right form, please check"),
  check: title("Ký tự kiểm tra không khớp: có thể gõ nhầm", "The check character does not fit: a typing error?"),
  unit: title("Mã này thuộc đơn vị khác", "This code belongs to another unit"),
} satisfies Record<string, Title>;

const fault = (name: keyof typeof FAULTS): Read => ({ fault: FAULTS[name] });

/** The value of a field from the text of its input; an empty one that need not be filled has none. */
export function read(field: Field, typed: string, unit: string): Read {
  const text = typed.trim();
  if (text === "") return field.required ? fault("empty") : { value: undefined };
  switch (field.kind) {
    case "number":
      return readNumber(field, text);
    case "yesno":
      return { value: text === "yes" };
    case "household":
      return readHousehold(text, unit);
    case "attendee":
      return readAttendee(text, unit);
    case "slug":
      return fits(field, slug(text));
    case "personal":
      return fits(field, text.replace(/[\s]/g, ""));
    default:
      return fits(field, text);
  }
}

function fits(field: Field, text: string): Read {
  return field.pattern === undefined || new RegExp(field.pattern).test(text) ? { value: text } : fault("form");
}

function readNumber(field: Field, text: string): Read {
  const digits = text.replace(/[.\s]/g, ""); // 6.000.000 is how people here write it
  const number = Number(digits);
  const inside = number >= (field.minimum ?? 0) && number <= (field.maximum ?? Number.MAX_SAFE_INTEGER);
  return /^[0-9]+$/.test(digits) && inside ? { value: number } : fault("number");
}

function readHousehold(text: string, unit: string): Read {
  const typed = householdCode(text, unit);
  return "code" in typed ? { value: typed.code } : fault(typed.fault);
}

/** A number within the session, or a household's code and a member's number after a slash. */
function readAttendee(text: string, unit: string): Read {
  if (/^[0-9]{1,4}$/.test(text)) return { value: text };
  const [code = "", member = "1"] = text.split("/");
  if (!/^[0-9]{1,2}$/.test(member)) return fault("form");
  const typed = householdCode(code, unit);
  return "code" in typed ? { value: `${typed.code}/${member}` } : fault(typed.fault);
}

/** A short code from what people write: `Samsung UA50` becomes `samsung-ua50`. */
export const slug = (text: string): string =>
  text
    .normalize("NFD")
    .replace(/[\u0300-\u036f]/g, "")
    .replace(/[đĐ]/g, "d")
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, "-")
    .replace(/^-+|-+$/g, "")
    .slice(0, 40);

/** The text of an input for a value that is already there. */
export const shown = (value: Value | undefined): string =>
  value === undefined || value === null ? "" : typeof value === "boolean" ? (value ? "yes" : "no") : String(value);
