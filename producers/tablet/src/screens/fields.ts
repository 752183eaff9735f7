/** One field of a form as a control with big targets. */

import type { Field } from "../core/form";
import { WORDS } from "../core/messages";
import type { Title } from "../core/titles";
import { read, slug, type Read } from "../core/values";
import { h, option, say } from "./dom";
import { scanButton } from "./scanner";

export interface Control {
  name: string;
  element: HTMLElement;
  text(): string;
  set(text: string): void;
  fault(title: Title | null): void;
}

const SEGMENTS_MAX = 3; // more choices than this are a list

export function control(field: Field): Control {
  if (field.kind === "yesno")
    return segments(field, [
      ["yes", say(WORDS.yes)],
      ["no", say(WORDS.no)],
    ]);
  if (field.kind !== "choice") return entry(field);
  const choices = field.choices.map(({ code, title }): [string, string] => [code, say(title)]);
  return choices.length <= SEGMENTS_MAX ? segments(field, choices) : list(field, choices);
}

/** The value of a control; a fault is shown beside it. */
export function valueOf(field: Field, of: Control, unit: string): Read {
  const found = read(field, of.text(), unit);
  of.fault("fault" in found ? found.fault : null);
  return found;
}

/** A label, an input and the place for its fault. */
export function framed(
  name: string,
  title: Title,
  inner: HTMLElement[],
  required = true,
  input?: HTMLElement,
): Omit<Control, "text" | "set"> {
  const fault = h("p", { className: "fault", role: "alert" });
  const label = h("label", {}, say(title), required ? null : h("small", {}, ` (${say(WORDS.optional)})`));
  if (input) {
    input.id = `field-${name}`;
    label.htmlFor = input.id;
  }
  const element = h("div", { className: "field", "data-field": name }, label, ...inner, fault);
  return {
    name,
    element,
    fault: (told) => {
      fault.textContent = told ? say(told) : "";
      element.classList.toggle("faulty", told !== null);
    },
  };
}

function segments(field: Field, choices: [string, string][]): Control {
  const radios = choices.map(([value]) => h("input", { type: "radio", name: field.name, value }));
  const labels = choices.map(([, text], index) =>
    h("label", { className: "segment" }, radios[index], h("span", {}, text)),
  );
  const frame = framed(
    field.name,
    field.title,
    [h("div", { className: "segments", role: "radiogroup" }, ...labels)],
    field.required,
  );
  return {
    ...frame,
    text: () => radios.find((radio) => radio.checked)?.value ?? "",
    set: (text) => radios.forEach((radio) => (radio.checked = radio.value === text)),
  };
}

function list(field: Field, choices: [string, string][]): Control {
  const select = h(
    "select",
    { name: field.name },
    option("", say(WORDS.choose)),
    ...choices.map(([code, text]) => option(code, text)),
  );
  const frame = framed(field.name, field.title, [select], field.required, select);
  return { ...frame, text: () => select.value, set: (text) => (select.value = text) };
}

const INPUTS: Partial<Record<Field["kind"], Record<string, string>>> = {
  number: { inputMode: "numeric" },
  date: { type: "date" },
  personal: { autocomplete: "off", autocapitalize: "off", spellcheck: "false" },
};

function entry(field: Field): Control {
  const input = h("input", { name: field.name, ...(INPUTS[field.kind] ?? { autocapitalize: "off" }) });
  if (field.kind === "personal") input.inputMode = field.name === "serial" ? "text" : "numeric";
  if (field.kind === "slug") input.addEventListener("change", () => (input.value = slug(input.value)));
  const scan = field.kind === "personal" ? scanButton((text) => (input.value = text)) : null;
  const row = scan ? h("div", { className: "row" }, input, scan) : input;
  const frame = framed(field.name, field.title, [row], field.required, input);
  return { ...frame, text: () => input.value, set: (text) => (input.value = text) };
}
