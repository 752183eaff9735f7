"""What stays on a tablet: its storage is kept where the browser lets it, and what was counted long ago leaves."""

from __future__ import annotations

from playwright.sync_api import expect

from tests.tablet.device import Device
from tests.tablet.network import Network
from tests.tablet.site import Site

AGE = """days => new Promise((done) => {
  indexedDB.open('fieldtally').onsuccess = ({ target: { result: db } }) => {
    const events = db.transaction('events', 'readwrite').objectStore('events');
    events.getAll().onsuccess = ({ target: { result: all } }) => {
      for (const each of all) events.put({ ...each, recorded: each.recorded - days * 86_400_000 });
      events.transaction.oncomplete = () => { db.close(); done(); };
    };
  };
})"""


def test_the_app_asks_that_its_storage_be_kept_and_says_whether_it_is(tablet: Device, net: Network) -> None:
    storage = tablet.page.locator("[data-section=storage]")
    for setting, said in (("denied", "trình duyệt có thể xóa"), ("granted", "được giữ lâu dài")):
        tablet.context.new_cdp_session(tablet.page).send("Browser.setPermission", {
            "permission": {"name": "persistent-storage"}, "setting": setting, "origin": net.url})  # fmt: skip
        tablet.page.goto(net.url)
        tablet.page.reload()
        tablet.tab("/more")
        expect(storage).to_contain_text(said)
        expect(storage).to_contain_text("còn trống")


def test_what_was_recorded_two_months_ago_leaves_once_it_is_counted_and_not_before(tablet: Device, place: Site) -> None:
    tablet.record("card.issued")
    tablet.await_all("counted", 1)
    [old] = tablet.ids()
    tablet.context.set_offline(True)
    tablet.record("account.opened")
    [source] = tablet.sources()
    tablet.page.evaluate(AGE, 61)
    assert len(tablet.ids()) == 2  # the second is as old, and is on this tablet alone
    tablet.context.set_offline(False)
    place.until(lambda: old not in tablet.ids())
    place.until(lambda: len(place.ids(source)) == 2)
    place.until(lambda: tablet.ids() == [])
