/** One event: what it states, what became of it, and its correction, void or recording anew. */

import { readable } from "../core/clock";
import type { Payload, Revision } from "../core/event";
import { fieldsOf } from "../core/form";
import { STATES, WORDS } from "../core/messages";
import type { Kept } from "../core/outbox";
import { typeOf, type EventType, type Reference } from "../core/reference";
import { current, isRevisable, revisionOf } from "../core/revising";
import { shown } from "../core/values";
import { database, type Device } from "../edge/database";
import { nowText } from "../edge/requests";
import { go, h, option, say, toast } from "./dom";
import { eventForm } from "./form";
import { framed } from "./fields";
import { nameOf } from "./events";
import { page } from "./page";
import { save } from "./record";

export async function eventScreen(device: Device, reference: Reference, id: string): Promise<HTMLElement> {
  const kept = await database.events.get(id);
  if (!kept) return page(say(WORDS.mine));
  const revisions = await database.events.where("root").equals(id).toArray();
  const type = typeOf(reference, kept.type);
  const actions = h("div", { className: "actions" });
  if (type && isRevisable(kept, revisions)) {
    actions.append(
      h("button", { type: "button", className: "primary", onclick: () => go(`/correct/${id}`) }, say(WORDS.correct)),
      voiding(device, reference, kept, revisions),
    );
  }
  if (type && kept.state === "rejected" && !kept.replaced && kept.root === undefined) {
    actions.append(
      h("button", { type: "button", className: "primary", onclick: () => go(`/again/${id}`) }, say(WORDS.again)),
    );
  }
  const state = h(
    "p",
    { className: `event ${kept.state}` },
    h("span", { className: "state" }, say(STATES[kept.state])),
    kept.refusal ? h("span", { className: "reason" }, say(kept.refusal)) : null,
  );
  return page(nameOf(kept, reference), state, facts(kept, revisions, reference, type), actions);
}

function facts(kept: Kept, revisions: Kept[], reference: Reference, type?: EventType): HTMLElement {
  const stated = kept.root
    ? ((kept.event.data as Revision).new ?? (kept.event.data as Revision).original)
    : current(kept, revisions);
  const rows: [string, string][] = [
    [say(WORDS.unit), reference.units.find((each) => each.unit === kept.unit)?.name ?? kept.unit],
    [say(WORDS.subjectKind), stated.subject.split("/")[1] ?? ""],
    [say(WORDS.when), readable(Date.parse(stated.time))],
    ...(type ? valuesOf(type, stated.data) : []),
  ];
  if (revisions.length > 0) rows.push([say(WORDS.revised), String(revisions.length)]);
  return h("dl", {}, ...rows.flatMap(([name, value]) => [h("dt", {}, name), h("dd", {}, value)]));
}

function valuesOf(type: EventType, data: Payload): [string, string][] {
  return fieldsOf(type.schema)
    .filter((field) => data[field.name] !== undefined)
    .map((field) => {
      const text = shown(data[field.name]);
      const chosen = field.choices.find((each) => each.code === text)?.title;
      const yes = field.kind === "yesno" ? (text === "yes" ? WORDS.yes : WORDS.no) : undefined;
      return [say(field.title), chosen ? say(chosen) : yes ? say(yes) : text];
    });
}

function reasons(reference: Reference): { element: HTMLElement; value(): string } {
  const known = reference.lists["revision-reasons"] ?? [];
  const select = h("select", { name: "reason" }, ...known.map((each) => option(each.code, say(each))));
  return { element: framed("reason", WORDS.reason, [select], true, select).element, value: () => select.value };
}

function voiding(device: Device, reference: Reference, kept: Kept, revisions: Kept[]): HTMLElement {
  const reason = reasons(reference);
  const confirm = async (): Promise<void> => {
    const draft = revisionOf(kept, revisions, device.organisation, reason.value(), nowText());
    if (await save(device, draft, { root: kept.id })) done();
  };
  return h(
    "details",
    {},
    h("summary", {}, say(WORDS.void)),
    reason.element,
    h("button", { type: "button", className: "danger", onclick: () => void confirm() }, say(WORDS.void)),
  );
}

/** The form of a correction: what the event states now, and what it is to state. Its unit stays. */
export async function correctScreen(device: Device, reference: Reference, id: string): Promise<HTMLElement> {
  const kept = await database.events.get(id);
  const type = kept && typeOf(reference, kept.type);
  if (!kept || !type) return page(say(WORDS.mine));
  const revisions = await database.events.where("root").equals(id).toArray();
  const now = current(kept, revisions);
  const form = eventForm(type, reference, device.organisation, {}, [], { unit: kept.unit, ...now });
  form.element.querySelector<HTMLSelectElement>("[name=unit]")!.disabled = true;
  const reason = reasons(reference);
  const submit = async (event: Event): Promise<void> => {
    event.preventDefault();
    const stated = form.read();
    if (!stated) return;
    const draft = revisionOf(kept, revisions, device.organisation, reason.value(), nowText(), stated);
    if (await save(device, draft, { root: id })) done();
  };
  return page(
    `${say(WORDS.correct)}: ${say(type)}`,
    h(
      "form",
      { noValidate: true, onsubmit: (event: Event) => void submit(event) },
      reason.element,
      form.element,
      h("button", { type: "submit", className: "primary" }, say(WORDS.save)),
    ),
  );
}

function done(): void {
  toast(say(WORDS.saved));
  go("/events");
}
