"""A report as a workbook: results, each table and the sources on a sheet of its own. Every figure is a number.

Its format has the qualifier and the decimals, and a column of its own the unit; Excel draws separators as its reader
is used to, and sums work. A share is a fraction that is shown in percent.
"""

from __future__ import annotations

import io
import re
from decimal import Decimal

from openpyxl import Workbook
from openpyxl.cell.cell import Cell
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.worksheet import Worksheet

from schemas.programmes.model import QUALIFIERS, UNITS
from sinks.reports.sheet import Result, Sheet
from sinks.reports.tables import Table
from sinks.reports.words import said, word

_COLUMNS = (
    ("indicator", 52), ("reported", 16), ("source", 26), ("computed", 18), ("part", 14), ("whole", 14), ("unit", 14),
    ("target", 18), ("period", 30), ("share", 14), ("points", 12), ("note", 46),
)  # fmt: skip
_HEAD = PatternFill("solid", fgColor="DDE7F0")
_WRAPPED = Alignment(wrap_text=True, vertical="top")
_WIDTH, _WIDEST_NAME = 24, 31  # columns of a plain table; letters that Excel allows in a sheet's name


def as_xlsx(sheet: Sheet) -> bytes:
    """The workbook's bytes."""
    book = Workbook()
    results = book.active
    results.title = word("rows", sheet.language)
    _results(results, sheet)
    for table in (sheet.places, *sheet.tables):
        if table.rows:
            _table(book.create_sheet(_name(table.title)), table)
    sources = book.create_sheet(word("sources", sheet.language))
    for text in (*sheet.sources, *sheet.footnotes):
        sources.append([text])
    sources.column_dimensions["A"].width = 120
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


def _results(page: Worksheet, sheet: Sheet) -> None:
    page.append([sheet.title])
    page["A1"].font = Font(bold=True, size=14)
    for label, text in sheet.facts:
        page.append([label, text])
    page.append([])
    _head(page, [word(name, sheet.language) for name, _ in _COLUMNS])
    for row in sheet.rows:
        page.append([row.title])
        cells = {name: page.cell(page.max_row, index) for index, (name, _) in enumerate(_COLUMNS, 1)}
        for cell in cells.values():
            cell.alignment = _WRAPPED
        cells["indicator"].alignment = Alignment(indent=2 * row.depth, wrap_text=True, vertical="top")
        _result(cells, row, sheet.language)
    for index, (_, width) in enumerate(_COLUMNS, 1):
        page.column_dimensions[get_column_letter(index)].width = width
    _on_a4(page)


def _result(cells: dict[str, Cell], row: Result, language: str) -> None:
    """The numbers of a row, each in its column, and beside them the texts that are no numbers."""
    cells["note"].value = row.note
    if row.row is not None:
        reported, value, unit = row.row.row.reported, row.row.value, row.row.unit or ""
        cells["unit"].value = said(UNITS[unit], language) if unit else ""
        cells["source"].value = row.reported
        if reported is not None and reported.value is not None:
            _number(cells["reported"], reported.value, reported.unit, said(QUALIFIERS[reported.qualifier], language))
        if value.count is None:
            cells["computed"].value = row.computed
        elif value.of is None:
            _number(cells["computed"], Decimal(value.count), unit)
        else:
            _number(cells["part"], Decimal(value.count))
            _number(cells["whole"], Decimal(value.of))
            if value.percent is not None:
                _number(cells["computed"], value.percent, "%", decimals=2)
    if row.goal is not None:
        target = row.goal.target
        cells["period"].value = target.period or ("" if target.value is not None else row.target)
        if target.value is not None:
            _number(cells["target"], target.value, target.unit, said(QUALIFIERS[target.qualifier], language))
        if row.goal.percent is not None:
            _number(cells["share"], row.goal.percent, "%", decimals=1)
        if row.goal.points is not None:
            _number(cells["points"], row.goal.points, decimals=1)


def _number(cell: Cell, value: Decimal, unit: str = "", qualifier: str = "", decimals: int | None = None) -> None:
    """Writes a number, as precise as it is shown with so many decimals; without any, as many as it has."""
    places = max(0, -int(value.as_tuple().exponent)) if decimals is None else decimals
    digits = "#,##0" + ("." + "0" * places if places else "") + ("%" if unit == "%" else "")
    exact = value / 100 if unit == "%" else value
    cell.value = int(exact) if exact == exact.to_integral_value() else float(exact)
    cell.number_format = f'"{qualifier} "{digits}' if qualifier else digits


def _table(page: Worksheet, table: Table) -> None:
    _head(page, table.head)
    for row in table.rows:
        page.append([cell.text if cell.number is None else cell.number for cell in row])
        for index in range(1, len(row) + 1):
            page.cell(page.max_row, index).alignment = _WRAPPED
            if index > table.figures:
                page.cell(page.max_row, index).number_format = "#,##0"
    if table.note:
        page.append([table.note])
    for index in range(1, len(table.head) + 1):
        page.column_dimensions[get_column_letter(index)].width = _WIDTH
    _on_a4(page)


def _name(title: str) -> str:
    """A sheet's name as Excel allows it."""
    return re.sub(r"[\\/*?:\[\]]", " ", title)[:_WIDEST_NAME].strip()


def _head(page: Worksheet, cells: list[str] | tuple[str, ...]) -> None:
    page.append(list(cells))
    for column in range(1, len(cells) + 1):
        cell = page.cell(page.max_row, column)
        cell.font, cell.fill, cell.alignment = Font(bold=True), _HEAD, _WRAPPED
    at = page.max_row
    page.print_title_rows = f"{at}:{at}"
    if at == 1:
        page.freeze_panes = "A2"


def _on_a4(page: Worksheet) -> None:
    page.page_setup.orientation, page.page_setup.fitToHeight = "landscape", 0
    page.page_setup.paperSize = int(page.PAPERSIZE_A4)
    page.sheet_properties.pageSetUpPr.fitToPage = True
