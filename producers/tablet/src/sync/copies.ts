/** A restored copy: the server knows numbers of this tablet that it never gave, or gave to other events. Two tablets
 * must not share a stream. */

import { isCopy, keepsNumber, type Sync } from "../core/merging";
import { database, highestNumbers, type Device } from "../edge/database";
import { newDevice } from "../edge/keys";
import { renumber } from "../edge/recording";
import { conflicts } from "./applying";

/** Gives the identity up where it is a copy's: a new key, and numbers of its own for what was never sent. */
export async function retireCopy(device: Device, sync: Sync): Promise<boolean> {
  const conflicting = (await conflicts()).some((each) => each.source === device.source);
  if (!conflicting && !isCopy(await highestNumbers(), device.source, sync)) return false;
  const next = await newDevice();
  await database.transaction("rw", database.devices, database.events, database.streams, async () => {
    await database.devices.bulkPut([{ ...device, retired: true }, next]);
    const own = await database.events
      .where("state")
      .equals("here")
      .filter((each) => each.source === device.source)
      .toArray();
    for (const each of own.sort((a, b) => a.recorded - b.recorded)) {
      if (!keepsNumber(each, sync)) await renumber(each, next);
    }
  });
  dispatchEvent(new Event("identity")); // the screen asks for a new invitation
  return true;
}
