/** The tablet's own storage: IndexedDB, written through to the disk before an event counts as recorded. */

import Dexie, { type EntityTable, type Table } from "dexie";
import type { Kept } from "../core/outbox";
import type { Reference } from "../core/reference";

/** Who this tablet is. The private key cannot be exported, not even by this app. */
export interface Device {
  source: string;
  thumbprint: string;
  publicKey: { kty: "EC"; crv: "P-256"; x: string; y: string };
  privateKey: CryptoKey;
  enrolled: boolean;
  organisation: string;
  units: string[];
  revoked?: boolean;
  retired?: boolean; // a restored copy gave this identity up
}

/** The highest number that was given in a stream. */
export interface StreamRow {
  stream: string;
  highest: number;
}

export interface Note {
  name: string;
  value: unknown;
}

class Storage extends Dexie {
  declare events: EntityTable<Kept, "id">;
  declare streams: EntityTable<StreamRow, "stream">;
  declare devices: Table<Device, string>;
  declare notes: Table<Note, string>;

  constructor() {
    super("fieldtally", { chromeTransactionDurability: "strict" }); // survives loss of power, not only a crash
    this.version(1).stores({
      events: "id, state, root, recorded, [stream+seq]",
      streams: "stream",
      devices: "source",
      notes: "name",
    });
  }
}

export const database = new Storage();

/** What a note says, or what is to be taken where there is none. */
export async function note<T>(name: string, otherwise: T): Promise<T> {
  const found = await database.notes.get(name);
  return found === undefined ? otherwise : (found.value as T);
}

export const setNote = (name: string, value: unknown): Promise<string> => database.notes.put({ name, value });

/** The identity under which new events are recorded. */
export async function activeDevice(): Promise<Device | undefined> {
  return (await database.devices.toArray()).find((each) => !each.retired);
}

export async function highestNumbers(): Promise<Map<string, number>> {
  return new Map((await database.streams.toArray()).map((row) => [row.stream, row.highest]));
}

export const savedReference = (): Promise<Reference | null> => note<Reference | null>("reference", null);
