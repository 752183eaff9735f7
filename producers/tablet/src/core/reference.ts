/** What the tablet knows of its own place, as `GET /v1/reference` told it. */

import type { Schema } from "./form";
import type { Title } from "./titles";

export interface Unit {
  unit: string;
  name: string;
  vintage: string;
  commune_today: string | null;
}

export interface Entry {
  code: string;
  unit: string;
  village?: string;
}

export interface EventType extends Title {
  type: string;
  version: number;
  family: string;
  subjects: string[];
  schema: Schema;
}

export interface Reference {
  units: Unit[];
  villages: Entry[];
  households: Entry[];
  points: Entry[];
  lists: Record<string, (Title & { code: string })[]>;
  types: EventType[];
}

export const FAMILIES: Record<string, Title> = {
  households: { vi: "Khảo sát", en: "Surveys" },
  handouts: { vi: "Trao thiết bị, SIM", en: "Hand-outs" },
  outreach: { vi: "Tuyên truyền", en: "Outreach" },
  training: { vi: "Tập huấn", en: "Training" },
  payments: { vi: "Thẻ, tài khoản", en: "Cards and accounts" },
  points: { vi: "Điểm hỗ trợ", en: "Support points" },
  devices: { vi: "Thiết bị tại điểm", en: "Devices at points" },
  support: { vi: "Đóng góp, hỗ trợ", en: "Contributions and support" },
};

export const typeOf = (reference: Reference, name: string): EventType | undefined =>
  reference.types.find((each) => each.type === name);

/** Units as they are chosen: today's first, then older ones, by name. */
export const unitsInOrder = (reference: Reference): Unit[] =>
  [...reference.units].sort((a, b) => b.vintage.localeCompare(a.vintage) || a.name.localeCompare(b.name, "vi"));

export const inUnit = (entries: readonly Entry[], unit: string, village = ""): Entry[] =>
  entries.filter((each) => each.unit === unit && (village === "" || each.village === village));

/** Whether a type can be recorded as a tick-list: one event per household of a village, or per person of a session. */
export const isTickable = (type: EventType): boolean =>
  type.subjects.includes("household") || "attendee" in (type.schema.properties ?? {});
