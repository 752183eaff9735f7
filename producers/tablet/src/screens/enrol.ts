/** Enrolling: an invitation's code binds this tablet's key to an organisation and its units. */

import { WORDS } from "../core/messages";
import type { Title } from "../core/titles";
import { activeDevice, database, type Device } from "../edge/database";
import { newDevice } from "../edge/keys";
import { enrol } from "../edge/requests";
import { refreshReference } from "../sync/cycle";
import { heard } from "../sync/status";
import { syncNow } from "../sync/timer";
import { go, h, say } from "./dom";
import { framed } from "./fields";
import { scanButton } from "./scanner";

const CODE = /[0-9A-Z]{4}-[0-9A-Z]{4}-[0-9A-Z]{2}/i;

/** The code within what was scanned or opened, which may be an address. */
export const codeIn = (text: string): string => CODE.exec(text)?.[0]?.toUpperCase() ?? text.trim().toUpperCase();

/** `copy`: this tablet found that it is a restored copy, and has a new key already. */
export function enrolScreen(copy: boolean, invited: string): HTMLElement {
  const input = h("input", {
    name: "code",
    value: invited,
    placeholder: "K7M2-9QXD-4T",
    autocapitalize: "characters",
    autocomplete: "off",
  });
  const scan = scanButton((text) => (input.value = codeIn(text)));
  const frame = framed("code", WORDS.code, [h("div", { className: "row" }, input, scan)], true, input);
  const button = h("button", { type: "submit", className: "primary" }, say(WORDS.enrol));
  const submit = async (event: Event): Promise<void> => {
    event.preventDefault();
    button.disabled = true;
    const fault = await enrolWith((await activeDevice()) ?? (await newDevice()), codeIn(input.value));
    button.disabled = false;
    frame.fault(fault);
    if (fault) return;
    go("/");
    dispatchEvent(new Event("identity"));
  };
  return h(
    "main",
    { className: "enrol" },
    h("h1", {}, say(copy ? WORDS.copyTitle : WORDS.enrolTitle)),
    h("p", {}, say(copy ? WORDS.copyHint : WORDS.enrolHint)),
    h("form", { noValidate: true, onsubmit: (event: Event) => void submit(event) }, frame.element, button),
  );
}

/** Null when it worked, else what a person can do. The key is kept first: a lost answer is asked for again with it. */
async function enrolWith(device: Device, code: string): Promise<Title | null> {
  await database.devices.put(device);
  const outcome = await enrol(device, code);
  await heard(outcome);
  switch (outcome.kind) {
    case "answer": {
      const { organisation, units } = outcome.body as { organisation: string; units: string[] };
      const enrolled = { ...device, enrolled: true, organisation, units };
      await database.devices.put(enrolled);
      await refreshReference(enrolled);
      void syncNow();
      return null;
    }
    case "refused":
      return outcome.error;
    case "portal":
      return WORDS.enrolPortal;
    default:
      return WORDS.enrolOffline;
  }
}
