"""Where a unit is on today's map, and when that stays open."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from datetime import date

import pytest

from schemas.places import Level, Places, Share, Succession, Unit, Unresolved, build, commune_level
from tests.places.facts import communes, split

DAY = date(2030, 1, 1)


def small_map(*, communes: Iterable[str], provinces: dict[str, str], successions: dict[str, str]) -> Places:
    """A map of one-letter vintages, the last of them current; `provinces` gives each commune's, `P` by default.

    A succession's value lists the successors by spaces.
    """
    ids = [*communes]
    last = max(unit_id[0] for unit_id in ids)
    until = {unit_id[0]: None if unit_id[0] == last else DAY for unit_id in ids}
    units = [Unit(i[0], i[2:], Level.COMMUNE, i, "Xã", provinces.get(i, "P"), None, until[i[0]]) for i in ids] + [
        Unit(vintage, province, Level.PROVINCE, province, "Tỉnh", None, None, until[vintage])
        for vintage in until
        for province in {"P", *provinces.values()}
    ]
    rows = [
        Succession(old[0], old[2:], new[0], new[2:], Share.PART if " " in heirs else Share.WHOLE, None)
        for old, heirs in successions.items()
        for new in heirs.split(" ")
    ]
    return build(units, rows, "")


def test_a_current_commune_is_its_own_current_place(places: Places) -> None:
    for unit in communes(places, "2025-07"):
        place = places.current(unit.id)
        assert (place.commune, place.province) == (unit, places.province_of(unit.id))
        assert place.unresolved is None


def test_exactly_the_split_communes_have_no_current_commune_yet_all_have_a_current_province(places: Places) -> None:
    unresolved = {unit.id for unit in places.units.values() if places.current(unit.id).unresolved is Unresolved.SPLIT}
    assert unresolved == {unit.id for unit in split(places)}
    assert all(places.current_province(unit_id) is not None for unit_id in unresolved)


def test_a_district_has_no_current_commune_but_the_current_province_of_its_communes(places: Places) -> None:
    below: defaultdict[str, list[Unit]] = defaultdict(list)
    for unit in [*communes(places, "2023"), *communes(places, "2025-03")]:
        below[unit.parent_id or ""].append(unit)
    assert len(below) == 9 + 696 - 5  # five island districts have no commune
    for district, units in below.items():
        place = places.current(district)
        assert (place.commune, place.unresolved) == (None, Unresolved.ABOVE_COMMUNE)
        assert {places.current_province(unit.id) for unit in units} == {place.province}


def test_an_island_district_is_now_a_special_zone_at_the_level_of_communes(places: Places) -> None:
    place = places.current("2025-03:536")
    assert place.commune is not None
    assert place.commune.name == "Đặc khu Lý Sơn"


def test_a_province_has_no_current_commune_but_a_current_province(places: Places) -> None:
    for unit_id, heir in {"2023:10": "15", "2025-03:10": "15", "2025-03:60": "68", "2025-07:68": "68"}.items():
        place = places.current(unit_id)
        assert (place.commune, place.unresolved) == (None, Unresolved.ABOVE_COMMUNE)
        assert place.province is places.units[f"2025-07:{heir}"]


def test_a_commune_that_moved_wholly_and_was_then_split_is_unresolved() -> None:
    places = small_map(
        communes=["a:1", "b:1", "c:1", "c:2"], provinces={}, successions={"a:1": "b:1", "b:1": "c:1 c:2"}
    )
    assert places.current("a:1").unresolved is Unresolved.SPLIT
    assert places.current_province("a:1") is places.units["c:P"]


def test_a_commune_split_early_stays_unresolved_even_if_its_parts_meet_again() -> None:
    places = small_map(
        communes=["a:1", "b:1", "b:2", "c:1"],
        provinces={},
        successions={"a:1": "b:1 b:2", "b:1": "c:1", "b:2": "c:1"},
    )
    assert places.current("a:1").unresolved is Unresolved.SPLIT
    assert places.current("b:2").commune is places.units["c:1"]


def test_a_commune_split_over_two_provinces_has_no_current_province() -> None:
    places = small_map(communes=["a:1", "b:1", "b:2"], provinces={"b:2": "Q"}, successions={"a:1": "b:1 b:2"})
    assert places.current_province("a:1") is None
    assert places.current("a:1").unresolved is Unresolved.SPLIT


def test_a_unit_that_the_map_does_not_have_is_not_known_and_has_no_place(places: Places) -> None:
    for unit_id in ("2025-07:00000", "24848", "2025-07:10", "2023:24848", ""):
        assert not places.known(unit_id)
        for ask in (places.current, places.current_province, places.province_of, places.successors):
            with pytest.raises(KeyError):
                ask(unit_id)


@pytest.mark.parametrize(
    ("code", "day", "vintage"),
    [
        ("02872", date(2023, 10, 24), "2023"),
        ("02872", date(2025, 3, 1), None),
        ("02839", date(2025, 2, 28), "2023"),
        ("02839", date(2025, 3, 1), "2025-03"),
        ("24848", date(2023, 10, 24), "2025-03"),
        ("24848", date(2025, 6, 30), "2025-03"),
        ("24848", date(2025, 7, 1), "2025-07"),
        ("675", date(2025, 7, 1), None),
        ("15", date(2025, 6, 30), "2025-03"),
        ("15", date(2026, 1, 1), "2025-07"),
    ],
)
def test_a_bare_code_and_a_day_name_one_unit(places: Places, code: str, day: date, vintage: str | None) -> None:
    unit = places.at(code, day)
    assert unit == (None if vintage is None else places.units[f"{vintage}:{code}"])


def test_the_vintage_of_a_day_depends_on_the_province(places: Places) -> None:
    assert places.vintage_on("10", date(2025, 2, 28)) == "2023"
    assert places.vintage_on("68", date(2025, 2, 28)) == "2025-03"
    assert places.vintage_on("10", date(2025, 6, 30)) == "2025-03"
    assert places.vintage_on("10", date(2025, 7, 1)) is None
    assert places.vintage_on("15", date(2025, 7, 1)) == "2025-07"


def test_no_code_names_two_units_on_the_same_day(places: Places) -> None:
    days = [date(2023, 1, 1), date(2025, 2, 28), date(2025, 3, 1), date(2025, 6, 30), date(2025, 7, 1)]
    for day in days:
        codes = [unit.code for unit in places.units.values() if unit.valid_on(day)]
        assert len(codes) == len(set(codes)), day


def test_the_commune_level_is_told_from_the_id_alone(places: Places) -> None:
    for unit in places.units.values():
        assert commune_level(unit.id) == (unit.level is Level.COMMUNE)
    assert commune_level("2031-01:99999")
    assert not commune_level("2031-01:999")
