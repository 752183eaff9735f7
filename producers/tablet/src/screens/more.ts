/** This tablet: send now, storage, export and import of the outbox, who it is, language. */

import { WORDS } from "../core/messages";
import type { Reference } from "../core/reference";
import { title } from "../core/titles";
import { batchesIn, carry, handOver, outboxFile } from "../edge/files";
import type { Device } from "../edge/database";
import { isLow, mib, room } from "../edge/storage";
import { syncNow } from "../sync/timer";
import { h, language, say, setLanguage, toast } from "./dom";
import { page } from "./page";

export async function moreScreen(device: Device, reference: Reference | null): Promise<HTMLElement> {
  return page(
    say(WORDS.more),
    sending(),
    await storage(),
    exporting(),
    importing(),
    identity(device, reference),
    switching(),
  );
}

function sending(): HTMLElement {
  const button = h(
    "button",
    { type: "button", className: "primary", "data-act": "sync", onclick: () => void run() },
    say(WORDS.syncNow),
  );
  const run = async (): Promise<void> => {
    button.textContent = say(WORDS.syncing);
    await syncNow();
    button.textContent = say(WORDS.syncNow);
  };
  return h("section", {}, button);
}

async function storage(): Promise<HTMLElement> {
  const now = await room();
  return h(
    "section",
    { "data-section": "storage" },
    h("h2", {}, say(WORDS.storage)),
    h("p", {}, `${mib(now.used)} ${say(WORDS.used)} · ${mib(now.free)} ${say(WORDS.free)}`),
    h("p", { className: "hint" }, say(now.persistent ? WORDS.persistent : WORDS.notPersistent)),
    isLow(now) ? h("p", { className: "warning" }, say(WORDS.low)) : null,
  );
}

function exporting(): HTMLElement {
  const run = async (): Promise<void> => {
    const file = await outboxFile();
    if (file.batches.length === 0) return toast(say(WORDS.exportNone));
    handOver(file);
  };
  return h(
    "section",
    {},
    h("h2", {}, say(WORDS.exportTitle)),
    h("p", { className: "hint" }, say(WORDS.exportHint)),
    h("button", { type: "button", "data-act": "export", onclick: () => void run() }, say(WORDS.exportTitle)),
  );
}

function importing(): HTMLElement {
  const result = h("p", { role: "status", "data-result": "import" });
  const run = async (input: HTMLInputElement): Promise<void> => {
    const batches = batchesIn((await input.files?.[0]?.text()) ?? "");
    input.value = "";
    if (!batches) return void (result.textContent = say(WORDS.importBad));
    const { accepted, refused, failure } = await carry(batches);
    result.textContent = say(
      title(
        `${accepted} sự kiện đã gửi, ${refused} không được nhận${failure ? "; còn lại chưa gửi được" : ""}`,
        `${accepted} events sent, ${refused} refused${failure ? "; the rest not yet" : ""}`,
      ),
    );
  };
  const input = h("input", {
    type: "file",
    accept: "application/json,.json",
    name: "outbox",
    onchange: () => void run(input),
  });
  return h(
    "section",
    {},
    h("h2", {}, say(WORDS.importTitle)),
    h("label", { className: "file" }, say(WORDS.importTitle), input),
    result,
  );
}

function identity(device: Device, reference: Reference | null): HTMLElement {
  const list = (name: string): string =>
    reference?.lists["organisations"]?.find((each) => each.code === name)?.[language()] ?? name;
  const units = device.units.map((unit) => reference?.units.find((each) => each.unit === unit)?.name ?? unit);
  return h(
    "dl",
    {},
    h("dt", {}, say(WORDS.organisation)),
    h("dd", {}, list(device.organisation)),
    h("dt", {}, say(WORDS.units)),
    h("dd", {}, units.join(", ")),
    h("dt", {}, say(WORDS.tablet)),
    h("dd", { className: "code" }, device.thumbprint),
  );
}

const switching = (): HTMLElement =>
  h(
    "button",
    {
      type: "button",
      "data-act": "language",
      onclick: () => {
        setLanguage(language() === "vi" ? "en" : "vi");
        location.reload();
      },
    },
    say(WORDS.language),
  );
