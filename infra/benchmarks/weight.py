"""How small: the largest memory of each service, and the state that the counter writes, with many homes on a broker.

The log is full before anything starts, so each service has to catch up, which is when it takes most. Then the counter
is started again over what it saved, and events come at a steady rate, and in a trickle.
"""

from __future__ import annotations

import os
import platform
import time
from contextlib import ExitStack
from random import Random
from typing import NamedTuple

import msgspec
from rich.console import Console
from rich.table import Table

from infra.benchmarks.country import communes
from infra.benchmarks.ledger import scratch_database
from infra.benchmarks.log_filling import fill
from infra.benchmarks.measured import REST_S, await_counted, largest_mb, samples, service, state_per_record
from infra.benchmarks.visits import RECORDS, Visits
from infra.cli.progress import bar
from infra.errors import InfraError
from infra.stack.ports import choose
from infra.topics import delete, ensure
from producers.publisher import Publisher, publish
from schemas import metrics
from schemas.settings import Settings

LIMIT_S = 900.0
STEADY_RATE, STEADY_S = 1_000, 30
TRICKLE_RATE, TRICKLE_S = 1, 30


class Size(NamedTuple):
    """A case: so many communes, households in each."""

    communes: int
    households: int


CASES = (Size(150, 1_500), Size(1, 60_000))


class Weight(NamedTuple):
    """Largest memory in MB, the counter's while it counts all and once it was started again; state bytes per event."""

    counter: float
    again: float
    ledger: float
    gauges: float
    steady: float
    trickle: float


def measure(settings: Settings, seed: int, console: Console) -> None:
    """Fill an installation for each case, run the services over it, and print what they took.

    Raises:
        InfraError: the events were not counted in time.
    """
    machine = f"{os.cpu_count()} cores, {platform.machine()}, Python {platform.python_version()}, seed {seed}"
    table = Table("communes", "homes", "events", "counter MB", "again MB", "ledger MB", "gauges MB",
                  f"B/event at {STEADY_RATE:,}/s", "in a trickle", title=machine)  # fmt: skip
    for size in CASES:
        ensure(settings)
        weight = _weigh(settings, size, Random(seed))
        table.add_row(f"{size.communes:,}", f"{size.households:,}", f"{_events(size):,}",
                      *(f"{figure:,.0f}" for figure in weight))  # fmt: skip
        delete(settings)
    console.print(table)
    console.print("homes of a commune; the largest memory of each process: the counter's while it counts all, and "
                  f"again when it was started anew and got {STEADY_RATE:,} events a second for {STEADY_S} s. B/event: "
                  f"state written per counted event then, and with {TRICKLE_RATE} event a second.")


def _events(size: Size) -> int:
    return RECORDS * size.communes * size.households


def _weigh(settings: Settings, size: Size, rng: Random) -> Weight:
    visits = Visits(communes()[: size.communes], size.households, rng)
    with bar(f"publishing {_events(size):,} events", _events(size)) as moved:
        fill(settings, visits.round(), moved)
    with ExitStack() as stack:
        database = stack.enter_context(scratch_database(settings))
        ports: list[int] = []
        for _ in range(3):
            ports.append(choose([], taken=ports))
        mine = msgspec.structs.replace(database, counter_port=ports[0], ledger_port=ports[1], gauges_port=ports[2])
        ledger, gauges = (stack.enter_context(service(name, mine)) for name in ("ledger", "gauges"))
        with service("counter", mine) as counter:
            await_counted(mine, _events(size), LIMIT_S)
            counting = largest_mb(counter)
        with service("counter", mine) as counter:
            _await_taken_over(mine)
            steady = state_per_record(mine, lambda: _publish(mine, visits, STEADY_RATE, STEADY_S))
            trickle = state_per_record(mine, lambda: _publish(mine, visits, TRICKLE_RATE, TRICKLE_S))
            return Weight(counting, largest_mb(counter), largest_mb(ledger), largest_mb(gauges), steady, trickle)


def _await_taken_over(settings: Settings) -> None:
    """Return when the counter has all partitions, shows their totals, and saved what it took over."""
    deadline = time.monotonic() + LIMIT_S
    while (samples(settings.counter_port, metrics.COUNTER_PARTITIONS.name) < settings.partitions
           or samples(settings.counter_port, metrics.COUNTER_SILENT.name)):  # fmt: skip
        if time.monotonic() > deadline:
            raise InfraError(f"The counter did not take over in {LIMIT_S:.0f} s.")
        time.sleep(1)
    time.sleep(REST_S + settings.checkpoint_s)


def _publish(settings: Settings, visits: Visits, rate: int, seconds: int) -> int:
    with Publisher(settings) as publisher:
        return publish(publisher, visits.some(rate * seconds), rate=rate)
