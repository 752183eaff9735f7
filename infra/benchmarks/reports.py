"""How long a report takes of a ledger with millions of events, beside the same report counted from the events."""

from __future__ import annotations

import os
import platform
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TypeVar

from rich.console import Console
from sqlalchemy import create_engine
from sqlalchemy.pool import NullPool

from infra.benchmarks.ledger import scratch_database
from infra.benchmarks.ledger_filling import fill
from infra.errors import InfraError
from producers.simulator import Shape, season
from schemas.programmes import Period, load, parse_period
from schemas.programmes.report import Report
from schemas.settings import Settings
from sinks.ledger.following.follow import follow_all, snapshot
from sinks.reports.figures import compute

PROGRAMMES = ("lao-cai", "lac-duong")
KERNEL = 100_000  # records that are simulated; the rest are their twins
LATER = 5_000  # records that come while nobody follows
T = TypeVar("T")


def measure(settings: Settings, events: int, seed: int, console: Console) -> None:
    """Fill a ledger of this run, let it follow, and time both programmes' reports.

    Raises:
        InfraError: a report does not say what the events say.
    """
    with scratch_database(settings) as mine, _filled(mine, events, seed, console) as write_more:
        held = _held(mine)
        seconds, _ = _timed(lambda: follow_all(mine.database_url))
        console.print(f"{os.cpu_count()} cores, {platform.machine()}, Python {platform.python_version()}.")
        console.print(f"{held:,} events; to follow them all from the beginning took {seconds:,.0f} s, "
                      f"{held / seconds:,.0f} events/s.")  # fmt: skip
        for name in PROGRAMMES:
            asked = ("all days", None), ("again", None), ("2024-Q2", parse_period("2024-Q2"))
            took = (f"{label} {_report(mine, name, period=period)[0]:.2f} s" for label, period in asked)
            console.print(f"{name}: {', '.join(took)}.")
        write_more()
        for name in PROGRAMMES:
            later, report = _report(mine, name)
            console.print(f"{name} after {LATER:,} more that nobody followed: {later:.2f} s.")
            recounted, reference = _report(mine, name, recounted=True)
            console.print(f"{name} from the events: {recounted:.2f} s.")
            if wrong := _differences(report, reference):
                raise InfraError(f"The report of {name} is not what the events say: {'; '.join(wrong)}.")


@contextmanager
def _filled(settings: Settings, events: int, seed: int, console: Console) -> Iterator[Callable[[], None]]:
    with console.status("a season through the ledger's store …") as status:
        filling = fill(settings, events, KERNEL, seed, lambda done: status.update(f"{done:,} events …"))
        writer = next(filling)
    more = season(seed + 1, LATER, shape=Shape(partitions=settings.partitions))
    yield lambda: writer.write((each.topic, each.key, each.value, each.partition) for each in more)
    writer.close()


def _held(settings: Settings) -> int:
    with create_engine(settings.database_url, poolclass=NullPool).connect() as connection:
        return int(connection.exec_driver_sql("SELECT sum(events) FROM heard").scalar_one())


def _report(
    settings: Settings, name: str, *, period: Period | None = None, recounted: bool = False
) -> tuple[float, Report]:
    def ask() -> Report:
        with snapshot(settings.database_url) as connection:
            return compute(connection, load(name), period=period, recounted=recounted)

    return _timed(ask)


def _differences(report: Report, reference: Report) -> list[str]:
    pairs = [*zip(report.rows, reference.rows, strict=True)]
    wrong = [f"{one.row.id} {one.value} instead of {other.value}" for one, other in pairs if one.value != other.value]
    return wrong if wrong or report == reference else ["places"]


def _timed(what: Callable[[], T]) -> tuple[float, T]:
    started = time.monotonic()
    done = what()
    return time.monotonic() - started, done
