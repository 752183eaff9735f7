/** A tick-list: what is the same is stated once, then one event per tick. */

import { householdCode, spoken } from "../core/codes";
import { fieldsOf, type Field } from "../core/form";
import { offsetAt, rfc3339 } from "../core/clock";
import type { Payload } from "../core/event";
import { WORDS } from "../core/messages";
import { inUnit, type EventType, type Reference } from "../core/reference";
import type { Device } from "../edge/database";
import { lastChoices, remember } from "./choices";
import { h, say, toast } from "./dom";
import { control } from "./fields";
import { attending, isElsewhere, payload, textsOf } from "./form";
import { page } from "./page";
import { place } from "./place";
import { draftOf, recentSessions, save } from "./record";
import { subject } from "./subject";
import { row, type Row } from "./tickrow";

export async function ticksScreen(device: Device, reference: Reference, type: EventType): Promise<HTMLElement> {
  const choices = await lastChoices();
  const fields = fieldsOf(type.schema).filter((field) => !isElsewhere(field));
  const own = fields.filter((field) => field.kind === "personal" || field.kind === "attendee");
  const where = place(reference, choices);
  const session = type.subjects.includes("session")
    ? subject(["session"], reference, where, await recentSessions())
    : null;
  const shared = new Map(fields.filter((field) => !own.includes(field)).map((field) => [field, control(field)]));
  for (const [field, each] of shared) each.set(choices[field.name] ?? "");
  const list = tickList(
    own,
    () => inUnit(reference.households, where.unit(), where.village()).map((each) => each.code),
    where.unit,
  );
  where.onchange(list.refresh);

  const submit = async (event: Event): Promise<void> => {
    event.preventDefault();
    const about = session?.read();
    const common = payload(shared, where.unit(), device.organisation, where.village());
    const ticked = list.rows().filter((each) => each.isTicked());
    const told = ticked.map((each) => each.read(where.unit()));
    if (common === null || about === null || told.some((each) => each === null) || ticked.length === 0) return;
    void remember({ unit: where.unit(), village: where.village(), ...textsOf(shared) });
    let saved = 0;
    for (const [index, each] of ticked.entries()) {
      for (const data of told[index] ?? []) {
        if (!(await save(device, draftFor(each.code, { ...common, ...data }, about)))) return;
        saved += 1;
      }
      each.done();
    }
    toast(`${saved} ${say(WORDS.savedMany)}`);
  };
  const draftFor = (household: string, data: Payload, about?: string) => {
    const time = rfc3339(Date.now(), offsetAt(Date.now()));
    return draftOf(type, {
      unit: where.unit(),
      subject: about ?? `household/${household}`,
      time,
      data: attending(type, data),
    });
  };
  return page(
    `${say(type)} · ${say(WORDS.ticks)}`,
    h(
      "form",
      { noValidate: true, onsubmit: (event: Event) => void submit(event) },
      where.element,
      session?.element,
      ...[...shared.values()].map((each) => each.element),
      h("p", { className: "hint" }, say(WORDS.tickHint)),
      list.element,
      h("button", { type: "submit", className: "primary sticky" }, say(WORDS.save)),
    ),
  );
}

interface TickList {
  element: HTMLElement;
  rows(): Row[];
  refresh(): void;
}

function tickList(own: Field[], known: () => string[], unit: () => string): TickList {
  let rows: Row[] = [];
  const holder = h("div", { className: "ticks" });
  const input = h("input", { name: "more", placeholder: "K7M2-9", autocapitalize: "characters" });
  const add = (): void => {
    const found = householdCode(input.value, unit());
    if (!("code" in found)) return void input.classList.add("faulty");
    input.value = "";
    input.classList.remove("faulty");
    if (rows.some((each) => each.code === found.code)) return;
    const made = row(found.code, spoken(found.code), own);
    made.tick();
    rows.push(made);
    holder.append(made.element);
  };
  const refresh = (): void => {
    rows = known().map((code) => row(code, spoken(code), own));
    const none = h("p", { className: "hint" }, say(WORDS.tickNone));
    holder.replaceChildren(...(rows.length > 0 ? rows.map((each) => each.element) : [none]));
  };
  refresh();
  const more = h(
    "div",
    { className: "row" },
    input,
    h("button", { type: "button", className: "scan", onclick: add }, say(WORDS.addCode)),
  );
  return { element: h("section", {}, holder, more), rows: () => rows, refresh };
}
