/** The banner at the top of every screen, alive. */

import { liveQuery } from "dexie";
import { banner, type Situation } from "../core/banner";
import { activeDevice, database } from "../edge/database";
import { isLow, room } from "../edge/storage";
import { status } from "../sync/status";
import { h, say } from "./dom";

async function situation(): Promise<Situation> {
  const count = (state: string) => database.events.where("state").equals(state);
  const [now, waiting, sent, rejected, device, low] = await Promise.all([
    status(),
    count("here").count(),
    count("sent").count(),
    count("rejected")
      .filter((each) => !each.replaced && each.closes === undefined)
      .count(),
    activeDevice(),
    lowRoom(),
  ]);
  const { link, contact, counted, skew, refusal } = now;
  return { link, contact, counted, skew, refusal, waiting, sent, rejected, revoked: device?.revoked === true, low };
}

const lowRoom = async (): Promise<boolean> => isLow(await Promise.resolve(room()));

/** The banner's element, which follows what the tablet knows. */
export function bannerView(): HTMLElement {
  const element = h("aside", { className: "banner", "aria-live": "polite" });
  liveQuery(situation).subscribe({
    next: (now) => {
      const { tone, head, lines, warnings } = banner(now);
      element.className = `banner ${tone}`;
      element.replaceChildren(
        h("strong", {}, say(head)),
        h("span", { className: "facts" }, lines.map(say).join(" · ")),
        ...warnings.map((each) => h("p", { className: "warning" }, say(each))),
      );
    },
  });
  return element;
}
