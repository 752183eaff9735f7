"""For which units a tablet may record: those of its enrolment, and all of any vintage that lie in their communes now.

So a tablet with a list of before a reorganisation is right, and one that was enrolled for a new commune may record
under the old ones in it, where households keep their registration.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from schemas.places import Places
from schemas.reference import communes_of, units_by_commune


class Scopes:
    """Scopes by the units of enrolments, made when they are first asked for, anew on a new map and each day."""

    def __init__(self) -> None:
        self._map: tuple[str, date] | None = None
        self._by_commune: dict[str, frozenset[str]] = {}
        self._made: dict[tuple[str, ...], frozenset[str]] = {}

    def of(self, units: tuple[str, ...], places: Places, today: date) -> frozenset[str]:
        """The units for which a tablet that was enrolled for `units` may record today."""
        if self._map != (places.digest, today):
            self._map, self._made = (places.digest, today), {}
            by_commune = units_by_commune(places, today)
            self._by_commune = {commune: frozenset(u.unit for u in found) for commune, found in by_commune.items()}
        if (made := self._made.get(units)) is None:
            made = self._made[units] = frozenset(units) | self._in(communes_of(places, units, today))
        return made

    def _in(self, communes: Iterable[str]) -> frozenset[str]:
        return frozenset().union(*(self._by_commune.get(commune, frozenset()) for commune in communes))
