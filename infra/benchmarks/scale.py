"""How pages and dashboards stand the whole country: every commune of today with figures of every kind.

All of it comes of published events, through the shipped counter, ledger and gauges.
"""

from __future__ import annotations

import os
import platform
import tempfile
import time
from collections import defaultdict
from contextlib import ExitStack
from datetime import date
from pathlib import Path

import msgspec
import psutil
from rich.console import Console
from rich.table import Table

from infra.benchmarks.country import communes, events
from infra.benchmarks.ledger import scratch_database
from infra.benchmarks.log_filling import fill
from infra.benchmarks.measured import await_counted, service
from infra.benchmarks.pages import paint, scrape, updates
from infra.benchmarks.panels import took
from infra.stack import Stack
from infra.stack.ports import HOST, choose
from infra.topics import ensure
from producers.simulator.record import Record
from schemas.places import load
from schemas.settings import Settings

LIMIT_S = 900.0
SETTLE_S = 35.0  # two scrapes of Prometheus
SLOW = 8  # panels that are named, the slowest first


def measure(settings: Settings, rounds: int, seed: int, console: Console) -> None:
    """Fill an installation of this run, and print what its pages and panels take.

    Raises:
        InfraError: the events were not counted in time.
    """
    ensure(settings)
    with ExitStack() as stack:
        database = stack.enter_context(scratch_database(settings))
        ports: list[int] = []
        for _ in range(4):
            ports.append(choose([], taken=ports))
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        own = Stack(folder)
        prometheus = own.prometheus
        mine = msgspec.structs.replace(database, gauges_port=ports[0], counter_port=ports[1], ledger_port=ports[2],
                                       board_port=ports[3])  # fmt: skip
        for job, port in zip(("gauges", "counter", "ledger"), ports, strict=False):
            prometheus.scrape(job, [f"{HOST}:{port}"])
        stack.enter_context(own.start(kafka=False, postgres=False, prometheus=True))
        mine = msgspec.structs.replace(mine, prometheus_url=prometheus.url)
        processes = {name: stack.enter_context(service(name, mine))
                     for name in ("counter", "ledger", "gauges", "board")}  # fmt: skip
        made = list(events(rounds, seed))
        console.print(f"publishing {len(made):,} events of {len(communes()):,} communes, seed {seed} …")
        fill(mine, made)
        await_counted(mine, len(made), LIMIT_S)
        time.sleep(SETTLE_S)
        console.print(_pages(mine, _one_more(rounds, seed), processes))
        console.print(_dashboards(prometheus.url, mine))


def _one_more(rounds: int, seed: int) -> list[Record]:
    """The first events of a round that was not published yet: all of one commune."""
    first = communes()[0].encode()
    return [record for record in events(1, seed + rounds) if record.key == first]


def _pages(settings: Settings, more: list[Record], processes: dict[str, psutil.Process]) -> Table:
    machine = f"{os.cpu_count()} cores, {platform.machine()}, Python {platform.python_version()}"
    table = Table("page", "p50 s", "max s", "KB", "what", title=machine)
    scraped = scrape(settings.gauges_port)
    seconds = scraped.seconds
    table.add_row("scrape of the gauges", f"{seconds[len(seconds) // 2]:.3f}", f"{seconds[-1]:.3f}",
                  f"{scraped.size / 1024:,.0f}", f"{scraped.series:,} series of communes")  # fmt: skip
    url = f"http://{HOST}:{settings.board_port}"
    pushed = updates(url)
    first = next(pushed)
    table.add_row("board: all, pushed", "", f"{first.seconds:.3f}", f"{first.size / 1024:,.0f}",
                  f"{first.communes:,} communes")  # fmt: skip
    half = len(more) // 2
    fill(settings, more[:half])
    change = next(update for update in pushed if update.communes)
    table.add_row("board: a change, pushed", "", "", f"{change.size / 1024:,.1f}", f"{change.communes:,} communes")
    name = load().units[communes()[0]].name
    painted = paint(url, len(communes()), name, lambda: fill(settings, more[half:]))
    if painted is None:
        table.add_row("board in a browser", "", "", "", "not measured: `./infra/install tests` brings what it needs")
    else:
        table.add_row("board: opened and painted, on a phone", "", f"{painted.first:.3f}", "",
                      f"{painted.heap_mb:,.0f} MB in its script")  # fmt: skip
        table.add_row("board: published to painted", "", f"{painted.change:.3f}", "", "one commune")
    for process in ("gauges", "board"):
        memory = processes[process].memory_info().rss / 1024
        table.add_row(f"memory of the {process}", "", "", f"{memory:,.0f}", "")
    return table


def _dashboards(prometheus: str, settings: Settings) -> Table:
    unit = load().units[communes()[0]]
    province = load().on(unit.id, date.max).province
    assert province is not None, "every commune of today lies in a province"
    found = took(prometheus, settings.database_url,
                 {"province": province.code, "commune": unit.id, "measure": "cards_issued"})  # fmt: skip
    sums: dict[str, float] = defaultdict(float)
    for each in found:
        sums[each.panel.dashboard] += each.seconds
    table = Table("dashboard or panel", "s", "rows", title="queries, one after the other (median of 5)")
    for dashboard, seconds in sums.items():
        table.add_row(f"{dashboard}: a refresh", f"{seconds:.3f}", "")
    for each in sorted(found, key=lambda each: -each.seconds)[:SLOW]:
        table.add_row(each.panel.name, f"{each.seconds:.3f}", f"{each.found:,}")
    return table
