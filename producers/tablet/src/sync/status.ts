/** What the last look at the server found; kept, so that a restart still knows since when it is alone. */

import type { Outcome } from "../edge/gateway";
import { note, setNote } from "../edge/database";

export type Link = "unknown" | "online" | "offline" | "portal" | "refused";

export interface Status {
  link: Link;
  contact: number | null; // the last answer of the gateway, ms by the tablet's clock
  counted: number | null; // when the counter was last seen to have counted something of ours
  skew: number; // tablet's clock less the server's, ms
  refusal: { vi: string; en: string; code: string } | null;
}

const FIRST: Status = { link: "unknown", contact: null, counted: null, skew: 0, refusal: null };

export const status = (): Promise<Status> => note("status", FIRST);

export const setStatus = async (changed: Partial<Status>): Promise<void> => {
  await setNote("status", { ...(await status()), ...changed });
};

/** Notes what an outcome says about the way to the gateway. */
export async function heard(outcome: Outcome): Promise<void> {
  const now = Date.now();
  switch (outcome.kind) {
    case "answer":
      return setStatus({ link: "online", contact: now, skew: outcome.skew, refusal: null });
    case "unchanged":
      return setStatus({ link: "online", contact: now, refusal: null });
    case "refused":
      return setStatus({ link: "refused", contact: now, skew: outcome.skew, refusal: outcome.error });
    case "portal":
      return setStatus({ link: "portal" });
    case "offline":
      return setStatus({ link: "offline" });
  }
}
