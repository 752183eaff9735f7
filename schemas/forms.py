"""The contract of each root type as a tablet fills it: what `data` must be, personal numbers still in the raw.

A tablet makes its forms from these. The raw forms of personal numbers are what a person reads off a card or a box;
the gateway puts pseudonyms in their place, so no contract of a topic has them.
"""

from __future__ import annotations

from typing import Any

import msgspec

from schemas.contracts.json_schema import Schema, of_struct
from schemas.events.catalogue import EVENT_TYPES, EventType, schema_urn
from schemas.events.fields import END, Pseudonym
from schemas.reference import ReferenceType

PERSONAL = "x-fieldtally-personal"
RAW: dict[str, str] = {"iccid": "[0-9]{18,22}", "imei": "[0-9]{14,16}", "serial": "[0-9A-Za-z][0-9A-Za-z./_-]{1,39}"}
"""Patterns of personal numbers by purpose; the purpose is the field's name."""
_PSEUDONYM = msgspec.json.schema(Pseudonym)["pattern"]
_AS_PSEUDONYM = {"title": " (bí danh)", "description": " as pseudonym"}
_KINDS = ("household", "point", "session", "unit")


def types() -> list[ReferenceType]:
    """Every root type, in the order of the catalogue."""
    return [
        ReferenceType(
            type=event.name, version=event.version, family=event.family, subjects=_subjects(event),
            vi=event.title.vi, en=event.title.en, schema=_form(event),
        )
        for event in EVENT_TYPES
    ]  # fmt: skip


def _form(event: EventType) -> Schema:
    schema = of_struct(event.data, f"{schema_urn(event.name, event.version)}:form", event.title)
    for name, field in schema["properties"].items():
        if field.get("pattern") == _PSEUDONYM:
            title, said = (field[key].removesuffix(end) for key, end in _AS_PSEUDONYM.items())
            raw = {"title": title, "description": said, "pattern": f"^{RAW[name]}{END}", PERSONAL: name}
            schema["properties"][name] = field | raw
    return schema


def _subjects(event: EventType) -> list[str]:
    said: dict[str, Any] = msgspec.json.schema(event.subject)
    return [kind for kind in _KINDS if f"{kind}/" in said["pattern"]]
