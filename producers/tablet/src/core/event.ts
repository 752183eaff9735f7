/** Events as they are sent: CloudEvents without what the gateway adds. Identity: source, topic, unit, seq. */

import type { Value } from "./values";

export type Payload = Record<string, Value>;

/** What an event states. `receivedat` and `skewms` are what the gateway's receipt told of it. */
export interface Fact {
  subject: string;
  time: string;
  receivedat?: string;
  skewms?: number;
  data: Payload;
}

export interface Root {
  source: string;
  unit: string;
  seq: number;
}

export interface Revision {
  organisation: string;
  root: Root;
  revision: number;
  reason: string;
  original: Fact;
  new?: Fact;
}

export interface Withdrawal {
  organisation: string;
  reason: string;
}

/** What is going to be recorded: all of an event but its numbers. `topic` is the family, without prefix. */
export interface Draft {
  type: string;
  version: number;
  topic: string;
  unit: string;
  subject: string;
  time: string;
  data: Payload | Revision | Withdrawal;
}

export interface Envelope {
  specversion: "1.0";
  id: string;
  type: string;
  source: string;
  subject: string;
  time: string;
  datacontenttype: "application/json";
  dataschema: string;
  unit: string;
  seq: number;
  data: Payload | Revision | Withdrawal;
  topic?: string; // of a withdrawal alone: its type does not tell the stream
}

export const WITHDRAWN = "stream.withdrawn";

export function envelope(draft: Draft, id: string, source: string, seq: number): Envelope {
  return {
    specversion: "1.0",
    id,
    type: draft.type,
    source,
    subject: draft.subject,
    time: draft.time,
    datacontenttype: "application/json",
    dataschema: `urn:fieldtally:${draft.type}:${draft.version}`,
    unit: draft.unit,
    seq,
    data: draft.data,
    ...(draft.type === WITHDRAWN ? { topic: draft.topic } : {}),
  };
}

/** The name of the stream in which numbers are dense. */
export const streamOf = (source: string, topic: string, unit: string): string => `${source} ${topic} ${unit}`;
