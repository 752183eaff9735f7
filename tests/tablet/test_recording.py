"""From a finger on a form to a counted event: every type, revisions, tick-lists, what is shown of each."""

from __future__ import annotations

import re
from collections import Counter

import pytest
from playwright.sync_api import expect

from schemas.events.catalogue import EVENT_TYPES
from tests.gateway.process import UNIT
from tests.tablet.device import Device
from tests.tablet.site import HOUSEHOLDS, Site

LAX_FORMS = """new Promise((done) => {
  indexedDB.open('fieldtally').onsuccess = ({ target: { result: db } }) => {
    const notes = db.transaction('notes', 'readwrite').objectStore('notes');
    notes.get('reference').onsuccess = ({ target: { result: note } }) => {
      delete note.value.types.find((each) => each.type === 'sim.handed-out').schema.properties.iccid.pattern;
      notes.put(note).onsuccess = () => { db.close(); done(); };
    };
  };
})"""


def test_each_of_the_19_types_is_recorded_by_its_form_and_counted(tablet: Device, place: Site) -> None:
    for event_type in EVENT_TYPES:
        tablet.record(event_type.name)
    tablet.await_all("counted", len(EVENT_TYPES))
    recorded = tablet.events()
    assert sorted(str(each["type"]) for each in recorded) == sorted(each.name for each in EVENT_TYPES)
    [source] = tablet.sources()
    place.until(lambda: sorted(place.ids(source)) == tablet.ids())
    tablet.await_banner("Có mạng.*Không còn gì chờ gửi.*Tính lần cuối")


def test_a_tick_list_makes_one_event_per_tick(tablet: Device, place: Site) -> None:
    before = place.counters().get(("leaflets", ""), 0)
    page = tablet.page
    page.click("[data-ticks='leaflet.distributed']")
    page.select_option("[name=village]", f"{UNIT}/02")
    expect(page.locator(".tick")).to_have_count(HOUSEHOLDS)
    page.fill("[name=leaflet]", "An toàn thanh toán")
    for at in (0, 3, 5):
        page.locator(".tick input[type=checkbox]").nth(at).check()
    tablet.save()
    assert "3" in page.inner_text(".toast")
    tablet.await_all("counted", 3)
    events = [each["event"] for each in tablet.events()]
    assert {each["data"]["leaflet"] for each in events} == {"an-toan-thanh-toan"}  # type: ignore[index]
    place.until(lambda: place.counters().get(("leaflets", "")) == before + 3)


def test_a_roster_and_hand_outs_of_a_village_are_tick_lists_too(tablet: Device) -> None:
    tablet.record("training.session-held")
    page = tablet.page
    tablet.tab("/")
    page.click("[data-ticks='training.attended']")
    page.select_option("[name=known]", index=1)
    page.locator(".tick input[type=checkbox]").nth(0).check()
    page.locator(".tick input[type=checkbox]").nth(1).check()
    page.locator("[name=members]").nth(1).fill("1, 3")
    tablet.save()
    tablet.tab("/")
    page.click("[data-ticks='sim.handed-out']")
    page.locator("input[name=recipient]").first.check()
    page.locator("input[name=plan]").first.check()
    for at in (0, 1):
        page.locator(".tick input[type=checkbox]").nth(at).check()
        page.locator("[name=iccid]").nth(at).fill(f"898401234567890123{at}")
    tablet.save()
    tablet.await_all("counted", 6)
    attended = [each["event"] for each in tablet.events() if each["type"] == "training.attended"]
    roster = [each["data"] for each in attended]  # type: ignore[index]
    assert sorted(each["attendee"][-2:] for each in roster) == ["/1", "/1", "/3"]
    assert all(each["household"] == each["attendee"][:-2] for each in roster)


def test_a_wrong_check_character_is_told_before_anything_is_saved(tablet: Device) -> None:
    tablet.open("account.opened")
    tablet.fill({"subject": "KKVS-S"})
    tablet.page.click("button[type=submit]")
    expect(tablet.page.locator("[data-field=subject] .fault")).to_have_text(re.compile("Ký tự kiểm tra"))
    assert tablet.events() == []
    tablet.page.fill("[name=subject]", "kkvsr")
    tablet.save()
    assert len(tablet.events()) == 1


@pytest.mark.parametrize("online", [True, False], ids=["online", "offline"])
def test_an_event_is_corrected_and_another_voided(tablet: Device, place: Site, online: bool) -> None:
    before = Counter(place.counters())
    tablet.context.set_offline(not online)
    tablet.record("sim.handed-out", {"recipient": "household"})
    tablet.record("smartphone.handed-out", {"recipient": "household"})
    if online:
        tablet.await_all("counted", 2)
    tablet.open_event("Trao SIM")
    tablet.page.click(".actions > button.primary")
    tablet.page.locator(".form [data-field=recipient] input[value=pupil]").check()
    tablet.save()
    tablet.open_event("Trao điện thoại")
    tablet.page.click("summary")
    tablet.page.click("button.danger")
    tablet.page.wait_for_selector(".toast")
    tablet.context.set_offline(False)
    tablet.await_all("counted", 4)
    expected = before + Counter({("sims_handed_out", "pupil"): 1, ("households_given_sim", ""): 0})
    changed = ("sims_handed_out", "pupil"), ("sims_handed_out", "household"), ("smartphones_handed_out", "household")
    place.until(lambda: all(place.counters().get(each, 0) == expected[each] for each in changed))


def test_a_refused_event_is_shown_with_its_reason_recorded_anew_and_leaves_no_hole(tablet: Device, place: Site) -> None:
    tablet.page.evaluate(LAX_FORMS)  # a tablet whose contracts are older than the gateway's
    tablet.record("sim.handed-out", {"iccid": "12"})
    tablet.tab("/events")
    refused = tablet.page.locator(".event.rejected", has_text="Trao SIM")
    expect(refused).to_have_text(re.compile("Giá trị ngoài giới hạn"))
    refused.click()
    tablet.page.click(".actions > button.primary")
    tablet.page.fill("[name=iccid]", "8984012345678901234")
    tablet.save()
    [source] = tablet.sources()
    place.until(lambda: len(place.ids(source)) == 2)  # the one recorded anew, and the withdrawal of the first number
    place.until(lambda: sorted(str(each["state"]) for each in tablet.events()) == ["counted", "counted", "rejected"])


def test_the_app_speaks_english_where_it_is_asked_to(tablet: Device) -> None:
    tablet.tab("/more")
    tablet.page.click("[data-act=language]")
    expect(tablet.page.locator("nav")).to_have_text(re.compile("Record.*My events.*This tablet"))
    tablet.tab("/")
    expect(tablet.page.locator(".home")).to_have_text(re.compile("SIM handed out"))
