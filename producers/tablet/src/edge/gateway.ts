/** The gateway as the tablet sees it. Only an answer with its marker is an answer: all else is the network's doing. */

import type { Title } from "../core/titles";

export const MARKER = "v1";
export const TIMEOUT_MS = 30_000;

export interface Refused extends Title {
  code: string;
}

export type Outcome =
  | { kind: "answer"; status: number; body: Record<string, unknown>; etag: string; skew: number }
  | { kind: "unchanged" } // what the tablet has is still so
  | { kind: "refused"; status: number; error: Refused; retryAfter: number; skew: number }
  | { kind: "portal" } // something answered that is not the gateway
  | { kind: "offline" }; // nothing answered

/** One request to the gateway; never throws for what a network can do. */
export async function ask(path: string, init: RequestInit): Promise<Outcome> {
  let response: Response;
  let text: string;
  try {
    response = await fetch(path, {
      ...init,
      cache: "no-store",
      redirect: "manual",
      credentials: "omit",
      signal: AbortSignal.timeout(TIMEOUT_MS),
    });
    if (response.status === 304) return { kind: "unchanged" };
    text = await response.text();
  } catch {
    return { kind: "offline" }; // refused, cut off in the middle, or too slow
  }
  const body = parsed(text);
  if (body?.fieldtally !== MARKER) return response.status >= 500 ? { kind: "offline" } : { kind: "portal" };
  const skew = Date.now() - Date.parse(String(body.now));
  if (response.ok) {
    return { kind: "answer", status: response.status, body, etag: response.headers.get("ETag") ?? "", skew };
  }
  const retryAfter = Number(response.headers.get("Retry-After") ?? 0) || 0;
  return { kind: "refused", status: response.status, error: body.error as Refused, retryAfter, skew };
}

function parsed(text: string): Record<string, unknown> | null {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === "object" && value !== null ? (value as Record<string, unknown>) : null;
  } catch {
    return null; // a page, not an answer
  }
}
