"""The communes' table: live totals rolled up to today's map, Vietnamese first."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from typing import NamedTuple

from rich.box import SIMPLE
from rich.table import Table

from infra.reconcile.figures import UNRESOLVED, CommuneKey, commune_of
from schemas.measures import add_over_units
from schemas.places import Places
from schemas.titles import Title
from schemas.totals import Total

COLUMNS = {  # short titles: those of the measures would not fit a terminal
    "points_approved": Title("Điểm", "Points"), "households_with_leaflet": Title("Hộ có tờ rơi", "With leaflet"),
    "smartphones_handed_out": Title("Điện thoại", "Phones"), "sims_handed_out": Title("SIM", "SIMs"),
    "cards_issued": Title("Thẻ", "Cards"), "training_reach": Title("Tập huấn", "Trained"),
    "outreach_reach": Title("Tuyên truyền", "Outreach"), "households_surveyed": Title("Khảo sát", "Surveyed"),
}  # fmt: skip
LAC_DUONG = ("2025-07:24846", "2025-07:24848", "2025-07:24853")  # where Lạc Dương's six old communes went
LAO_CAI = "15"
HIGHLIGHTS = {"Lạc Dương": "bold cyan", "Lào Cai": "yellow"}
SHOWN = 15  # communes with a line of their own, besides those of Lạc Dương
OTHERS, ALL = Title("Các xã khác", "Other communes"), Title("Tất cả", "All")
ABOVE = Title("Chưa xác định", "Unresolved")


class Line(NamedTuple):
    """One line: who, in which province, and a value per column."""

    name: str
    province: str
    values: tuple[int, ...]
    style: str | None = None


def lines(places: Places, totals: Iterable[Total]) -> list[Line]:
    """Lạc Dương's communes, those with the most of all columns, the others, the unresolved, and the sum of all."""
    units: dict[CommuneKey, list[tuple[int, ...]]] = defaultdict(list)
    for total in totals:
        units[commune_of(places, total.unit)].append(_values(total))
    rows = {key: _add(values) for key, values in units.items()}
    known = [key for key in rows if key[0] != UNRESOLVED]
    ranked = sorted(known, key=lambda key: (key[0] not in LAC_DUONG, [-value for value in rows[key]], key))
    here = sum(1 for key in known if key[0] in LAC_DUONG)
    shown, others = ranked[: here + SHOWN], ranked[here + SHOWN :]
    made = [_commune(places, key, rows[key]) for key in shown]
    if others:
        made.append(Line(f"{OTHERS.vi} / {OTHERS.en} ({len(others)})", "", _add(rows[key] for key in others)))
    if above := [rows[key] for key in rows if key[0] == UNRESOLVED]:
        made.append(Line(f"{ABOVE.vi} / {ABOVE.en}", "", _add(above)))
    return [*made, Line(f"{ALL.vi} / {ALL.en}", "", _add(rows.values()), "bold")]


def table(places: Places, totals: Iterable[Total]) -> Table:
    """The lines as a table."""
    made = Table(title="Số liệu theo xã hiện nay / Live counters of today's communes", box=SIMPLE, pad_edge=False)
    made.add_column("Xã\nCommune")
    made.add_column("Tỉnh\nProvince")
    for title in COLUMNS.values():
        made.add_column(f"{title.vi}\n{title.en}", justify="right")
    for line in (found := lines(places, totals)):
        if line is found[-1]:
            made.add_section()
        figures = (f"{value:,}".replace(",", ".") for value in line.values)  # the thousands mark of Vietnamese
        made.add_row(line.name, line.province, *figures, style=line.style)
    return made


def _commune(places: Places, key: CommuneKey, values: tuple[int, ...]) -> Line:
    commune, province = places.units[key[0]], places.province_of(key[0])
    style = (HIGHLIGHTS["Lạc Dương"] if key[0] in LAC_DUONG
             else HIGHLIGHTS["Lào Cai"] if province.code == LAO_CAI else None)
    return Line(commune.name, province.name.removeprefix("Tỉnh "), values, style)


def _values(total: Total) -> tuple[int, ...]:
    return tuple(sum(total.counters.get(measure, {}).values()) for measure in COLUMNS)


def _add(rows: Iterable[tuple[int, ...]]) -> tuple[int, ...]:
    columns: Mapping[str, tuple[int, ...]] = dict(zip(COLUMNS, zip(*rows, strict=True), strict=True))
    return tuple(add_over_units(measure, list(values)) for measure, values in columns.items())
