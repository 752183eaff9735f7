"""Repairs that were ever written can be read for ever: committed records of version 1."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from schemas import wire
from schemas.events.envelope import Envelope
from schemas.repair import FIXED, REPLAYED, SENT, Done, Standing, Type, decode, done, encode
from tests.schemas.validators import validator

GOLDEN = sorted((Path(__file__).parent / "golden").glob("*.json"))


@pytest.mark.parametrize("path", GOLDEN, ids=lambda path: path.name)
def test_a_record_of_before_is_read_and_satisfies_the_contract(path: Path) -> None:
    value = path.read_bytes()
    repair = decode(value)
    assert encode(repair) == value
    assert validator("office.repair").is_valid(json.loads(value))
    assert repair.key() == b"rejected/field.outreach.v1:1:5"
    assert isinstance(wire.decode(repair.data.event.encode()), Envelope) == (repair.type in (FIXED, REPLAYED))


def test_there_is_an_example_of_each_kind_of_repair() -> None:
    assert {decode(path.read_bytes()).type for path in GOLDEN} == set(Type.__args__)


def test_a_note_that_another_decision_was_sent_settles_nothing() -> None:
    by_type = {decode(path.read_bytes()).type: decode(path.read_bytes()) for path in GOLDEN}
    fixed, replayed, sent = by_type[FIXED], by_type[REPLAYED], by_type[SENT]
    assert sent.data.decision == fixed.id
    assert done([fixed, replayed, sent]) == Done(fixed, True, (fixed, replayed, sent))
    assert done([replayed, fixed, sent]).standing(returned=False, again=False) is Standing.BEGUN
