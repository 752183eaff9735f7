"""How the tests ask the map: counts and lists that no service needs."""

from __future__ import annotations

from schemas.places import Level, Places, Unit


def communes(places: Places, vintage: str, province: str | None = None) -> list[Unit]:
    """The communes of a vintage, of one province of it if given."""
    return [
        unit
        for unit in places.units.values()
        if unit.vintage == vintage
        and unit.level is Level.COMMUNE
        and (province is None or places.province_of(unit.id).code == province)
    ]


def heirs(places: Places, unit_id: str) -> set[str]:
    """The ids of all that took over from a unit, at once."""
    return {succession.to_id for succession in places.successors(unit_id)}


def split(places: Places, province: str | None = None) -> list[Unit]:
    """The communes of before July 2025 that went to several."""
    return [unit for unit in communes(places, "2025-03", province) if len(places.successors(unit.id)) > 1]


def level(places: Places, vintage: str, wanted: Level) -> list[Unit]:
    """All units of a vintage at one level."""
    return [unit for unit in places.units.values() if unit.vintage == vintage and unit.level is wanted]
