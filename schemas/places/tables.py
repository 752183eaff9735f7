"""The two data files of the map as bytes and as rows, both ways, so that one module knows their columns."""

from __future__ import annotations

import csv
import hashlib
import io
from collections.abc import Iterable
from datetime import date

import msgspec

from schemas.places.model import Level, Share, Succession, Unit

UNITS_FILE = "units.csv"
SUCCESSIONS_FILE = "successions.csv"
_SUCCESSION = ("from_vintage", "from_code", "to_vintage", "to_code", "share", "effective")


def parse_units(data: bytes) -> list[Unit]:
    """The rows of `units.csv`, in its order."""
    return [
        Unit(vintage, code, Level(level), name, kind, parent or None, _day(valid_from), _day(valid_until))
        for vintage, code, level, name, kind, parent, valid_from, valid_until in _rows(data)
    ]


def parse_successions(data: bytes) -> list[Succession]:
    """The rows of `successions.csv`, in its order."""
    return [
        Succession(from_vintage, from_code, to_vintage, to_code, Share(share), _day(effective))
        for from_vintage, from_code, to_vintage, to_code, share, effective in _rows(data)
    ]


def render_units(units: Iterable[Unit]) -> bytes:
    """`units.csv`: by vintage, then provinces, districts, communes by code."""
    ordered = sorted(units, key=lambda unit: (unit.vintage, len(unit.code), unit.code))
    return _render(Unit.__struct_fields__, ordered)


def render_successions(successions: Iterable[Succession]) -> bytes:
    """`successions.csv`: by the unit that ended, then by the one that took over."""
    ordered = sorted(successions, key=lambda row: (row.from_vintage, row.from_code, row.to_code))
    return _render(_SUCCESSION, ordered)


def digest_of(*files: bytes) -> str:
    """The first 16 hex digits of the SHA-256 over all files: another value means another map."""
    return hashlib.sha256(b"\0".join(files)).hexdigest()[:16]


def _rows(data: bytes) -> Iterable[list[str]]:
    rows = csv.reader(io.StringIO(data.decode()))
    next(rows)
    return rows


def _render(columns: tuple[str, ...], rows: Iterable[msgspec.Struct]) -> bytes:
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(columns)
    writer.writerows([getattr(row, name) for name in columns] for row in rows)
    return text.getvalue().encode()


def _day(text: str) -> date | None:
    return date.fromisoformat(text) if text else None
