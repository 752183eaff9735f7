/** The form of one event, made from its contract; the same for recording, correcting and recording anew. */

import { asInput, offsetAt, rfc3339 } from "../core/clock";
import type { Payload } from "../core/event";
import { fieldsOf, type Field } from "../core/form";
import { WORDS } from "../core/messages";
import type { EventType, Reference } from "../core/reference";
import { shown } from "../core/values";
import { remember, type Choices } from "./choices";
import { h } from "./dom";
import { control, framed, valueOf, type Control } from "./fields";
import { place } from "./place";
import { subject } from "./subject";

export interface Stated {
  unit: string;
  subject: string;
  time: string;
  data: Payload;
}

export interface EventForm {
  element: HTMLElement;
  read(): Stated | null; // null: the faults are shown
  clear(): void;
}

/** Fields of one thing alone: after saving they are empty for the next one. */
const isOwn = (field: Field): boolean => field.kind === "personal" || field.kind === "attendee";
/** Asked for elsewhere on the form, or told by another field. */
export const isElsewhere = (field: Field): boolean => field.kind === "village" || field.kind === "household";

export function eventForm(
  type: EventType,
  reference: Reference,
  organisation: string,
  choices: Choices,
  sessions: string[],
  initial?: Stated,
): EventForm {
  const fields = fieldsOf(type.schema).filter((field) => !isElsewhere(field));
  const where = place(reference, initial ? placeOfStated(initial) : choices);
  const who = subject(type.subjects, reference, where, sessions);
  const controls = new Map(fields.map((field) => [field, control(field)]));
  const when = h("input", {
    type: "datetime-local",
    name: "when",
    value: asInput(initial ? Date.parse(initial.time) : Date.now()),
  });
  const untouched = when.value;
  for (const [field, each] of controls)
    each.set(initial ? shown(initial.data[field.name]) : isOwn(field) ? "" : (choices[field.name] ?? ""));
  if (initial) who.set(initial.subject);

  const time = (): string => {
    if (initial && when.value === untouched) return initial.time;
    const ms = when.value === untouched || when.value === "" ? Date.now() : new Date(when.value).getTime();
    return rfc3339(ms, offsetAt(ms));
  };
  return {
    element: h(
      "div",
      { className: "form" },
      where.element,
      who.element,
      ...[...controls.values()].map((each) => each.element),
      framed("when", WORDS.when, [when], true, when).element,
    ),
    read: () => {
      const about = who.read();
      const data = payload(controls, where.unit(), organisation, where.village());
      if (about === null || data === null) return null;
      void remember({ unit: where.unit(), village: where.village(), ...textsOf(controls) });
      return { unit: where.unit(), subject: about, time: time(), data: attending(type, data) };
    },
    clear: () => {
      who.clear();
      for (const [field, each] of controls) if (isOwn(field)) each.set("");
    },
  };
}

const placeOfStated = ({ unit, data }: Stated): Choices => ({ unit, village: shown(data.village) });

/** What is remembered of the controls: never a number of somebody's. */
export const textsOf = (controls: ReadonlyMap<Field, Control>): Choices =>
  Object.fromEntries(
    [...controls].filter(([field]) => !isOwn(field)).map(([field, each]) => [field.name, each.text()]),
  );

/** The payload that the controls state; null when one of them has a fault, which is shown. */
export function payload(
  controls: ReadonlyMap<Field, Control>,
  unit: string,
  organisation: string,
  village: string,
): Payload | null {
  const data: Payload = { organisation, ...(village ? { village } : {}) };
  let sound = true;
  for (const [field, each] of controls) {
    const found = valueOf(field, each, unit);
    if ("fault" in found) sound = false;
    else if (found.value !== undefined) data[field.name] = found.value;
  }
  if (!sound) document.querySelector(".faulty")?.scrollIntoView({ block: "center" });
  return sound ? data : null;
}

/** An attendee who is a household's member tells the household too. */
export function attending(type: EventType, data: Payload): Payload {
  const [household, member] = String(data.attendee ?? "").split("/");
  const told = member !== undefined && household && "household" in (type.schema.properties ?? {});
  return told ? { ...data, household } : data;
}
