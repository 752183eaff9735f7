import { describe, expect, test } from "vitest";
import {
  isCopy,
  KEEP_COUNTED_MS,
  keepsNumber,
  merged,
  PATIENCE_MS,
  purgeable,
  type Sync,
  type SyncStream,
} from "../src/core/merging";
import { RESENDS_MAX } from "../src/core/outbox";
import { kept, NOW, SOURCE, UNIT } from "./made";

const stream = (changed: Partial<SyncStream>): Sync => ({
  streams: [
    { topic: "outreach", unit: UNIT, highest: 9, seen: [], missing: [], rejected: [], withdrawn: [], ...changed },
  ],
  rejected: [],
});
const sent = (seq: number) => kept(seq, { state: "sent", sent: NOW, attempts: 1 });

describe("an answer of sync", () => {
  test("makes counted what the counter has seen, also where the receipt was lost", () => {
    const lost = kept(2, { attempts: 1 });
    const states = merged([sent(1), lost, sent(7)], SOURCE, stream({ seen: [[1, 5]] }), NOW).map((each) => [
      each.seq,
      each.state,
    ]);
    expect(states).toEqual([
      [1, "counted"],
      [2, "counted"],
    ]);
  });

  test("never makes counted what did not leave this tablet", () => {
    expect(merged([kept(2)], SOURCE, stream({ seen: [[1, 5]] }), NOW)).toEqual([]);
  });

  test("has what is missing sent again, after a while and not for ever", () => {
    const sync = stream({ missing: [3] });
    expect(merged([sent(3)], SOURCE, sync, NOW + PATIENCE_MS)).toEqual([]);
    expect(merged([sent(3)], SOURCE, sync, NOW + PATIENCE_MS + 1)).toMatchObject([{ state: "here", resends: 1 }]);
    expect(merged([{ ...sent(3), resends: RESENDS_MAX }], SOURCE, sync, NOW + PATIENCE_MS + 1)).toEqual([]);
  });

  test("rejects by id what was accepted or even counted before", () => {
    const told = { topic: "outreach", unit: UNIT, seq: 1, code: "conflict", path: "", vi: "Trùng", en: "Twice" };
    const sync = { ...stream({ seen: [[1, 1]] }), rejected: [{ ...told, id: sent(1).id }] };
    for (const state of ["sent", "counted"] as const) {
      expect(merged([{ ...sent(1), state }], SOURCE, sync, NOW)).toMatchObject([
        { state: "rejected", refusal: { code: "conflict" } },
      ]);
    }
  });

  test("says nothing of another source", () => {
    expect(merged([sent(1)], "/tablets/other", stream({ seen: [[1, 5]] }), NOW)).toEqual([]);
  });
});

describe("a restored copy", () => {
  const own = (highest: number) => new Map([[`${SOURCE} outreach ${UNIT}`, highest]]);

  test("is known by numbers of its own that it never gave", () => {
    expect(isCopy(own(9), SOURCE, stream({}))).toBe(false);
    expect(isCopy(own(8), SOURCE, stream({}))).toBe(true);
    expect(isCopy(new Map(), SOURCE, stream({}))).toBe(true);
  });

  test("keeps the numbers of what may already be on the server, and of nothing else", () => {
    expect(keepsNumber(kept(9), stream({}))).toBe(true);
    expect(keepsNumber(kept(10), stream({}))).toBe(false);
    expect(keepsNumber(kept(10, { attempts: 1 }), stream({}))).toBe(true);
  });
});

test("only what is counted, old, and not waited for leaves the tablet", () => {
  const later = NOW + KEEP_COUNTED_MS + 1_000;
  const counted = (seq: number) => kept(seq, { state: "counted" });
  const waiting = kept(5, { root: counted(2).id });
  expect(purgeable([counted(1), counted(2), sent(3), kept(4), waiting], later)).toEqual([counted(1).id]);
  expect(purgeable([counted(1)], NOW)).toEqual([]);
});
