"""The three roll-ups on the committed map and on one that decisions changed, late and in advance."""

from __future__ import annotations

from datetime import date, timedelta

import msgspec
import pytest

from schemas.places import Level, Place, Places, Unresolved, dated
from tests.places.loads import MERGER, NEW_YEAR, SPLIT, after, loaded

MAY_2025, AUGUST_2025, BEFORE = date(2025, 5, 10), date(2025, 8, 10), NEW_YEAR - timedelta(days=1)


def told(place: Place) -> tuple[str | None, ...]:
    """The ids of commune, district and province, and why there is no commune."""
    units = (unit and unit.id for unit in (place.commune, place.district, place.province))
    return (*units, place.unresolved and place.unresolved.value)


def test_a_code_means_what_it_meant_on_the_day_and_goes_where_its_unit_went(places: Places) -> None:
    was, now = places.on("2025-03:24848", MAY_2025), places.on("2025-03:24848", AUGUST_2025)
    assert told(was) == ("2025-03:24848", "2025-03:675", "2025-03:68", None)
    assert told(now) == ("2025-07:24848", None, "2025-07:68", None)
    assert (was.commune and was.commune.name, now.commune and now.commune.name) == ("Xã Đạ Nhim", "Xã Lạc Dương")


def test_a_unit_is_unresolved_on_a_map_older_than_itself(places: Places) -> None:
    assert told(places.on("2025-07:24848", date(2025, 6, 30))) == (None, None, None, "later-than-the-map")
    assert told(places.on("2025-07:24848", date(2025, 7, 1))) == ("2025-07:24848", None, "2025-07:68", None)


def test_a_districts_own_figure_has_its_district_until_july_2025_and_its_province_ever_after(places: Places) -> None:
    assert told(places.on("2025-03:675", MAY_2025)) == (None, "2025-03:675", "2025-03:68", "above-commune")
    assert told(places.on("2025-03:675", AUGUST_2025)) == (None, None, "2025-07:68", "above-commune")


def test_a_unit_that_no_map_had_has_no_place(places: Places) -> None:
    assert places.on("2031-01:99999", AUGUST_2025) == Place(unresolved=Unresolved.UNKNOWN)


@pytest.mark.parametrize("day", [date(2024, 1, 1), date(2025, 4, 1), date(2025, 7, 1), date(2030, 1, 1)])
def test_every_unit_has_one_step_for_every_day_and_it_says_what_the_roll_up_says(places: Places, day: date) -> None:
    for unit in list(places.units)[::37]:
        there = [step.place for step in places.steps(unit) if step.since <= day < step.until]
        assert there == [places.on(unit, day)]


def test_no_commune_of_either_programme_is_ever_unresolved_from_its_first_day_on(places: Places) -> None:
    programmes = [
        unit
        for unit in places.units.values()
        if unit.level is Level.COMMUNE
        and (places.province_of(unit.id).name == "Tỉnh Lào Cai" or unit.parent_id == "2025-03:675")
    ]
    assert len(programmes) == 152 + 151 + 99 + 6
    for unit in programmes:
        for day in (unit.valid_from or date(2020, 1, 1), date(2025, 3, 1), date(2025, 7, 1), date.max):
            if unit.begun_by(day):
                assert places.on(unit.id, day).unresolved is None, (unit.id, day)


def test_a_merger_loaded_in_advance_holds_from_its_day_on(places: Places) -> None:
    merged = after(places, *MERGER)
    for old in ("2025-03:24847", "2025-07:24848", "2025-07:24853"):
        assert told(merged.on(old, BEFORE)) == told(places.on(old, BEFORE))
        assert told(merged.on(old, NEW_YEAR)) == ("2027-01:24848", None, "2025-07:68", None)
    assert merged.on("2027-01:24848", BEFORE).unresolved is Unresolved.LATER
    assert merged.at("24848", BEFORE) == merged.units["2025-07:24848"]
    assert merged.at("24848", NEW_YEAR) == merged.units["2027-01:24848"]
    assert merged.digest != places.digest


def test_a_split_stays_open_but_for_the_villages_that_are_known_to_have_gone_somewhere(places: Places) -> None:
    split = after(places, *SPLIT)
    assert told(split.on("2025-03:24848", NEW_YEAR)) == (None, None, "2025-07:68", "split")
    assert told(split.on("2025-03:24848", NEW_YEAR, "2027-01:24849")) == ("2027-01:24849", None, "2025-07:68", None)
    assert split.on("2025-03:24848", NEW_YEAR, "2025-07:24853").unresolved is Unresolved.SPLIT
    assert told(split.on("2025-03:24848", BEFORE, "2027-01:24849")) == told(places.on("2025-03:24848", BEFORE))


def test_a_unit_absorbed_by_a_neighbour_that_goes_on_is_part_of_it_from_that_day(places: Places) -> None:
    absorbed = after(places, "2026-12-01,2025-07:24848,2025-07:24853,whole,,,")
    assert told(absorbed.on("2025-07:24848", date(2026, 12, 1))) == ("2025-07:24853", None, "2025-07:68", None)
    assert absorbed.on("2025-07:24853", MAY_2025).unresolved is Unresolved.LATER
    assert told(absorbed.on("2025-07:24853", AUGUST_2025))[0] == "2025-07:24853"


def test_a_province_that_goes_into_another_takes_its_communes_along(places: Places) -> None:
    joined = after(places, "2027-01-01,2025-07:68,2025-07:15,whole,,,")
    assert told(joined.on("2025-03:24848", BEFORE)) == ("2025-07:24848", None, "2025-07:68", None)
    assert told(joined.on("2025-03:24848", NEW_YEAR)) == ("2025-07:24848", None, "2025-07:15", None)


def test_a_unit_that_ends_without_a_successor_keeps_its_province(places: Places) -> None:
    ended = after(places, "2027-01-01,2025-07:24848,,,,,")
    assert told(ended.on("2025-03:24848", NEW_YEAR)) == (None, None, "2025-07:68", "ended")


def test_an_older_vintage_can_be_loaded_late_and_the_one_after_it_then_begins_on_its_day(places: Places) -> None:
    older = after(places, "|9/NQ,2019-11-01,,,2019:24848,,commune,Xã Đạ Nhim Cũ,2025-03:675",
                  "|9/NQ,2019-11-01,2020-01-01,2019:24848,2025-03:24848,whole,,,")  # fmt: skip
    assert told(older.on("2019:24848", date(2019, 12, 31)))[0] == "2019:24848"
    assert told(older.on("2019:24848", date(2020, 1, 1)))[0] == "2025-03:24848"
    assert older.on("2025-03:24848", date(2019, 12, 31)).unresolved is Unresolved.LATER
    assert places.on("2025-03:24848", date(2019, 12, 31)).unresolved is None


def test_what_is_undone_leaves_the_map_as_it_was_yet_its_units_stay_known(places: Places) -> None:
    loading = loaded(places, *MERGER)
    undone, _ = dated(places, [msgspec.structs.replace(loading, undone=True)])
    assert undone.units == places.units
    assert undone.successions == places.successions
    assert undone.known("2027-01:24848")
    assert undone.on("2027-01:24848", NEW_YEAR) == Place(unresolved=Unresolved.UNKNOWN)
    assert len({places.digest, undone.digest, dated(places, [loading]).places.digest}) == 3


def test_of_two_loadings_that_contradict_each_other_the_first_in_the_log_holds(places: Places) -> None:
    first, second = loaded(places, *MERGER, name="first"), loaded(places, *SPLIT, name="second")
    made, set_aside = dated(places, [first, second])
    assert list(set_aside) == ["second"]
    assert "already" in set_aside["second"][0].reason
    assert told(made.on("2025-07:24848", NEW_YEAR))[0] == "2027-01:24848"
    assert made.known("2027-01:24849"), "what was counted under it meanwhile is counted again"
