/** Where: the unit of registration, and the village. Units of every vintage of the tablet's own communes. */

import { inUnit, unitsInOrder, type Reference } from "../core/reference";
import { WORDS } from "../core/messages";
import type { Choices } from "./choices";
import { h, option, say } from "./dom";
import { framed } from "./fields";

export interface Place {
  element: HTMLElement;
  unit(): string;
  village(): string;
  set(unit: string, village: string): void;
  onchange(listener: () => void): void;
}

export function place(reference: Reference, choices: Choices, withVillage = true): Place {
  const units = unitsInOrder(reference);
  const unit = h(
    "select",
    { name: "unit" },
    ...units.map((each) => option(each.unit, `${each.name} · ${each.vintage}`)),
  );
  const village = h("select", { name: "village" });
  const listeners: (() => void)[] = [];
  const villageFrame = framed("village", WORDS.village, [village], false, village);

  const showVillages = (): void => {
    const codes = inUnit(reference.villages, unit.value).map((each) => each.code);
    village.replaceChildren(option("", say(WORDS.anyVillage)), ...codes.map((code) => option(code, nameOf(code))));
    villageFrame.element.hidden = !withVillage || codes.length === 0;
  };
  const set = (of: string, inVillage: string): void => {
    unit.value = units.some((each) => each.unit === of) ? of : (units[0]?.unit ?? "");
    showVillages();
    village.value = inVillage;
    if (village.selectedIndex < 0) village.value = "";
  };
  const told = (): void => listeners.forEach((listener) => listener());
  unit.addEventListener("change", () => {
    showVillages();
    told();
  });
  village.addEventListener("change", told);
  set(choices.unit ?? "", choices.village ?? "");
  return {
    element: h(
      "section",
      { className: "place" },
      framed("unit", WORDS.unit, [unit], true, unit).element,
      villageFrame.element,
    ),
    unit: () => unit.value,
    village: () => village.value,
    set,
    onchange: (listener) => void listeners.push(listener),
  };
}

/** Registers have numbers of villages, not names. */
const nameOf = (code: string): string => `${say(WORDS.village)} ${code.split("/").at(-1) ?? code}`;
