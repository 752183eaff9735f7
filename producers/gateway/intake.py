"""What becomes of one event of a batch: ready for its topic, refused with a reason, or to be sent again later. Pure.

Everything that the counter would reject is refused here, by the same contracts; the tablet still has it, and a person
who can mend it. Nothing of a refused event is kept.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import datetime
from functools import lru_cache
from typing import Any, NamedTuple

import msgspec

from producers.gateway.masking import Mask, masked
from schemas import wire
from schemas.events.catalogue import WIRE_TYPES, WITHDRAWAL
from schemas.events.fields import UNIT_PATTERN, EventId
from schemas.explain import UNREADABLE
from schemas.partition import partition_of
from schemas.rejected import PARKED, Refusal
from schemas.topics import EVENT_BYTES_MAX, FAMILIES

_partition_of = lru_cache(maxsize=20_000)(partition_of)  # of units, of which each tablet has a few
_encode = msgspec.json.Encoder().encode
_is_unit = re.compile(UNIT_PATTERN).match
_is_id = re.compile(msgspec.json.schema(EventId)["pattern"]).match
CONTENT_TYPE = ("content-type", b"application/cloudevents+json")


class Terms(NamedTuple):
    """On what terms the events of a batch are taken; `known` asks the map, `in_scope` the tablet's rights."""

    source: str
    in_scope: Callable[[str], bool]
    known: Callable[[str], bool]
    mask: Mask
    receivedat: datetime
    skewms: int
    partitions: int


class Ready(NamedTuple):
    """An event as it goes to `field.<family>.v1`, with its identity and what its receipt says."""

    id: str
    family: str
    unit: str
    seq: int
    partition: int
    value: bytes
    headers: tuple[tuple[str, bytes], ...]
    receivedat: datetime
    skewms: int

    @property
    def topic(self) -> str:
        """Its topic, without prefix."""
        return f"field.{self.family}.v1"

    @property
    def key(self) -> bytes:
        """The record's key."""
        return self.unit.encode()


class Unfit(NamedTuple):
    """An event that is not taken; `again` when a later version or map may take it. `id` is '' unless it is an id."""

    id: str
    refusal: Refusal
    again: bool = False


def judge(raw: bytes, terms: Terms) -> Ready | Unfit:
    """What becomes of one event, as it stands in the batch."""
    if len(raw) > EVENT_BYTES_MAX:
        return Unfit("", Refusal("oversize"))
    try:
        event = msgspec.json.decode(raw)
    except UNREADABLE:
        return Unfit("", Refusal("undecodable"))
    if not isinstance(event, dict):
        return Unfit("", Refusal("wrong-shape", "$", "type"))
    said = event.get("id")
    event_id = said if isinstance(said, str) and _is_id(said) else ""
    made = _ready(event, event_id, terms)
    if isinstance(made, Refusal):
        return Unfit(event_id, made, made.reason in PARKED)
    return made


def _ready(event: dict[str, Any], event_id: str, terms: Terms) -> Ready | Refusal:
    family, name = event.pop("topic", None), event.get("type")
    known = WIRE_TYPES.get(name) if isinstance(name, str) else None
    if known is None or not isinstance(name, str):
        answer = wire.decode(_encode(event))
        return answer if isinstance(answer, Refusal) else Refusal("wrong-shape", "$.type")
    if event.get("source") != terms.source:
        return Refusal("foreign-source", "$.source")
    belongs = known.root.family if known.root is not None else None
    if family not in (FAMILIES if belongs is None else (belongs, None)):
        return Refusal("wrong-topic", "$.topic")
    if (refusal := _out_of_scope(event.get("unit"), terms) or masked(event, known, terms.mask)) is not None:
        return refusal
    _stamp(event, terms)
    value = _encode(event)
    decoded = wire.decode(value)
    if isinstance(decoded, Refusal):
        return decoded
    made = Ready(
        event_id, belongs or family, decoded.unit, decoded.seq, _partition_of(decoded.unit.encode(), terms.partitions),
        value, (CONTENT_TYPE, ("ce_type", name.encode()), ("ce_id", event_id.encode())), terms.receivedat,
        terms.skewms,
    )  # fmt: skip
    return wire.misplaced(decoded, made.key, made.topic) or made


def _out_of_scope(unit: object, terms: Terms) -> Refusal | None:
    """Why this tablet may not record for a unit; what is no unit at all is left to the contract."""
    if not isinstance(unit, str) or not _is_unit(unit) or terms.in_scope(unit):
        return None
    return Refusal("foreign-unit", "$.unit") if terms.known(unit) else Refusal("unknown-unit", "$.unit")


def _is_later(told: object, now: datetime) -> bool:
    """Whether a time lies after another; what is no time is left to the contract."""
    try:
        moment = msgspec.convert(told, datetime)
    except msgspec.ValidationError:
        return False
    return moment.tzinfo is not None and moment > now


def _stamp(event: dict[str, Any], terms: Terms) -> None:
    """When it was received, and by how much the tablet's clock is off; of facts of a revision only what is left out."""
    event["receivedat"], event["skewms"] = terms.receivedat, terms.skewms
    data = event.get("data")
    if event.get("type") == WITHDRAWAL or not isinstance(data, dict):
        return
    original, new = data.get("original"), data.get("new")
    for fact in (original, new):
        if isinstance(fact, dict) and _is_later(fact.get("receivedat"), terms.receivedat):
            fact["receivedat"] = terms.receivedat  # or a fact of 2099 would win until then
    if isinstance(original, dict):
        original.setdefault("skewms", terms.skewms if "receivedat" not in original else 0)
        original.setdefault("receivedat", terms.receivedat)
        if isinstance(new, dict):
            new.setdefault("skewms", original["skewms"] if "receivedat" not in new else 0)
            new.setdefault("receivedat", original["receivedat"])
