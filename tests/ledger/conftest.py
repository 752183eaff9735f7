"""A ledger's store on a fresh database, and a log in memory that is played into it."""

from __future__ import annotations

import random
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import pytest
from sqlalchemy import Engine, create_engine, text

from producers.simulator.oracle import Oracle
from schemas.places import load
from schemas.topics import FIELD_TOPICS
from sinks.ledger.positions import Partition
from sinks.ledger.store import Store
from tests.ledger.random_log import PARTITIONS, Put


@dataclass(frozen=True)
class Record:
    """What the ledger reads of a Kafka record."""

    offset: int
    key: bytes | None
    value: bytes | None
    timestamp: int = 0
    headers: Sequence[tuple[str, bytes]] = ()


@dataclass
class MemoryLog:
    """Partitions in memory; `order` is the order in which records were put."""

    order: list[tuple[Partition, Record]] = field(default_factory=list)
    ends: dict[Partition, int] = field(default_factory=lambda: defaultdict(int))

    def put(self, puts: Iterable[Put]) -> None:
        """Appends records."""
        for put in puts:
            partition = Partition(put.topic, put.partition)
            self.order.append((partition, Record(self.ends[partition], put.key, put.value)))
            self.ends[partition] += 1

    def batches(self, seed: int, largest: int) -> Iterator[dict[Partition, list[Record]]]:
        """The whole log in batches of random size, in its order."""
        sizes, start = random.Random(seed), 0
        while start < len(self.order):
            end = start + sizes.randint(1, largest)
            yield grouped(self.order[start:end])
            start = end

    def oracle(self, upto: int | None = None) -> Oracle:
        """An oracle that has read the first `upto` records, or all."""
        naive = Oracle(load().units, PARTITIONS)
        for partition, record in self.order[:upto]:
            naive.feed(partition.topic, record.key, record.value, partition.number)
        return naive


def grouped(records: Iterable[tuple[Partition, Record]]) -> dict[Partition, list[Record]]:
    """Records by partition, as a poll has them."""
    batch: dict[Partition, list[Record]] = defaultdict(list)
    for partition, record in records:
        batch[partition].append(record)
    return dict(batch)


class Sql:
    """Asks the ledger's database."""

    def __init__(self, url: str) -> None:
        self.engine: Engine = create_engine(url)

    def __call__(self, statement: str, **parameters: Any) -> list[Any]:
        with self.engine.begin() as connection:
            result = connection.execute(text(statement), parameters)
            return list(result.all()) if result.returns_rows else []


@pytest.fixture
def sql(database: str) -> Iterator[Sql]:
    """Asks the test's database."""
    asked = Sql(database)
    yield asked
    asked.engine.dispose()


def write(store: Store, records: Mapping[Partition, Sequence[Record]]) -> None:
    """Judges and writes a batch."""
    store.write(store.judge(records))


def open_store(database: str) -> Store:
    """A ledger's store that knows the partitions of all field topics."""
    store = Store(database, load(), PARTITIONS)
    store.positions({Partition(topic, n): "log-1" for topic in FIELD_TOPICS for n in range(PARTITIONS)})
    return store


@pytest.fixture
def store(database: str) -> Iterator[Store]:
    """A ledger's store on the test's database."""
    opened = open_store(database)
    yield opened
    opened.close()
