"""From a record's bytes to an event, or to the reason why it is none. Pure: a record always gets the same answer.

`decode` proves what the bytes alone can show, `misplaced` what key and topic add, `unplaced` what the map and the
number of partitions add. Counter, ledger and gateway ask the same three.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Union

import msgspec

from schemas.events.catalogue import CORRECTED, VOIDED, WIRE_TYPES, schema_urn
from schemas.events.envelope import Envelope
from schemas.events.fields import SEQ_MAX, SOURCE_PATTERN, UNIT_PATTERN
from schemas.explain import UNREADABLE, decode_head, explain, integer_of, text_of
from schemas.partition import partition_of
from schemas.rejected import Refusal
from schemas.strings import Pattern, Proofs
from schemas.topics import EVENT_BYTES_MAX

_decode: Callable[[bytes], Envelope] = msgspec.json.Decoder(
    Union[tuple(w.envelope for w in WIRE_TYPES.values())]  # noqa: UP007 - a union of a computed tuple has no other form
).decode
encode: Callable[[Envelope], bytes] = msgspec.json.Encoder().encode
_TOPIC_OF = {w.envelope: f"field.{w.root.family}.v1" if w.root else None for w in WIRE_TYPES.values()}
_REVISIONS = frozenset(w.envelope for w in WIRE_TYPES.values() if w.part in (CORRECTED, VOIDED))
_MEMO_MAX = 100_000
_is_source, _is_unit, _PROOFS = Pattern(SOURCE_PATTERN), Pattern(UNIT_PATTERN), Proofs()


def decode(value: bytes | None) -> Envelope | Refusal:
    """The event in a record's value, or why there is none."""
    if value is None:
        return Refusal("no-value")
    if len(value) > EVENT_BYTES_MAX:
        return Refusal("oversize")
    try:
        event = _decode(value)
    except UNREADABLE as error:
        return explain(value, error)
    broken = _PROOFS[type(event)](event)
    return event if broken is None else Refusal("out-of-range", f"$.{broken}", "pattern")


class _Place:
    """A unit as key and as it begins the subjects that are registered under it; made once per unit."""

    __slots__ = ("key", "prefixes", "unit_subject")

    def __init__(self, unit: str) -> None:
        place = unit.replace(":", ".")
        self.key = unit.encode()
        self.unit_subject = f"unit/{place}"
        self.prefixes = tuple(f"{kind}/{place}-" for kind in ("household", "point", "session"))

    def has(self, subject: str) -> bool:
        """Whether a subject is registered under this unit."""
        return subject.startswith(self.prefixes) or subject == self.unit_subject


_places: dict[str, _Place] = {}


def _place(unit: str) -> _Place:
    place = _places.get(unit)
    if place is None:
        if len(_places) >= _MEMO_MAX:
            _places.clear()
        place = _places[unit] = _Place(unit)
    return place


def misplaced(event: Envelope, key: bytes | None, topic: str) -> Refusal | None:
    """Why a decoded event does not belong where it lies: wrong key, topic, subject, or another unit's root."""
    place = _place(event.unit)
    if key != place.key:
        return Refusal("wrong-key", "$.unit")
    envelope = type(event)
    belongs = _TOPIC_OF[envelope]
    if belongs is not None and belongs != topic:
        return Refusal("wrong-topic", "$.type")
    if not place.has(event.subject):
        return Refusal("wrong-subject", "$.subject")
    if envelope in _REVISIONS:
        revision = event.data
        if revision.root.unit != event.unit:
            return Refusal("foreign-root", "$.data.root.unit")
        for name in ("original", "new"):
            fact = getattr(revision, name, None)
            if fact is not None and not place.has(fact.subject):
                return Refusal("wrong-subject", f"$.data.{name}.subject")
    return None


def unplaced(key: bytes | None, partition: int, partitions: int, known: Callable[[str], bool]) -> Refusal | None:
    """Why no unit's state may be kept for this key in this partition."""
    unit = key.decode("utf-8", "replace") if key is not None else ""
    if not _is_unit(unit):
        return Refusal("wrong-key")
    if not known(unit):
        return Refusal("unknown-unit", "$.unit")
    if key is not None and partition_of(key, partitions) != partition:
        return Refusal("wrong-partition")
    return None


class Claimed(msgspec.Struct, frozen=True):
    """The identity that a rejected record claims: its hole in the stream is known to be a rejected one."""

    source: str
    seq: int


def claimed(value: bytes | None) -> Claimed | None:
    """Source and seq of a record that is no valid event, where they can still be read."""
    if value is None:
        return None
    try:
        head = decode_head(value)
        source, seq = text_of(head.source), integer_of(head.seq)
    except UNREADABLE:
        return None
    if seq is not None and 1 <= seq <= SEQ_MAX and _is_source(source):
        return Claimed(source, seq)
    return None


__all__ = ["Claimed", "claimed", "decode", "encode", "misplaced", "schema_urn", "unplaced"]
