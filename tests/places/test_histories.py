"""Whatever is merged, split, renamed and undone: every view adds up to the same, and to what the villages say."""

from __future__ import annotations

from collections import Counter
from datetime import date, timedelta
from random import Random

from hypothesis import given, settings
from hypothesis import strategies as st

from schemas.places import Unresolved
from tests.places.histories import BEGIN, History

LAST = date(2040, 1, 1)


def history(seed: int, length: int) -> History:
    """A history of so many decisions."""
    made = History(Random(seed))
    for number in range(length):
        made.step(number)
    return made


@settings(deadline=None, max_examples=60)
@given(seed=st.integers(0, 10**6), length=st.integers(1, 8))
def test_every_view_of_the_same_events_has_the_same_sum_and_gives_each_commune_its_villages(
    seed: int, length: int
) -> None:
    made, rng = history(seed, length), Random(seed + 1)
    places = made.places
    events = [(rng.choice(sorted(made.begins)), BEGIN + timedelta(days=rng.randint(-400, 4000)), rng.randint(1, 9))
              for _ in range(200)]  # fmt: skip
    for view in (None, LAST, *made.days(), *(day - timedelta(days=1) for day in made.days())):
        found: Counter[str | None] = Counter()
        wanted: Counter[str | None] = Counter()
        for unit, day, value in events:
            place = places.on(unit, view or day)
            assert (place.commune is None) == (place.unresolved is not None)
            found[place.commune and place.commune.id] += value
            wanted[made.commune_on(unit, view or day)] += value
        assert found == wanted
        assert sum(found.values()) == sum(value for _, _, value in events)


@settings(deadline=None, max_examples=60)
@given(seed=st.integers(0, 10**6), length=st.integers(1, 8))
def test_undone_decisions_leave_nothing_but_known_units_behind(seed: int, length: int) -> None:
    made = history(seed, length)
    without = History(Random(0))
    without.loadings = [loading for loading in made.loadings if not loading.undone]
    assert made.places.units == without.places.units
    assert made.places.successions == without.places.successions
    for loading in made.loadings:
        assert all(made.places.known(unit.unit) for unit in loading.units)
    for unit in made.places.retired:
        assert made.places.on(unit, LAST).unresolved is Unresolved.UNKNOWN


@settings(deadline=None, max_examples=60)
@given(seed=st.integers(0, 10**6))
def test_a_village_of_a_split_commune_goes_where_it_went_and_the_rest_stays_open(seed: int) -> None:
    made = History(Random(seed))
    made._split(date(2027, 1, 1), "split")
    before, after = made.eras
    (old,) = after.divided
    views = {unit: Counter[str | None]() for unit in ("villages", "commune")}
    for village in made.villages_of[old]:
        place = made.places.on(old, LAST, went_to=after.holder[village])
        views["villages"][place.commune and place.commune.id] += 1
        place = made.places.on(old, LAST)
        views["commune"][place.commune and place.commune.id] += 1
        assert before.holder[village] == old
    assert views["villages"] == Counter(after.holder[village] for village in made.villages_of[old])
    assert views["commune"] == {None: len(made.villages_of[old])}


@settings(deadline=None, max_examples=60)
@given(seed=st.integers(0, 10**6), length=st.integers(1, 8))
def test_a_village_of_a_commune_that_is_split_again_and_again_is_where_it_was_on_every_day(
    seed: int, length: int
) -> None:
    made, rng = History(Random(seed)), Random(seed + 1)
    for number in range(length):
        rng.choice((made._split, made._split, made._rename))(date(2027 + number, 1, 1), f"step-{number}")
    places = made.places
    for unit, villages in made.villages_of.items():
        parts = places.parts(unit)
        assert len(parts) == len(set(parts))
        for village in villages:
            heirs = [era.holder[village] for era in made.eras if era.holder[village] in parts]
            for era in (era for era in made.eras if era.since >= made.begins[unit]):
                commune = places.on(unit, era.since, went_to=heirs[-1] if heirs else None).commune
                assert commune is not None
                assert commune.id == era.holder[village]
