/** About whom or what: a household, point or session by list, by typing or by scanning; or the unit itself. */

import {
  householdCode,
  partCode,
  placeOf,
  POINT_PART,
  SESSION_PART,
  sessionPart,
  spoken,
  type Typed,
} from "../core/codes";
import { SUBJECTS, WORDS } from "../core/messages";
import { inUnit, type Reference } from "../core/reference";
import { title, type Title } from "../core/titles";
import { h, option, say } from "./dom";
import { framed } from "./fields";
import type { Place } from "./place";
import { scanButton } from "./scanner";

export interface Subject {
  element: HTMLElement;
  read(): string | null; // null: the fault is shown
  set(subject: string): void;
  clear(): void;
}

const FAULTS: Record<string, Title> = {
  form: title("Mã không đúng dạng", "This code has not the right form"),
  check: title("Ký tự kiểm tra không khớp: có thể gõ nhầm", "The check character does not fit: a typing error?"),
  unit: title("Mã này thuộc đơn vị khác", "This code belongs to another unit"),
};

const EXAMPLES: Record<string, string> = { household: "K7M2-9", point: "P1", session: "TH0126" };

/** `sessions` are codes that this tablet used before, newest first. */
export function subject(
  kinds: readonly string[],
  reference: Reference,
  where: Place,
  sessions: readonly string[],
): Subject {
  let kind = kinds[0] ?? "unit";
  const input = h("input", { name: "subject", autocomplete: "off", autocapitalize: "characters", spellcheck: false });
  const known = h("select", { name: "known", "aria-label": say(WORDS.fromList) });
  const fresh = h(
    "button",
    { type: "button", className: "scan", onclick: () => newSession() },
    say(WORDS.newSession),
  );
  const scan = scanButton((text) => {
    input.value = text;
    read(); // a wrong card is told at once
  });
  const frame = framed(
    "subject",
    SUBJECTS[kind] ?? WORDS.subjectKind,
    [known, h("div", { className: "row" }, input, scan, fresh)],
    true,
    input,
  );
  const hint = h("p", { className: "hint" }, say(WORDS.sessionHint));
  const tabs = kindTabs(kinds, (chosen) => show(chosen));

  const newSession = (): void => void (input.value = sessionPart(crypto.getRandomValues(new Uint8Array(6))));
  const codes = (): string[] => {
    if (kind === "session") return sessions.filter((code) => code.startsWith(`${placeOf(where.unit())}-`));
    const entries = kind === "household" ? reference.households : kind === "point" ? reference.points : [];
    return inUnit(entries, where.unit(), where.village()).map((each) => each.code);
  };
  const refresh = (): void => {
    known.replaceChildren(
      option("", say(WORDS.fromList)),
      ...codes().map((code) => option(spoken(code), spoken(code))),
    );
    known.hidden = codes().length === 0;
  };
  const show = (chosen: string): void => {
    kind = chosen;
    frame.element.hidden = kind === "unit";
    frame.element.querySelector("label")!.textContent = say(SUBJECTS[kind] ?? WORDS.subjectKind);
    input.placeholder = EXAMPLES[kind] ?? "";
    fresh.hidden = hint.hidden = kind !== "session";
    refresh();
  };
  const read = (): string | null => {
    const unit = where.unit();
    if (kind === "unit") return `unit/${placeOf(unit)}`;
    const found = typed(kind, input.value, unit);
    frame.fault("fault" in found ? (FAULTS[found.fault] ?? null) : null);
    return "code" in found ? `${kind}/${found.code}` : null;
  };
  known.addEventListener("change", () => (input.value = known.value || input.value));
  where.onchange(refresh);
  show(kind);
  return {
    element: h("section", { className: "subject" }, tabs.element, frame.element, hint),
    read,
    set: (text) => {
      const [of = kind, code = ""] = text.split("/");
      tabs.set(of);
      show(of);
      input.value = spoken(code);
    },
    clear: () => {
      if (kind !== "session") input.value = known.value = "";
    },
  };
}

function typed(kind: string, text: string, unit: string): Typed {
  if (kind === "household") return householdCode(text, unit);
  return partCode(text.replace(/^[a-z]+\//i, ""), unit, kind === "point" ? POINT_PART : SESSION_PART);
}

function kindTabs(
  kinds: readonly string[],
  chosen: (kind: string) => void,
): { element: HTMLElement; set(kind: string): void } {
  const radios = kinds.map((kind) =>
    h("input", { type: "radio", name: "kind", value: kind, onchange: () => chosen(kind) }),
  );
  const labels = kinds.map((kind, index) =>
    h("label", { className: "segment" }, radios[index], h("span", {}, say(SUBJECTS[kind] ?? WORDS.subjectKind))),
  );
  const set = (kind: string): void => radios.forEach((radio) => (radio.checked = radio.value === kind));
  set(kinds[0] ?? "");
  return { element: h("div", { className: "segments", hidden: kinds.length < 2 }, ...labels), set };
}
