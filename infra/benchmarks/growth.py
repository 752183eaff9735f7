"""How small and how flat: what a state weighs, and what an event costs, as units, households and history grow.

Runs the shipped core in this process, without Kafka: bytes are those of the state record, which each checkpoint writes
once per changed unit; times are CPU times.
"""

from __future__ import annotations

import gc
import time
import uuid
from collections.abc import Iterator
from random import Random
from typing import NamedTuple

import msgspec
import psutil
from rich.console import Console
from rich.table import Table

from schemas.pseudonym import household_code
from schemas.settings import Settings
from schemas.topics import TOPIC_INDEX
from stream_processors.core import figures
from stream_processors.core.partition import Partition
from stream_processors.protocol import records

_HOUSEHOLDS, _OUTREACH = TOPIC_INDEX["field.households.v1"], TOPIC_INDEX["field.outreach.v1"]
_SURVEY = {"household_class": "poor", "needs_telecom": True, "has_telecom": True, "owns_smartphone": False,
           "has_internet": False}  # fmt: skip
TABLETS = 8  # per unit
RATE = 1_000  # events/s


class Rec(NamedTuple):
    """A record as the core reads it."""

    offset: int
    key: bytes
    value: bytes
    headers: tuple[tuple[str, bytes], ...] = ()


class Size(NamedTuple):
    """A case: so many units in a partition, households in each, events per household and topic."""

    units: int
    households: int
    history: int


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
        f"{size.units:,}", f"{size.households:,}", f"{2 * size.history}", f"{sum(costs) / len(costs):.1f}",
        f"{sum(last) / len(last):.1f}", f"{len(body) / 1024:,.0f}",
        f"{len(body) / RATE / Settings().checkpoint_s:,.0f}", f"{encoded:.1f}", f"{total:.0f}", f"{grown:,.0f}",
    )  # fmt: skip


def _batches(size: Size, rng: Random) -> Iterator[tuple[int, list[Rec]]]:
    """Surveys and leaflets of every household, in random order, fetched 500 at a time and topic."""
    of_unit = {f"2025-07:{24000 + u:05d}": rng.sample(range(32**4), size.households) for u in range(size.units)}
    visits = [(unit, number) for unit, numbers in of_unit.items() for number in numbers] * size.history
    rng.shuffle(visits)
    seqs: dict[tuple[str, str], int] = {}
    offset = 0
    for start in range(0, len(visits), 500):
        both: tuple[list[Rec], list[Rec]] = ([], [])
        for unit, number in visits[start : start + 500]:
            source = f"/tablets/T{rng.randrange(TABLETS)}"
            seqs[unit, source] = seq = seqs.get((unit, source), 0) + 1
            household = household_code(unit, number)
            both[0].append(
                Rec(offset, unit.encode(), _event("household.surveyed", unit, source, seq, household, _SURVEY, rng))
            )
            both[1].append(
                Rec(
                    offset,
                    unit.encode(),
                    _event("leaflet.distributed", unit, source, seq, household, {"leaflet": "cashless"}, rng),
                )
            )
            offset += 1
        yield _HOUSEHOLDS, both[0]
        yield _OUTREACH, both[1]


def _event(name: str, unit: str, source: str, seq: int, household: str, data: dict[str, object], rng: Random) -> bytes:
    bits = rng.getrandbits(128) & ~(0xF000 << 64 | 0xC << 60) | 0x7000 << 64 | 0x8 << 60
    return msgspec.json.encode(
        {
            "specversion": "1.0",
            "id": str(uuid.UUID(int=bits)),
            "type": name,
            "source": source,
            "subject": f"household/{household}",
            "time": "2026-03-01T08:12:04+07:00",
            "datacontenttype": "application/json",
            "dataschema": f"urn:fieldtally:{name}:1",
            "unit": unit,
            "seq": seq,
            "receivedat": "2026-03-04T11:30:09Z",
            "data": {"organisation": "other", **data},
        }
    )
