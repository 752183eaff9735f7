"""How fast: the counter beside consume only, consume and decode, a bare loop with the same core, and plain Faust."""

from __future__ import annotations

import os
import platform
from collections.abc import Iterator
from contextlib import ExitStack

import msgspec
from rich.console import Console
from rich.table import Table

from infra.benchmarks.measured import Figures, run_case, service, until_counted, while_all_count
from infra.stack.ports import choose
from infra.topics import delete, ensure
from producers.publisher import Publisher, publish
from producers.simulator import Shape, season
from schemas import metrics
from schemas.settings import Settings
from schemas.topics import FIELD_TOPICS, TOPICS

LIMIT_S = 900.0
REFERENCES = ("consume-only", "consume-decode", "bare-core")


def measure(settings: Settings, records: int, seed: int, console: Console) -> None:
    """Publish a season, run every loop over the same topics, and print a table of what was measured."""
    ensure(settings)
    console.print(f"publishing {records:,} records, seed {seed} …")
    with Publisher(settings) as publisher:
        publish(publisher, season(seed, records, shape=Shape(partitions=settings.partitions)))
    rows: dict[str, Figures] = {}
    for name in REFERENCES:
        rows[name] = _said(console, name, run_case(name, settings))
    rows["fieldtally counter"] = _said(console, "fieldtally counter", counter(settings, records))
    forget(settings)
    rows["two counters"] = _said(console, "two counters", two_counters(settings))
    rows["plain-faust"] = _said(console, "plain-faust", run_case("plain-faust", settings))
    console.print(_table(rows, seed))


def _said(console: Console, name: str, figures: Figures) -> Figures:
    console.print(f"{name}: {figures.per_second:,.0f} records/s")
    return figures


def counter(settings: Settings, records: int) -> Figures:
    """The counter from an empty state over the filled topics."""
    port = choose([settings.counter_port])
    mine = msgspec.structs.replace(settings, counter_port=port, worker=f"bench-{os.getpid()}")
    with service("counter", mine) as process:
        return until_counted(process, port, metrics.COUNTER_RECORDS.name, records, LIMIT_S)


def forget(settings: Settings) -> None:
    """Remove what was counted, so that the same log is counted anew."""
    delete(settings, [topic for topic in TOPICS if topic.name not in FIELD_TOPICS])
    ensure(settings)


def two_counters(settings: Settings) -> Figures:
    """Two processes of one group, while both count."""
    ports = [choose([]), choose([])]
    with ExitStack() as stack:
        processes = [
            stack.enter_context(
                service("counter", msgspec.structs.replace(settings, counter_port=port, worker=f"bench-{port}"))
            )
            for port in ports
        ]
        counted, replayed = metrics.COUNTER_RECORDS.name, metrics.COUNTER_REPLAYED.name
        return while_all_count(processes, ports, counted, replayed, LIMIT_S)


def _table(rows: dict[str, Figures], seed: int) -> Table:
    plain, bare = rows["plain-faust"].per_second, rows["bare-core"].per_second
    machine = f"{os.cpu_count()} cores, {platform.machine()}, Python {platform.python_version()}, seed {seed}"
    table = Table("loop", "records/s", "per CPU second", "MB", "x plain Faust", "x bare core", title=machine)
    for name, f in rows.items():
        table.add_row(name, *_cells(f, plain, bare))
    return table


def _cells(f: Figures, plain: float, bare: float) -> Iterator[str]:
    yield f"{f.per_second:,.0f}"
    yield f"{f.per_cpu_second:,.0f}"
    yield f"{f.rss_mb:,.0f}"
    yield f"{f.per_second / plain:.1f}"
    yield f"{f.per_second / bare:.2f}"
