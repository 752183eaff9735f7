"""Loading, comparing and undoing as decisions, before anything is written."""

from __future__ import annotations

import pytest

from producers.errors import ProducersError
from producers.office.places import changes, plan, undone
from schemas.places import Following, Loading, Unresolved, load
from schemas.places.loading import encode
from tests.places.loads import MERGER, NEW_YEAR, NOW, SPLIT, sheet

AFTERWARDS = sheet("2028-01-01,2027-01:24848,2028-01:24848,whole,commune,Xã Khác,2025-07:68")


def following(*loadings: Loading) -> Following:
    """The map after these records."""
    there = Following(load())
    there.take(encode(loading) for loading in loadings)
    return there


def test_a_file_changes_the_place_of_every_unit_that_went_into_what_it_ends() -> None:
    made = plan(following(), sheet(*MERGER), "merger", NOW)
    assert (made.faults, made.written) == ([], False)
    found = {change.unit: change for change in changes(made.before, made.after)}
    old = {"2025-03:24847", "2025-03:24848", "2025-03:24865", "2025-03:24850", "2025-03:24853", "2025-03:24856"}
    assert found.keys() == old | {"2025-07:24848", "2025-07:24853", "2027-01:24848"}
    assert {found[unit].since for unit in old} == {NEW_YEAR}
    assert found["2027-01:24848"].before.unresolved is Unresolved.UNKNOWN


def test_a_file_with_a_fault_changes_nothing() -> None:
    made = plan(following(), sheet(*MERGER, "2027-01-01,2025-07:00001,2025-07:24846,whole,,,"), "merger", NOW)
    assert [fault.line for fault in made.faults] == [4]
    assert made.after is made.before


def test_the_same_file_again_is_there_already_and_another_under_its_name_is_refused() -> None:
    made = plan(following(), sheet(*MERGER), "merger", NOW)
    there = following(made.loading)
    assert plan(there, sheet(*MERGER), "merger", NOW).written
    with pytest.raises(ProducersError, match="undo it first"):
        plan(there, sheet(*SPLIT), "merger", NOW)
    assert plan(there, sheet(*SPLIT), "split", NOW).faults, "the commune is gone by then"


@pytest.mark.parametrize("name", ["", "Nghị quyết", "UPPER", "-x", "a" * 41])
def test_a_loading_has_a_plain_name(name: str) -> None:
    with pytest.raises(ProducersError, match="--name"):
        plan(following(), sheet(*MERGER), name, NOW)


def test_what_is_undone_can_be_loaded_again_and_what_others_build_on_cannot_be_undone() -> None:
    first = plan(following(), sheet(*MERGER), "merger", NOW).loading
    second = plan(following(first), AFTERWARDS, "afterwards", NOW)
    assert second.faults == []
    with pytest.raises(ProducersError, match="afterwards builds on merger"):
        undone(following(first, second.loading), "merger", NOW)
    gone = undone(following(first), "merger", NOW)
    there = following(first, gone)
    assert there.places.known("2027-01:24848")
    assert there.places.units == load().units
    assert plan(there, AFTERWARDS, "afterwards", NOW).faults, "it lacks what it builds on"
    again = plan(there, sheet(*MERGER), "merger", NOW)
    assert (again.faults, again.written) == ([], False)
    assert following(first, gone, again.loading).places.known("2027-01:24848")


@pytest.mark.parametrize("name", ["merger", "nothing"])
def test_only_what_is_on_the_map_can_be_undone(name: str) -> None:
    first = plan(following(), sheet(*MERGER), "merger", NOW).loading
    with pytest.raises(ProducersError, match="no loading"):
        undone(following(first, undone(following(first), "merger", NOW)), name, NOW)


def test_readers_of_a_compacted_topic_have_the_same_map() -> None:
    first = plan(following(), sheet(*MERGER), "merger", NOW).loading
    gone = undone(following(first), "merger", NOW)
    other = plan(following(first, gone), sheet(*SPLIT), "split", NOW).loading
    assert following(first, gone, other).places.digest == following(gone, other).places.digest
    assert following(first, gone, other).places.units == following(gone, other).places.units


def test_records_taken_one_by_one_and_at_once_make_the_same_map() -> None:
    first = plan(following(), sheet(*MERGER), "merger", NOW).loading
    second = plan(following(first), AFTERWARDS, "afterwards", NOW).loading
    step_by_step = Following(load())
    changed = [step_by_step.take([encode(loading)]) for loading in (first, second, second)]
    assert changed == [True, True, False]
    assert step_by_step.places.digest == following(first, second).places.digest
