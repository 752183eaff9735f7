/** Recording an event: form, save, and the same form for the next one. */

import type { Draft } from "../core/event";
import { WORDS } from "../core/messages";
import type { Kept } from "../core/outbox";
import type { EventType, Reference } from "../core/reference";
import { database, type Device } from "../edge/database";
import { record, StorageFull, type Beside } from "../edge/recording";
import { syncNow } from "../sync/timer";
import { lastChoices } from "./choices";
import { go, h, say, toast } from "./dom";
import { eventForm, type Stated } from "./form";
import { page } from "./page";

export const draftOf = (type: EventType, stated: Stated): Draft => ({
  type: type.type,
  version: type.version,
  topic: type.family,
  ...stated,
});

/** Saves an event; says so, or that the tablet is full. True when it is saved. */
export async function save(device: Device, draft: Draft, beside: Beside = {}): Promise<boolean> {
  try {
    await record(device, draft, beside);
  } catch (error) {
    if (!(error instanceof StorageFull)) throw error;
    alarm(say(WORDS.full));
    return false;
  }
  document.querySelector(".alarm")?.remove();
  void syncNow();
  return true;
}

function alarm(text: string): void {
  document.querySelector(".alarm")?.remove();
  document.body.append(h("div", { className: "alarm", role: "alert" }, text));
}

/** Sessions that this tablet recorded, newest first: their codes are chosen, not typed again. */
export async function recentSessions(): Promise<string[]> {
  const events = await database.events.orderBy("recorded").reverse().limit(500).toArray();
  const codes = events.map((each) => each.event.subject).filter((subject) => subject.startsWith("session/"));
  return [...new Set(codes.map((subject) => subject.slice("session/".length)))].slice(0, 12);
}

/** `again` is a rejected event that is mended and recorded anew. */
export async function recordScreen(
  device: Device,
  reference: Reference,
  type: EventType,
  again?: Kept,
): Promise<HTMLElement> {
  const initial = again ? { ...again.event, data: again.event.data as Stated["data"] } : undefined;
  const form = eventForm(type, reference, device.organisation, await lastChoices(), await recentSessions(), initial);
  const submit = async (event: Event): Promise<void> => {
    event.preventDefault();
    const stated = form.read();
    if (!stated || !(await save(device, draftOf(type, stated), again ? { replaces: again.id } : {}))) return;
    toast(say(WORDS.saved));
    if (again) return go("/events");
    form.clear();
    scrollTo(0, 0);
  };
  return page(
    say(type),
    h(
      "form",
      { noValidate: true, onsubmit: (event: Event) => void submit(event) },
      form.element,
      h("button", { type: "submit", className: "primary" }, say(WORDS.save)),
    ),
  );
}
