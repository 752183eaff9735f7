"""The committed JSON Schemas as validators that know RFC 3339, which the jsonschema package does not by itself."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date, datetime
from functools import cache
from typing import Any

from jsonschema import Draft202012Validator, FormatChecker

from schemas.contracts import generate
from schemas.contracts.documents import schema_path
from schemas.contracts.json_schema import Schema
from schemas.events.catalogue import WIRE_TYPES
from tests.schemas.golden import document

_DATE_TIME = re.compile(
    r"\d{4}-\d\d-\d\dT(?P<h>\d\d):\d\d:(?P<s>\d\d)(\.\d+)?(Z|[+-][01]\d:[0-5]\d|[+-]2[0-3]:[0-5]\d)", re.A | re.I
)
_formats = FormatChecker(formats=())


@_formats.checks("date-time", raises=ValueError)
def _is_date_time(text: object) -> bool:
    if not isinstance(text, str):
        return True
    found = _DATE_TIME.fullmatch(text)
    if not found or found["h"] == "24":
        return False
    second = text[: found.start("s")] + ("59" if found["s"] == "60" else found["s"])
    return bool(datetime.fromisoformat(second))


@_formats.checks("date", raises=ValueError)
def _is_date(text: object) -> bool:
    return not isinstance(text, str) or bool(re.fullmatch(r"\d{4}-\d\d-\d\d", text, re.A) and date.fromisoformat(text))


@cache
def validator(name: str, version: int = 1) -> Draft202012Validator:
    """The validator of a committed contract."""
    return Draft202012Validator(document(generate.FOLDER / schema_path(name, version)), format_checker=_formats)


def accepts(event: Any) -> bool:
    """Whether the contract of the event's own type accepts it."""
    name = event.get("type") if isinstance(event, dict) else None
    wire = WIRE_TYPES.get(name) if isinstance(name, str) else None
    return wire is not None and validator(wire.name, wire.version).is_valid(event)


def subschemas(node: Any, at: str = "$") -> Iterator[tuple[str, Schema]]:
    """Every schema inside a schema, with its place."""
    if isinstance(node, dict):
        yield at, node
        for name, value in (node.get("properties") or {}).items():
            yield from subschemas(value, f"{at}.{name}")
        for key in ("items", "additionalProperties", "propertyNames"):
            yield from subschemas(node.get(key), f"{at}[{key}]")
        for key in ("anyOf", "prefixItems"):
            for value in node.get(key, []):
                yield from subschemas(value, at)
        for name, value in node.get("$defs", {}).items():
            yield from subschemas(value, f"{at}#{name}")
