/** Packs what waits into batches that the gateway takes. */

import type { Envelope } from "./event";
import { isSendable, type Kept } from "./outbox";

export const EVENTS_MAX = 500;
export const BATCH_BYTES_MAX = 500 * 1024; // the gateway takes 512 KiB as sent; the rest is for the head of the batch

export interface StreamState {
  topic: string;
  unit: string;
  highest: number;
  waiting: number;
}

export interface Batch {
  source: string;
  sentat: string;
  streams: StreamState[];
  events: Envelope[];
}

const size = (kept: Kept): number => new TextEncoder().encode(JSON.stringify(kept.event)).length + 1;

/** The events of a source that may be sent, oldest first, in groups that each fit a batch. */
export function grouped(kept: readonly Kept[], source: string): Kept[][] {
  const groups: Kept[][] = [];
  let room = 0;
  const due = kept.filter((each) => each.source === source && isSendable(each));
  for (const each of due.sort((a, b) => a.recorded - b.recorded || a.seq - b.seq)) {
    const bytes = size(each);
    let group = groups.at(-1);
    if (!group || group.length === EVENTS_MAX || bytes > room) {
      groups.push((group = []));
      room = BATCH_BYTES_MAX;
    }
    group.push(each);
    room -= bytes;
  }
  return groups;
}

/** Per stream of a source: the highest number given, and how many events the server has not confirmed. */
export function streamStates(
  kept: readonly Kept[],
  source: string,
  highest: ReadonlyMap<string, number>,
): StreamState[] {
  const waiting = new Map<string, number>();
  for (const each of kept) {
    if (each.state === "here") waiting.set(each.stream, (waiting.get(each.stream) ?? 0) + 1);
  }
  return [...highest]
    .filter(([stream]) => stream.startsWith(`${source} `))
    .map(([stream, number]) => {
      const [, topic = "", unit = ""] = stream.split(" ");
      return { topic, unit, highest: number, waiting: waiting.get(stream) ?? 0 };
    });
}
