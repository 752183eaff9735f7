"""From a record's bytes to an event, or to the reason why it is none. Pure: a record always gets the same answer.

`decode` proves what the bytes alone can show, `misplaced` what key and topic add, `unplaced` what the map and the
number of partitions add. Counter, ledger and gateway ask the same three.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Union

import msgspec

from schemas.events.catalogue import CORRECTED, VOIDED, WIRE_TYPE_OF, WIRE_TYPES, WITHDRAWN, schema_urn
from schemas.events.envelope import Envelope
from schemas.events.fields import SEQ_MAX, SOURCE_PATTERN, UNIT_PATTERN, VILLAGE_PATTERN
from schemas.partition import partition_of
from schemas.rejected import Refusal
from schemas.topics import EVENT_BYTES_MAX

UNREADABLE = (msgspec.DecodeError, UnicodeDecodeError, RecursionError)
_decode: Callable[[bytes], Envelope] = msgspec.json.Decoder(
    Union[tuple(w.envelope for w in WIRE_TYPES.values())]  # noqa: UP007 - a union of a computed tuple has no other form
).decode
encode: Callable[[Envelope], bytes] = msgspec.json.Encoder().encode
_TOPIC_OF = {w.envelope: f"field.{w.root.family}.v1" if w.root else None for w in WIRE_TYPES.values()}
_REVISIONS = frozenset(w.envelope for w in WIRE_TYPES.values() if w.part in (CORRECTED, VOIDED))
_MEMO_MAX = 100_000


class _Pattern:
    """A pattern that remembers what it has proven: sources and villages repeat in very many events."""

    def __init__(self, pattern: str) -> None:
        self._match = re.compile(pattern).match
        self._proven: set[str] = set()

    def __call__(self, text: str) -> bool:
        if text in self._proven:
            return True
        if not self._match(text):
            return False
        if len(self._proven) >= _MEMO_MAX:
            self._proven.clear()
        self._proven.add(text)
        return True


_is_source, _is_village, _is_unit = _Pattern(SOURCE_PATTERN), _Pattern(VILLAGE_PATTERN), _Pattern(UNIT_PATTERN)


def decode(value: bytes | None) -> Envelope | Refusal:
    """The event in a record's value, or why there is none."""
    if value is None:
        return Refusal("no-value")
    if len(value) > EVENT_BYTES_MAX:
        return Refusal("oversize")
    try:
        event = _decode(value)
    except UNREADABLE as error:
        return _explain(value, error)
    if not _is_source(event.source):
        return Refusal("out-of-range", "$.source", "pattern")
    if not _is_unit(event.unit):
        return Refusal("out-of-range", "$.unit", "pattern")
    wire = WIRE_TYPE_OF[type(event)]
    if wire.part == WITHDRAWN:
        return event
    if wire.envelope not in _REVISIONS:
        village = event.data.village
        return (
            event if village is None or _is_village(village) else Refusal("out-of-range", "$.data.village", "pattern")
        )
    return _decoded_revision(event)


def _decoded_revision(event: Envelope) -> Envelope | Refusal:
    revision = event.data
    if not _is_source(revision.root.source):
        return Refusal("out-of-range", "$.data.root.source", "pattern")
    for name in ("original", "new"):
        fact = getattr(revision, name, None)
        if fact is not None and fact.data.village is not None and not _is_village(fact.data.village):
            return Refusal("out-of-range", f"$.data.{name}.data.village", "pattern")
    return event


def misplaced(event: Envelope, key: bytes | None, topic: str) -> Refusal | None:
    """Why a decoded event does not belong where it lies: wrong key, topic, subject, or another unit's root."""
    if key != event.unit.encode():
        return Refusal("wrong-key", "$.unit")
    envelope = type(event)
    belongs = _TOPIC_OF[envelope]
    if belongs is not None and belongs != topic:
        return Refusal("wrong-topic", "$.type")
    place = event.unit.replace(":", ".")
    if not _under(event.subject, place):
        return Refusal("wrong-subject", "$.subject")
    if envelope in _REVISIONS:
        revision = event.data
        if revision.root.unit != event.unit:
            return Refusal("foreign-root", "$.data.root.unit")
        for name in ("original", "new"):
            fact = getattr(revision, name, None)
            if fact is not None and not _under(fact.subject, place):
                return Refusal("wrong-subject", f"$.data.{name}.subject")
    return None


def _under(subject: str, place: str) -> bool:
    """Whether a subject (`household/<place>-…`, `unit/<place>`) is registered under a place."""
    start = subject.index("/") + 1
    end = start + len(place)
    return subject.startswith(place, start) and (len(subject) == end or subject[end] == "-")


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


class _Head(msgspec.Struct):
    """As much of an envelope as explains why the rest cannot be read."""

    specversion: msgspec.Raw = msgspec.Raw(b"")
    type: msgspec.Raw = msgspec.Raw(b"")
    dataschema: msgspec.Raw = msgspec.Raw(b"")
    seq: msgspec.Raw = msgspec.Raw(b"")
    source: msgspec.Raw = msgspec.Raw(b"")
    unit: msgspec.Raw = msgspec.Raw(b"")


_decode_head = msgspec.json.Decoder(_Head).decode
_VERSION = re.compile(r"^urn:fieldtally:([a-z.-]{1,64}):([1-9][0-9]{0,5})$")
_PATH = re.compile(r" - at `(\$[A-Za-z0-9_.\[\]]*)`$")
_RULES = (  # how msgspec begins a sentence -> our reason and rule; the sentence itself may quote personal data
    ("Object missing required field", "wrong-shape", "required"),
    ("Object contains unknown field", "wrong-shape", "additionalProperties"),
    ("Invalid enum value", "out-of-range", "enum"),
    ("Invalid RFC3339", "out-of-range", "format"),
    ("Timestamp is out of range", "out-of-range", "format"),
)


def _text(raw: msgspec.Raw) -> str:
    value = _value(raw)
    return value if isinstance(value, str) else ""


def _value(raw: msgspec.Raw) -> object:
    return msgspec.json.decode(raw) if bytes(raw) else None


def _explain(value: bytes, error: Exception) -> Refusal:
    if not isinstance(error, msgspec.ValidationError):
        return Refusal("undecodable")
    try:
        head = _decode_head(value)
        name, schema, seq = _text(head.type), _text(head.dataschema), _value(head.seq)
    except msgspec.ValidationError:
        return Refusal("wrong-shape", "$")
    except UNREADABLE:
        return Refusal("undecodable")
    if name and name not in WIRE_TYPES and bytes(head.specversion) == b'"1.0"':
        return Refusal("unknown-type", "$.type")
    stated = _VERSION.match(schema)
    if name in WIRE_TYPES and stated and stated[1] == name and int(stated[2]) > WIRE_TYPES[name].version:
        return Refusal("future-version", "$.dataschema")
    if isinstance(seq, int) and not isinstance(seq, bool) and not 1 <= seq <= SEQ_MAX:
        return Refusal("bad-seq", "$.seq")
    return _broken_rule(str(error))


def _broken_rule(message: str) -> Refusal:
    found = _PATH.search(message)
    path = found[1] if found else "$"
    for start, reason, rule in _RULES:
        if message.startswith(start):
            return Refusal(reason, path, rule)
    if " matching regex " in message:
        return Refusal("out-of-range", path, "pattern")
    if re.match(r"Expected `(int|str|float|datetime)` (>=|<=|>|<|of length|with)", message):
        return Refusal("out-of-range", path, "limit")
    return Refusal("wrong-shape", path, "type")


class Claimed(msgspec.Struct, frozen=True):
    """The identity that a rejected record claims: its hole in the stream is known to be a rejected one."""

    source: str
    seq: int


def claimed(value: bytes | None) -> Claimed | None:
    """Source and seq of a record that is no valid event, where they can still be read."""
    if value is None:
        return None
    try:
        head = _decode_head(value)
        source, seq = _text(head.source), _value(head.seq)
    except UNREADABLE:
        return None
    if isinstance(seq, int) and not isinstance(seq, bool) and 1 <= seq <= SEQ_MAX and _is_source(source):
        return Claimed(source, seq)
    return None


__all__ = ["Claimed", "claimed", "decode", "encode", "misplaced", "schema_urn", "unplaced"]
