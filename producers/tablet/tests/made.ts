/** Events made up for tests. */

import { envelope, streamOf, type Draft } from "../src/core/event";
import type { Kept } from "../src/core/outbox";

export const SOURCE = "/tablets/one";
export const UNIT = "2025-07:24848";
export const NOW = Date.parse("2026-03-01T08:12:04+07:00");

export const draft = (data: Draft["data"] = { organisation: "other", leaflet: "to-roi" }): Draft => ({
  type: "leaflet.distributed",
  version: 1,
  topic: "outreach",
  unit: UNIT,
  subject: "household/2025-07.24848-K7M2-9",
  time: "2026-03-01T08:12:04+07:00",
  data,
});

export function kept(seq: number, changed: Partial<Kept> = {}, of: Draft = draft()): Kept {
  const id = `01934c1e-0000-7000-8000-${String(seq).padStart(12, "0")}`;
  return {
    id,
    seq,
    source: SOURCE,
    stream: streamOf(SOURCE, of.topic, of.unit),
    topic: of.topic,
    unit: of.unit,
    type: of.type,
    state: "here",
    recorded: NOW + seq,
    attempts: 0,
    resends: 0,
    event: envelope(of, id, SOURCE, seq),
    ...changed,
  };
}
