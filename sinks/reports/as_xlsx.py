"""A report as a workbook: results, places and sources on a sheet each; numbers of places are numbers."""

from __future__ import annotations

import io

from openpyxl import Workbook
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.worksheet.worksheet import Worksheet

from sinks.reports.sheet import Sheet
from sinks.reports.words import word

_WIDTHS = (58, 30, 36, 26, 30, 50)
_HEAD = PatternFill("solid", fgColor="DDE7F0")


def as_xlsx(sheet: Sheet) -> bytes:
    """The workbook's bytes."""
    book = Workbook()
    results = book.active
    results.title = word("rows", sheet.language)
    _results(results, sheet)
    if sheet.places:
        _places(book.create_sheet(word("lines", sheet.language)), sheet)
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
    _head(page, sheet.head)
    for row in sheet.rows:
        page.append([row.title, row.reported, row.computed, row.target, row.share, row.note])
        page.cell(page.max_row, 1).alignment = Alignment(indent=2 * row.depth, wrap_text=True, vertical="top")
        for column in range(2, 7):
            page.cell(page.max_row, column).alignment = Alignment(wrap_text=True, vertical="top")
    for letter, width in zip("ABCDEF", _WIDTHS, strict=True):
        page.column_dimensions[letter].width = width
    page.page_setup.orientation, page.page_setup.fitToHeight = "landscape", 0
    page.page_setup.paperSize = int(page.PAPERSIZE_A4)
    page.sheet_properties.pageSetUpPr.fitToPage = True


def _places(page: Worksheet, sheet: Sheet) -> None:
    _head(page, sheet.places_head)
    for spot in sheet.places:
        shown = [text if count is None else count for text, count in zip(spot.values, spot.counts, strict=True)]
        page.append([spot.above, spot.name, spot.code, *shown])
        for column in range(4, 4 + len(shown)):
            page.cell(page.max_row, column).number_format = "#,##0"
    for index in range(len(sheet.places_head)):
        page.column_dimensions["ABCDEFGHIJKLMNOPQRSTUVWXYZ"[index]].width = 26


def _head(page: Worksheet, cells: tuple[str, ...]) -> None:
    page.append(list(cells))
    for column in range(1, len(cells) + 1):
        cell = page.cell(page.max_row, column)
        cell.font, cell.fill = Font(bold=True), _HEAD
        cell.alignment = Alignment(wrap_text=True, vertical="top")
    page.freeze_panes = page.cell(page.max_row + 1, 1)
