"""Postgres: one session that writes, a batch at a time; what it covers and the positions change together or not."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, NamedTuple, cast

from psycopg2 import extensions
from sqlalchemy import Connection, create_engine, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.exc import OperationalError
from sqlalchemy.pool import NullPool

from schemas.instant import day_of
from schemas.places import Following, Places
from schemas.topics import ACTIONS, FIELD_TOPICS, REGISTERS, REJECTED, STREAMS, TOTALS
from sinks.ledger import dimensions, newest, office_actions, place_rows, register_entries, rejects, unknown
from sinks.ledger.errors import LedgerError
from sinks.ledger.events import EventWriter
from sinks.ledger.intake import Intake, Lines
from sinks.ledger.migrations import upgrade
from sinks.ledger.positions import Partition, Position, fresh
from sinks.ledger.tables import positions

RETRY_S = 2.0
Records = Mapping[Partition, Sequence[Any]]
"""Kafka records by partition, in the order of the log; never an empty sequence."""
_log = logging.getLogger("fieldtally.ledger")
_SINKS: dict[str, Callable[[Connection, Iterable[Any]], int]] = {
    REJECTED: rejects.write, TOTALS: newest.write_totals, STREAMS: newest.write_marks,
    REGISTERS: register_entries.write, ACTIONS: office_actions.write,
}  # fmt: skip
_LOCK = """
SELECT topic, partition, next_offset FROM positions
WHERE (topic, partition) IN (SELECT * FROM unnest(%s::text[], %s::smallint[]))
ORDER BY topic, partition
FOR UPDATE"""
_MOVE = """
UPDATE positions p SET next_offset = n.next_offset
FROM unnest(%s::text[], %s::smallint[], %s::bigint[]) AS n (topic, partition, next_offset)
WHERE p.topic = n.topic AND p.partition = n.partition"""


def await_schema(url: str, stop: threading.Event) -> None:
    """Brings the database to the newest schema; waits, and says so, until it answers or `stop` is set."""
    while not stop.is_set():
        try:
            return upgrade(url)
        except OperationalError as error:
            _log.warning("Postgres cannot be used yet, waiting for it: %s", str(error.orig).strip())
            stop.wait(RETRY_S)
    return None


class Batch(NamedTuple):
    """Records, and of those of the field topics the lines that they become."""

    records: Records
    lines: Mapping[Partition, Lines]

    @property
    def unknown(self) -> bool:
        """Whether some are no events only because the map has no such unit."""
        return any(lines.unknown for lines in self.lines.values())


class Store:
    """The ledger's database. Two of them may write at once: each takes the other's positions over."""

    def __init__(self, url: str, places: Places, partitions: int) -> None:
        self._connection = create_engine(url, poolclass=NullPool).connect()
        self._partitions, self._map = partitions, ""
        self.adopt(places)
        with self._connection.begin():
            self._events = EventWriter(self._cursor())

    def adopt(self, places: Places, loaded: Following | None = None) -> None:
        """Judges by a map from now on, and brings the tables of places up to it, to what was loaded, and to today."""
        self.judge_by(places)
        with self._connection.begin():
            if dimensions.load(self._connection, places, day_of(int(time.time() * 1000))):
                _log.info("Units and measures are loaded.", extra={"map": places.digest})
            if loaded is not None:
                place_rows.write_loadings(self._connection, loaded)

    def judge_by(self, places: Places) -> bool:
        """Judges by a map from now on; whether it is another than before."""
        if places.digest == self._map:
            return False
        self._intake = Intake(places.known, self._partitions)  # first: who sees the digest judges by the map
        self._map = places.digest
        return True

    def judge_again(self, fetch: Callable[[unknown.Wanted], Records]) -> int:
        """Takes in what was no event only because its unit was unknown, and is known now; how many records.

        Raises: what `fetch` raises; what was taken in until then stays.
        """
        with self._connection.begin():
            wanted = list(unknown.places_of(self._connection))
        taken = 0
        for some in wanted:
            places, lines = unknown.moved(self.judge(fetch(some)).lines)
            with self._connection.begin():
                cursor = self._cursor()
                cursor.execute(unknown.TAKE_OUT, places)
                self._events.write(cursor, lines)
            taken += len(places[0])
        return taken

    def close(self) -> None:
        self._connection.close()

    def ask(self) -> None:
        """Proves that Postgres answers.

        Raises:
            sqlalchemy.exc.DBAPIError: it does not.
        """
        with self._connection.begin():
            self._connection.execute(select(1))

    def positions(self, logs: Mapping[Partition, str]) -> dict[Partition, Position]:
        """Where to read on in each partition; offset 0 of the log as it is now where nothing was read yet."""
        rows = [{"topic": p.topic, "partition": p.number, "next_offset": 0, "log": log} for p, log in logs.items()]
        with self._connection.begin():
            self._connection.execute(insert(positions).on_conflict_do_nothing(), rows)
            found = self._connection.execute(select(positions)).all()
        return {Partition(row.topic, row.partition): Position(row.next_offset, row.log) for row in found}

    def judge(self, records: Records) -> Batch:
        """What of some records is an event: work that needs no database, so that another thread can do it ahead."""
        field = {part: some for part, some in records.items() if part.topic in FIELD_TOPICS}
        return Batch(records, {p: self._intake.lines(p.topic, p.number, some) for p, some in field.items()})

    def write(self, batch: Batch) -> tuple[dict[Partition, int], int]:
        """Writes a batch in one transaction; the next offsets of its partitions, and how many rows were inserted.

        Raises:
            LedgerError: the log has a gap before or in the batch; nothing was written.
        """
        with self._connection.begin():
            cursor = self._cursor()
            stored = self._lock(cursor, batch.records)
            batch = self._fresh(batch, stored)
            new = batch.records
            rows = self._events.write(cursor, batch.lines.values())
            for topic, write in _SINKS.items():
                if records := [one for part, some in new.items() if part.topic == topic for one in some]:
                    rows += write(self._connection, records)
            moved = {part: records[-1].offset + 1 for part, records in new.items()}
            cursor.execute(_MOVE, [*_columns(moved), list(moved.values())])
        return stored | moved, rows

    def _fresh(self, batch: Batch, stored: Mapping[Partition, int]) -> Batch:
        """The batch without what another ledger wrote since it was read: as a rule, the batch itself."""
        new = {part: fresh(part, stored[part], records) for part, records in batch.records.items()}
        if all(len(new[part]) == len(records) for part, records in batch.records.items()):
            return batch
        return self.judge({part: records for part, records in new.items() if records})

    def _lock(self, cursor: extensions.cursor, batch: Records) -> dict[Partition, int]:
        cursor.execute(_LOCK, _columns(batch))
        stored = {Partition(topic, number): offset for topic, number, offset in cursor.fetchall()}
        if missing := batch.keys() - stored.keys():
            raise LedgerError(f"Postgres has no position of {min(missing)}: were tables emptied under the ledger?")
        return stored

    def _cursor(self) -> extensions.cursor:
        return cast(extensions.cursor, self._connection.connection.cursor())


def _columns(partitions: Iterable[Partition]) -> list[list[Any]]:
    names = list(partitions)
    return [[part.topic for part in names], [part.number for part in names]]
