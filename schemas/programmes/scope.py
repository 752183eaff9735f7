"""Which units belong to a programme's places: themselves, all below them, and what wholly became of them.

A new commune that took in other ground as well does not belong: what is registered under it may be of elsewhere. So
Lạc Dương holds its six old communes and 2025-07:24848, which is made of three of them, and not 2025-07:24846, which
took in a ward of Đà Lạt. What was registered under an old unit stays in it for ever.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable

from schemas.places import Places


def scope(places: Places, roots: Iterable[str]) -> frozenset[str]:
    """The ids of all units of some places, over all vintages; the roots must be known."""
    return Scopes(places).of(roots)


class Scopes:
    """The same for many places of one map."""

    def __init__(self, places: Places) -> None:
        self._places = places
        self._below: defaultdict[str, list[str]] = defaultdict(list)
        self._before: defaultdict[str, list[str]] = defaultdict(list)
        for unit in places.units.values():
            if unit.parent_id is not None:
                self._below[unit.parent_id].append(unit.id)
        for heirs in places.successions.values():
            for row in heirs:
                self._before[row.to_id].append(row.from_id)

    def of(self, roots: Iterable[str]) -> frozenset[str]:
        """The ids of all units of some places."""
        inside, unseen = set[str](), list(roots)
        while unseen:
            unit = unseen.pop()
            if unit in inside:
                continue
            inside.add(unit)
            unseen += self._below[unit]
            # An heir is looked at when each of those before it is, so also when the last of them has come.
            heirs = (row.to_id for row in self._places.successions.get(unit, ()))
            unseen += [heir for heir in heirs if inside.issuperset(self._before[heir])]
        return frozenset(inside)
