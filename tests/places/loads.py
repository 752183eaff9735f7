"""Small files of decisions, and what is made of them."""

from __future__ import annotations

from datetime import UTC, date, datetime

from producers.office.decisions import COLUMNS, read
from schemas.places import Loading, Places, dated

NOW = datetime(2026, 11, 22, tzinfo=UTC)
NEW_YEAR = date(2027, 1, 1)
LAM_DONG = "2025-07:68"
HEAD = ",".join(COLUMNS)


def sheet(*rows: str, head: str = HEAD) -> bytes:
    """A file of these rows, each without its decision `12/NQ` of 2026-11-01 unless it begins with `|`."""
    told = [row[1:] if row.startswith("|") else f"12/NQ,2026-11-01,{row}" for row in rows]
    return "\n".join([head, *told, ""]).encode()


def loaded(places: Places, *rows: str, name: str = "trial") -> Loading:
    """The loading of rows that have no fault on a map."""
    loading, faults = read(sheet(*rows), places, name, NOW)
    assert faults == []
    return loading


def after(places: Places, *rows: str) -> Places:
    """The map after rows that have no fault."""
    made, set_aside = dated(places, [loaded(places, *rows)])
    assert set_aside == {}
    return made


MERGER = (
    "2027-01-01,2025-07:24848,2027-01:24848,whole,commune,Xã Lạc Dương Mới,2025-07:68",
    "2027-01-01,2025-07:24853,2027-01:24848,whole,,,",
)
SPLIT = (
    "2027-01-01,2025-07:24848,2027-01:24848,part,commune,Xã Lạc Dương,2025-07:68",
    "2027-01-01,2025-07:24848,2027-01:24849,part,commune,Xã Đạ Sar,2025-07:68",
)
