"""Where an old unit is on today's map: decided by succession alone, and left open rather than guessed."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Protocol

from schemas.places.model import CurrentPlace, Level, Share, Succession, Unit, Unresolved


class PlaceMap(Protocol):
    """The part of the map that the roll-up needs."""

    @property
    def units(self) -> Mapping[str, Unit]:
        """Units of all vintages by id."""

    def successors(self, unit_id: str) -> tuple[Succession, ...]:
        """What took over from a unit."""

    def province_of(self, unit_id: str) -> Unit:
        """A unit's province in its own vintage."""


def current(places: PlaceMap, unit_id: str) -> CurrentPlace:
    """The current commune that a unit is, or went into wholly, over as many successions as it takes."""
    end = _follow(places, places.units[unit_id])
    province = current_province(places, unit_id)
    if isinstance(end, Unresolved):
        return CurrentPlace(None, province, end)
    return CurrentPlace(end, province, None)


def current_province(places: PlaceMap, unit_id: str) -> Unit | None:
    """The one current province in which all of a unit now lies, None if its successors disagree.

    An abolished district has no successor of its own; it went where its province went.
    """
    unit = places.units[unit_id]
    if unit.is_current:
        return places.province_of(unit_id)
    heirs = [succession.to_id for succession in places.successors(unit_id)]
    if not heirs and unit.parent_id is not None:
        heirs = [unit.parent_id]
    provinces = {current_province(places, heir) for heir in heirs}
    return provinces.pop() if len(provinces) == 1 else None


def _follow(places: PlaceMap, unit: Unit) -> Unit | Unresolved:
    while successions := places.successors(unit.id):
        if len(successions) > 1 or successions[0].share is Share.PART:
            return Unresolved.SPLIT
        unit = places.units[successions[0].to_id]
    return unit if unit.level is Level.COMMUNE and unit.is_current else Unresolved.ABOVE_COMMUNE
