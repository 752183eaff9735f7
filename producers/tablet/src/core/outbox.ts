/** What becomes of an event on the tablet: here -> sent -> counted, or rejected. Nothing else ever happens to it. */

import type { Envelope, Fact, Revision } from "./event";
import { title, type Title } from "./titles";

export type State = "here" | "sent" | "counted" | "rejected";

export interface Refusal extends Title {
  code: string;
  path: string;
}

/** One event in the outbox. Times in ms by the tablet's clock. */
export interface Kept {
  id: string;
  stream: string;
  topic: string;
  unit: string;
  seq: number;
  source: string;
  type: string;
  state: State;
  recorded: number;
  event: Envelope;
  attempts: number; // how often it left the tablet, heard or not
  resends: number; // how often it was sent again because the counter missed it
  sent?: number;
  receivedat?: string;
  skewms?: number;
  refusal?: Refusal;
  root?: string; // of a revision: the id of the event that it revises
  closes?: string; // of a withdrawal: the id of the event whose number it closes
  replaced?: boolean; // of a rejected event: it was recorded anew
}

export interface Receipt {
  id: string;
  status: "accepted" | "rejected" | "retry" | "conflict";
  code?: string;
  path?: string;
  vi?: string;
  en?: string;
  receivedat?: string;
  skewms?: number;
}

/** How often what the counter misses is sent again before a person is told. */
export const RESENDS_MAX = 5;
export const ROOT_REJECTED = "root-rejected";

const FALLBACK = title("Máy chủ không nhận", "Refused by the server");

export const refusalOf = (from: { code?: string; path?: string; vi?: string; en?: string }): Refusal => ({
  code: from.code ?? "refused",
  path: from.path ?? "",
  vi: from.vi ?? FALLBACK.vi,
  en: from.en ?? FALLBACK.en,
});

/** The event after its receipt. What is counted stays so: a late answer takes nothing back. */
export function after(kept: Kept, receipt: Receipt, now: number): Kept {
  if (kept.state === "counted") return kept;
  switch (receipt.status) {
    case "accepted": {
      const told =
        receipt.receivedat === undefined ? {} : { receivedat: receipt.receivedat, skewms: receipt.skewms ?? 0 };
      return { ...kept, ...told, state: "sent", sent: now };
    }
    case "rejected":
      return { ...kept, state: "rejected", refusal: refusalOf(receipt) };
    case "conflict":
      return { ...kept, state: "rejected", refusal: refusalOf({ ...receipt, code: "conflict" }) };
    case "retry":
      return kept;
  }
}

/** Whether another event of this identity has the number: two tablets share it, so one was restored from a copy. */
export const isConflict = (kept: Kept): boolean => kept.state === "rejected" && kept.refusal?.code === "conflict";

/** Whether an event may be sent now: a revision waits for its root's receipt, whose times it must carry. */
export function isSendable(kept: Kept): boolean {
  if (kept.state !== "here") return false;
  return kept.root === undefined || (kept.event.data as Revision).original.receivedat !== undefined;
}

/** A revision that waited, after its root: it carries the root's times, or ends with it. Null: nothing changes yet. */
export function afterRoot(revision: Kept, root: Kept): Kept | null {
  if (revision.state !== "here" || isSendable(revision)) return null;
  if (root.state === "rejected") {
    if (isConflict(root)) return null; // the root is going to be recorded under a new identity, and this with it
    const told = title("Sự kiện gốc không được nhận", "The event that it revises was rejected");
    return { ...revision, state: "rejected", refusal: { code: ROOT_REJECTED, path: "", ...told } };
  }
  if (root.receivedat === undefined) return null;
  const times = { receivedat: root.receivedat, skewms: root.skewms ?? 0 };
  const timed = (fact: Fact): Fact => ({ ...fact, ...times });
  const data = revision.event.data as Revision;
  const carried = { ...data, original: timed(data.original), ...(data.new ? { new: timed(data.new) } : {}) };
  return { ...revision, event: { ...revision.event, data: carried } };
}

/** Whether the number of a rejected event must be withdrawn: the server never kept it, so it would stay a hole. */
export function needsWithdrawal(kept: Kept, units: readonly string[]): boolean {
  return (
    kept.state === "rejected" &&
    !isConflict(kept) &&
    kept.sent === undefined &&
    kept.closes === undefined &&
    units.includes(kept.unit)
  );
}
