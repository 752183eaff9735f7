"""Personal numbers in an event, as decoded JSON, give way to pseudonyms before anything else is done with it. Pure."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any

import msgspec

from schemas.events.catalogue import CORRECTED, ORIGINAL, ROOT_TYPES, VOIDED, EventType, WireType
from schemas.events.fields import END, Pseudonym
from schemas.forms import RAW
from schemas.pseudonym import Purpose, pseudonym
from schemas.rejected import Refusal

Mask = Callable[[Purpose, str], str]
_PSEUDONYM = msgspec.json.schema(Pseudonym)["pattern"]
_is_pseudonym = re.compile(_PSEUDONYM).match
_is_raw = {purpose: re.compile(f"^{pattern}{END}").match for purpose, pattern in RAW.items()}
_FACTS = {ORIGINAL: ((),), CORRECTED: (("data", "original"), ("data", "new")), VOIDED: (("data", "original"),)}
"""Where in an event of each part the facts are whose `data` holds personal numbers."""


def mask_of(secret: bytes) -> Mask:
    """The installation's pseudonyms."""
    return lambda purpose, number: pseudonym(purpose, secret, number)


def masked(event: dict[str, Any], wire: WireType, mask: Mask) -> Refusal | None:
    """Put a pseudonym in the place of each personal number of an event; the first that is none, if any.

    What is a pseudonym already stays: a revision may carry it, where the tablet did not record the root itself. What is
    no text is left to the contract, which refuses it.
    """
    fields = PERSONAL[wire.root.name] if wire.root is not None else ()
    for path in _FACTS.get(wire.part, ()) if fields else ():
        data = _at(event, (*path, "data"))
        for field, purpose in fields:
            raw = data.get(field)
            if not isinstance(raw, str) or _is_pseudonym(raw):
                continue
            number = raw.strip()
            if not _is_raw[purpose](number):
                return Refusal("out-of-range", "$." + ".".join((*path, "data", field)), "pattern")
            data[field] = mask(purpose, number)
    return None


def _at(event: Mapping[str, Any], path: tuple[str, ...]) -> dict[str, Any]:
    """The object at a path; an empty one where there is none."""
    node: Any = event
    for name in path:
        node = node.get(name) if isinstance(node, dict) else None
    return node if isinstance(node, dict) else {}


def _fields(event: EventType) -> tuple[tuple[str, Purpose], ...]:
    """The personal fields of a payload; the purpose of each is its name."""
    properties = msgspec.json.schema_components([event.data])[1][event.data.__name__]["properties"]
    found = [name for name, said in properties.items() if said.get("pattern") == _PSEUDONYM]
    return tuple((name, name) for name in found)


PERSONAL: Mapping[str, tuple[tuple[str, Purpose], ...]] = {name: _fields(event) for name, event in ROOT_TYPES.items()}
