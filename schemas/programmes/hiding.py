"""Small cells: counts of households and people below 5 are not published, nor what would give them away.

Where one cell of a sum is hidden, so is the next smallest, for else the rest of the sum would tell it (programme.md,
"Personal data"). Points, devices, sessions, rounds and money are never hidden. A zero says nothing about anybody.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from msgspec.structs import replace

from schemas.programmes.expression import BASELINE, parse, terms
from schemas.programmes.model import PERSONAL, Row
from schemas.programmes.report import HIDDEN, Line, ListOf, Report, ReportRow, Value, share_of

SMALLEST_SHOWN = 5


def published(report: Report) -> Report:
    """The report as it may leave the house; publishing it again changes nothing."""
    rows = {row.row.id: row.value for row in report.rows}
    personal = {row.row.id for row in report.rows if _is_personal(row)}
    for whole in rows:
        parts = [row.row.id for row in report.rows if row.row.part_of == whole and row.row.id in personal]
        rows |= _hidden({part: rows[part] for part in parts})
    rows |= {name: HIDDEN for name in personal if _is_small(rows[name])}
    shown = tuple(_with(row, rows[row.row.id]) for row in report.rows)
    lists = tuple(_list(each) for each in report.lists)
    return replace(report, rows=shown, lines=_lines(report, personal), lists=lists)


def _list(shown: ListOf) -> ListOf:
    """A list with small cells hidden, column by column: with the entry of all others each column is a sum."""
    columns = []
    for number, unit in enumerate(shown.units):
        cells = {str(index): entry.values[number] for index, entry in enumerate(shown.entries)}
        columns.append((_hidden(cells) if unit in PERSONAL else cells).values())
    entries = zip(shown.entries, zip(*columns, strict=True), strict=True)
    return replace(shown, entries=tuple(replace(entry, values=values) for entry, values in entries))


def _lines(report: Report, personal: set[str]) -> tuple[Line, ...]:
    """The lines of places with small cells hidden, column by column: a column is a sum over its places."""
    columns = []
    for number, column in enumerate(report.columns):
        cells = {str(index): line.values[number] for index, line in enumerate(report.lines)}
        if column in personal:
            cells = _hidden(cells)
        columns.append(list(cells.values()))
    values = zip(*columns, strict=True) if columns else [() for _ in report.lines]
    return tuple(replace(line, values=tuple(row)) for line, row in zip(report.lines, values, strict=True))


def _hidden(cells: Mapping[str, Value]) -> dict[str, Value]:
    """The cells of one sum: the small ones hidden, and with a single one the next smallest too."""
    hidden = {name for name, value in cells.items() if value.hidden or _is_small(value)}
    if len(hidden) == 1:
        rest = sorted((value.count or 0, name) for name, value in cells.items() if name not in hidden)
        # Rather one that counts somebody: a hidden zero would leave the small one as good as told.
        hidden |= {name for _, name in [*(each for each in rest if each[0] > 0), *rest][:1]}
    return {name: HIDDEN if name in hidden else value for name, value in cells.items()}


def _is_small(value: Value) -> bool:
    return any(number is not None and 0 < number < SMALLEST_SHOWN for number in (value.count, value.of))


def _with(row: ReportRow, value: Value) -> ReportRow:
    return replace(row, value=value, shares=tuple(share_of(share.target, value) for share in row.shares))


def _is_personal(row: ReportRow) -> bool:
    """Whether a row counts households or people from events or registers; a source's own figures are public."""
    if row.row.value is None:
        return False
    return row_is_personal(row.row, row.unit)


def row_is_personal(row: Row, unit: str | None) -> bool:
    """Whether a row's values are about households or people."""
    if row.value is None:
        return False
    indicator = parse(row.value)
    named: Sequence[str] = [term.word for part in (indicator.part, indicator.whole) for term in terms(part)]
    if all(word == BASELINE for word in named):
        return False
    return unit in PERSONAL or unit == "%"
