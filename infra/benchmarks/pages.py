"""How long a page takes: the gauges' one for Prometheus, the board's for a browser."""

from __future__ import annotations

import shutil
import time
import urllib.request
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from http.client import HTTPResponse
from typing import TYPE_CHECKING, NamedTuple

import msgspec

if TYPE_CHECKING:
    from playwright.sync_api import Page

SCRAPES = 30
PATIENCE_S = 60.0
_DRAWN = "document.querySelector('#communes').textContent.replaceAll('.', '') === '{}'"
_PAINTED = "() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))"


class Scraped(NamedTuple):
    """Seconds of each scrape, sorted; the page's size in bytes and its lines of communes."""

    seconds: list[float]
    size: int
    series: int


def scrape(port: int) -> Scraped:
    """The gauges' page, again and again."""
    seconds, page = [], b""
    for _ in range(SCRAPES):
        began = time.monotonic()
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/metrics", timeout=PATIENCE_S) as answer:
            page = answer.read()
        seconds.append(time.monotonic() - began)
    return Scraped(sorted(seconds), len(page), sum(b"{commune=" in line for line in page.splitlines()))


class Update(NamedTuple):
    """What the board pushed: seconds since it was asked for, its bytes, and how many communes are in it."""

    seconds: float
    size: int
    communes: int


def updates(url: str) -> Iterator[Update]:
    """What a watcher is sent, from the moment when it asks on."""
    began = time.monotonic()
    with urllib.request.urlopen(f"{url}/updates", timeout=PATIENCE_S) as stream:
        while line := _line(stream):
            told = msgspec.json.decode(line.removeprefix(b"data: "))
            yield Update(time.monotonic() - began, len(line), len(told["communes"]))


def _line(stream: HTTPResponse) -> bytes:
    """The next line with data; empty at the end."""
    for line in stream:
        if line.startswith(b"data: "):
            return line
    return b""


class Painted(NamedTuple):
    """Seconds until the browser has painted: a phone's whole page, and a change after it was published.

    `heap_mb` is what the page's script holds then.
    """

    first: float
    change: float
    heap_mb: float


def paint(url: str, communes: int, name: str, change: Callable[[], None]) -> Painted | None:
    """The board in Chromium, as on a phone: until all communes are there, and until `change` shows in one of that name.

    None without a browser.
    """
    try:
        from playwright.sync_api import sync_playwright
    except ImportError:
        return None
    if (chromium := shutil.which("chromium")) is None:
        return None
    with sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=chromium, args=["--no-sandbox", "--disable-dev-shm-usage"])
        # The board's policy forbids the evaluating by which Playwright waits; it costs the page nothing.
        page = browser.new_context(viewport={"width": 360, "height": 740}, bypass_csp=True).new_page()
        began = time.monotonic()
        page.goto(url)
        page.wait_for_function(_DRAWN.format(communes), timeout=PATIENCE_S * 1000)
        page.evaluate(_PAINTED)
        first = time.monotonic() - began
        change_s = _until_changed(page, name, change)
        heap = page.evaluate("performance.memory.usedJSHeapSize / 2 ** 20")
        browser.close()
    return Painted(first, change_s, heap)


def _until_changed(page: Page, name: str, change: Callable[[], None]) -> float:
    page.fill("#search", name)
    row = "document.querySelector('#rows tr')?.textContent ?? ''"
    page.wait_for_function(f"({row}).includes({name!r})", timeout=PATIENCE_S * 1000)
    before = page.evaluate(row)
    began = time.monotonic()
    with ThreadPoolExecutor(1) as pool:  # Playwright keeps an event loop running in this thread
        pool.submit(change).result()
    page.wait_for_function(f"(before) => ({row}) !== before", arg=before, timeout=PATIENCE_S * 1000)
    page.evaluate(_PAINTED)
    return time.monotonic() - began
