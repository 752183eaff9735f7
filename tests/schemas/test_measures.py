"""The table of measures fits the payloads, its kinds are bounded, and what cannot be added up is not."""

from __future__ import annotations

import json
import typing
from typing import Any, get_args, get_origin

import pytest

from schemas import codes
from schemas import measures as m
from schemas.contracts import generate, measures_table
from schemas.contracts.documents import MEASURES as MEASURES_FILE
from schemas.events.catalogue import ROOT_TYPES

RULES = [(name, rule) for name, rules in m.COUNTS.items() for rule in rules]
UNION = [name for name, measure in m.MEASURES.items() if measure.additivity is m.Additivity.UNION]


def _fields(event_type: str) -> dict[str, Any]:
    return {name: _bare(hint) for name, hint in typing.get_type_hints(ROOT_TYPES[event_type].data).items()}


def _bare(hint: Any) -> Any:
    return _bare(get_args(hint)[0]) if get_origin(hint) is typing.Annotated else hint


@pytest.mark.parametrize(("event_type", "rule"), RULES, ids=str)
def test_a_rule_names_fields_that_its_payload_has(event_type: str, rule: m.Rule) -> None:
    fields = _fields(event_type)
    match rule:
        case m.Sum(measure, kind, amount):
            assert amount is None or fields[amount] is int
        case m.Distinct(measure, kind, where, subject):
            assert all(fields[name] is bool for name in where)
            assert subject in ("", "household/")
        case m.Headcount(measure, field):
            kind = None
            assert fields[field] is int
        case m.Roster(measure, field):
            kind = None
            assert fields[field] is str
        case _:
            return
    kinds = m.MEASURES[measure].kind_codes
    assert kinds == (get_args(fields[kind]) if kind is not None else ("",))


@pytest.mark.parametrize(("event_type", "rule"), RULES, ids=str)
def test_a_rule_is_of_its_measures_kind_of_additivity(event_type: str, rule: m.Rule) -> None:
    expected = {m.Sum: m.Additivity.SUM, m.Distinct: m.Additivity.DISTINCT}
    expected |= dict.fromkeys((m.Headcount, m.Roster), m.Additivity.REACH)
    if not isinstance(rule, m.Survey | m.Given):
        assert m.MEASURES[rule.measure].additivity is expected[type(rule)], event_type


def test_surveys_decide_what_they_can_decide() -> None:
    fields = _fields("household.surveyed")
    needed = ("needs_telecom", "has_telecom", "owns_smartphone", "has_internet")
    assert all(fields[name] is bool for name in needed)
    for name in (m.IN_NEED, m.IN_NEED_WITH_ACCESS):
        assert m.MEASURES[name].kind_codes == get_args(fields["household_class"]) == tuple(codes.HOUSEHOLD_CLASSES)
    for name in (m.SURVEYED, m.WITH_SMARTPHONE, m.CONNECTED):
        assert m.MEASURES[name].kind_codes == ("",)


def test_every_measure_is_fed_titled_and_bounded() -> None:
    for measure in m.MEASURES.values():
        assert measures_table.fed_by(measure.name), measure.name
        assert all(text and text == text.strip() for text in measure.title), measure.name
        assert 1 <= len(measure.kind_codes) <= 40
        assert measure.kinds is None or len(measure.kinds) > 1


def test_counters_are_the_kinds_of_all_measures_that_add_up() -> None:
    assert len(set(m.COUNTERS)) == len(m.COUNTERS) == len(m.COUNTER_INDEX)
    assert {c.measure for c in m.COUNTERS} == set(m.MEASURES) - set(UNION)
    assert [m.COUNTER_INDEX[counter] for counter in m.COUNTERS] == list(range(len(m.COUNTERS)))


def test_no_event_type_feeds_a_union_measure_live() -> None:
    live = {rule.measure for _, rule in RULES if not isinstance(rule, m.Survey | m.Given)}
    assert sorted(UNION) == ["households_trained", "outreach_rounds"]
    assert live.isdisjoint(UNION)


@pytest.mark.parametrize("name", UNION)
def test_a_union_measure_refuses_to_be_added_up(name: str) -> None:
    for values in ([], [1], [1, 2]):
        with pytest.raises(m.NotAdditiveError, match=name):
            m.add_over_units(name, values)


@pytest.mark.parametrize("name", sorted(set(m.MEASURES) - set(UNION)))
def test_any_other_measure_adds_up(name: str) -> None:
    assert m.add_over_units(name, [1, 2, 39]) == 42
    assert m.add_over_units(name, []) == 0


def test_the_published_table_says_what_the_code_counts_by() -> None:
    table = json.loads((generate.FOLDER / MEASURES_FILE).read_text(encoding="utf-8"))
    assert table["rules"] == m.rules_digest()
    assert [row["name"] for row in table["measures"]] == list(m.MEASURES)
    assert set(table["additivity"]) == {kind.value for kind in m.Additivity}
    for row in table["measures"]:
        assert [kind["code"] for kind in row["kinds"]] == list(m.MEASURES[row["name"]].kinds or {})
        assert set(row["fed_by"]) <= set(ROOT_TYPES)
