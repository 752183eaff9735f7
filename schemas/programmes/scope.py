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
    inside = set(roots)
    predecessors: defaultdict[str, list[str]] = defaultdict(list)
    for heirs in places.successions.values():
        for row in heirs:
            predecessors[row.to_id].append(row.from_id)
    for vintage in places.vintages:
        # Provinces and districts first, so that what is above is decided before what is below.
        for unit in sorted(_of(places, vintage), key=lambda unit_id: len(unit_id)):
            before = predecessors[unit]
            if places.units[unit].parent_id in inside or (before and all(one in inside for one in before)):
                inside.add(unit)
    return frozenset(inside)


def below(places: Places, root: str, units: Iterable[str]) -> frozenset[str]:
    """Those of some units that lie in one place: in itself, or in what wholly became of it."""
    return scope(places, [root]) & frozenset(units)


def _of(places: Places, vintage: str) -> list[str]:
    return [unit_id for unit_id, unit in places.units.items() if unit.vintage == vintage]
