/** The tablet's key: P-256 in WebCrypto, not extractable. Its thumbprint (RFC 7638) names the source of its events. */

import type { Device } from "./database";

export const base64url = (bytes: Uint8Array): string =>
  btoa(Array.from(bytes, (byte) => String.fromCharCode(byte)).join(""))
    .replace(/\+/g, "-")
    .replace(/\//g, "_")
    .replace(/=+$/, "");

const ECDSA = { name: "ECDSA", namedCurve: "P-256" } as const;

/** A new identity, not yet enrolled. */
export async function newDevice(): Promise<Device> {
  const pair = await crypto.subtle.generateKey(ECDSA, false, ["sign", "verify"]);
  const { x = "", y = "" } = await crypto.subtle.exportKey("jwk", pair.publicKey); // the public half always can be
  const canonical = JSON.stringify({ crv: "P-256", kty: "EC", x, y });
  const digest = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(canonical));
  const thumbprint = base64url(new Uint8Array(digest));
  return {
    source: `/tablets/${thumbprint}`,
    thumbprint,
    publicKey: { kty: "EC", crv: "P-256", x, y },
    privateKey: pair.privateKey,
    enrolled: false,
    organisation: "",
    units: [],
  };
}

/** The signature over bytes: r and s, 64 bytes, base64url. */
export async function sign(key: CryptoKey, bytes: Uint8Array<ArrayBuffer>): Promise<string> {
  return base64url(new Uint8Array(await crypto.subtle.sign({ name: "ECDSA", hash: "SHA-256" }, key, bytes)));
}
