import { describe, expect, test } from "vitest";
import type { Revision } from "../src/core/event";
import { after, afterRoot, isSendable, needsWithdrawal, ROOT_REJECTED, type Receipt } from "../src/core/outbox";
import { current, factOf, isRevisable, revisionOf } from "../src/core/revising";
import { draft, kept, NOW, UNIT } from "./made";

const accepted: Receipt = { id: "", status: "accepted", receivedat: "2026-03-04T11:30:09Z", skewms: -1200 };
const refused: Receipt = {
  id: "",
  status: "rejected",
  code: "out-of-range",
  path: "$.data.plan",
  vi: "Sai",
  en: "Wrong",
};

describe("a receipt", () => {
  test("of acceptance makes an event sent, with the times that a revision must carry", () => {
    expect(after(kept(1), accepted, NOW)).toMatchObject({
      state: "sent",
      sent: NOW,
      receivedat: accepted.receivedat,
      skewms: -1200,
    });
  });

  test("of refusal keeps the event, with its reason in both languages", () => {
    expect(after(kept(1), refused, NOW)).toMatchObject({
      state: "rejected",
      refusal: { code: "out-of-range", vi: "Sai", en: "Wrong" },
    });
  });

  test("of a conflict ends the event: it does not wait for ever", () => {
    expect(after(kept(1), { id: "", status: "conflict" }, NOW)).toMatchObject({
      state: "rejected",
      refusal: { code: "conflict" },
    });
  });

  test("that says retry leaves the event where it is", () => {
    expect(after(kept(1), { id: "", status: "retry" }, NOW)).toEqual(kept(1));
  });

  test("that comes late takes nothing back from what is counted", () => {
    for (const receipt of [accepted, refused])
      expect(after(kept(1, { state: "counted" }), receipt, NOW).state).toBe("counted");
  });
});

describe("a revision", () => {
  const corrected = {
    subject: kept(1).event.subject,
    time: kept(1).event.time,
    data: { organisation: "other", leaflet: "moi" },
  };
  const revision = (root = kept(1)) =>
    kept(2, { root: root.id }, revisionOf(root, [], "other", "typing-error", "2026-03-01T09:00:00+07:00", corrected));

  test("waits for its root's receipt, then carries the root's own times", () => {
    expect(isSendable(revision())).toBe(false);
    const settled = afterRoot(revision(), after(kept(1), accepted, NOW))!;
    expect(isSendable(settled)).toBe(true);
    const data = settled.event.data as Revision;
    expect(data.original).toMatchObject({ receivedat: accepted.receivedat, skewms: -1200 });
    expect(data.new).toMatchObject({ receivedat: accepted.receivedat, skewms: -1200, data: { leaflet: "moi" } });
  });

  test("ends with a root that is refused", () => {
    expect(afterRoot(revision(), after(kept(1), refused, NOW))).toMatchObject({
      state: "rejected",
      refusal: { code: ROOT_REJECTED },
    });
  });

  test("stays with a root that a restored copy has to record anew", () => {
    expect(afterRoot(revision(), after(kept(1), { id: "", status: "conflict" }, NOW))).toBeNull();
  });

  test("of an event that the server has can be sent at once", () => {
    expect(isSendable(revision(after(kept(1), accepted, NOW)))).toBe(true);
  });

  test("carries the root's original content, however often it was revised, and counts up", () => {
    const root = after(kept(1), accepted, NOW);
    const first = revision(root);
    const second = revisionOf(root, [first], "other", "wrong-subject", "2026-03-01T10:00:00+07:00").data as Revision;
    expect(second).toMatchObject({ revision: 2, root: { seq: 1, unit: UNIT } });
    expect(second.original).toEqual(factOf(root));
    expect(current(root, [first]).data).toEqual(corrected.data);
  });

  test("is offered until a void, and never of a revision or a rejected event", () => {
    const root = after(kept(1), accepted, NOW);
    const voided = kept(
      3,
      { root: root.id },
      revisionOf(root, [], "other", "duplicate", "2026-03-01T10:00:00+07:00"),
    );
    expect(isRevisable(root, [revision(root)])).toBe(true);
    expect(isRevisable(root, [voided])).toBe(false);
    expect(isRevisable(revision(root), [])).toBe(false);
    expect(isRevisable(after(kept(1), refused, NOW), [])).toBe(false);
  });
});

test("the number of an event that the server refused is withdrawn, and no other", () => {
  const gone = after(kept(1), refused, NOW);
  expect(needsWithdrawal(gone, [UNIT])).toBe(true);
  expect(needsWithdrawal(gone, ["2025-07:00001"])).toBe(false);
  expect(needsWithdrawal({ ...gone, closes: "x" }, [UNIT])).toBe(false);
  expect(needsWithdrawal({ ...gone, sent: NOW }, [UNIT])).toBe(false);
  expect(needsWithdrawal(after(kept(1), { id: "", status: "conflict" }, NOW), [UNIT])).toBe(false);
  expect(needsWithdrawal(kept(1, {}, draft()), [UNIT])).toBe(false);
});
