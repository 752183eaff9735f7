"""The newest total of every unit, rolled up to today's communes, and their lines, rendered when they change.

Pure: what the page shows of the communes is a function of the totals taken. The roll-up is by one day's map; units
that it cannot place (split communes, districts, provinces) stand under `commune="unresolved"` with their province
where that is known, so that the communes of the page sum to the units. A unit that went into another has no line.
"""

from __future__ import annotations

import bisect
from datetime import date

import msgspec

from schemas.metrics import COMMUNE_INFO
from schemas.places import Places
from schemas.titles import Title
from schemas.totals import Total, supersedes
from sinks.gauges.figures import FAMILIES, NOTHING, WIDTH, Row, row_of
from sinks.gauges.lines import chunk, info, labels

UNRESOLVED = "unresolved"
UNRESOLVED_TITLE = Title("Chưa xác định", "Unresolved")


class Commune:
    """A current commune's units and lines. `chunks[0]` is its info line, `chunks[1 + n]` its lines of FAMILIES[n].

    A figure is shown from the first time that it is above 0, also after it fell back to 0.
    """

    def __init__(self, commune: str, province: str, name: str) -> None:
        place = {"commune": commune, "province": province}
        self.order = (province, commune)
        self.labels = labels(place)
        self.chunks = [info(COMMUNE_INFO, place | {"name": name}), *([b""] * len(FAMILIES))]
        self._rows: dict[str, Row[int]] = {}
        self._shown = bytearray(WIDTH)
        self._changed: set[int] = set()

    def put(self, unit: str, row: Row[int]) -> bool:
        """Takes a unit's new row; whether any figure changed."""
        old = self._rows.get(unit, NOTHING)
        self._rows[unit] = row
        if row == old:
            return False
        for number, family in enumerate(FAMILIES):
            span = family.span
            if (new := row[span]) != old[span]:
                self._changed.add(number)
                self._shown[span] = bytes(was or value > 0 for was, value in zip(self._shown[span], new, strict=True))
        return True

    def row(self, unit: str) -> Row[int]:
        """What it holds of a unit."""
        return self._rows[unit]

    def render(self) -> int:
        """Renders the metrics that changed; how many."""
        changed = len(self._changed)
        for number in self._changed:
            self.chunks[1 + number] = chunk(FAMILIES[number], self.labels, self._rows.values(), self._shown)
        self._changed.clear()
        return changed


class Board:
    """All communes that have a unit with a total."""

    def __init__(self, places: Places, today: date = date.max) -> None:
        self._places, self._today = places, today
        self._held: dict[str, Total] = {}
        self._taken: dict[str, Total] = {}
        self._commune_of: dict[str, Commune] = {}
        self._communes: dict[tuple[str, str], Commune] = {}
        self._sorted: list[Commune] = []
        self._changed: set[Commune] = set()
        self.provinces: dict[str, str] = {}
        """Names of the provinces on the page, by code."""

    @property
    def units(self) -> int:
        """How many units have a total."""
        return len(self._held)

    def remap(self, places: Places, today: date) -> None:
        """Shows all that is held on another map, or on another day's."""
        rows = {unit: commune.row(unit) for unit, commune in self._commune_of.items()}
        self._places, self._today = places, today
        self._sorted.clear()
        self._commune_of.clear()
        self._communes.clear()
        self._changed.clear()
        self.provinces.clear()
        for unit, row in rows.items():
            commune = self._place(unit)
            commune.put(unit, row)
            self._changed.add(commune)

    def take(self, total: Total) -> bool:
        """Takes a total unless the one that is held is newer (`supersedes`); whether it did."""
        if not supersedes(total, self._held.get(total.unit)):
            return False
        # What `supersedes` compares is kept; the counters go into the row.
        self._held[total.unit] = msgspec.structs.replace(total, counters={})
        self._taken[total.unit] = total
        return True

    def settle(self) -> None:
        """Adds up what was taken since the last call; a unit's totals in between cost nothing.

        Raises:
            GaugesError: a total has a counter that this version does not know.
        """
        for unit, total in self._taken.items():
            commune = self._commune_of.get(unit) or self._place(unit)
            if commune.put(unit, row_of(total)):
                self._changed.add(commune)
        self._taken.clear()

    def render(self) -> int:
        """Settles, and renders the lines that changed since the last call; how many metrics of communes."""
        self.settle()
        rendered = sum(commune.render() for commune in self._changed)
        self._changed.clear()
        return rendered

    def chunks(self) -> list[tuple[bytes, ...]]:
        """The rendered lines, a tuple per commune: its info line, then its lines of each of FAMILIES."""
        return [tuple(commune.chunks) for commune in self._sorted]

    def _place(self, unit: str) -> Commune:
        """The commune of a unit's first total."""
        code, name, province = UNRESOLVED, f"{UNRESOLVED_TITLE.vi} ({UNRESOLVED_TITLE.en})", UNRESOLVED
        place = self._places.on(unit, self._today)
        if place.commune is not None:
            code, name = place.commune.id, place.commune.name
        if place.province is not None:
            province = place.province.code
            self.provinces[province] = place.province.name
        if (commune := self._communes.get((code, province))) is None:
            commune = self._communes[code, province] = Commune(code, province, name)
            bisect.insort(self._sorted, commune, key=lambda placed: placed.order)
        self._commune_of[unit] = commune
        return commune
