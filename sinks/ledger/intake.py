"""From a record of a field topic to a line for Postgres: an event, or a record that is none with its reason. Pure."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Protocol

from msgspec.json import Encoder

from schemas import wire
from schemas.events.catalogue import ORIGINAL, WIRE_TYPE_OF, WITHDRAWAL, WITHDRAWN
from schemas.events.envelope import Envelope
from schemas.instant import epoch_ms, instant_ms
from schemas.rejected import Refusal

_encode = Encoder().encode
_TYPE_AND_PART = {
    envelope: (of.root.name if of.root else WITHDRAWAL, of.part) for envelope, of in WIRE_TYPE_OF.items()
}
_NULL = "\\N"
UNKNOWN = "unknown-unit"
_NO_ROOT = "\t".join([_NULL] * 5)


class Record(Protocol):
    """What the ledger needs of a Kafka record."""

    offset: int
    key: bytes | None
    value: bytes | None


@dataclass
class Lines:
    """Lines in the text format of COPY: `staged` for the table of that name, `uncounted` for records that are none.

    `unknown` tells that some are none only because the map has no such unit.
    """

    staged: list[str] = field(default_factory=list)
    uncounted: list[str] = field(default_factory=list)
    unknown: bool = False


class Intake:
    """Judges records as the counter does: decode, unplaced, misplaced; the first refusal is the reason."""

    def __init__(self, known: Callable[[str], bool], partitions: int) -> None:
        self._known, self._partitions = known, partitions
        self._homes: dict[tuple[bytes | None, int], Refusal | None] = {}

    def lines(self, topic: str, partition: int, records: Iterable[Record]) -> Lines:
        """The lines of some records of one partition of a field topic (name without prefix), in their order."""
        made = Lines()
        place = f"{topic}\t{partition}\t"
        for record in records:
            event = wire.decode(record.value)
            homeless = self._unplaced(record.key, partition)
            refusal = event if isinstance(event, Refusal) else homeless or wire.misplaced(event, record.key, topic)
            if refusal is None:
                assert not isinstance(event, Refusal), "a refusal was found above"
                made.staged.append(f"{place}{record.offset}\t{_event(event)}")
            else:
                unit = None if homeless else record.key
                made.unknown |= refusal.reason == UNKNOWN
                made.uncounted.append(f"{place}{record.offset}\t{_refused(refusal, unit, record.value)}")
        return made

    def _unplaced(self, key: bytes | None, partition: int) -> Refusal | None:
        """As `wire.unplaced`, remembered for known units: their names repeat in all records."""
        try:
            return self._homes[key, partition]
        except KeyError:
            refusal = wire.unplaced(key, partition, self._partitions, self._known)
            if refusal is None:
                self._homes[key, partition] = None
            return refusal


def _event(event: Envelope) -> str:
    """The columns of `staged` after the place. No value but the JSON could hold what COPY would misread."""
    name, part = _TYPE_AND_PART[type(event)]
    data = event.data
    root = _NO_ROOT if part in (ORIGINAL, WITHDRAWN) else _root(event)
    return "\t".join((
        event.unit, event.source, str(event.seq), event.id, name, part, event.subject,
        str(instant_ms(event.time, event.receivedat, event.skewms)), str(epoch_ms(event.receivedat)),
        _encode(data).decode().replace("\\", "\\\\"), root,
    ))  # fmt: skip


def _root(event: Envelope) -> str:
    revision = event.data
    carried, new = revision.original, getattr(revision, "new", None)
    return "\t".join((
        revision.root.source, str(revision.root.seq), str(revision.revision),
        str(instant_ms(carried.time, carried.receivedat, carried.skewms)),
        _NULL if new is None else str(instant_ms(new.time, new.receivedat, new.skewms)),
    ))  # fmt: skip


def _refused(refusal: Refusal, unit: bytes | None, value: bytes | None) -> str:
    claimed = wire.claimed(value)
    columns: Sequence[str] = (claimed.source, str(claimed.seq)) if claimed else (_NULL, _NULL)
    return "\t".join((refusal.reason, unit.decode() if unit is not None else _NULL, *columns, _NULL))
