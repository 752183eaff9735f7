/** When a cycle runs: at once when something was recorded, the network or the person comes back; else by the clock. */

import { IDLE_MS, waitAfter, WATCH_MS } from "../core/backoff";
import { database } from "../edge/database";
import { cycle } from "./cycle";

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
  const { ok, retryAfter } = await cycle();
  failures = ok ? 0 : failures + 1;
  const open = ok ? await database.events.where("state").anyOf("here", "sent").count() : 0;
  schedule(ok ? (open > 0 ? WATCH_MS : IDLE_MS) : waitAfter(failures, Math.random(), retryAfter));
}

function schedule(ms: number): void {
  clearTimeout(timer);
  timer = setTimeout(() => void syncNow(), ms);
}

export function startSync(): void {
  addEventListener("online", () => void syncNow());
  addEventListener("focus", () => void syncNow());
  document.addEventListener("visibilitychange", () => {
    if (!document.hidden) void syncNow();
  });
  void syncNow();
}
