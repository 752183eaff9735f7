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

/** A batch as a file carries it. */
export interface SignedBatch {
  thumbprint: string;
  signature: string;
  body: string;
}

export async function signed(device: Device, batch: Batch): Promise<SignedBatch> {
  const body = JSON.stringify(batch);
  return { thumbprint: device.thumbprint, signature: await sign(device.privateKey, ascii(body)), body };
}

/** Sends a batch of this tablet, packed where the browser can: on a weak line a month of events is a tenth so long. */
export async function send(device: Device, batch: Batch): Promise<Outcome> {
  const text = JSON.stringify(batch);
  if (!("CompressionStream" in globalThis)) return post(ascii(text), device, {});
  return post(await packed(text), device, { "Content-Encoding": "gzip" });
}

async function post(body: Uint8Array<ArrayBuffer>, device: Device, more: Record<string, string>): Promise<Outcome> {
  const headers = { ...batchHead(device.thumbprint, await sign(device.privateKey, body)), ...more };
  return ask("/v1/events:batch", { method: "POST", headers, body });
}

async function packed(text: string): Promise<Uint8Array<ArrayBuffer>> {
  const stream = new Blob([text]).stream().pipeThrough(new CompressionStream("gzip"));
  return new Uint8Array(await new Response(stream).arrayBuffer());
}

/** Sends a batch as it was signed, by another tablet or some time ago. */
export const sendCarried = ({ thumbprint, signature, body }: SignedBatch): Promise<Outcome> =>
  ask("/v1/events:batch?carried=1", { method: "POST", headers: batchHead(thumbprint, signature), body });

const batchHead = (thumbprint: string, signature: string): Record<string, string> => ({
  "Content-Type": "application/json",
  "Fieldtally-Key": thumbprint,
  "Fieldtally-Signature": signature,
});

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
