/** When a cycle runs: at once when something was recorded, the network or the person comes back; else by the clock. */

import { IDLE_MS, waitAfter, WATCH_MS } from "../core/backoff";
import { database } from "../edge/database";
import { whenFull } from "../edge/storage";
import { cycle } from "./cycle";
import { setStatus } from "./status";

let timer: ReturnType<typeof setTimeout> | undefined;
let running: Promise<void> | undefined;
let again = false;
let failures = 0;

/** Runs a cycle now, or once more after the one that runs. */
export function syncNow(): Promise<void> {
  if (running) {
    again = true;
    return running;
  }
  clearTimeout(timer);
  running = once().finally(() => {
    running = undefined;
    if (again) {
      again = false;
      void syncNow();
    }
  });
  return running;
}

async function once(): Promise<void> {
  schedule(IDLE_MS); // whatever happens in this one, there is a next one
  const { ok, retryAfter } = await cycle().catch(whenFull({ ok: false, retryAfter: 0 }));
  failures = ok ? 0 : failures + 1;
  const open = ok ? await database.events.where("state").anyOf("here", "sent").count() : 0;
  schedule(ok ? (open > 0 ? WATCH_MS : IDLE_MS) : waitAfter(failures, Math.random(), retryAfter));
}

function schedule(ms: number): void {
  clearTimeout(timer);
  timer = setTimeout(() => void syncNow(), ms);
}

export async function startSync(): Promise<void> {
  await setStatus({ link: "unknown" }).catch(whenFull(undefined)); // what the last start saw may be long ago
  for (const name of ["online", "offline"]) addEventListener(name, () => void syncNow()); // so that the banner is right
  addEventListener("focus", () => void syncNow());
  document.addEventListener("visibilitychange", () => {
    if (!document.hidden) void syncNow();
  });
  void syncNow();
}
