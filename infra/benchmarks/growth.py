"""How flat: what an event costs and what a state weighs, as units, households and history grow.

Runs the shipped core in this process, without Kafka: bytes are those of the state record, which each checkpoint writes
once per changed unit; times are CPU times. What the services weigh, `infra.benchmarks.weight` measures.
"""

from __future__ import annotations

import gc
import time
from collections import defaultdict
from collections.abc import Iterator
from itertools import islice
from random import Random
from typing import NamedTuple

import psutil
from rich.console import Console
from rich.table import Table

from infra.benchmarks.country import communes
from infra.benchmarks.visits import RECORDS, Visits
from schemas.settings import Settings
from schemas.topics import TOPIC_INDEX
from stream_processors.core import figures
from stream_processors.core.partition import Partition
from stream_processors.protocol import records

RATE = 1_000  # events/s
FETCHED = 1_000  # records at a time


class Rec(NamedTuple):
    """A record as the core reads it."""

    offset: int
    key: bytes
    value: bytes
    headers: tuple[tuple[str, bytes], ...] = ()


class Size(NamedTuple):
    """A case: so many units in a partition, households in each, visits to each."""

    units: int
    households: int
    visits: int


CASES = (
    Size(12, 300, 1), Size(12, 1_500, 1), Size(12, 1_500, 4), Size(150, 1_500, 1), Size(1, 60_000, 1),
)  # fmt: skip


def measure(console: Console, seed: int) -> None:
    """Print a row per case: cost per event while it grows, and what one unit's state weighs then."""
    table = Table(
        "units", "homes", "events", "us/event", "last", "KB", "B/event", "encode ms", "total us", "MB",
        title=f"cost and weight as things grow, seed {seed}",
    )  # fmt: skip
    for size in CASES:
        table.add_row(*_row(size, Random(seed)))
    console.print(table)
    console.print("homes of a unit; events of a home; us/event over all and over the last tenth; KB of a unit's state. "
                  f"B/event: state written per event while one unit gets {RATE:,} a second. Each checkpoint "
                  f"({Settings().checkpoint_s:.0f} s) writes it once, so an event that comes alone costs all KB.")


def _row(size: Size, rng: Random) -> tuple[str, ...]:
    gc.collect()
    before = psutil.Process().memory_info().rss
    partition = Partition(0, 1, lambda _unit: True)
    costs: list[float] = []
    for topic, batch in _batches(size, rng):
        began = time.process_time()
        partition.take(topic, batch)
        costs.append((time.process_time() - began) / len(batch) * 1e6)
    grown = (psutil.Process().memory_info().rss - before) / 2**20
    assert not partition.rejections, "the benchmark's own events must be valid"
    state = next(iter(partition.states.values()))
    began = time.process_time()
    body = records.encode_state(state, partition.anchors)
    encoded = (time.process_time() - began) * 1e3
    began = time.process_time()
    figures.total(state, 1, 1, "")
    total = (time.process_time() - began) * 1e6
    last = costs[-max(1, len(costs) // 10) :]
    return (
        f"{size.units:,}", f"{size.households:,}", f"{RECORDS * size.visits}", f"{sum(costs) / len(costs):.1f}",
        f"{sum(last) / len(last):.1f}", f"{len(body) / 1024:,.0f}",
        f"{len(body) / RATE / Settings().checkpoint_s:,.0f}", f"{encoded:.1f}", f"{total:.0f}", f"{grown:,.0f}",
    )  # fmt: skip


def _batches(size: Size, rng: Random) -> Iterator[tuple[int, list[Rec]]]:
    """All visits, by topic, as they are fetched."""
    made = Visits(communes()[: size.units], size.households, rng)
    left = made.some(RECORDS * size.units * size.households * size.visits)
    offsets: dict[str, int] = defaultdict(int)
    while fetched := list(islice(left, FETCHED)):
        batches: dict[str, list[Rec]] = defaultdict(list)
        for record in fetched:
            batches[record.topic].append(Rec(offsets[record.topic], record.key or b"", record.value or b""))
            offsets[record.topic] += 1
        for topic, batch in batches.items():
            yield TOPIC_INDEX[topic], batch
