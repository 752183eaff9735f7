"""Where a unit is on the map of a day: the one roll-up, decided by succession alone, left open rather than guessed.

"As it was" asks it with the day of the event, "as it is now" with today, "as of a date" with that date. Postgres holds
its answers as a table (`steps`), so that SQL and code cannot come to differ.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from typing import NamedTuple, Protocol

from schemas.places.model import Level, Place, Share, Succession, Unit, Unresolved

UNKNOWN = Place(unresolved=Unresolved.UNKNOWN)


class PlaceMap(Protocol):
    """The part of the map that the roll-up needs."""

    @property
    def units(self) -> Mapping[str, Unit]:
        """Units of all vintages by id."""

    @property
    def successions(self) -> Mapping[str, tuple[Succession, ...]]:
        """What took over from a unit, by its id."""

    @property
    def turns(self) -> Sequence[date]:
        """The days on which any unit begins or ends, in order."""


class Step(NamedTuple):
    """A unit's place from `since` until the day before `until`; `date.min` and `date.max` stand for no limit."""

    since: date
    until: date
    place: Place


def place_on(places: PlaceMap, unit_id: str, day: date, went_to: str | None = None) -> Place:
    """The place of a unit on the map of a day, over as many successions as it takes.

    `went_to` is the successor that one village of a split unit went to: it resolves that split for the village, and
    the earlier ones on its only way there.
    """
    unit = places.units.get(unit_id)
    if unit is None:
        return UNKNOWN
    if not unit.begun_by(day):
        return Place(unresolved=Unresolved.LATER)
    end = _follow(places, unit, day, went_to)
    if isinstance(end, Unresolved):
        return Place(province=province_on(places, unit.id, day), unresolved=end)
    province = province_on(places, end.id, day)
    if end.level is Level.COMMUNE:
        return Place(end, _district_on(places, end, day), province)
    return Place(None, end if end.level is Level.DISTRICT else None, province, Unresolved.ABOVE_COMMUNE)


def province_on(places: PlaceMap, unit_id: str, day: date) -> Unit | None:
    """The one province in which all of a unit lies on a day, None if its successors disagree.

    An abolished district has no successor of its own; it went where its province went.
    """
    unit = places.units[unit_id]
    heirs = [row.to_id for row in places.successions.get(unit.id, ())] if unit.ended_by(day) else []
    if not heirs and unit.parent_id is not None:
        heirs = [unit.parent_id]
    if not heirs:
        return unit if not unit.ended_by(day) else None
    provinces = {province_on(places, heir, day) for heir in heirs}
    return provinces.pop() if len(provinces) == 1 else None


def steps(places: PlaceMap, unit_id: str, went_to: str | None = None) -> Iterator[Step]:
    """A unit's place on every day there is: its steps in the order of time, without gaps."""
    since, place = date.min, place_on(places, unit_id, date.min, went_to)
    for day in places.turns:
        after = place_on(places, unit_id, day, went_to)
        if after != place:
            yield Step(since, day, place)
            since, place = day, after
    yield Step(since, date.max, place)


def _follow(places: PlaceMap, unit: Unit, day: date, went_to: str | None) -> Unit | Unresolved:
    while unit.ended_by(day):
        successions = places.successions.get(unit.id, ())
        if not successions:
            return Unresolved.ENDED if unit.level is Level.COMMUNE else Unresolved.ABOVE_COMMUNE
        heir = successions[0].to_id
        if len(successions) > 1 or successions[0].share is Share.PART:
            ways = _towards(places, [row.to_id for row in successions], went_to)
            if len(ways) != 1:
                return Unresolved.SPLIT
            [heir] = ways
        unit = places.units[heir]
    return unit


def _towards(places: PlaceMap, heirs: list[str], went_to: str | None) -> list[str]:
    """Those of some successors that are a unit, or that went into it in the end if none of them is."""
    if went_to is None or went_to in heirs:
        return [heir for heir in heirs if heir == went_to]
    return [heir for heir in heirs
            if _towards(places, [row.to_id for row in places.successions.get(heir, ())], went_to)]  # fmt: skip


def _district_on(places: PlaceMap, commune: Unit, day: date) -> Unit | None:
    above = places.units[commune.parent_id] if commune.parent_id is not None else None
    if above is None or above.level is not Level.DISTRICT:
        return None
    end = _follow(places, above, day, None)
    return end if isinstance(end, Unit) and end.level is Level.DISTRICT else None
