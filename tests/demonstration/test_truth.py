"""The check against the oracle fails on anything that differs, and on anything that is missing."""

from __future__ import annotations

import msgspec

from infra.demonstration.table import COLUMNS, LAC_DUONG, lines
from infra.demonstration.truth import check
from producers.simulator import Expected
from schemas.places import load
from schemas.totals import Conservation, Holes, Total

UNIT = "2025-03:24848"
NOTHING = Conservation(**dict.fromkeys(Conservation.__struct_fields__, 0))


def total(unit: str = UNIT, **counters: int) -> Total:
    return Total(unit=unit, generation=1, epoch=0, rules="0" * 16, positions=[1] * 8, conservation=NOTHING,
                 counters={measure: {"": value} for measure, value in counters.items()}, holes=Holes())


EXPECTED = Expected(counters={UNIT: {"leaflets": {"": 3}, "training_reach": {"": 5}}}, rejected={"undecodable": 2})
REJECTED = {"undecodable": 2}


def test_totals_that_are_what_the_oracle_expects_pass() -> None:
    found = check(EXPECTED, {UNIT: total(leaflets=3, training_reach=5)}, REJECTED)
    assert found.passes
    assert (found.compared, found.expected) == (2, 2)


def test_a_value_that_differs_fails() -> None:
    found = check(EXPECTED, {UNIT: total(leaflets=4, training_reach=5)}, REJECTED)
    assert not found.passes
    assert [(each.figure, each.left, each.right) for each in found.mismatches] == [("leaflets", 4, 3)]


def test_a_counter_that_only_the_totals_have_fails() -> None:
    assert not check(EXPECTED, {UNIT: total(leaflets=3, training_reach=5, leaflets_more=1)}, REJECTED).passes


def test_a_unit_without_a_total_fails_and_is_not_counted_as_compared() -> None:
    found = check(EXPECTED, {}, REJECTED)
    assert not found.passes
    assert (found.compared, found.expected) == (0, 2)


def test_an_oracle_that_expects_nothing_proves_nothing() -> None:
    assert not check(Expected(), {}, {}).passes


def test_a_reject_too_many_too_few_or_of_another_reason_fails() -> None:
    totals = {UNIT: total(leaflets=3, training_reach=5)}
    for rejected in ({}, {"undecodable": 1}, {"undecodable": 2, "oversize": 1}):
        assert not check(EXPECTED, totals, rejected).passes


def test_conservation_figures_are_compared_too() -> None:
    wrong = msgspec.structs.replace(total(leaflets=3, training_reach=5),
                                    conservation=msgspec.structs.replace(NOTHING, duplicates=1))
    assert not check(EXPECTED, {UNIT: wrong}, REJECTED).passes


def test_the_lines_of_the_table_add_up_to_its_last_one() -> None:
    units = [unit.id for unit in load().units.values() if unit.vintage == "2023"] + [UNIT, "2025-03:24847"]
    made = lines(load(), [total(unit, households_with_leaflet=n) for n, unit in enumerate(units, 1)])
    assert made[-1].values == tuple(map(sum, zip(*(line.values for line in made[:-1]), strict=True)))
    column = list(COLUMNS).index("households_with_leaflet")
    assert made[-1].values[column] == sum(range(1, len(units) + 1))
    assert made[0].name == load().units[LAC_DUONG[1]].name  # both old communes are Xã Lạc Dương now
