"""What a tablet knows of its own place (`GET /v1/reference`): units, villages, codes, code lists, forms. Pure.

A scope is the communes of today for which a tablet may record; to it belong all units of any vintage that lie in them.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from typing import Annotated, Any

from msgspec import Struct

from schemas import codes
from schemas.events.fields import UnitId, Village
from schemas.gateway import Answer
from schemas.places import Places
from schemas.registers import HOUSEHOLD, POINT, VILLAGE, Code, Entry, Version
from schemas.titles import Title, titled


class ReferenceUnit(Struct, frozen=True, kw_only=True):
    """A unit of the scope, as its vintage had it."""

    unit: UnitId
    name: Annotated[str, titled("Tên", "Name with its type")]
    vintage: Annotated[str, titled("Kỳ bản đồ", "Vintage of the map")]
    commune_today: Annotated[UnitId | None, titled("Xã hiện nay", "Commune in which it lies today")]


class ReferenceEntry(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A household, point or village that the registers have today. No class and no need of a household is told."""

    code: Code
    unit: UnitId
    village: Village | None = None


class ReferenceCode(Struct, frozen=True, kw_only=True):
    """One code of a list."""

    code: str
    vi: str
    en: str


class ReferenceType(Struct, frozen=True, kw_only=True):
    """A root type of events; `schema` is what its `data` must be as a tablet sends it, personal numbers in the raw."""

    type: str
    version: int
    family: str
    subjects: Annotated[list[str], titled("Đối tượng", "Kinds of subjects: household, point, session, unit")]
    vi: str
    en: str
    schema: Annotated[dict[str, Any], titled("Hợp đồng", "JSON Schema of `data`")]


class Reference(Answer, frozen=True, kw_only=True):
    """The answer to `GET /v1/reference`."""

    units: list[ReferenceUnit]
    villages: list[ReferenceEntry]
    households: list[ReferenceEntry]
    points: list[ReferenceEntry]
    lists: Annotated[dict[str, list[ReferenceCode]], titled("Danh mục", "Code lists by name")]
    types: list[ReferenceType]


def communes_of(places: Places, units: Iterable[str], day: date) -> frozenset[str]:
    """The communes of a day in which these units lie; a unit that lies in none stands for itself."""
    found = ((unit, places.on(unit, day).commune) for unit in units)
    return frozenset(commune.id if commune is not None else unit for unit, commune in found)


def units_by_commune(places: Places, day: date) -> dict[str, list[ReferenceUnit]]:
    """The whole map: the units of any vintage that lie in each commune of a day; one that lies in none under itself."""
    told: dict[str, list[ReferenceUnit]] = {}
    for unit in sorted(places.units.values(), key=lambda unit: unit.id):
        commune = places.on(unit.id, day).commune
        today = commune.id if commune is not None else None
        placed = ReferenceUnit(unit=unit.id, name=unit.name, vintage=unit.vintage, commune_today=today)
        told.setdefault(today or unit.id, []).append(placed)
    return told


def entry_of(entry: Entry, day: date) -> ReferenceEntry | None:
    """What a tablet needs of an entry of a register; None where it does not hold on a day."""
    version = next((version for version in entry.versions if _holds(version, day)), None)
    if version is None:
        return None
    return ReferenceEntry(code=entry.code, unit=entry.unit, village=version.village)


def reference(
    units: list[ReferenceUnit], entries: Iterable[Entry], types: list[ReferenceType], now: datetime, day: date
) -> Reference:
    """The reference of these units on a day, from the entries of their registers."""
    by_kind: Mapping[str, list[ReferenceEntry]] = {HOUSEHOLD: [], POINT: [], VILLAGE: []}
    for entry in entries:
        if (told := entry_of(entry, day)) is not None:
            by_kind[entry.kind].append(told)
    for told_of in by_kind.values():
        told_of.sort(key=lambda each: each.code)
    return Reference(
        now=now, units=units, villages=by_kind[VILLAGE], households=by_kind[HOUSEHOLD], points=by_kind[POINT],
        lists=code_lists(), types=types,
    )  # fmt: skip


def code_lists() -> dict[str, list[ReferenceCode]]:
    """Every code list of the contracts by its name, `funding-sources`."""
    return {
        name.lower().replace("_", "-"): [ReferenceCode(code=code, vi=said.vi, en=said.en) for code, said in of.items()]
        for name, of in vars(codes).items()
        if name.isupper() and isinstance(of, dict) and all(isinstance(said, Title) for said in of.values())
    }


def _holds(version: Version, day: date) -> bool:
    return version.valid_from <= day and (version.valid_until is None or day < version.valid_until)
