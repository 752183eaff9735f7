"""Where a season happens: the units of Lào Cai and Lạc Dương in three vintages, and which teams serve them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from producers.simulator import figures
from schemas.places import Level, Places, load

FIRST_MERGER, REFORM = date(2025, 3, 1), date(2025, 7, 1)  # the two days on which the map changed


@dataclass(frozen=True)
class Geography:
    """`homes[unit]` are the old communes whose field teams serve a unit; an office unit is its own home."""

    lao_cai: dict[str, tuple[str, ...]]  # vintage -> communes
    lac_duong: dict[str, tuple[str, ...]]
    offices: tuple[str, ...]  # districts and provinces
    hosts: tuple[str, ...]  # the commune of each of the 117 points
    homes: dict[str, tuple[str, ...]]

    def open_in(self, day: date) -> tuple[tuple[str, ...], tuple[str, ...]]:
        """The communes of Lào Cai and of Lạc Dương under which subjects are registered by a day."""
        if day < FIRST_MERGER:
            return self.lao_cai["2023"], self.lac_duong["2025-03"]
        older = self.lao_cai["2023"] + self.lao_cai["2025-03"]
        if day < REFORM:
            return older, self.lac_duong["2025-03"]
        return older + self.lao_cai["2025-07"], self.lac_duong["2025-03"] + self.lac_duong["2025-07"]


def geography() -> Geography:
    """The geography of the committed map of places."""
    places = load()
    lao_cai = sorted(u.id for u in places.units.values() if u.vintage == "2023" and u.level is Level.COMMUNE)
    lac_duong = sorted(figures.HOUSEHOLDS_BY_COMMUNE)
    served: dict[str, list[str]] = defaultdict(list)
    for home in [*lao_cai, *lac_duong]:
        for unit in _lineage(places, home):
            served[unit].append(home)
    offices = [figures.LAC_DUONG, "2023:10", "2025-07:15", "2025-07:68"]
    offices += [f"2023:{district}" for district in figures.POINTS_BY_DISTRICT]
    homes = {unit: tuple(teams) for unit, teams in served.items()} | {office: (office,) for office in offices}
    return Geography(
        lao_cai=_by_vintage(places, lao_cai),
        lac_duong=_by_vintage(places, lac_duong),
        offices=tuple(offices),
        hosts=tuple(_hosts(places)),
        homes=homes,
    )


def _lineage(places: Places, unit: str) -> Iterator[str]:
    """A unit and what took over from it, to the present."""
    yield unit
    for succession in places.successors(unit):
        yield from _lineage(places, succession.to_id)


def _by_vintage(places: Places, homes: list[str]) -> dict[str, tuple[str, ...]]:
    found: dict[str, set[str]] = defaultdict(set)
    for home in homes:
        for unit in _lineage(places, home):
            found[unit.partition(":")[0]].add(unit)
    return {vintage: tuple(sorted(units)) for vintage, units in found.items()}


def _hosts(places: Places) -> Iterator[str]:
    """The commune of each point: the city's three by name; elsewhere synthetic, the district's rural communes in turn.

    Sa Pa has 14 points in 10 rural communes, so four of its communes host two.
    """
    for district, points in figures.POINTS_BY_DISTRICT.items():
        rural = sorted(
            unit.id
            for unit in places.units.values()
            if unit.parent_id == f"2023:{district}" and unit.type == "Xã"
            if district != "080" or unit.name in figures.CITY_HOSTS
        )
        for number in range(points):
            yield rural[number % len(rural)]
