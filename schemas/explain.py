"""Why bytes are no event: from a decoder's complaint to a reason, a JSON path and a rule, never the input's text."""

from __future__ import annotations

import re

import msgspec

from schemas.events.catalogue import EVENT_TYPES, WIRE_TYPES
from schemas.events.envelope import Corrected, Envelope, Fact, Root, Withdrawn
from schemas.events.fields import SEQ_MAX
from schemas.rejected import Refusal

UNREADABLE = (msgspec.DecodeError, UnicodeDecodeError, RecursionError)


class Head(msgspec.Struct):
    """As much of an envelope as explains why the rest cannot be read."""

    specversion: msgspec.Raw = msgspec.Raw(b"")
    type: msgspec.Raw = msgspec.Raw(b"")
    dataschema: msgspec.Raw = msgspec.Raw(b"")
    seq: msgspec.Raw = msgspec.Raw(b"")
    source: msgspec.Raw = msgspec.Raw(b"")


decode_head = msgspec.json.Decoder(Head).decode


def text_of(raw: msgspec.Raw) -> str:
    """The string in a part of the head, or '' where there is none."""
    value = _value(raw)
    return value if isinstance(value, str) else ""


def integer_of(raw: msgspec.Raw) -> int | None:
    """The integer in a part of the head, or None where there is none."""
    value = _value(raw)
    return value if isinstance(value, int) and not isinstance(value, bool) else None


def _value(raw: msgspec.Raw) -> object:
    return msgspec.json.decode(raw) if bytes(raw) else None


_VERSION = re.compile(r"urn:fieldtally:([a-z.-]{1,64}):([1-9][0-9]{0,5})")


def explain(value: bytes, error: Exception) -> Refusal:
    """Why the decoder refused a record's value with this error, one of `UNREADABLE`."""
    if not isinstance(error, msgspec.ValidationError):
        return Refusal("undecodable")
    try:
        head = decode_head(value)
        name, schema, seq = text_of(head.type), text_of(head.dataschema), integer_of(head.seq)
    except msgspec.ValidationError:
        return Refusal("wrong-shape", "$")
    except UNREADABLE:
        return Refusal("undecodable")
    if name and name not in WIRE_TYPES and bytes(head.specversion) == b'"1.0"':
        return Refusal("unknown-type", "$.type")
    stated = _VERSION.fullmatch(schema)
    if name in WIRE_TYPES and stated and stated[1] == name and int(stated[2]) > WIRE_TYPES[name].version:
        return Refusal("future-version", "$.dataschema")
    if seq is not None and not 1 <= seq <= SEQ_MAX:
        return Refusal("bad-seq", "$.seq")
    return _broken_rule(str(error))


# The decoder's sentences may quote personal data, even as the name of an unknown field that looks like a path.
# So a path is believed only where it is made of names of the contracts.
_PATH = re.compile(r" - at `\$((?:\.[a-z_]+)*)`$")
_STRUCTS: tuple[type[msgspec.Struct], ...] = (
    Envelope,
    Fact,
    Root,
    Corrected,
    Withdrawn,
    *(event.data for event in EVENT_TYPES),
)
_NAMES = frozenset({"", "type"}.union(*(struct.__struct_fields__ for struct in _STRUCTS)))
_RULES = (  # how a sentence begins -> our reason and rule
    ("Object missing required field", "wrong-shape", "required"),
    ("Object contains unknown field", "wrong-shape", "additionalProperties"),
    ("Invalid enum value", "out-of-range", "enum"),
    ("Invalid RFC3339", "out-of-range", "format"),
    ("Timestamp is out of range", "out-of-range", "format"),
)
_LIMIT = re.compile(r"Expected `(int|str|float|datetime)` (>=|<=|>|<|of length|with)")


def _broken_rule(message: str) -> Refusal:
    found = _PATH.search(message)
    path = f"${found[1]}" if found and _NAMES.issuperset(found[1].split(".")) else "$"
    for start, reason, rule in _RULES:
        if message.startswith(start):
            return Refusal(reason, path, rule)
    if " matching regex " in message:
        return Refusal("out-of-range", path, "pattern")
    if _LIMIT.match(message):
        return Refusal("out-of-range", path, "limit")
    return Refusal("wrong-shape", path, "type")
