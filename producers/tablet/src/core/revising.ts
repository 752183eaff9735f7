/** Corrections and voids: events of their own that carry what the root states and what it states from now on. */

import type { Draft, Fact, Payload, Revision } from "./event";
import type { Kept } from "./outbox";

/** Whether an event can be revised: an original that the server has, or will have, and that no void ended. */
export function isRevisable(kept: Kept, revisions: readonly Kept[]): boolean {
  return (
    kept.root === undefined &&
    kept.closes === undefined &&
    kept.state !== "rejected" &&
    !standing(revisions).some((each) => each.type.endsWith(".voided"))
  );
}

const standing = (revisions: readonly Kept[]): Kept[] => revisions.filter((each) => each.state !== "rejected");

/** What an event states after its revisions. */
export function current(kept: Kept, revisions: readonly Kept[]): Fact {
  const last = standing(revisions)
    .sort((a, b) => number(a) - number(b))
    .at(-1);
  return (last?.event.data as Revision | undefined)?.new ?? factOf(kept);
}

const number = (revision: Kept): number => (revision.event.data as Revision).revision;

/** What an original itself states, with the times that its receipt told, where it has one. */
export function factOf(kept: Kept): Fact {
  const { subject, time, data } = kept.event;
  const told = kept.receivedat === undefined ? {} : { receivedat: kept.receivedat, skewms: kept.skewms ?? 0 };
  return { subject, time, ...told, data: data as Payload };
}

/** The revision of an event: a correction if it has something new, else a void. */
export function revisionOf(
  kept: Kept,
  revisions: readonly Kept[],
  organisation: string,
  reason: string,
  time: string,
  changed?: { subject: string; time: string; data: Payload },
): Draft {
  const original = factOf(kept);
  const { receivedat, skewms } = original;
  const told = receivedat === undefined ? {} : { receivedat, skewms: skewms ?? 0 };
  const revision = Math.max(0, ...revisions.map(number)) + 1;
  const data: Revision = {
    organisation,
    root: { source: kept.source, unit: kept.unit, seq: kept.seq },
    revision,
    reason,
    original,
    ...(changed ? { new: { subject: changed.subject, time: changed.time, ...told, data: changed.data } } : {}),
  };
  return {
    type: `${kept.type}.${changed ? "corrected" : "voided"}`,
    version: 1,
    topic: kept.topic,
    unit: kept.unit,
    subject: changed?.subject ?? kept.event.subject,
    time,
    data,
  };
}
