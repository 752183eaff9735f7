"""The map of places in memory: units, what became of them, and the questions that are asked of it."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from importlib.resources import files
from types import MappingProxyType

from schemas.places import rollup
from schemas.places.decided import DECISIONS_FILE, decided, parse_decisions
from schemas.places.model import Place, Share, Succession, Unit
from schemas.places.rollup import Step
from schemas.places.tables import SUCCESSIONS_FILE, UNITS_FILE, digest_of, parse_successions, parse_units


@dataclass(frozen=True, slots=True)
class Places:
    """Units of all vintages by id, and what became of them.

    `retired` are ids that were on the map once, and were taken off it: they stay known, so that what was counted under
    them is counted again, but have no place. `turns` are the days on which the map changes.
    """

    units: Mapping[str, Unit]
    successions: Mapping[str, tuple[Succession, ...]]
    vintages: tuple[str, ...]
    turns: tuple[date, ...]
    digest: str
    retired: frozenset[str] = frozenset()

    def known(self, unit_id: str) -> bool:
        """Whether the map has this unit, or had it."""
        return unit_id in self.units or unit_id in self.retired

    def successors(self, unit_id: str) -> tuple[Succession, ...]:
        """What took over from a unit in the next vintage; empty for a current unit and for an abolished district.

        Raises:
            KeyError: the map has no such unit.
        """
        return self.successions.get(self.units[unit_id].id, ())

    def parts(self, unit_id: str) -> list[str]:
        """The successors to which a village of this unit may have gone: those of splits, each by one way alone."""
        successions = self.successors(unit_id)
        own = [row.to_id for row in successions if row.share is Share.PART]
        later = Counter(part for row in successions for part in self.parts(row.to_id))
        return [*own, *(part for part, ways in later.items() if ways == 1 and part not in own)]

    def province_of(self, unit_id: str) -> Unit:
        """The province of a unit as the unit's own vintage has it; a province is its own.

        Raises:
            KeyError: the map has no such unit.
        """
        unit = self.units[unit_id]
        while unit.parent_id is not None:
            unit = self.units[unit.parent_id]
        return unit

    def on(self, unit_id: str, day: date, went_to: str | None = None) -> Place:
        """Where a unit is on the map of a day (`rollup.place_on`)."""
        return rollup.place_on(self, unit_id, day, went_to)

    def steps(self, unit_id: str, went_to: str | None = None) -> Iterator[Step]:
        """Where a unit is on the map of every day (`rollup.steps`)."""
        return rollup.steps(self, unit_id, went_to)

    def current(self, unit_id: str) -> Place:
        """Where a unit is once all that is known of has taken effect.

        Raises:
            KeyError: the map has no such unit.
        """
        return self.on(self.units[unit_id].id, date.max)

    def current_province(self, unit_id: str) -> Unit | None:
        """The province of `current`.

        Raises:
            KeyError: the map has no such unit.
        """
        return rollup.province_on(self, unit_id, date.max)

    def at(self, code: str, day: date) -> Unit | None:
        """The unit that a bare code named on a day, None if there was none: for records that know no vintage."""
        candidates = (self.units.get(f"{vintage}:{code}") for vintage in self.vintages)
        return next((unit for unit in candidates if unit is not None and unit.valid_on(day)), None)

    def vintage_on(self, province: str, day: date) -> str | None:
        """The vintage that holds on a day in a province, given by the code that it had that day."""
        unit = self.at(province, day)
        return None if unit is None else unit.vintage


def build(
    units: Iterable[Unit], successions: Iterable[Succession], digest: str, retired: Iterable[str] = ()
) -> Places:
    """The map of these rows, looked up by id."""
    by_id = {unit.id: unit for unit in units}
    heirs: defaultdict[str, list[Succession]] = defaultdict(list)
    for succession in successions:
        heirs[succession.from_id].append(succession)
    return Places(
        units=MappingProxyType(by_id),
        successions=MappingProxyType({unit_id: tuple(rows) for unit_id, rows in heirs.items()}),
        vintages=tuple(sorted({unit.vintage for unit in by_id.values()})),
        turns=tuple(sorted({day for unit in by_id.values() for day in (unit.valid_from, unit.valid_until) if day})),
        digest=digest,
        retired=frozenset(set(retired) - by_id.keys()),
    )


@cache
def load() -> Places:
    """The committed map; read at the first call, the same object ever after."""
    folder = files(__package__)
    files_of_map = (folder.joinpath(name).read_bytes() for name in (UNITS_FILE, SUCCESSIONS_FILE, DECISIONS_FILE))
    units_file, successions_file, decisions_file = files_of_map
    units = parse_units(units_file)
    successions = decided(parse_successions(successions_file), units, parse_decisions(decisions_file))
    # The digest names where units lie; by which decision moves none.
    return build(units, successions, digest_of(units_file, successions_file))
