/** The outbox as a file of signed batches, and such a file sent on for another tablet. */

import { grouped, streamStates } from "../core/batches";
import type { Receipt } from "../core/outbox";
import { database, highestNumbers } from "./database";
import type { Outcome } from "./gateway";
import { nowText, sendCarried, signed, type SignedBatch } from "./requests";

export interface OutboxFile {
  fieldtally: "outbox";
  batches: SignedBatch[];
}

/** Everything that the server has not confirmed, signed by the identities that recorded it. */
export async function outboxFile(): Promise<OutboxFile> {
  const waiting = await database.events.where("state").equals("here").toArray();
  const highest = await highestNumbers();
  const batches: SignedBatch[] = [];
  for (const device of await database.devices.toArray()) {
    for (const group of grouped(waiting, device.source)) {
      const streams = streamStates(waiting, device.source, highest);
      const events = group.map((each) => each.event);
      batches.push(await signed(device, { source: device.source, sentat: nowText(), streams, events }));
    }
  }
  return { fieldtally: "outbox", batches };
}

/** The batches in a file; null when it is none of ours. */
export function batchesIn(text: string): SignedBatch[] | null {
  try {
    const file = JSON.parse(text) as Partial<OutboxFile>;
    return file.fieldtally === "outbox" && Array.isArray(file.batches) ? file.batches : null;
  } catch {
    return null;
  }
}

export interface Carried {
  accepted: number;
  refused: number;
  failure: Outcome | null; // what kept the rest from being sent
}

/** Sends batches that were signed elsewhere. What was sent before is accepted again, and counted once. */
export async function carry(batches: readonly SignedBatch[]): Promise<Carried> {
  const carried: Carried = { accepted: 0, refused: 0, failure: null };
  for (const batch of batches) {
    const outcome = await sendCarried(batch);
    if (outcome.kind !== "answer") return { ...carried, failure: outcome };
    const receipts = (outcome.body.receipts ?? []) as Receipt[];
    carried.accepted += receipts.filter((each) => each.status === "accepted").length;
    carried.refused += receipts.filter((each) => each.status !== "accepted").length;
  }
  return carried;
}

/** Hands a file to the person, as a download. */
export function handOver(file: OutboxFile): void {
  const name = `fieldtally-${nowText()
    .slice(0, 16)
    .replace(/[^0-9]/g, "")}.json`;
  const made = new File([JSON.stringify(file)], name, { type: "application/json" });
  const link = document.createElement("a");
  link.href = URL.createObjectURL(made);
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 60_000);
}
