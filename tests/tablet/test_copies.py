"""Broken, restored and revoked tablets: their events are kept, carried by others, and counted once."""

from __future__ import annotations

import shutil
from datetime import UTC, datetime
from pathlib import Path

from playwright.sync_api import Playwright, expect
from typer.testing import CliRunner

from infra.cli import app
from producers.office.tablets import write
from producers.secret import read_key
from schemas.gateway import Revoked, digest_of
from tests.tablet.device import PATIENCE_MS, Device, device
from tests.tablet.network import Network
from tests.tablet.site import Site


def counted_once(place: Site, *tablets: Device) -> None:
    """Postgres has every original of these tablets once, under whatever source."""
    ids = {each for tablet in tablets for each in tablet.ids()}
    sources = {each for tablet in tablets for each in tablet.sources()}
    place.until(lambda: sorted(each for source in sources for each in place.ids(source)) == sorted(ids))


def test_the_outbox_of_a_broken_tablet_is_sent_by_another_by_the_office_and_again_by_itself(
    tablet: Device, playwright: Playwright, place: Site, net: Network, tmp_path: Path
) -> None:
    tablet.context.set_offline(True)
    for _ in range(3):
        tablet.record("leaflet.distributed")
    tablet.tab("/more")
    with tablet.page.expect_download() as download:
        tablet.page.click("[data-act=export]")
    file = tmp_path / "outbox.json"
    download.value.save_as(file)
    with device(playwright, tmp_path / "other") as other:
        other.enrol(net.url, place.invitation())
        for _ in range(2):
            other.tab("/more")
            other.page.set_input_files("[name=outbox]", file)
            expect(other.page.locator("[data-result=import]")).to_contain_text("3 sự kiện đã gửi, 0 không được nhận")
            other.page.reload()
        counted_once(place, tablet)
    done = CliRunner().invoke(app, ["tablet", "carry", str(file), "--url", net.url])
    assert (done.exit_code, done.output) == (0, "3 accepted\n")
    tablet.context.set_offline(False)
    tablet.await_all("counted", 3)
    counted_once(place, tablet)


def test_a_restored_copy_takes_a_new_key_asks_for_an_invitation_and_loses_nothing(
    playwright: Playwright, place: Site, net: Network, tmp_path: Path
) -> None:
    profile, copy = tmp_path / "profile", tmp_path / "copy"
    with device(playwright, profile) as tablet:
        tablet.enrol(net.url, place.invitation())
        tablet.record("card.issued")
        tablet.await_all("counted", 1)
        tablet.context.set_offline(True)
        tablet.record("card.issued")  # in the copy too, and sent by the original
    shutil.copytree(profile, copy, ignore=shutil.ignore_patterns("Singleton*"))
    with device(playwright, profile) as tablet:
        tablet.page.goto(net.url)
        tablet.record("card.issued")
        tablet.await_all("counted", 3)
        with device(playwright, copy) as restored:
            restored.context.set_offline(True)
            restored.page.goto(net.url)
            for _ in range(2):  # the first under a number that the original gave to another event
                restored.record("card.issued")
            restored.context.set_offline(False)
            expect(restored.page.locator("h1")).to_contain_text("bản sao", timeout=PATIENCE_MS)
            restored.enrol_here(place.invitation())
            restored.await_all("counted", 4)
            assert len(restored.sources()) == 2
            counted_once(place, tablet, restored)


def test_a_revoked_tablet_keeps_its_events_and_says_what_to_do(
    playwright: Playwright, place: Site, net: Network, tmp_path: Path
) -> None:
    with device(playwright, tmp_path / "profile") as tablet:
        code = place.invitation()
        tablet.enrol(net.url, code)
        digest = digest_of(code, read_key(place.settings))
        write(place.settings, [Revoked(invitation=digest, written=datetime.now(UTC))])
        tablet.sync()
        tablet.await_banner("thu hồi.*hãy xuất tệp")
        tablet.record("account.opened")
        tablet.await_banner("thu hồi.*1 sự kiện chờ gửi")
        tablet.await_all("here", 1)
        [source] = tablet.sources()
        assert place.ids(source) == []
