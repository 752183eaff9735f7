/** One household of a tick-list, with the fields that are its own. */

import type { Payload } from "../core/event";
import type { Field } from "../core/form";
import { WORDS } from "../core/messages";
import { title } from "../core/titles";
import { h, say } from "./dom";
import { control, valueOf } from "./fields";

export interface Row {
  code: string;
  element: HTMLElement;
  isTicked(): boolean;
  tick(): void;
  read(unit: string): Payload[] | null; // one per event; null: the fault is shown
  done(): void;
}

const ATTENDEE: Field = {
  name: "members",
  kind: "text",
  title: WORDS.members,
  required: true,
  choices: [],
  pattern: "^\\s*[0-9]{1,2}(\\s*,\\s*[0-9]{1,2})*\\s*$",
};

/** `own` are the fields that each household states for itself: numbers of a SIM or a phone, members who came. */
export function row(code: string, text: string, own: readonly Field[]): Row {
  const box = h("input", { type: "checkbox", name: "tick", value: code });
  const fields = own.map((field) => (field.kind === "attendee" ? ATTENDEE : field));
  const controls = fields.map((field) => control(field));
  fields.forEach((field, index) => field === ATTENDEE && controls[index]?.set("1"));
  const details = h("div", { className: "own", hidden: true }, ...controls.map((each) => each.element));
  const show = (): void => void (details.hidden = !box.checked || controls.length === 0);
  box.addEventListener("change", show);
  const mark = h("span", { className: "state" });
  return {
    code,
    element: h("div", { className: "tick" }, h("label", {}, box, h("span", {}, text), mark), details),
    isTicked: () => box.checked,
    tick: () => {
      box.checked = true;
      show();
    },
    read: (unit) => {
      const found = fields.map((field, index) => valueOf(field, controls[index]!, unit));
      if (found.some((each) => "fault" in each)) return null;
      const values = found.map((each) => ("value" in each ? each.value : undefined));
      return events(code, fields, values.map(String));
    },
    done: () => {
      box.checked = false;
      show();
      mark.textContent = say(title("✓ đã ghi", "✓ recorded"));
      controls.forEach((each, index) => each.set(fields[index] === ATTENDEE ? "1" : ""));
    },
  };
}

function events(code: string, fields: readonly Field[], values: readonly string[]): Payload[] {
  const data: Payload = {};
  let members: string[] = [];
  fields.forEach((field, index) => {
    const value = values[index] ?? "";
    if (field === ATTENDEE) members = [...new Set(value.split(",").map((each) => each.trim()))];
    else data[field.name] = value;
  });
  return members.length > 0 ? members.map((member) => ({ ...data, attendee: `${code}/${member}` })) : [data];
}
