/** The app starts: screens, storage that stays, sync, and the worker that makes it start without a network. */

import "./style/base.css";
import "./style/screens.css";
import "./style/overlays.css";
import { askToPersist } from "./edge/storage";
import { start } from "./screens/app";
import { startSync } from "./sync/timer";

start(document.querySelector<HTMLElement>("#app")!);
void askToPersist();
void startSync();
if (import.meta.env.PROD) void navigator.serviceWorker?.register("/service-worker.js");
