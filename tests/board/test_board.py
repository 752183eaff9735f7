"""The board as a process beside the real Kafka and Postgres, in a real browser, on a phone and on a wall."""

from __future__ import annotations

import sys
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from kafka import KafkaProducer
from playwright.sync_api import Browser, Page, expect
from prometheus_client.parser import text_string_to_metric_families

from infra.stack import Stack
from infra.stack.ports import HOST, choose
from infra.stack.process import Process, Program
from infra.topics import ensure
from schemas.measures import MEASURES
from schemas.partition import partition_of
from schemas.settings import Settings
from schemas.topics import TOTALS
from schemas.totals import Total, encode
from tests.gauges.support import LAC_DUONG, MERGED, PLACES, conservation, total
from tests.services import environment_of
from tests.stack.waiting import until

PARTITIONS = 3
PATIENCE_MS = 40_000.0
PHONE, WALL = {"width": 360, "height": 740}, {"width": 1920, "height": 1080}


class Site:
    """The board under test, and a producer of totals."""

    def __init__(self, settings: Settings, folder: Path) -> None:
        self.settings, self.url = settings, f"http://{HOST}:{settings.board_port}"
        line = (sys.executable, "-P", "-m", "infra.cli", "board")
        self.process = Process(Program("board", line, folder / "board.log", environment_of(settings)))

    def start(self) -> None:
        self.process.spawn()
        until(lambda: self.get("/healthz") == "ok\n", "the board has read all totals")

    def get(self, path: str) -> str:
        """A page's text, empty while it is not to be had."""
        assert self.process.running, self.process.program.log.read_text()[-2000:]
        try:
            with urllib.request.urlopen(self.url + path, timeout=5) as answer:
                return str(answer.read().decode())
        except (urllib.error.URLError, ConnectionError):
            return ""

    def publish(self, *totals: Total) -> None:
        with closing(KafkaProducer(bootstrap_servers=self.settings.bootstrap, acks="all")) as producer:
            for each in totals:
                key = each.unit.encode()
                producer.send(self.settings.topic(TOTALS), encode(each), key, partition=partition_of(key, PARTITIONS))


@pytest.fixture(scope="module")
def wanted(stack: Stack, migrated: str) -> Iterator[str]:
    """A ledger's database with the programmes' targets and nothing else."""
    stack.postgres.execute(f"CREATE DATABASE board TEMPLATE {migrated}")
    yield stack.postgres.url("board")
    stack.postgres.execute("DROP DATABASE board WITH (FORCE)")


@pytest.fixture
def site(bootstrap: str, topic_prefix: str, wanted: str, tmp_path: Path) -> Iterator[Site]:
    settings = Settings(bootstrap=bootstrap, topic_prefix=topic_prefix, partitions=PARTITIONS, database_url=wanted,
                        board_port=choose([]), prometheus_url=f"http://{HOST}:{choose([])}")
    ensure(settings, 1)
    made = Site(settings, tmp_path)
    made.publish(*(cards(unit, 100 + number) for number, unit in enumerate(MERGED)))
    made.start()
    yield made
    made.process.kill()


def cards(unit: str, count: int, at: int = 1) -> Total:
    """A total of a unit with so many cards, and twice as many events."""
    return total(unit, {"cards_issued": {"vbsp": count}}, at, conservation=conservation(events=2 * count),
                 latest_event=1_770_000_000_000)


def visit(browser: Browser, site: Site, size: dict[str, int]) -> Page:
    """A page of the board that has had its first update."""
    page = browser.new_context(viewport=size, locale="vi-VN").new_page()  # type: ignore[arg-type]  # a plain dict does
    page.set_default_timeout(PATIENCE_MS)
    page.goto(site.url)
    expect(page.locator("#rows tr").first).to_be_visible(timeout=PATIENCE_MS)
    return page


def test_a_commune_is_there_at_once_and_what_happens_is_pushed(browser: Browser, site: Site) -> None:
    page = visit(browser, site, WALL)
    line = page.locator(f'tr[data-commune="{LAC_DUONG}"]')
    expect(line).to_contain_text("Xã Lạc Dương")
    expect(line).to_contain_text("303")
    expect(page.locator("#events")).to_have_text("606")
    expect(page.locator("#news li")).to_have_count(0)
    site.publish(cards(MERGED[0], 1_107, at=2))
    expect(page.locator("#news li").first).to_contain_text("+1.007 Thẻ đã phát hành", timeout=PATIENCE_MS)
    expect(line).to_contain_text("1.310")
    expect(page.locator("#fresh")).to_contain_text("Cập nhật")


def test_targets_have_bars_and_what_does_not_answer_is_said(browser: Browser, site: Site) -> None:
    page = visit(browser, site, WALL)
    expect(page.locator("#targets li").first).to_be_visible(timeout=PATIENCE_MS)
    assert page.locator("#targets meter").count() == page.locator("#targets li").count() > 5
    expect(page.locator("#health .bad")).to_contain_text("Prometheus không trả lời")


def test_a_board_that_ended_is_noticed_and_the_page_goes_on_with_the_next(browser: Browser, site: Site) -> None:
    page = visit(browser, site, WALL)
    assert site.process.stop() == 0
    expect(page.locator("#fresh")).to_contain_text("Mất kết nối", timeout=PATIENCE_MS)
    site.publish(cards(MERGED[0], 500, at=3))
    site.start()
    expect(page.locator(f'tr[data-commune="{LAC_DUONG}"]')).to_contain_text("703", timeout=PATIENCE_MS)
    expect(page.locator("#fresh")).to_contain_text("Cập nhật")


def test_it_fits_a_phone_and_is_read_from_across_a_room(browser: Browser, site: Site) -> None:
    phone = visit(browser, site, PHONE)
    assert phone.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
    wall = visit(browser, site, WALL)
    assert wall.evaluate("parseFloat(getComputedStyle(document.querySelector('#events')).fontSize)") >= 90
    assert wall.evaluate("document.documentElement.lang") == "vi"


def test_the_whole_country_is_there_and_any_commune_is_found_without_marks(browser: Browser, site: Site) -> None:
    communes = [unit for unit in sorted(PLACES.units) if unit.startswith("2025-07:") and len(unit) == len(LAC_DUONG)]
    site.publish(*(total(unit, {name: dict.fromkeys(measure.kind_codes[:1], 7) for name, measure in
                                MEASURES.items() if measure.additivity != "union"}, at=5) for unit in communes))
    page = visit(browser, site, WALL)
    expect(page.locator("#communes")).to_have_text(f"{len(communes):,}".replace(",", "."), timeout=PATIENCE_MS)
    assert len(communes) == 3_321
    page.fill("#search", "xa lac duong")
    expect(page.locator("#rows tr")).to_have_count(1)
    expect(page.locator("#rows tr")).to_contain_text("Xã Lạc Dương")


def test_nothing_is_loaded_from_elsewhere_and_no_text_becomes_markup(browser: Browser, site: Site) -> None:
    asked: list[str] = []
    page = browser.new_page()
    page.on("request", lambda request: asked.append(request.url))
    errors: list[str] = []
    page.on("console", lambda said: errors.append(said.text) if said.type == "error" else None)
    page.goto(site.url)
    expect(page.locator("#rows tr").first).to_be_visible(timeout=PATIENCE_MS)
    assert asked
    assert all(url.startswith(site.url) for url in asked)
    assert errors == []
    scripts = [site.get(f"/{name}.js") for name in ("common", "board", "rejected")]
    assert all("textContent" in script or "replaceChildren" in script for script in scripts)
    assert not [script for script in scripts if "innerHTML" in script]


def test_its_metrics_say_how_many_watch(browser: Browser, site: Site) -> None:
    page = visit(browser, site, PHONE)

    def watchers() -> float:
        return next(sample.value for family in text_string_to_metric_families(site.get("/metrics"))
                    for sample in family.samples if sample.name == "fieldtally_board_watchers")

    until(lambda: watchers() == 1, "the page is counted")
    page.close()
    site.publish(cards(MERGED[1], 900, at=9))  # a write is how a page that went is noticed
    until(lambda: watchers() == 0, "the page that went is not counted")
