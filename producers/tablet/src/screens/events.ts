/** The list of my events, newest first, each with what became of it. */

import { liveQuery } from "dexie";
import { readable } from "../core/clock";
import { spoken } from "../core/codes";
import { STATES, WORDS } from "../core/messages";
import type { Kept, State } from "../core/outbox";
import { typeOf, type Reference } from "../core/reference";
import { title, type Title } from "../core/titles";
import { database } from "../edge/database";
import { go, h, say } from "./dom";
import { page } from "./page";

const ROWS = 50;
const REVISIONS: Record<string, Title> = { corrected: title("Sửa", "Correction"), voided: title("Hủy", "Void") };

/** What an event is called: its type, and that it is a revision or closes a number. */
export function nameOf(kept: Kept, reference: Reference | null): string {
  if (kept.closes) return say(title("Rút số thứ tự", "Number withdrawn"));
  const [, root = kept.type, part = ""] = /^(.*)\.(corrected|voided)$/.exec(kept.type) ?? [];
  const type = reference ? typeOf(reference, root) : undefined;
  const revision = REVISIONS[part];
  return `${revision ? `${say(revision)}: ` : ""}${type ? say(type) : root}`;
}

export function eventsScreen(reference: Reference | null): HTMLElement {
  let shown = ROWS;
  let only: State | "" = "";
  const list = h("div", { className: "events" });
  const counts = h("div", { className: "filters" });
  const more = h("button", { type: "button", hidden: true, onclick: () => show(shown + ROWS) }, say(WORDS.moreRows));
  let watching = { unsubscribe: (): void => undefined };

  const show = (rows: number): void => {
    shown = rows;
    watching.unsubscribe();
    watching = liveQuery(() => newest(only, rows)).subscribe((found) => {
      if (!list.isConnected && list.hasChildNodes()) return watching.unsubscribe();
      more.hidden = found.length < rows;
      list.replaceChildren(
        ...(found.length > 0
          ? found.map((each) => rowOf(each, reference))
          : [h("p", { className: "hint" }, say(WORDS.none))]),
      );
    });
  };
  const filter = (state: State | "", text: string): HTMLElement =>
    h(
      "button",
      {
        type: "button",
        className: "filter",
        "aria-pressed": String(only === state),
        "data-filter": state,
        onclick: () => {
          only = state;
          filters();
          show(ROWS);
        },
      },
      text,
    );
  const filters = (): void =>
    counts.replaceChildren(
      filter("", say(WORDS.all)),
      ...(Object.keys(STATES) as State[]).map((state) => filter(state, say(STATES[state]))),
    );
  filters();
  show(ROWS);
  return page(say(WORDS.mine), counts, list, more);
}

function newest(only: State | "", rows: number): Promise<Kept[]> {
  const all = database.events.orderBy("recorded").reverse();
  return (only ? all.filter((each) => each.state === only) : all).limit(rows).toArray();
}

function rowOf(kept: Kept, reference: Reference | null): HTMLElement {
  const reason =
    kept.state === "rejected" && kept.refusal ? h("span", { className: "reason" }, say(kept.refusal)) : null;
  return h(
    "button",
    { type: "button", className: `event ${kept.state}`, "data-id": kept.id, onclick: () => go(`/event/${kept.id}`) },
    h("span", { className: "name" }, nameOf(kept, reference)),
    h("span", { className: "state" }, say(STATES[kept.state]), kept.replaced ? ` (${say(WORDS.replaced)})` : null),
    h(
      "span",
      { className: "about" },
      `${spoken(kept.event.subject.split("/")[1] ?? "")} · ${readable(Date.parse(kept.event.time))}`,
    ),
    reason,
  );
}
