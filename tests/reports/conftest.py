"""Ledgers with whole seasons in them, from events and registers alone, and a programme's report of each."""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import pytest
from sqlalchemy import Engine, create_engine
from sqlalchemy.pool import NullPool

from infra.stack import Stack
from producers.simulator import NO_FAULTS, Expected, Oracle, Record, programmes, season
from producers.simulator.registered import registers
from schemas.partition import partition_of
from schemas.places import load as load_places
from schemas.programmes import Programme, load
from schemas.programmes.report import Report, ReportRow
from schemas.registers import encode
from schemas.topics import FIELD_TOPICS, REGISTERS
from sinks.ledger.following.follow import follow_all
from sinks.ledger.positions import Partition
from sinks.ledger.store import Store
from sinks.reports.figures import compute
from tests.ledger.conftest import MemoryLog, write
from tests.ledger.random_log import Put

PARTITIONS = 12
SEED = 2023
_BATCH = 5_000
_NUMBERS = itertools.count(1)


@dataclass(frozen=True)
class Ledger:
    """A ledger's database with what must come out of it."""

    url: str
    engine: Engine
    expected: Expected

    def report(self, programme: str | Programme, **asked: Any) -> Report:
        """The report of a programme, with nothing hidden."""
        wanted = load(programme) if isinstance(programme, str) else programme
        with self.engine.connect() as connection:
            return compute(connection, wanted, **asked)

    def add(self, puts: Iterable[Put]) -> None:
        """Writes further records, as if they came next."""
        log = MemoryLog()
        store = Store(self.url, load_places(), PARTITIONS)
        parts = [Partition(topic, n) for topic in (*FIELD_TOPICS, REGISTERS) for n in range(PARTITIONS)]
        read = store.positions(dict.fromkeys(parts, "log-1"))
        log.ends.update({part: position.offset for part, position in read.items()})
        log.put(puts)
        for batch in log.batches(SEED, _BATCH):
            write(store, batch)
        store.close()
        follow_all(self.url)


def row(report: Report, name: str) -> ReportRow:
    """A row by its id."""
    [found] = [each for each in report.rows if each.row.id == name]
    return found


def count(report: Report, name: str) -> int | None:
    """A row's count."""
    return row(report, name).value.count


@contextmanager
def copy_of(stack: Stack, template: str) -> Iterator[Ledger]:
    """A ledger of its own that has what another has."""
    name = f"reports_{next(_NUMBERS)}"
    stack.postgres.execute(f"CREATE DATABASE {name} TEMPLATE {template}")
    made = Ledger(stack.postgres.url(name), create_engine(stack.postgres.url(name), poolclass=NullPool), Expected())
    yield made
    stack.postgres.execute(f"DROP DATABASE {name} WITH (FORCE)")


@contextmanager
def ledger(stack: Stack, template: str, records: Iterable[Record], register_of: int | None) -> Iterator[Ledger]:
    """A ledger that has read some records, and the registers of a seed."""
    oracle = Oracle(load_places().units, PARTITIONS)
    puts = []
    for each in records:
        partition = each.partition if each.partition is not None else partition_of(each.key or b"", PARTITIONS)
        oracle.feed(each.topic, each.key, each.value, partition)
        puts.append(Put(each.topic, partition, each.key, each.value))
    registered = [Put(REGISTERS, partition_of(entry.unit.encode(), PARTITIONS), entry.key(), encode(entry))
                  for entry in (registers(register_of) if register_of is not None else ())]  # fmt: skip
    with copy_of(stack, template) as made:
        made.add(puts + registered)
        yield Ledger(made.url, made.engine, oracle.result())


@pytest.fixture(scope="session")
def played(stack: Stack, migrated: str) -> Iterator[Ledger]:
    """Both programmes as their sources have them, with every fault of the field."""
    with ledger(stack, migrated, programmes(SEED, partitions=PARTITIONS), SEED) as made:
        yield made


@pytest.fixture(scope="session")
def other(stack: Stack, migrated: str) -> Iterator[Ledger]:
    """Another season with other figures: a part of the programmes, and daily life."""
    with ledger(stack, migrated, season(77, 9_000), None) as made:
        yield made


@pytest.fixture(scope="session")
def beginning(stack: Stack, migrated: str) -> Iterator[str]:
    """The name of a ledger's database with a small season without faults."""
    with ledger(stack, migrated, season(5, 1_500, NO_FAULTS), None) as made:
        yield str(made.engine.url.database)


@pytest.fixture
def small(stack: Stack, beginning: str) -> Iterator[Ledger]:
    """A small season without faults, for a test to add to."""
    with copy_of(stack, beginning) as made:
        yield made
