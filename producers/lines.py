"""One CloudEvents JSON per line of a file: from a line to a record, and back. Pure.

A line may name its topic in the attribute `topic`; only a withdrawal has to, for its type belongs to every topic.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

import msgspec

from producers.simulator.record import Record, headers_of
from schemas import wire
from schemas.events.catalogue import WIRE_TYPE_OF, WITHDRAWAL
from schemas.explain import UNREADABLE
from schemas.instant import epoch_ms, iso_ms
from schemas.partition import partition_of
from schemas.rejected import Refusal
from schemas.topics import TOPIC_INDEX

_FIELDS = msgspec.json.Decoder(dict[str, msgspec.Raw])


def record_of(line: bytes, received: datetime, known: Callable[[str], bool]) -> Record | Refusal:
    """The record of a line, or why there is none: the same three checks that the counter makes.

    `received` is put in as `receivedat` where the line has none; otherwise the line's bytes stay as they are.
    """
    line = line.strip()
    try:
        fields = _FIELDS.decode(line)
    except UNREADABLE:
        fields = {}  # `decode` says why
    named = fields.pop("topic", None)
    if fields and (named is not None or "receivedat" not in fields):
        fields.setdefault("receivedat", msgspec.Raw(msgspec.json.encode(iso_ms(epoch_ms(received)))))
        line = msgspec.json.encode(fields)
    event = wire.decode(line)
    if isinstance(event, Refusal):
        return event
    kind = WIRE_TYPE_OF[type(event)]
    topic = f"field.{kind.root.family}.v1" if named is None and kind.root else _text(named)
    key = event.unit.encode()
    refusal = wire.unplaced(key, partition_of(key, 1), 1, known) or wire.misplaced(event, key, topic)
    if refusal is None and topic not in TOPIC_INDEX:
        refusal = Refusal("wrong-topic", "$.topic", "enum" if named is not None else "required")
    return refusal or Record(topic, key, line, None, headers_of(kind.name, event.id), kind.part)


def line_of(record: Record) -> bytes | None:
    """The line of a record, without its end; None for one that is no event or whose fault is not in the event."""
    if record.value is None or record.fate.startswith("rejected:"):
        return None
    if ("ce_type", WITHDRAWAL.encode()) not in record.headers:
        return record.value
    return msgspec.json.encode({"topic": record.topic, **_FIELDS.decode(record.value)})


def _text(raw: msgspec.Raw | None) -> str:
    value = msgspec.json.decode(raw) if raw is not None else ""
    return value if isinstance(value, str) else ""
