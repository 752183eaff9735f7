"""How fast the whole log is counted anew: `fieldtally rebuild` on a log of its own, without the comparing."""

from __future__ import annotations

import os
import platform
import resource
import time
from collections.abc import Callable, Iterator
from contextlib import suppress

import psutil
from rich.console import Console
from rich.table import Table

from infra.benchmarks.log_filling import fill
from infra.bus import connect
from infra.cli.progress import bar
from infra.errors import InfraError
from infra.rebuild.counting import Rebuilding
from infra.topics import ensure
from producers.simulator import Shape, season
from schemas.places import load
from schemas.settings import Settings


def measure(settings: Settings, records: int, seed: int, console: Console) -> None:
    """Publish a season, count it as a rebuild does, prove that each record is accounted for, and print the figures.

    Raises:
        InfraError: the recount does not account for every record.
    """
    ensure(settings)
    with bar(f"publishing, seed {seed}", records) as moved:
        published = _timed(lambda: fill(settings, season(seed, records, shape=Shape(partitions=settings.partitions)),
                                        moved))  # fmt: skip
    with connect(settings) as bus:
        rebuilding = Rebuilding(settings, bus, load())
        before = _cpu_of_children()
        try:
            largest = 0
            with bar("counting", records) as moved:
                def look(counted: int) -> None:
                    nonlocal largest
                    largest = max([largest, *_memory_of_children()])
                    moved(counted)

                seconds = _timed(lambda: rebuilding.count(rebuilding.ends(), look))
            kept = sum(path.stat().st_size for path in rebuilding.shelf.folder.glob("partition-*"))
        finally:
            rebuilding.shelf.remove()
    if rebuilding.counted != records or not all(each.whole() for each in rebuilding.recounts.values()):
        raise InfraError(f"Of {records:,} records {rebuilding.counted:,} were counted, or some are not accounted for.")
    cpu = _cpu_of_children() - before
    table = Table("records", "s", "records/s", "per CPU second", "MB per process", "MB at the end", "MB kept on disk",
                  title=f"{os.cpu_count()} cores, {platform.machine()}, Python {platform.python_version()}")
    table.add_row(f"{records:,}", f"{seconds:,.1f}", f"{records / seconds:,.0f}", f"{records / cpu:,.0f}",
                  *(f"{size / 2**20:,.0f}" for size in (largest, psutil.Process().memory_info().rss, kept)))
    console.print(table)
    units = sum(len(each.partition.states) for each in rebuilding.recounts.values())
    console.print(f"All {records:,} records of {units:,} units are accounted for. "
                  f"Published in {published:,.0f} s, seed {seed}.")


def _timed(what: Callable[[], None]) -> float:
    began = time.monotonic()
    what()
    return time.monotonic() - began


def _memory_of_children() -> Iterator[int]:
    for child in psutil.Process().children():
        with suppress(psutil.NoSuchProcess):  # it ended meanwhile
            yield child.memory_info().rss


def _cpu_of_children() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime
