"""The decoder and the published JSON Schemas give the same verdict, but for a few differences that are named here."""

from __future__ import annotations

import json
import random
import re
from typing import Any

import pytest

from schemas import wire
from schemas.rejected import Refusal
from tests.schemas.golden import EXAMPLES, GOLDEN, at, document, places, removed, replaced
from tests.schemas.mutations import mutated
from tests.schemas.validators import accepts

SIM = document(GOLDEN / "sim.handed-out" / "1" / "sim-4g-cho-ho.json")
MUTATIONS_PER_EXAMPLE = 25


def _difference(event: Any) -> str | None:
    """Which of the known differences a document holds: the reader forgives what a sender must not send, and the other
    way round JSON Schema cannot tell 1.0 from 1, nor refuse what the calendar of the reader does not have."""
    if not isinstance(event, dict):
        return None
    values = [at(event, place) for place in places(event)]
    texts = [value for value in values if isinstance(value, str)]
    if "specversion" not in event:
        return "forgiven: no specversion"
    if any(re.fullmatch(r"\d{4}-\d\d-\d\d( .*|.*[+-]\d{4})", text) for text in texts):
        return "forgiven: a time with a blank for T, or an offset without colon"
    if any(isinstance(value, float) and value.is_integer() for value in values):
        return "stricter: an integer written as 1.0"
    if any(re.search(r":60|^0000|^9999-12-31T23:59:59\.9999999", text) for text in texts):
        return "stricter: a leap second, the year 0, or a fraction that rounds beyond the year 9999"
    return None


def _decodes(event: Any) -> bool:
    return not isinstance(wire.decode(json.dumps(event).encode()), Refusal)


@pytest.mark.parametrize("event", EXAMPLES, ids=lambda event: event["type"])
def test_decoder_and_schema_agree_on_changed_examples(event: dict[str, Any], dice: random.Random) -> None:
    for _ in range(MUTATIONS_PER_EXAMPLE):
        changed = mutated(event, dice)
        if _decodes(changed) != accepts(changed):
            assert _difference(changed), json.dumps(changed)


@pytest.mark.parametrize(
    ("changed", "decodes"),
    [
        (removed(SIM, ("specversion",)), True),
        (replaced(SIM, ("time",), "2026-03-01 08:12:04+07:00"), True),
        (replaced(SIM, ("time",), "2026-03-01T08:12:04+0700"), True),
        (replaced(SIM, ("seq",), 2.0), False),
        (replaced(SIM, ("time",), "2026-06-30T23:59:60Z"), False),
        (replaced(SIM, ("time",), "9999-12-31T23:59:59.9999999Z"), False),
    ],
)
def test_the_known_differences_are_real(changed: dict[str, Any], decodes: bool) -> None:
    assert _difference(changed)
    assert _decodes(changed) is decodes
    assert accepts(changed) is not decodes


def test_every_optional_field_may_be_absent_and_no_other(dice: random.Random) -> None:
    event = dice.choice(EXAMPLES)
    for place in list(places(event))[1:]:
        without = removed(event, place)
        if place != ("specversion",):
            assert _decodes(without) == accepts(without), place
