import { expect, test } from "vitest";
import { BATCH_BYTES_MAX, EVENTS_MAX, grouped, streamStates } from "../src/core/batches";
import { LONGEST_MS, waitAfter } from "../src/core/backoff";
import { draft, kept, SOURCE, UNIT } from "./made";

const many = (count: number) => Array.from({ length: count }, (_, index) => kept(index + 1));

test("batches hold all that waits, in order, within the limits of events and bytes", () => {
  const groups = grouped([...many(1201)].reverse(), SOURCE);
  expect(groups.map((group) => group.length)).toEqual([EVENTS_MAX, EVENTS_MAX, 201]);
  expect(groups.flat().map((each) => each.seq)).toEqual(many(1201).map((each) => each.seq));
  const wide = Array.from({ length: 20 }, (_, index) =>
    kept(index + 1, {}, draft({ organisation: "é".repeat(30_000) })),
  );
  for (const group of grouped(wide, SOURCE)) {
    const bytes = new TextEncoder().encode(JSON.stringify(group.map((each) => each.event))).length;
    expect(bytes).toBeLessThan(BATCH_BYTES_MAX + 1000);
  }
});

test("a batch has nothing of another identity and nothing that is sent already", () => {
  expect(grouped([kept(1, { source: "/tablets/other" }), kept(2, { state: "sent" })], SOURCE)).toEqual([]);
});

test("a batch states the highest number of each stream and what waits in it", () => {
  const highest = new Map([
    [`${SOURCE} outreach ${UNIT}`, 9],
    [`${SOURCE} points ${UNIT}`, 2],
    ["/tablets/other points x", 5],
  ]);
  expect(streamStates(many(3), SOURCE, highest)).toEqual([
    { topic: "outreach", unit: UNIT, highest: 9, waiting: 3 },
    { topic: "points", unit: UNIT, highest: 2, waiting: 0 },
  ]);
});

test("waits grow to their limit, differ from tablet to tablet, and heed the server", () => {
  expect(waitAfter(1, 0)).toBe(1_000);
  expect(waitAfter(4, 0)).toBeGreaterThan(waitAfter(3, 0));
  expect(waitAfter(99, 0.999)).toBeLessThanOrEqual(LONGEST_MS);
  expect(waitAfter(3, 0.9)).toBeGreaterThan(waitAfter(3, 0.1));
  expect(waitAfter(1, 0, 30)).toBeGreaterThanOrEqual(30_000);
});
