"""Where to read on, and what of a batch is new: decisions over positions, without Kafka or Postgres."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple, TypeVar

from schemas.topics import FIELD_TOPICS, REJECTED
from sinks.ledger.errors import LedgerError
from sinks.ledger.intake import Record

UNBROKEN = frozenset((*FIELD_TOPICS, REJECTED))
"""Topics that keep every record: their offsets have no gaps, as no transactional producer writes to them."""
AGAIN = "To count the log anew, give the ledger an empty database."
R = TypeVar("R", bound=Record)


class Partition(NamedTuple):
    """A partition of a topic (name without prefix)."""

    topic: str
    number: int

    def __str__(self) -> str:
        return f"partition {self.number} of {self.topic}"


class Position(NamedTuple):
    """The next offset that is not in Postgres yet, and the id of the log that it counts in."""

    offset: int
    log: str


class Extent(NamedTuple):
    """A partition on the broker: its log's id, first offset, and the offset after its last record."""

    log: str
    beginning: int
    end: int


def check(partition: Partition, position: Position, extent: Extent) -> None:
    """Proves that the log still has all that comes after a position, and is the log that the position counts in.

    Raises:
        LedgerError: it was cut or replaced.
    """
    if position.log != extent.log:
        raise LedgerError(f"The log of {partition} was replaced: it has the id {extent.log}, and the ledger has read "
                          f"{position.offset} records of {position.log}. {AGAIN}")
    if extent.beginning > position.offset:
        raise LedgerError(f"The log of {partition} was cut: it begins at offset {extent.beginning}, and the ledger "
                          f"has not read {position.offset} to {extent.beginning - 1}. {AGAIN}")
    if extent.end < position.offset:
        raise LedgerError(f"The log of {partition} was replaced or shortened: it ends before offset {extent.end}, "
                          f"and the ledger has read all before {position.offset}. {AGAIN}")


def fresh(partition: Partition, stored: int, records: Sequence[R]) -> Sequence[R]:
    """The records from the stored position on; another ledger may have written the first ones meanwhile.

    Raises:
        LedgerError: offsets are missing between the position and the records, or among them.
    """
    if records[0].offset < stored:
        records = [record for record in records if record.offset >= stored]
    if records and partition.topic in UNBROKEN and records[-1].offset - stored != len(records) - 1:
        expected = enumerate(records, stored)
        missing = next(offset for offset, record in expected if record.offset != offset)
        raise LedgerError(f"The log of {partition} has no record at offset {missing} but has later ones: "
                          f"was it cut, or does a transactional producer write to it? {AGAIN}")
    return records


def behind(positions: Mapping[Partition, int], ends: Mapping[Partition, int]) -> dict[str, int]:
    """Per topic, how many offsets lie between what is in Postgres and the end of the log."""
    lag: dict[str, int] = {}
    for partition, end in ends.items():
        lag[partition.topic] = lag.get(partition.topic, 0) + max(0, end - positions[partition])
    return lag
