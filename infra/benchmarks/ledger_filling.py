"""Fills a ledger with millions of events: a season through its own store, then twins of it by SQL."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from importlib.resources import files
from itertools import chain, islice
from typing import Any, NamedTuple

from sqlalchemy import Connection, create_engine
from sqlalchemy.pool import NullPool

from producers.simulator import Shape, season
from producers.simulator.registered import registers
from schemas.partition import partition_of
from schemas.places import load
from schemas.registers import encode
from schemas.settings import Settings
from schemas.topics import FIELD_TOPICS
from schemas.topics import REGISTERS as TOPIC
from sinks.ledger.following.follow import forget
from sinks.ledger.positions import Partition
from sinks.ledger.store import Store

BATCH = 5_000
TWINS_AT_ONCE = 4


class Row(NamedTuple):
    """What the ledger needs of a Kafka record."""

    offset: int
    key: bytes | None
    value: bytes | None
    timestamp: int = 0
    headers: tuple[tuple[str, bytes], ...] = ()


class Writer:
    """Writes records through the ledger's own store, at the offsets at which a log would have them."""

    def __init__(self, settings: Settings) -> None:
        self._partitions = settings.partitions
        self._store = Store(settings.database_url, load(), settings.partitions)
        known = [Partition(topic, n) for topic in (*FIELD_TOPICS, TOPIC) for n in range(settings.partitions)]
        self._store.positions(dict.fromkeys(known, "bench"))
        self._ends: dict[Partition, int] = defaultdict(int)

    def write(self, records: Iterable[tuple[str, bytes | None, bytes | None, int | None]]) -> None:
        """Writes records (topic, key, value, partition or none) batch by batch."""
        remaining = iter(records)
        while some := list(islice(remaining, BATCH)):
            rows: dict[Partition, list[Row]] = defaultdict(list)
            for topic, key, value, number in some:
                part = Partition(topic, partition_of(key or b"", self._partitions) if number is None else number)
                rows[part].append(Row(self._ends[part], key, value))
                self._ends[part] += 1
            self._store.write(self._store.judge(rows))

    def close(self) -> None:
        """Lets go of the database."""
        self._store.close()


def fill(settings: Settings, events: int, kernel: int, seed: int, progress: Callable[[int], None]) -> Iterator[Writer]:
    """Fills the ledger with a season of `kernel` records and its twins, about `events` events in all.

    Gives the writer once, to write further records by; `progress` hears how many events there are.
    """
    writer = Writer(settings)
    entries = ((TOPIC, entry.key(), encode(entry), None) for entry in registers(seed))
    played = season(seed, kernel, shape=Shape(partitions=settings.partitions))
    writer.write(chain(entries, ((each.topic, each.key, each.value, each.partition) for each in played)))
    engine = create_engine(settings.database_url, poolclass=NullPool)
    with engine.connect() as connection:
        _multiply(connection, events, progress)
        forget(connection)  # and so knows the revisions of the twins, which no batch wrote
        connection.commit()
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.exec_driver_sql("VACUUM (ANALYZE)")
    yield writer
    writer.close()


def _multiply(connection: Connection, events: int, progress: Callable[[int], None]) -> None:
    for name in ("presence", "per_day"):
        connection.exec_driver_sql(f"CREATE TEMPORARY TABLE first_{name} AS SELECT * FROM {name}")
    connection.exec_driver_sql("ANALYZE")
    each = _count(connection)
    statement = (files(__package__) / "twins.sql").read_text()
    connection.exec_driver_sql("SET LOCAL jit = off")
    twins = -(-events // each) - 1
    for first in range(1, twins + 1, TWINS_AT_ONCE):
        last = min(first + TWINS_AT_ONCE - 1, twins)
        cursor: Any = connection.connection.cursor()
        cursor.execute(statement, {"first": first, "last": last})
        connection.commit()
        progress(each * (last + 1))


def _count(connection: Connection) -> int:
    return int(connection.exec_driver_sql("SELECT count(*) FROM events").scalar_one())
