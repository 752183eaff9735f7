"""A rejected record as a person may see it: names and codes of the contracts as they stand, all else masked. Pure.

What was rejected can hold anything, personal numbers and names too. So a value is shown only under a field's name that
the contracts have, not in a field that holds a personal number, and only where it looks like a code, a number or a
time. Limit: a name in plain letters without a space, in a field that should hold a code, looks like a code.
"""

from __future__ import annotations

import re
from functools import cache
from typing import Any

import msgspec

from producers.office.mending import document
from schemas.events.catalogue import EVENT_TYPES
from schemas.events.envelope import Corrected, Envelope, Fact, Root, Withdrawn

MASK = "•••"
PERSONAL = frozenset({"iccid", "imei", "serial"})
UNREAD = "no JSON"
_CODE = re.compile(r"[A-Za-z0-9._:/+-]{1,120}")
_LONG_NUMBER = re.compile(r"[0-9]{9,}")
_UUID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")
_PAIR = re.compile(rb'"([a-z_]{1,40})"\s*:\s*("[^"\\]{0,120}"|-?[0-9]{1,8}(?![0-9])|true|false|null)')


@cache
def names() -> frozenset[str]:
    """Every field's name of the event contracts."""
    structs: tuple[type[msgspec.Struct], ...] = (
        Envelope, Fact, Root, Corrected, Withdrawn, *(event.data for event in EVENT_TYPES),
    )  # fmt: skip
    return frozenset({"type"}.union(*(struct.__struct_fields__ for struct in structs)))


def masked(value: bytes | None) -> str:
    """A record's value for the screen: masked JSON; of bytes that are none, the pairs of names and values in them."""
    if value is None:
        return "(no value)"
    body = document(value)
    if body is not None:
        return msgspec.json.format(msgspec.json.encode(_shown(body, "")), indent=2).decode()
    pairs = [(name.decode(), _shown(document(said), name.decode())) for name, said in _PAIR.findall(value)]
    head = f"({len(value):,} bytes, {UNREAD}"
    lines = [f"  {name}: {msgspec.json.encode(shown).decode()}" for name, shown in pairs if name in names()]
    return "\n".join([head + ("; in them:" if lines else ")"), *lines]) + (")" if lines else "")


def masked_text(value: bytes | None) -> str:
    """A key or a header: shown if it looks like a code."""
    if value is None:
        return "-"
    text = value.decode("utf-8", "replace")
    return text if _is_code(text) else f"{MASK} ({len(value)})"


def _shown(value: Any, name: str) -> Any:
    if isinstance(value, dict):
        return {_name(key): _shown(inner, key if key in names() else MASK) for key, inner in value.items()}
    if isinstance(value, list):
        return [_shown(inner, name) for inner in value]
    if value is None or isinstance(value, bool):
        return value
    if name not in names() or name in PERSONAL:
        return MASK
    return value if not isinstance(value, str) or _is_code(value) else f"{MASK} ({len(value)})"


def _name(key: str) -> str:
    return key if key in names() else MASK


def _is_code(text: str) -> bool:
    if _UUID.fullmatch(text):
        return True
    return _CODE.fullmatch(text) is not None and not _LONG_NUMBER.search(text)
