"""One partition number of all field topics: its units' states, what was rejected, and how far the log was counted."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import NamedTuple, Protocol

from schemas import wire
from schemas.rejected import Headers, Origin, Refusal
from schemas.topics import FIELD_TOPICS
from stream_processors.core.count import COUNTED, DUPLICATE, count
from stream_processors.core.state import TOPICS, UnitState
from stream_processors.core.stream import refuse

Known = Callable[[str], bool]
_CONFLICT = Refusal("conflict")


class LogRecord(Protocol):
    """As much of a Kafka record as counting needs."""

    @property
    def offset(self) -> int: ...
    @property
    def key(self) -> bytes | None: ...
    @property
    def value(self) -> bytes | None: ...
    @property
    def headers(self) -> Sequence[tuple[str, bytes]]: ...


class Rejection(NamedTuple):
    """A record for `field.rejected.v1`, byte for byte."""

    origin: Origin
    key: bytes | None
    value: bytes | None
    headers: Headers
    refusal: Refusal


class Found:
    """What a partition met since somebody last took note of it."""

    __slots__ = ("conflicts", "duplicates", "events", "rejected", "replayed")

    def __init__(self) -> None:
        self.clear()

    def clear(self) -> None:
        """Begin anew."""
        self.events = self.duplicates = self.conflicts = self.replayed = 0
        self.rejected: dict[str, int] = {}


class Partition:
    """`positions[t]` is the next offset of topic t; `rejected` counts the rejected records below them that
    changed no unit's state.

    `anchors[t]` is a check of the last record of topic t that was counted.
    `due` are units whose totals are to be published, `unsaved` those whose state is to be written; `rejections`
    are still to be delivered.
    """

    def __init__(self, number: int, partitions: int, known: Known) -> None:
        self.number = number
        self.partitions = partitions
        self.known = known
        self.positions = [0] * TOPICS
        self.anchors = [0] * TOPICS
        self.rejected = 0
        self.states: dict[bytes, UnitState] = {}
        self.due: set[bytes] = set()
        self.unsaved: set[bytes] = set()
        self.rejections: list[Rejection] = []
        self.found = Found()

    def take(self, topic: int, records: Sequence[LogRecord]) -> None:
        """Count records of one topic, in offset order from `positions[topic]` on."""
        name = FIELD_TOPICS[topic]
        states, found, changed = self.states, self.found, set()
        for record in records:
            key = record.key
            event = wire.decode(record.value)
            if isinstance(event, Refusal):
                self._reject(topic, record, event)
                continue
            state = states.get(key) if key is not None else None
            refusal = (None if state else self._unplaced(key)) or wire.misplaced(event, key, name)
            if refusal is not None or key is None:
                self._reject(topic, record, refusal or Refusal("wrong-key"))
                continue
            if state is None:
                state = states[key] = UnitState(event.unit)
            changed.add(key)
            if record.offset < state.positions[topic]:
                found.replayed += 1
                continue
            outcome = count(state, topic, event)
            if outcome is COUNTED:
                found.events += 1
            elif outcome is DUPLICATE:
                found.duplicates += 1
            else:
                found.conflicts += 1
                self._put_aside(topic, record, _CONFLICT)
        if records:
            self.positions[topic] = records[-1].offset + 1
        self.due |= changed
        self.unsaved |= changed

    def records_accounted(self) -> int:
        """Events, duplicates, conflicts of all units, and rejected records; the proof compares it with positions."""
        return self.rejected + sum(state.tallies.records for state in self.states.values())

    def _unplaced(self, key: bytes | None) -> Refusal | None:
        return wire.unplaced(key, self.number, self.partitions, self.known)

    def _reject(self, topic: int, record: LogRecord, refusal: Refusal) -> None:
        """Count a record as rejected; if it claims a number of a stream, that hole is known to be a rejected one."""
        self._put_aside(topic, record, refusal)
        key = record.key
        claim = wire.claimed(record.value)
        if claim is None or key is None or self._unplaced(key) is not None:
            self.rejected += 1
            return
        state = self.states.get(key)
        if state is None:
            state = self.states[key] = UnitState(key.decode())
        if record.offset >= state.positions[topic]:
            state.tallies.refused += 1  # in the state: the proof notices if it is lost
            stream = state.stream(topic, claim.source)
            if refuse(stream, claim.seq):
                state.refusing.add(stream.index)
                state.touched.add(stream.index)
        self.due.add(key)
        self.unsaved.add(key)

    def _put_aside(self, topic: int, record: LogRecord, refusal: Refusal) -> None:
        self.found.rejected[refusal.reason] = self.found.rejected.get(refusal.reason, 0) + 1
        origin = Origin(FIELD_TOPICS[topic], self.number, record.offset)
        self.rejections.append(Rejection(origin, record.key, record.value, list(record.headers), refusal))
