/** One cycle of sync: ask what is counted, send what waits, note every answer. Safe to break off at any point. */

import { grouped, streamStates, type Batch } from "../core/batches";
import type { Receipt } from "../core/outbox";
import type { Sync } from "../core/merging";
import type { Reference } from "../core/reference";
import { activeDevice, database, highestNumbers, note, setNote, type Device } from "../edge/database";
import type { Outcome } from "../edge/gateway";
import { get, nowText, send } from "../edge/requests";
import { applyReceipts, applySync, leaving, rescue, tidy } from "./applying";
import { retireCopy } from "./copies";
import { heard } from "./status";

export interface Cycle {
  ok: boolean;
  retryAfter: number; // seconds that the server asked for
}

const DONE: Cycle = { ok: true, retryAfter: 0 };

/** Runs one cycle, unless another tab of this app is at it. */
export async function cycle(): Promise<Cycle> {
  return navigator.locks.request("sync", { ifAvailable: true }, async (lock) => (lock ? run() : DONE));
}

async function run(): Promise<Cycle> {
  let result = DONE;
  for (const retired of await retiredWithWork()) result = await exchange(retired);
  const device = await activeDevice();
  if (!device?.enrolled) return result;
  await rescue(device);
  const found = await exchange(device);
  if (found.ok) await refreshReference(device);
  return found;
}

async function retiredWithWork(): Promise<Device[]> {
  const due = new Set(
    (await database.events.where("state").anyOf("here", "sent").toArray()).map((each) => each.source),
  );
  return (await database.devices.toArray()).filter((each) => each.retired && due.has(each.source));
}

/** Sync, then batch after batch, for one identity. */
async function exchange(device: Device): Promise<Cycle> {
  const answer = await get(device, "/v1/sync");
  await heard(answer);
  if (isRevoked(answer)) return revoked(device);
  if (answer.kind !== "answer") return failed(answer);
  if (device.revoked) await database.devices.update(device.source, { revoked: false });
  const sync = answer.body as unknown as Sync;
  if (!device.retired && (await retireCopy(device, sync))) return DONE;
  await applySync(device.source, sync);
  const sent = await sendAll(device);
  await tidy(device);
  if (!device.retired) await retireCopy(device, sync);
  return sent;
}

async function sendAll(device: Device): Promise<Cycle> {
  for (const group of grouped(await database.events.where("state").equals("here").toArray(), device.source)) {
    const all = await database.events.where("state").equals("here").toArray();
    const streams = streamStates(all, device.source, await highestNumbers());
    const events = group.map((each) => each.event);
    const batch: Batch = { source: device.source, sentat: nowText(), streams, events };
    await leaving(group.map((each) => each.id));
    const outcome = await send(device, batch);
    await heard(outcome);
    if (outcome.kind !== "answer") return failed(outcome);
    await applyReceipts((outcome.body.receipts ?? []) as Receipt[]);
  }
  return DONE;
}

const isRevoked = (outcome: Outcome): boolean =>
  outcome.kind === "refused" && outcome.status === 403 && outcome.error.code === "revoked";

/** A revoked tablet keeps all it has, and hands over once what never left it: the server sets that aside, uncounted. */
async function revoked(device: Device): Promise<Cycle> {
  await database.devices.update(device.source, { revoked: true });
  const fresh = await database.events
    .where("state")
    .equals("here")
    .filter((each) => each.attempts === 0)
    .toArray();
  if (fresh.length > 0) await sendAll(device);
  return { ok: false, retryAfter: 0 };
}

const failed = (outcome: Outcome): Cycle => ({
  ok: false,
  retryAfter: outcome.kind === "refused" ? outcome.retryAfter : 0,
});

/** Fetches the reference; the server says quickly when it has not changed. */
export async function refreshReference(device: Device): Promise<void> {
  const etag = await note("reference-etag", "");
  const outcome = await get(device, "/v1/reference", etag);
  if (outcome.kind !== "answer") return;
  const { units, villages, households, points, lists, types } = outcome.body as unknown as Reference;
  await setNote("reference", { units, villages, households, points, lists, types } satisfies Reference);
  await setNote("reference-etag", outcome.etag);
}
