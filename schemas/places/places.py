"""The map of places in memory, read once from the package's own data files."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from importlib.resources import files
from types import MappingProxyType

from schemas.places import rollup
from schemas.places.model import CurrentPlace, Succession, Unit
from schemas.places.tables import SUCCESSIONS_FILE, UNITS_FILE, digest_of, parse_successions, parse_units


@dataclass(frozen=True, slots=True)
class Places:
    """Units of all vintages by id, and what became of them.

    Every method but `known` and `at` takes the id of a known unit and raises KeyError for another: ask `known` first.
    """

    units: Mapping[str, Unit]
    successions: Mapping[str, tuple[Succession, ...]]
    vintages: tuple[str, ...]
    digest: str

    def known(self, unit_id: str) -> bool:
        """Whether the map has this unit."""
        return unit_id in self.units

    def successors(self, unit_id: str) -> tuple[Succession, ...]:
        """What took over from a unit in the next vintage; empty for a current unit and for an abolished district."""
        return self.successions.get(self.units[unit_id].id, ())

    def province_of(self, unit_id: str) -> Unit:
        """The province of a unit in the unit's own vintage; a province is its own."""
        unit = self.units[unit_id]
        while unit.parent_id is not None:
            unit = self.units[unit.parent_id]
        return unit

    def current(self, unit_id: str) -> CurrentPlace:
        """Where the unit is on today's map (`rollup.current`)."""
        return rollup.current(self, unit_id)

    def current_province(self, unit_id: str) -> Unit | None:
        """The one current province in which all of the unit lies (`rollup.current_province`)."""
        return rollup.current_province(self, unit_id)

    def at(self, code: str, day: date) -> Unit | None:
        """The unit that a bare code named on a day, None if there was none: for records that know no vintage."""
        candidates = (self.units.get(f"{vintage}:{code}") for vintage in self.vintages)
        return next((unit for unit in candidates if unit is not None and unit.valid_on(day)), None)

    def vintage_on(self, province: str, day: date) -> str | None:
        """The vintage that holds on a day in a province, given by the code that it had that day."""
        unit = self.at(province, day)
        return None if unit is None else unit.vintage


def build(units: Iterable[Unit], successions: Iterable[Succession], digest: str) -> Places:
    """The map of these rows, looked up by id."""
    by_id = {unit.id: unit for unit in units}
    heirs: defaultdict[str, list[Succession]] = defaultdict(list)
    for succession in successions:
        heirs[succession.from_id].append(succession)
    return Places(
        units=MappingProxyType(by_id),
        successions=MappingProxyType({unit_id: tuple(rows) for unit_id, rows in heirs.items()}),
        vintages=tuple(sorted({unit.vintage for unit in by_id.values()})),
        digest=digest,
    )


@cache
def load() -> Places:
    """The committed map; read at the first call, the same object ever after."""
    folder = files(__package__)
    units, successions = (folder.joinpath(name).read_bytes() for name in (UNITS_FILE, SUCCESSIONS_FILE))
    return build(parse_units(units), parse_successions(successions), digest_of(units, successions))
