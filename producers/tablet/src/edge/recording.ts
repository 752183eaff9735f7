/** Recording: one transaction per event, which takes the next number of its stream and keeps the event, or neither. */

import { envelope, streamOf, WITHDRAWN, type Draft, type Revision } from "../core/event";
import type { Kept } from "../core/outbox";
import { uuid7 } from "../core/uuid7";
import { database, type Device } from "./database";
import { isFull } from "./storage";

export class StorageFull extends Error {}

const newId = (): string => uuid7(Date.now(), crypto.getRandomValues(new Uint8Array(10)));

/** What is known of an event beside its draft. */
export interface Beside {
  root?: string; // of a revision: the id of the event that it revises
  replaces?: string; // the id of the rejected event that this one is recorded for
}

/** Records an event under this device; throws StorageFull when the disk cannot take it, and then nothing changed. */
export async function record(device: Device, draft: Draft, beside: Beside = {}): Promise<Kept> {
  try {
    return await database.transaction("rw", database.events, database.streams, async () => {
      const kept = await numbered(device.source, draft, newId(), Date.now(), beside.root);
      await database.events.add(kept);
      if (beside.replaces) await database.events.update(beside.replaces, { replaced: true });
      return kept;
    });
  } catch (error) {
    if (isFull(error)) throw new StorageFull();
    throw error;
  }
}

/** An event with the next number of its stream; to be called within a transaction over events and streams. */
async function numbered(source: string, draft: Draft, id: string, recorded: number, root?: string): Promise<Kept> {
  const stream = streamOf(source, draft.topic, draft.unit);
  const seq = ((await database.streams.get(stream))?.highest ?? 0) + 1;
  await database.streams.put({ stream, highest: seq });
  return kept(source, draft, id, recorded, seq, root);
}

function kept(source: string, draft: Draft, id: string, recorded: number, seq: number, root?: string): Kept {
  const { topic, unit, type } = draft;
  return {
    id,
    stream: streamOf(source, topic, unit),
    topic,
    unit,
    seq,
    source,
    type,
    recorded,
    state: "here",
    attempts: 0,
    resends: 0,
    event: envelope(draft, id, source, seq),
    ...(root ? { root } : {}),
  };
}

/** Records that the number of a refused event will never be used. */
export async function withdraw(refused: Kept, organisation: string, time: string): Promise<void> {
  const { topic, unit, source, seq } = refused;
  const subject = `unit/${unit.replace(":", ".")}`;
  const data = { organisation, reason: "rejected" };
  const draft: Draft = { type: WITHDRAWN, version: 1, topic, unit, subject, time, data };
  await database.transaction("rw", database.events, async () => {
    if ((await database.events.filter((each) => each.closes === refused.id).count()) > 0) return;
    await database.events.add({ ...kept(source, draft, newId(), Date.now(), seq), closes: refused.id });
  });
}

/** Gives an event of a source that was given up a number of the new one; its id stays. */
export async function renumber(event: Kept, device: Device): Promise<void> {
  await database.transaction("rw", database.events, database.streams, async () => {
    const { topic, unit, type, id } = event;
    const version = Number(event.event.dataschema.split(":").at(-1));
    const { subject, time } = event.event;
    const root = event.root ? await database.events.get(event.root) : undefined;
    const data = root
      ? { ...(event.event.data as Revision), root: { source: root.source, unit: root.unit, seq: root.seq } }
      : event.event.data;
    const draft: Draft = { type, version, topic, unit, subject, time, data };
    await database.events.put(await numbered(device.source, draft, id, event.recorded, event.root));
  });
}
