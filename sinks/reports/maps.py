"""The lines of a report: the programme's units by their place on the map that was asked for.

As it was: sums by the place of their unit on the day of the event, all else by the place under which it was registered.
As it is now, or on a date: everything by the unit's place on that one map. A split unit has none, but its parts have,
as far as villages tell them apart. Units without a place stand in a line of their own that says why, so that the lines
of every map add up to the same.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from datetime import date, timedelta
from itertools import chain
from typing import NamedTuple

from schemas.places import UNRESOLVED_TITLES, Place, Places, Unit
from schemas.programmes.model import Text
from sinks.reports.errors import ReportsError
from sinks.reports.known import Group
from sinks.reports.villages import Part

WAS, NOW = "was", "now"


class Spot(NamedTuple):
    """Where a line stands: a place, or the reason why there is none; `above` is the place around it."""

    place: Unit | None
    above: Unit | None
    unresolved: str | None

    @property
    def key(self) -> str:
        """A name for the line, unlike that of any unit."""
        return f"line {self.above.id if self.above else ''} {self.place.id if self.place else self.unresolved}"

    @property
    def name(self) -> Text:
        """What a reader reads for it."""
        if self.place is not None:
            return both(self.place)
        title = UNRESOLVED_TITLES[self.unresolved]  # type: ignore[index]  # a StrEnum's value is its member
        return Text(vi=f"Chưa xác định: {title.vi}", en=f"Unresolved: {title.en}")


def both(unit: Unit) -> Text:
    """A unit's name, which is the same in both languages."""
    return Text(vi=unit.name, en=unit.name)


def day_of_map(asked: str, today: date) -> date | None:
    """The day of the one map that was asked for; None for the map of each event's own day.

    Raises:
        ReportsError: what was asked for is no map.
    """
    if asked == WAS:
        return None
    if asked == NOW:
        return today
    try:
        return date.fromisoformat(asked)
    except ValueError as error:
        raise ReportsError(f"`{asked}` is no map: write was, now, or a day such as 2025-06-30.") from error


def spots(
    places: Places, units: Iterable[str], level: str, day: date | None, parts: Iterable[Part] = ()
) -> dict[Spot, Group]:
    """The lines in the order in which they are read, with the units and parts of units that each counts."""
    members: dict[Spot, set[str]] = defaultdict(set)
    cells: dict[Spot, set[tuple[str, int]]] = defaultdict(set)
    wholes = ((unit, unit, None) for unit in units)
    for name, unit, went_to in chain(wholes, ((part.name, part.unit, part.went_to) for part in parts)):
        spot = _spot(places.on(unit, day or _registered(places, unit), went_to), level)
        members[spot].add(name)
        if day is None:
            for number, within in _stretches(places):
                cells[_spot(places.on(unit, within, went_to), level)].add((name, number))
    ordered = sorted({*members, *cells}, key=_order)
    return {spot: Group(frozenset(members[spot]), frozenset(cells[spot]) if day is None else None) for spot in ordered}


def _registered(places: Places, unit: str) -> date:
    """The last day on which a unit is what it was registered as."""
    until = places.units[unit].valid_until if unit in places.units else None
    return date.max if until is None else until - timedelta(days=1)


def _stretches(places: Places) -> Iterator[tuple[int, date]]:
    """The stretches of time in which the map is the same, by number, with a day in each."""
    yield 0, date.min
    yield from enumerate(places.turns, 1)


def _spot(place: Place, level: str) -> Spot:
    """The line of a place: its commune, or its district where the lines are districts and the map has any."""
    if level == "district" and place.district is not None:
        return Spot(place.district, place.province, None)
    if place.commune is not None:
        return Spot(place.commune, place.district or place.province, None)
    return Spot(None, place.district or place.province, str(place.unresolved))


def _order(spot: Spot) -> tuple[bool, str, str, str]:
    above = spot.above.id if spot.above else ""
    return spot.place is None, above, spot.place.id if spot.place else "", spot.unresolved or ""
