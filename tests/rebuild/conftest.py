"""A log in memory, and what a live counter would show of it at any moment; and an installation of real services."""

from __future__ import annotations

import itertools
import random
import threading
from collections import defaultdict
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import NamedTuple

import pytest

from infra.stack import Stack
from producers.simulator import Record, Shape, season
from schemas.partition import partition_of
from schemas.places import load
from schemas.settings import Settings
from schemas.topics import FIELD_TOPICS, TOPIC_INDEX
from schemas.totals import Total
from stream_processors.core import figures
from stream_processors.core.partition import Partition
from stream_processors.core.state import TOPICS
from tests.reconcile.conftest import PARTITIONS as INSTALLED
from tests.reconcile.conftest import installation
from tests.services import service

PARTITIONS, RECORDS = 2, 3_000


class Logged(NamedTuple):
    """A record as it lies in the log."""

    offset: int
    key: bytes | None
    value: bytes | None
    headers: Sequence[tuple[str, bytes]] = ()


Log = dict[str, list[Logged]]
"""The records of one partition number, by field topic."""


@pytest.fixture
def rng() -> random.Random:
    """A new seed each time; pytest shows what was printed when a test fails."""
    print("seed", seed := random.SystemRandom().randrange(1_000_000))
    return random.Random(seed)


def log_of(rng: random.Random) -> Log:
    """A season with every fault of the field: the records of partition 0."""
    log: Log = defaultdict(list)
    for record in season(rng.randrange(1_000_000), RECORDS):
        home = partition_of(record.key or b"", PARTITIONS) if record.partition is None else record.partition
        if home == 0:
            log[record.topic].append(Logged(len(log[record.topic]), record.key, record.value))
    return log


def live(log: Log, positions: Sequence[int], units: set[str] | None = None) -> list[Total]:
    """The totals of a counter that has taken the log up to positions; of some units, or of all."""
    counter = Partition(0, PARTITIONS, load().known)
    for topic in FIELD_TOPICS:
        counter.take(TOPIC_INDEX[topic], log.get(topic, [])[: positions[TOPIC_INDEX[topic]]])
    shown = []
    for state in counter.states.values():
        if units is None or state.unit in units:
            state.raise_positions(list(positions))
            shown.append(figures.total(state, 1, 1, "rules"))
    return shown


def ends_of(log: Log) -> list[int]:
    """The offset after the last record of each topic."""
    return [len(log.get(topic, [])) for topic in FIELD_TOPICS]


def somewhere(rng: random.Random, low: Sequence[int], high: Sequence[int]) -> list[int]:
    """Random positions between two others."""
    return [rng.randint(a, b) for a, b in zip(low, high, strict=True)]


def between(log: Log, low: Sequence[int], high: Sequence[int]) -> dict[str, list[Logged]]:
    """The records from positions to others."""
    return {topic: log[topic][low[t] : high[t]] for t, topic in enumerate(FIELD_TOPICS) if low[t] < high[t]}


NOTHING = [0] * TOPICS
_NUMBERS = itertools.count(1)


@pytest.fixture
def records(rng: random.Random) -> list[Record]:
    """A season for an installation of real services."""
    shape = Shape(partitions=INSTALLED, households_per_commune=20)
    return list(season(rng.randrange(1_000_000), RECORDS, shape=shape))


@pytest.fixture
def installed(stack: Stack, migrated: str, tmp_path: Path) -> Iterator[Settings]:
    """An installation without any service."""
    name = f"rebuilt{next(_NUMBERS)}"
    stack.postgres.execute(f"CREATE DATABASE {name} TEMPLATE {migrated}")
    yield installation(stack, name, name, tmp_path)
    stack.postgres.execute(f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture
def running(installed: Settings, tmp_path: Path) -> Iterator[Settings]:
    """The installation with its services, each started again when it ends."""
    with ExitStack() as services:
        for command in ("counter", "ledger", "gauges"):
            services.enter_context(kept_up(command, installed, tmp_path))
        yield installed


@contextmanager
def kept_up(command: str, settings: Settings, folder: Path) -> Iterator[None]:
    """A service that somebody starts again whenever it ends."""
    stop = threading.Event()

    def run() -> None:
        while not stop.is_set():
            with service(command, settings, folder) as process:
                while process.running and not stop.wait(0.1):
                    pass

    thread = threading.Thread(target=run, daemon=True)
    thread.start()
    yield
    stop.set()
    thread.join()
