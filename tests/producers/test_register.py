"""Where a season's points lie, who serves which unit, and the codes of its households."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from datetime import date
from random import Random

from producers.simulator.figures import HOUSEHOLDS_BY_COMMUNE, VILLAGES_BY_COMMUNE, spread
from producers.simulator.geography import geography
from producers.simulator.register import Register
from producers.simulator.tablets import Fleet
from schemas.places import Unit
from schemas.pseudonym import check_character

GEOGRAPHY = geography()


def test_lac_duong_has_7684_households_in_six_communes_and_34_villages() -> None:
    assert sum(HOUSEHOLDS_BY_COMMUNE.values()) == 7_684
    assert sum(VILLAGES_BY_COMMUNE.values()) == 34
    assert len(HOUSEHOLDS_BY_COMMUNE) == 6


def test_the_three_points_of_lao_cai_city_lie_in_the_communes_that_the_decision_names(
    units: Mapping[str, Unit],
) -> None:
    city = [units[unit].name for unit in GEOGRAPHY.hosts if units[unit].parent == "080"]
    assert sorted(city) == ["Xã Hợp Thành", "Xã Thống Nhất", "Xã Tả Phời"]


def test_subjects_are_registered_under_the_units_of_their_day() -> None:
    before, between, now = (GEOGRAPHY.open_in(day) for day in
                            (date(2025, 2, 28), date(2025, 3, 1), date(2025, 7, 1)))  # fmt: skip
    assert len(before[0]) == 152
    assert Counter(unit.partition(":")[0] for unit in between[0]) == {"2023": 152, "2025-03": 151}
    assert Counter(unit.partition(":")[0] for unit in now[0]) == {"2023": 152, "2025-03": 151, "2025-07": 48}
    new = {unit for unit in now[1] if unit.startswith("2025-07")}
    assert new == {"2025-07:24846", "2025-07:24848", "2025-07:24853"}


def test_teams_go_on_serving_what_became_of_their_commune() -> None:
    assert set(GEOGRAPHY.homes["2025-07:24848"]) == {"2025-03:24847", "2025-03:24848", "2025-03:24865"}
    fleet = Fleet(1, GEOGRAPHY, 2, Random(1))
    old = {fleet.serving("2025-03:24847", Random(n)).source for n in range(50)}
    new = {fleet.serving("2025-07:24848", Random(n)).source for n in range(50)}
    assert old & new


def test_the_households_of_a_commune_have_codes_of_their_own_with_a_right_check_character() -> None:
    codes = [Register(5, 100).household("2025-03:24846", index) for index in range(5_000)]
    assert len(set(codes)) == 5_000
    for code in codes:
        _, _, number, check = code.rsplit("-", 3)
        assert check_character(number) == check


def test_an_even_spread_has_as_many_as_are_wanted() -> None:
    assert [sum(spread(index, wanted, 7_684) for index in range(7_684)) for wanted in (0, 448, 940, 7_684)] == [
        0, 448, 940, 7_684,
    ]  # fmt: skip
