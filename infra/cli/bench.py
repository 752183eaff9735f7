"""`fieldtally bench …`: measurements that print figures, each beside its reference in the same run."""

from __future__ import annotations

import contextlib
import os
import signal
import sys
from collections.abc import Iterator
from types import FrameType
from typing import Annotated

import msgspec
import typer

from infra.cli.common import console, settings
from schemas.settings import Settings

bench = typer.Typer(
    no_args_is_help=True,
    help="Measure: throughput, live delays, ledger, rebuild, imports, gateway, reports, growth, scale.",
)
Seed = Annotated[int, typer.Option(min=0, help="The same seed gives the same records.")]


@bench.callback()
def end_when_told() -> None:
    """SIGTERM ends a measurement as Ctrl-C does: its processes, topics and database go with it."""
    signal.signal(signal.SIGTERM, _end)


def _end(number: int, _frame: FrameType | None) -> None:
    signal.signal(number, signal.SIG_IGN)  # `timeout` signals a process and its group; the clearing up goes on
    sys.exit(128 + number)


@contextlib.contextmanager
def _own_topics(*, with_ledger: bool = False) -> Iterator[Settings]:
    """Settings with a topic prefix of this run, whose topics are deleted afterwards."""
    from infra.topics import delete

    mine = msgspec.structs.replace(settings(ledger=with_ledger), topic_prefix=f"bench-{os.getpid()}.")
    try:
        yield mine
    finally:
        delete(mine)


@bench.command()
def throughput(
    events: Annotated[int, typer.Option(min=1000, help="How many records.")] = 300_000, seed: Seed = 1
) -> None:
    """Records per second: consume only, consume and decode, a bare loop with the core, the counter, plain Faust."""
    from infra.benchmarks.throughput import measure

    with _own_topics() as mine:
        measure(mine, events, seed, console())


@bench.command()
def live(
    seconds: Annotated[int, typer.Option(min=5, help="How long.")] = 30,
    rate: Annotated[int, typer.Option(min=1, help="Events per second.")] = 1000,
    seed: Seed = 1,
) -> None:
    """Delays from publish to the totals topic, to Postgres and to the gauges' page, at a steady rate."""
    from infra.benchmarks.live import measure

    with _own_topics(with_ledger=True) as mine:
        measure(mine, seconds, rate, seed, console())


@bench.command()
def ledger(
    events: Annotated[int, typer.Option(min=1000, help="How many records.")] = 300_000, seed: Seed = 1
) -> None:
    """Records per second into Postgres, and what one costs the ledger and the server."""
    from infra.benchmarks.ledger import measure

    with _own_topics(with_ledger=True) as mine:
        measure(mine, events, seed, console())


@bench.command()
def rebuild(
    events: Annotated[int, typer.Option(min=1000, help="How many records; a million take 0.6 GB of disk.")] = 1_000_000,
    seed: Seed = 1,
) -> None:
    """Records per second that `fieldtally rebuild` counts, and the memory that it takes."""
    from infra.benchmarks.rebuild import measure

    with _own_topics() as mine:
        measure(mine, events, seed, console())


@bench.command()
def imports(rows: Annotated[int, typer.Option(min=100, help="How many rows.")] = 100_000, seed: Seed = 1) -> None:
    """Rows per second of a form's exports: the first, next week's, and a spreadsheet."""
    from infra.benchmarks.imports import measure

    with _own_topics() as mine:
        measure(mine, rows, seed, console())


@bench.command()
def gateway(
    tablets: Annotated[int, typer.Option(min=1, max=20_000, help="How many tablets, one per commune.")] = 3_321,
    events: Annotated[int, typer.Option(min=1, max=500, help="Events of each.")] = 100,
    seed: Seed = 1,
) -> None:
    """A reconnect storm: every tablet sends a month's events in the same moment; then all is counted."""
    from infra.benchmarks.gateway import measure

    with _own_topics() as mine:
        measure(mine, tablets, events, seed, console())


@bench.command()
def reports(
    events: Annotated[int, typer.Option(min=1000, help="About how many events the ledger holds.")] = 1_000_000,
    seed: Seed = 1,
) -> None:
    """Seconds of both programmes' reports, and of the same counted from the events."""
    from infra.benchmarks.reports import measure

    measure(settings(), events, seed, console())


@bench.command()
def growth(seed: Seed = 1) -> None:
    """Cost per event and weight of the state as things grow; then what the services weigh with many homes."""
    from infra.benchmarks import growth, weight

    with _own_topics(with_ledger=True) as mine:
        growth.measure(console(), seed)
        weight.measure(mine, seed, console())


@bench.command()
def scale(
    rounds: Annotated[int, typer.Option(min=1, help="Events of each commune, times the contract's examples.")] = 1,
    seed: Seed = 1,
) -> None:
    """All communes of the country: the gauges' page, the board in a browser, each panel of the dashboards."""
    from infra.benchmarks.scale import measure

    with _own_topics() as mine:
        measure(mine, rounds, seed, console())
