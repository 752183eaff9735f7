/** What can be recorded here, by family, each with its form and, where it fits, its tick-list. */

import { WORDS } from "../core/messages";
import { FAMILIES, isTickable, type EventType, type Reference } from "../core/reference";
import { go, h, say } from "./dom";

export function homeScreen(reference: Reference): HTMLElement {
  const families = Object.keys(FAMILIES).map((family) => {
    const types = reference.types.filter((type) => type.family === family);
    return h("section", { hidden: types.length === 0 }, h("h2", {}, say(FAMILIES[family]!)), ...types.map(entry));
  });
  return h("main", { className: "home" }, ...families);
}

function entry(type: EventType): HTMLElement {
  const record = h(
    "button",
    { type: "button", className: "type", "data-type": type.type, onclick: () => go(`/record/${type.type}`) },
    say(type),
  );
  if (!isTickable(type)) return h("div", { className: "entry" }, record);
  const ticks = h(
    "button",
    {
      type: "button",
      className: "ticklist",
      "data-ticks": type.type,
      "aria-label": `${say(type)}: ${say(WORDS.ticks)}`,
      title: say(WORDS.ticks),
      onclick: () => go(`/ticks/${type.type}`),
    },
    "☑",
  );
  return h("div", { className: "entry" }, record, ticks);
}
