/** The gateway's requests, signed. */

import { offsetAt, rfc3339 } from "../core/clock";
import type { Batch } from "../core/batches";
import type { Device } from "./database";
import { ask, type Outcome } from "./gateway";
import { sign } from "./keys";

const ascii = (text: string): Uint8Array<ArrayBuffer> => new TextEncoder().encode(text);

export const nowText = (): string => rfc3339(Date.now(), offsetAt(Date.now()));

/** Binds this tablet's key to what the invitation grants. */
export async function enrol(device: Device, code: string): Promise<Outcome> {
  const proof = await sign(device.privateKey, ascii(code));
  return ask("/v1/enrolments", {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify({ code, key: device.publicKey, proof }),
  });
}

/** A batch as it is sent or carried in a file. */
export interface SignedBatch {
  thumbprint: string;
  signature: string;
  body: string;
}

export async function signed(device: Device, batch: Batch): Promise<SignedBatch> {
  const body = JSON.stringify(batch);
  return { thumbprint: device.thumbprint, signature: await sign(device.privateKey, ascii(body)), body };
}

/** Sends a signed batch; `carried` when it was signed by another tablet, or some time ago. */
export function send(batch: SignedBatch, carried = false): Promise<Outcome> {
  return ask(`/v1/events:batch${carried ? "?carried=1" : ""}`, {
    method: "POST",
    headers: {
      "Content-Type": "application/json",
      "Fieldtally-Key": batch.thumbprint,
      "Fieldtally-Signature": batch.signature,
    },
    body: batch.body,
  });
}

/** `GET /v1/sync` or `/v1/reference`, signed over path, key and the tablet's own time. */
export async function get(device: Device, path: string, etag = ""): Promise<Outcome> {
  const time = nowText();
  const signature = await sign(device.privateKey, ascii(`GET ${path}\n${device.thumbprint}\n${time}`));
  return ask(path, {
    headers: {
      "Fieldtally-Key": device.thumbprint,
      "Fieldtally-Time": time,
      "Fieldtally-Signature": signature,
      ...(etag ? { "If-None-Match": etag } : {}),
    },
  });
}
