/** What an answer of `GET /v1/sync` changes: what is counted, what is sent again, what was rejected after all. */

import { streamOf } from "./event";
import { refusalOf, RESENDS_MAX, type Kept } from "./outbox";
import { holds, type Range } from "./ranges";

export interface SyncStream {
  topic: string;
  unit: string;
  highest: number;
  seen: Range[];
  missing: number[];
  rejected: number[];
  withdrawn: number[];
}

export interface SyncRejected {
  topic: string;
  unit: string;
  seq: number;
  id: string;
  code: string;
  path: string;
  vi: string;
  en: string;
}

export interface Sync {
  streams: SyncStream[];
  rejected: SyncRejected[];
}

/** How long the counter may take before what it misses is sent again. */
export const PATIENCE_MS = 15_000;

/** The events that change by an answer about their source, as they are from now on. */
export function merged(kept: readonly Kept[], source: string, sync: Sync, now: number): Kept[] {
  const streams = new Map(sync.streams.map((each) => [streamOf(source, each.topic, each.unit), each]));
  const rejected = new Map(sync.rejected.map((each) => [each.id, each]));
  return kept.flatMap((each) => {
    if (each.source !== source) return [];
    const refused = rejected.get(each.id);
    if (refused)
      return each.state === "rejected" ? [] : [{ ...each, state: "rejected", refusal: refusalOf(refused) }];
    const stream = streams.get(each.stream);
    return stream ? changed(each, stream, now) : [];
  });
}

function changed(kept: Kept, stream: SyncStream, now: number): Kept[] {
  if (kept.state === "rejected" || kept.state === "counted" || kept.attempts === 0) return [];
  if (holds(stream.seen, kept.seq)) return [{ ...kept, state: "counted" }];
  const overdue = kept.state === "sent" && now - (kept.sent ?? now) > PATIENCE_MS;
  const missed = overdue && stream.missing.includes(kept.seq) && kept.resends < RESENDS_MAX;
  return missed ? [{ ...kept, state: "here", resends: kept.resends + 1 }] : [];
}

/** Whether the server knows numbers of this source that this tablet never gave: then this is a restored copy. */
export function isCopy(highest: ReadonlyMap<string, number>, source: string, sync: Sync): boolean {
  return sync.streams.some((each) => each.highest > (highest.get(streamOf(source, each.topic, each.unit)) ?? 0));
}

/** Whether an event of a restored copy keeps its number: it may already be on the server, where its id decides. */
export function keepsNumber(kept: Kept, sync: Sync): boolean {
  const stream = sync.streams.find((each) => each.topic === kept.topic && each.unit === kept.unit);
  return kept.attempts > 0 || kept.closes !== undefined || (stream !== undefined && kept.seq <= stream.highest);
}

/** How long a counted event stays on the tablet, to be looked at and revised. */
export const KEEP_COUNTED_MS = 60 * 24 * 3600 * 1000;

/** The ids that may leave the tablet: counted, old, and revised by nothing that still waits. */
export function purgeable(kept: readonly Kept[], now: number): string[] {
  const needed = new Set(kept.filter((each) => each.state !== "counted").map((each) => each.root));
  return kept
    .filter((each) => each.state === "counted" && now - each.recorded > KEEP_COUNTED_MS && !needed.has(each.id))
    .map((each) => each.id);
}
