"""Decisions that were ever written can be read and cited for ever: committed records of version 1."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from producers.office.periods import check, differences, grounds
from schemas.office import Action, decode, encode, statements
from schemas.programmes.report import decode as decode_report
from tests.schemas.validators import validator

GOLDEN = sorted((Path(__file__).parent / "golden").glob("*.json"))


def action(name: str) -> Action:
    return decode((Path(__file__).parent / "golden" / name).read_bytes())


@pytest.mark.parametrize("path", GOLDEN, ids=lambda path: path.name)
def test_a_record_of_before_is_read_is_intact_and_satisfies_the_contract(path: Path) -> None:
    value = path.read_bytes()
    check(decode(value))
    assert encode(decode(value)) == value
    assert validator("office.action").is_valid(json.loads(value))


def test_a_report_of_before_can_be_cited_and_compared() -> None:
    closed, restated = action("period.closed.1.json"), action("period.restated.1.json")
    assert statements([closed, restated], closed.subject).restated == [restated]
    assert decode_report(closed.data.report).as_of.tablets == 31
    changed = differences(closed.data.report, restated.data.report)
    assert ("2025-03:24848", 2344, 2360) in [
        (each.place, each.before.count, each.now.count) for each in changed if each.before and each.now
    ]
    assert grounds(closed.data, restated.data) == []


def test_there_is_an_example_of_each_kind_of_decision() -> None:
    assert {action(path.name).type for path in GOLDEN} == {"period.closed", "period.restated"}
