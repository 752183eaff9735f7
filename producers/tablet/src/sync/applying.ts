/** Carries out in the outbox what an answer decides; each answer in one transaction. */

import { after, afterRoot, isConflict, needsWithdrawal, type Kept, type Receipt } from "../core/outbox";
import { merged, purgeable, type Sync } from "../core/merging";
import { database, type Device } from "../edge/database";
import { renumber, withdraw } from "../edge/recording";
import { nowText } from "../edge/requests";
import { setStatus } from "./status";

/** Notes that events are about to leave, so that a lost answer is known as one. */
export const leaving = (ids: string[]): Promise<number> =>
  database.events
    .where("id")
    .anyOf(ids)
    .modify((each) => void (each.attempts += 1));

/** Applies the receipts of a batch. An event that was sent and got none stays as it is. */
export async function applyReceipts(receipts: readonly Receipt[]): Promise<void> {
  await database.transaction("rw", database.events, async () => {
    for (const receipt of receipts) {
      const kept = await database.events.get(receipt.id);
      if (!kept) continue;
      const now = after(kept, receipt, Date.now());
      await database.events.put(now);
      await settleRevisions(now);
    }
  });
}

/** Applies an answer of sync; says whether something new is counted. */
export async function applySync(source: string, sync: Sync): Promise<void> {
  const counted = await database.transaction("rw", database.events, async () => {
    const changes = merged(await database.events.toArray(), source, sync, Date.now());
    await database.events.bulkPut(changes);
    for (const each of changes) await settleRevisions(each);
    return changes.some((each) => each.state === "counted");
  });
  if (counted) await setStatus({ counted: Date.now() });
}

async function settleRevisions(root: Kept): Promise<void> {
  const waiting = await database.events.where("root").equals(root.id).toArray();
  const settled = waiting.map((each) => afterRoot(each, root)).filter((each) => each !== null);
  await database.events.bulkPut(settled);
}

/** Closes the numbers of refused events, and lets go of what was counted long ago. */
export async function tidy(device: Device): Promise<void> {
  const all = await database.events.toArray();
  const closed = new Set(all.map((each) => each.closes));
  for (const each of all) {
    if (each.source === device.source && !closed.has(each.id) && needsWithdrawal(each, device.units)) {
      await withdraw(each, device.organisation, nowText());
    }
  }
  await database.events.bulkDelete(purgeable(all, Date.now()));
}

/** Events of a given-up source whose numbers turned out to be another's are recorded under the new one. */
export async function rescue(device: Device): Promise<void> {
  for (const each of (await conflicts()).filter((each) => each.source !== device.source)) {
    await renumber(each, device);
    const waiting = await database.events.where("root").equals(each.id).toArray();
    for (const revision of waiting.filter((one) => one.state === "here")) await renumber(revision, device);
  }
}

/** Events whose number another event has. */
export const conflicts = (): Promise<Kept[]> =>
  database.events.where("state").equals("rejected").filter(isConflict).toArray();
