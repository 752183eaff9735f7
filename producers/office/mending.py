"""What becomes of a rejected event: patched, given a number of its own, proved to be valid where it goes. Pure.

An identity that can be read stays as it is: the counter takes the first record of an identity alone, and a parked
event may become valid by itself at any time. A conflict's number is another event's, so it gets one of its own, from
its origin: whoever does it, and however often, it is the same number.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from typing import Any, NamedTuple

import jsonpatch
import jsonpointer
import msgspec

from producers.errors import ProducersError
from producers.office.rejects import Rejected
from schemas import wire
from schemas.events.catalogue import WIRE_TYPE_OF
from schemas.events.envelope import Envelope
from schemas.partition import partition_of
from schemas.rejected import PARKED, REASONS, Refusal
from schemas.topics import EVENT_BYTES_MAX, FIELD_TOPICS

CONFLICT = "conflict"
_WRONG_PATCH = (jsonpatch.JsonPatchException, jsonpointer.JsonPointerException, TypeError, KeyError, ValueError)


class StillInvalidError(ProducersError):
    """What was made would be rejected again, for the reason that `refusal` names."""

    def __init__(self, sentence: str, refusal: Refusal) -> None:
        super().__init__(sentence)
        self.refusal = refusal


class Ground(NamedTuple):
    """What decides where an event is at home: the known units, and the number of partitions."""

    known: Callable[[str], bool]
    partitions: int


class Sendable(NamedTuple):
    """An event that is valid where it goes; `value` is what is sent."""

    topic: str
    event: Envelope
    value: bytes


def document(value: bytes | None) -> Any:
    """The JSON of a rejected record, for a patch to begin with; null where it has none."""
    try:
        return msgspec.json.decode(value or b"null")
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return None


def patched(value: bytes | None, patch: bytes) -> bytes:
    """The record's JSON after a JSON patch (RFC 6902), written compactly.

    Raises:
        ProducersError: the patch is none, or does not fit. The sentence quotes the patch's paths, not the record.
    """
    try:
        steps = msgspec.json.decode(patch, type=list[dict[str, Any]])
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise ProducersError(f"The patch is no list of operations (RFC 6902): {error}.") from error
    made, largest = document(value), len(value or b"") + EVENT_BYTES_MAX
    for number, step in enumerate(steps, 1):
        try:
            made = jsonpatch.JsonPatch([step]).apply(made)
        except _WRONG_PATCH as error:
            raise ProducersError(
                f"Operation {number} of the patch ({step.get('op')} {step.get('path')!r}) does not fit the record "
                f"({type(error).__name__}): `fieldtally rejected show` prints it; "
                'where it is no JSON, begin with {"op": "replace", "path": "", "value": {…}}.'
            ) from error
        if len(msgspec.json.encode(made)) > largest:  # each copy of a whole into itself doubles it
            raise ProducersError(f"Operation {number} of the patch makes a record above {largest:,} bytes.")
    return msgspec.json.encode(made)


def renumbered(value: bytes, origin: str) -> bytes:
    """The event under a number of its own: the first of a stream that is named by the origin.

    Raises:
        ProducersError: it is no JSON object.
    """
    made = document(value)
    if not isinstance(made, dict):
        raise ProducersError("Only a JSON object can be given a number: put one in its place with --patch.")
    made |= {"source": own_source(origin), "seq": 1}
    return msgspec.json.encode({"id": _id_of(origin)} | made)


def own_source(origin: str) -> str:
    """The stream of one event that an origin gives its name."""
    return "/offices/rejected/" + origin.replace(":", ".")


def sendable(record: Rejected, value: bytes | None, ground: Ground) -> Sendable:
    """The event, proved with the counter's own three questions for the place that it names itself.

    Raises:
        StillInvalidError: it would be rejected again.
        ProducersError: it would not keep the identity of what was rejected.
    """
    event = wire.decode(value)
    if isinstance(event, Refusal) or value is None:
        raise _refused(record, event if isinstance(event, Refusal) else Refusal("no-value"))
    root = WIRE_TYPE_OF[type(event)].root
    topic, key = f"field.{root.family}.v1" if root else record.topic, event.unit.encode()
    if topic not in FIELD_TOPICS:
        raise ProducersError(f"{record.origin} came from no topic of events: nothing says where it belongs.")
    refusal = (wire.unplaced(key, partition_of(key, ground.partitions), ground.partitions, ground.known)
               or wire.misplaced(event, key, topic))  # fmt: skip
    if refusal is not None:
        raise _refused(record, refusal)
    if clause := _another(record, event, topic):
        raise ProducersError(f"{record.origin} is not sent: {clause}.")
    return Sendable(topic, event, value)


def _refused(record: Rejected, refusal: Refusal) -> StillInvalidError:
    where = f" at {refusal.path}" if refusal.path else ""
    rule = f" ({refusal.rule})" if refusal.rule else ""
    return StillInvalidError(
        f"{record.origin} would be rejected again{where}{rule}: {refusal.reason}, {REASONS[refusal.reason].en}. "
        "Nothing was sent.", refusal,
    )


def _another(record: Rejected, event: Envelope, topic: str) -> str:
    """Why an event is not the one that was rejected, as a clause; '' if it may be."""
    claim, body = wire.claimed(record.value), document(record.value)
    if claim is None:
        return ""
    same = (claim.source, claim.seq) == (event.source, event.seq)
    if record.reason == CONFLICT:
        own = event.source == own_source(record.origin)
        return "" if own else "another event has its number; --renumber gives it one of its own"
    if not same:
        return f"it was number {claim.seq} of {claim.source}, and must stay so"
    stated = body.get("unit") if isinstance(body, dict) else None
    if record.reason in PARKED and (event.unit != stated or topic != record.topic):
        return ("an event that waits for a new map or version keeps its unit and topic, because it may become valid as "
                "it is; drop it and have it recorded again, if it never can")  # fmt: skip
    if event.unit.encode() not in (record.key, str(stated).encode()):
        return "its unit is neither the one that it states nor that of its key"
    return ""


def _id_of(origin: str) -> str:
    """A UUIDv7 that is always the same for an origin."""
    text = hashlib.sha256(origin.encode()).hexdigest()
    return f"{text[:8]}-{text[8:12]}-7{text[12:15]}-8{text[15:18]}-{text[18:30]}"
