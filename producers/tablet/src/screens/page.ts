/** The frame of a screen below the banner. */

import { WORDS } from "../core/messages";
import { go, h, say } from "./dom";

export function page(heading: string, ...children: (Node | null | undefined)[]): HTMLElement {
  const back = h(
    "button",
    { type: "button", className: "back", "aria-label": say(WORDS.back), onclick: () => go("/") },
    "‹",
  );
  return h(
    "main",
    {},
    h("header", { className: "heading" }, back, h("h1", {}, heading)),
    ...children.filter((each) => each != null),
  );
}
