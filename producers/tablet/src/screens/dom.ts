/** Elements, and the words on them. */

import type { Language, Title } from "../core/titles";

type Child = Node | string | null | false | undefined;
type Props = Record<string, unknown>;

/** An element: `on…` properties are listeners, others are set as they are, or as attributes where there is none. */
export function h<K extends keyof HTMLElementTagNameMap>(
  tag: K,
  props: Props = {},
  ...children: Child[]
): HTMLElementTagNameMap[K] {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(props)) {
    if (value === undefined || value === false) continue;
    if (name.startsWith("on")) element.addEventListener(name.slice(2), value as EventListener);
    else if (name in element && name !== "list") Reflect.set(element, name, value);
    else element.setAttribute(name, String(value));
  }
  element.append(
    ...children.filter((child): child is Node | string => child !== null && child !== undefined && child !== false),
  );
  return element;
}

let spoken: Language = localStorage.getItem("language") === "en" ? "en" : "vi";

export const language = (): Language => spoken;
export const say = (title: Title): string => title[spoken];

export function setLanguage(next: Language): void {
  spoken = next;
  localStorage.setItem("language", next);
  document.documentElement.lang = next;
}

/** A passing sentence at the foot of the screen. */
export function toast(text: string): void {
  document.querySelector(".toast")?.remove();
  const shown = h("div", { className: "toast", role: "status" }, text);
  document.body.append(shown);
  setTimeout(() => shown.remove(), 4000);
}

export const go = (path: string): void => {
  location.hash = path;
};

/** An option of a select. */
export const option = (value: string, text: string): HTMLOptionElement => h("option", { value }, text);
