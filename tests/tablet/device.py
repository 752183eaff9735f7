"""A tablet in a person's hands: a browser with a profile of its own, and what a person does and sees in the app."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import psutil
from playwright.sync_api import BrowserContext, Playwright, expect

from tests.browser import ARGUMENTS, chromium_path

PATIENCE_MS = 45_000
STATES = ("here", "sent", "counted", "rejected")
_TEXTS = {"iccid": "8984012345678901234", "imei": "356938035643809", "serial": "SN-4471", "period": "2023-2030",
          "attendee": "17", "expires": "2027-12-31", "decision": "Quyết định 2541", "headcount": "31", "round": "2",
          "amount": "6.000.000", "value": "500.000"}  # fmt: skip
_EVENTS = """new Promise((done, failed) => {
  const opened = indexedDB.open('fieldtally');
  opened.onerror = failed;
  opened.onsuccess = () => {
    const asked = opened.result.transaction('events').objectStore('events').getAll();
    asked.onsuccess = () => { opened.result.close(); done(asked.result); };
  };
})"""


FILL_UP = """async () => {
  const db = await new Promise((done) => {
    const opening = indexedDB.open('ballast');
    opening.onupgradeneeded = () => opening.result.createObjectStore('all', { autoIncrement: true });
    opening.onsuccess = () => done(opening.result);
  });
  for (let size = 2 ** 16; size > 16;) {
    const fits = await new Promise((done) => {
      const put = db.transaction('all', 'readwrite');
      put.objectStore('all').put(crypto.getRandomValues(new Uint8Array(size)));
      put.oncomplete = () => done(true);
      put.onabort = () => done(false);
    });
    if (!fits) size /= 2;
  }
  db.close();
}"""


class Device:
    """One tablet; `page` is its screen of 360 px."""

    def __init__(self, context: BrowserContext, profile: Path) -> None:
        self.context, self.profile = context, profile
        self.page = context.pages[0] if context.pages else context.new_page()
        self.page.set_default_timeout(PATIENCE_MS)
        self.faults: list[str] = []
        self.killed = False
        self.page.on("pageerror", lambda error: self.faults.append(str(error)))

    def allow(self, url: str, room: int | None) -> None:
        """Let the app at this address have so many bytes of storage; None for what the disk has."""
        limit = {} if room is None else {"quotaSize": room}
        self.context.new_cdp_session(self.page).send("Storage.overrideQuotaForOrigin", {"origin": f"{url}/", **limit})

    def enrol(self, url: str, code: str) -> None:
        """Open the invitation's address and enrol; ready when the app can also start without a network."""
        self.page.goto(f"{url}/#code={code}")
        self.enrol_here()
        self.page.evaluate("navigator.serviceWorker.ready.then(() => true)")

    def enrol_here(self, code: str = "") -> None:
        """Enrol on the screen that asks for it; the gateway may not have read the code yet."""
        if code:
            self.page.fill("[name=code]", code)
        enter = self.page.locator("button[type=submit]")
        with_home = self.page.locator(".home .type").first
        while not with_home.is_visible():
            enter.click()
            with_home.or_(self.page.locator(".fault:not(:empty)")).first.wait_for()

    def tab(self, path: str) -> None:
        """Go to one of the three tabs."""
        self.page.click(f"[data-tab='{path}']")
        self.page.wait_for_selector(f"[data-tab='{path}'][aria-current=true]")

    def record_more(self, times: int) -> None:
        """Record so many more on the form that is open, each of the next household of the list."""
        for at in range(times):
            self.page.select_option("[name=known]", index=1 + at)
            self.save()

    def open(self, event_type: str) -> None:
        """Open the form of a type."""
        self.tab("/")
        self.page.click(f"[data-type='{event_type}']")
        self.page.wait_for_selector(".form")

    def record(self, event_type: str, values: Mapping[str, str] | None = None) -> None:
        """Record one event, each field that is not in `values` filled with something that fits."""
        self.open(event_type)
        self.fill(values or {})
        self.save()

    def save(self) -> None:
        """Press Save and see that it was saved."""
        self.page.evaluate("document.querySelector('.toast')?.remove()")
        self.page.click("button[type=submit]")
        self.page.wait_for_selector(".toast")

    def fill(self, values: Mapping[str, str]) -> None:
        """Fill the form that is open."""
        known = self.page.locator("[name=known]")
        if "subject" in values:
            self.page.fill("[name=subject]", values["subject"])
        elif known.is_visible() and known.locator("option").count() > 1:
            known.select_option(index=1)
        elif self.page.get_by_role("button", name="Buổi mới").is_visible():
            self.page.get_by_role("button", name="Buổi mới").click()
        for field in self.page.locator(".form .field[data-field]").all():
            name = field.get_attribute("data-field") or ""
            if name not in ("unit", "village", "subject", "when"):
                self._fill(name, values.get(name))

    def _fill(self, name: str, value: str | None) -> None:
        here = self.page.locator(f".form .field[data-field='{name}']")
        if (radios := here.locator("input[type=radio]")).count():
            (here.locator(f"input[value='{value}']") if value else radios.first).check()
        elif here.locator("select").count():
            here.locator("select").select_option(**({"value": value} if value else {"index": 1}))
        else:
            numeric = here.locator("input[inputmode=numeric]").count()
            here.locator("input").fill(value or _TEXTS.get(name) or ("5" if numeric else "Mẫu số 1"))

    def fill_up(self) -> None:
        """Store other things until nothing more fits, as photos do."""
        self.page.evaluate(FILL_UP)

    def open_event(self, name: str) -> None:
        """Open the newest event of the list whose name begins so."""
        self.tab("/events")
        self.page.locator(".event", has_text=re.compile(f"^{name}")).first.click()
        self.page.wait_for_selector(".actions button")

    def events(self) -> list[dict[str, object]]:
        """What the tablet's storage holds."""
        found: list[dict[str, object]] = self.page.evaluate(_EVENTS)
        return found

    def ids(self) -> list[str]:
        """The ids of all events on the tablet."""
        return sorted(str(each["id"]) for each in self.events())

    def sources(self) -> set[str]:
        """The sources of all events on the tablet."""
        return {str(each["source"]) for each in self.events()}

    def await_all(self, state: str, count: int) -> None:
        """Wait until the list shows this many events, all in one state, and no other."""
        self.tab("/events")
        self.page.click("[data-filter='']")
        expect(self.page.locator(f".events .event.{state}")).to_have_count(count, timeout=PATIENCE_MS)
        expect(self.page.locator(".events .event")).to_have_count(count)

    def await_banner(self, text: str) -> None:
        """Wait until the banner says this (a regular expression)."""
        expect(self.page.locator(".banner")).to_have_text(re.compile(text), timeout=PATIENCE_MS)

    def sync(self) -> None:
        """Press Send now."""
        self.tab("/more")
        self.page.click("[data-act=sync]")

    def kill(self) -> None:
        """Kill the browser, as a dead battery would."""
        marked = f"--user-data-dir={self.profile}"
        mine = [each for each in psutil.Process().children(recursive=True) if marked in each.cmdline()]
        assert mine
        self.killed = True
        for process in mine:
            process.kill()
        psutil.wait_procs(mine)


@contextmanager
def device(playwright: Playwright, profile: Path, *arguments: str) -> Iterator[Device]:
    """A tablet with what its profile holds; an empty folder is a new tablet."""
    context = playwright.chromium.launch_persistent_context(
        str(profile), executable_path=chromium_path(), args=[*ARGUMENTS, *arguments],
        viewport={"width": 360, "height": 740}, locale="vi-VN", timezone_id="Asia/Ho_Chi_Minh")
    made = Device(context, profile)
    try:
        yield made
    finally:
        if not made.killed:
            context.close()
    assert made.faults == []
