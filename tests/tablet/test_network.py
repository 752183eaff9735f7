"""What networks, power and clocks do to a tablet: nothing is lost, nothing is counted twice, nothing is believed."""

from __future__ import annotations

import gzip
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from playwright.sync_api import Playwright, expect

from tests.tablet.device import Device, device
from tests.tablet.network import CUT, HALF, OPEN, PORTAL, REDIRECT, Network
from tests.tablet.site import Site

MIB = 2**20
TELLS_ROOM = "--disable-features=StaticStorageQuota"  # this Chromium else tells every page of 10 GiB


def all_counted_once(tablet: Device, place: Site, count: int) -> None:
    """The tablet shows so many events, all counted, and Postgres has each of them once."""
    tablet.await_all("counted", count)
    place.until(lambda: sorted(each for source in tablet.sources() for each in place.ids(source)) == tablet.ids())


def test_twenty_events_offline_survive_a_kill_and_are_counted_once_in_postgres_and_the_gauges(
    playwright: Playwright, place: Site, net: Network, tmp_path: Path
) -> None:
    before = place.counters().get(("leaflets", ""), 0)
    with device(playwright, tmp_path / "profile") as tablet:
        tablet.enrol(net.url, place.invitation())
        tablet.context.set_offline(True)
        tablet.record("leaflet.distributed")
        tablet.record_more(19)
        tablet.await_banner("Ngoại tuyến từ.*20 sự kiện chờ gửi")
        recorded = tablet.ids()
        tablet.kill()
    with device(playwright, tmp_path / "profile") as tablet:
        tablet.context.set_offline(True)
        tablet.page.goto(net.url)  # no network: the app itself comes from the tablet
        tablet.await_all("here", 20)
        assert tablet.ids() == recorded
        tablet.context.set_offline(False)
        all_counted_once(tablet, place, 20)
    assert max(len(gzip.decompress(body)) / len(body) for body in net.packed) > 8  # what a weak line is spared
    place.until(lambda: place.counters().get(("leaflets", "")) == before + 20)
    place.until(lambda: place.gauge("fieldtally_leaflets") == before + 20)


@pytest.mark.parametrize("mode", [CUT, HALF])
def test_an_answer_that_is_lost_after_kafka_has_the_events_counts_nothing_twice(
    tablet: Device, place: Site, net: Network, mode: str
) -> None:
    net.mode = mode
    for _ in range(3):
        tablet.record("card.issued")
    place.until(lambda: net.hit > 0)
    net.mode = OPEN
    tablet.sync()
    all_counted_once(tablet, place, 3)


@pytest.mark.parametrize("mode", [PORTAL, REDIRECT])
def test_a_login_page_is_not_taken_for_an_answer(tablet: Device, place: Site, net: Network, mode: str) -> None:
    net.mode = mode
    tablet.record("account.opened")
    tablet.await_banner("chặn máy chủ.*1 sự kiện chờ gửi")
    assert net.hit > 0
    tablet.page.reload()
    tablet.await_banner("chặn máy chủ.*1 sự kiện chờ gửi")  # the app's own files are the tablet's
    net.mode = OPEN
    tablet.sync()
    all_counted_once(tablet, place, 1)


def test_a_gateway_that_is_killed_in_the_middle_of_a_batch_loses_nothing(
    tablet: Device, place: Site, net: Network
) -> None:
    def kill() -> None:
        place.gateway.process.kill()

    tablet.context.set_offline(True)
    for _ in range(5):
        tablet.record("household.surveyed")
    net.on_batch = kill
    tablet.context.set_offline(False)
    place.until(lambda: not place.gateway.process.running)
    tablet.await_banner("5 sự kiện chờ gửi")
    place.gateway.start()
    tablet.sync()
    all_counted_once(tablet, place, 5)


def test_a_full_tablet_says_so_saves_nothing_and_saves_once_there_is_room(
    playwright: Playwright, place: Site, net: Network, tmp_path: Path
) -> None:
    with device(playwright, tmp_path / "profile") as tablet:
        tablet.allow(net.url, 4 * MIB)
        tablet.enrol(net.url, place.invitation())
        tablet.open("support.delivered")
        tablet.fill({})
        tablet.fill_up()
        tablet.page.click("button[type=submit]")
        expect(tablet.page.locator(".alarm")).to_contain_text("CHƯA LƯU")
        assert tablet.events() == []
        tablet.allow(net.url, None)
        tablet.save()
        expect(tablet.page.locator(".alarm")).to_have_count(0)
        all_counted_once(tablet, place, 1)


def test_a_tablet_with_little_room_warns_long_before_it_is_full(
    playwright: Playwright, place: Site, net: Network, tmp_path: Path
) -> None:
    with device(playwright, tmp_path / "profile", TELLS_ROOM) as tablet:
        tablet.allow(net.url, 50 * MIB)
        tablet.enrol(net.url, place.invitation())
        tablet.await_banner("Bộ nhớ sắp đầy")
        tablet.record("card.issued")
        all_counted_once(tablet, place, 1)


@pytest.mark.parametrize("years", [3, -3])
def test_a_clock_that_is_three_years_off_is_told_and_its_events_are_counted_on_their_true_day(
    tablet: Device, place: Site, years: int
) -> None:
    tablet.page.clock.set_system_time(datetime.now(UTC) + timedelta(days=365.25 * years))
    tablet.sync()
    tablet.await_banner(f"chạy {'nhanh' if years > 0 else 'chậm'} 3 năm")
    tablet.record("leaflet.distributed")
    all_counted_once(tablet, place, 1)
    [source] = tablet.sources()
    [happened] = place.instants(source)
    assert abs(happened - datetime.now(UTC)) < timedelta(minutes=10)
