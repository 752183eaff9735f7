/** Which screen is shown: by the address, once the tablet is enrolled and has its reference. */

import { WORDS } from "../core/messages";
import { typeOf, type Reference } from "../core/reference";
import { activeDevice, database, savedReference, type Device } from "../edge/database";
import { bannerView } from "./banner";
import { go, h, say, setLanguage, language } from "./dom";
import { codeIn, enrolScreen } from "./enrol";
import { correctScreen, eventScreen } from "./event";
import { eventsScreen } from "./events";
import { homeScreen } from "./home";
import { moreScreen } from "./more";
import { page } from "./page";
import { recordScreen } from "./record";
import { ticksScreen } from "./ticks";

async function screen(): Promise<HTMLElement> {
  const [, name = "", of = ""] = decodeURIComponent(location.hash.slice(1)).split("/");
  const device = await activeDevice();
  if (!device?.enrolled) return enrolScreen(await isCopied(), invitedBy(location.hash));
  const reference = await savedReference();
  if (name === "more") return moreScreen(device, reference);
  if (name === "events") return eventsScreen(reference);
  return reference
    ? withReference(device, reference, name, of)
    : page(say(WORDS.record), h("p", {}, say(WORDS.waitingReference)));
}

/** The code in the address that an invitation's QR leads to, `/#code=K7M2-9QXD-4T`. */
const invitedBy = (hash: string): string => (hash.startsWith("#code=") ? codeIn(hash) : "");

/** Whether an identity was given up here, and its successor waits to be enrolled. */
const isCopied = async (): Promise<boolean> =>
  (await database.devices.filter((each) => each.retired === true).count()) > 0;

async function withReference(device: Device, reference: Reference, name: string, of: string): Promise<HTMLElement> {
  const type = typeOf(reference, of);
  switch (name) {
    case "record":
      return type ? recordScreen(device, reference, type) : homeScreen(reference);
    case "ticks":
      return type ? ticksScreen(device, reference, type) : homeScreen(reference);
    case "event":
      return eventScreen(device, reference, of);
    case "correct":
      return correctScreen(device, reference, of);
    case "again": {
      const kept = await database.events.get(of);
      const root = kept && typeOf(reference, kept.type);
      return root ? recordScreen(device, reference, root, kept) : homeScreen(reference);
    }
    default:
      return homeScreen(reference);
  }
}

const TABS = [
  ["/", WORDS.record],
  ["/events", WORDS.mine],
  ["/more", WORDS.more],
] as const;

/** Starts the app in an element. */
export function start(root: HTMLElement): void {
  setLanguage(language());
  const body = h("div", { className: "screen" });
  const tabs = h(
    "nav",
    {},
    ...TABS.map(([path, name]) =>
      h("button", { type: "button", "data-tab": path, onclick: () => go(path) }, say(name)),
    ),
  );
  const show = async (): Promise<void> => {
    const enrolled = (await activeDevice())?.enrolled === true;
    tabs.hidden = !enrolled;
    body.replaceChildren(await screen());
    for (const tab of tabs.children)
      tab.setAttribute("aria-current", String(`#${tab.getAttribute("data-tab")}` === (location.hash || "#/")));
    scrollTo(0, 0);
  };
  addEventListener("hashchange", () => void show());
  addEventListener("identity", () => void show());
  root.append(bannerView(), body, tabs);
  void show();
}
