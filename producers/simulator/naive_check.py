"""Is this record valid, and if not, why: a second, naive answer from the bytes alone, for the oracle.

For a record with one fault the reason is exact. With several faults at once the order is: reading, type, version,
seq, schema, then any wrong shape before any value out of range, then key, topic, subject, root.
"""

from __future__ import annotations

import json
import re
from collections.abc import Container
from typing import Any

from producers.simulator import naive_fields as f
from producers.simulator.naive_fields import FINE, RANGE, SHAPE, Check
from producers.simulator.naive_payloads import ORGANISATION, TYPES
from schemas import codes
from schemas.partition import partition_of

Json = dict[str, Any]
Fields = dict[str, Check]
MAY_BE_LEFT_OUT = {"specversion", "datacontenttype", "skewms", "village", "household"}


_VERSION = re.compile(r"urn:fieldtally:(.*):([1-9][0-9]{0,5})")


def _no_constant(name: str) -> float:
    raise ValueError(f"{name} is no JSON")


_parse = json.JSONDecoder(parse_constant=_no_constant).decode


def parse(value: bytes, errors: str = "strict") -> Any:
    """The JSON in some bytes.

    Raises:
        ValueError: there is none.
    """
    text = value.decode("utf-8", errors)
    parsed = _parse(text)
    if errors == "strict" and "\\u" in text:
        json.dumps(parsed, ensure_ascii=False).encode()  # half a surrogate pair is no character
    return parsed


def read(value: bytes | None) -> tuple[Json, str]:
    """The event in a record's value and '', or nothing and the reason."""
    if value is None:
        return {}, "no-value"
    if len(value) > 65_536:
        return {}, "oversize"
    try:
        event = parse(value)
    except (ValueError, RecursionError):
        return {}, "undecodable"
    if not isinstance(event, dict):
        return {}, "wrong-shape"
    return event, _event(event)


def root_type(name: str) -> str:
    """The type of the events that a type is about."""
    return name.removesuffix(".corrected").removesuffix(".voided")


def _event(event: Json) -> str:
    name, schema, seq = event.get("type"), event.get("dataschema"), event.get("seq")
    if not isinstance(name, str) or name == "":
        return SHAPE
    if name not in _FIELDS:
        return "unknown-type" if event.get("specversion") == "1.0" else SHAPE
    stated = _VERSION.fullmatch(schema) if isinstance(schema, str) else None
    if stated and stated[1] == name and stated[2] != "1":
        return "future-version"
    if isinstance(seq, int) and not isinstance(seq, bool) and not 1 <= seq <= 2**31 - 1:
        return "bad-seq"
    if isinstance(schema, str) and schema != f"urn:fieldtally:{name}:1":
        return RANGE
    return _object(event, _FIELDS[name])


def _object(value: object, fields: Fields) -> str:
    """A closed object: a wrong shape anywhere in it comes before a value out of range."""
    if not isinstance(value, dict):
        return SHAPE
    if any(field not in value and field not in MAY_BE_LEFT_OUT for field in fields):
        return SHAPE
    fault = FINE
    for field, given in value.items():
        said = fields[field](given) if field in fields else SHAPE
        if said == SHAPE:
            return SHAPE
        fault = fault or said
    return fault


def _an_object(fields: Fields) -> Check:
    return lambda value: _object(value, fields)


def _envelope(name: str, subject: Check, data: Fields) -> Fields:
    return {
        "specversion": f.one_of(["1.0"]),
        "id": f.event_id,
        "source": f.source,
        "type": f.one_of([name]),
        "subject": subject,
        "time": f.timestamp,
        "datacontenttype": f.one_of(["application/json"]),
        "dataschema": f.one_of([f"urn:fieldtally:{name}:1"]),
        "unit": f.unit,
        "seq": f.seq,
        "receivedat": f.timestamp,
        "skewms": f.skew,
        "data": _an_object(data),
    }


def _all_fields() -> dict[str, Fields]:
    withdrawn = {"organisation": ORGANISATION, "reason": f.one_of(codes.WITHDRAWAL_REASONS)}
    every = {"stream.withdrawn": _envelope("stream.withdrawn", f.unit_subject, withdrawn)}
    for name, (_, subject, own) in TYPES.items():
        payload = {"organisation": ORGANISATION, "village": f.optional(f.village), **own}
        fact: Fields = {
            "subject": subject,
            "time": f.timestamp,
            "receivedat": f.timestamp,
            "skewms": f.skew,
            "data": _an_object(payload),
        }
        voided: Fields = {
            "organisation": ORGANISATION,
            "root": _an_object({"source": f.source, "unit": f.unit, "seq": f.seq}),
            "revision": f.whole(1, 1_000_000),
            "reason": f.one_of(codes.REVISION_REASONS),
            "original": _an_object(fact),
        }
        every[name] = _envelope(name, subject, payload)
        every[f"{name}.voided"] = _envelope(f"{name}.voided", subject, voided)
        every[f"{name}.corrected"] = _envelope(f"{name}.corrected", subject, {**voided, "new": _an_object(fact)})
    return every


_FIELDS = _all_fields()


def unplaced(key: bytes | None, partition: int | None, partitions: int, known: Container[str]) -> str:
    """Why no unit is counted under this key in this partition; None as partition means the key's own."""
    unit = key.decode("utf-8", "replace") if key is not None else ""
    if f.unit(unit) != FINE:
        return "wrong-key"
    if unit not in known:
        return "unknown-unit"
    if key is not None and partition is not None and partition_of(key, partitions) != partition:
        return "wrong-partition"
    return FINE


def misplaced(event: Json, key: bytes | None, topic: str) -> str:
    """Why a valid event does not belong under this key in this topic."""
    unit, name = event["unit"], event["type"]
    if key != unit.encode():
        return "wrong-key"
    if name != "stream.withdrawn" and TYPES[root_type(name)][0] != topic:
        return "wrong-topic"
    subjects = [event["subject"]]
    data = event["data"]
    if "root" in data:
        subjects += [data[fact]["subject"] for fact in ("original", "new") if fact in data]
    place = unit.replace(":", ".")
    registered = [_registered_under(subject) == place for subject in subjects]
    if not registered[0]:
        return "wrong-subject"
    if "root" in data and data["root"]["unit"] != unit:
        return "foreign-root"
    return FINE if all(registered) else "wrong-subject"


def _registered_under(subject: str) -> str:
    """The place in `household/2025-07.24848-K7M2-9`: the vintage itself may hold a hyphen."""
    vintage, _, rest = subject.partition("/")[2].partition(".")
    return f"{vintage}.{rest.partition('-')[0]}"


def claimed(value: bytes | None) -> tuple[str, int] | None:
    """Source and seq that a rejected record claims, where they can be read."""
    try:
        event = parse(value or b"", "replace")
    except (ValueError, RecursionError):
        return None
    if not isinstance(event, dict) or f.source(event.get("source")) != FINE or f.seq(event.get("seq")) != FINE:
        return None
    return event["source"], event["seq"]
