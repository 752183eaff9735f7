"""A report for a terminal."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from rich.box import SIMPLE
from rich.console import RenderableType
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from sinks.reports.sheet import Sheet
from sinks.reports.tables import Table as Plain
from sinks.reports.words import word

_FIGURES = 0.6  # of the width, at most, for figures that stand on one line each
_HEAD = 7  # columns that the word above a column wants
_GAP = 3  # columns between two columns


def as_table(sheet: Sheet, width: int) -> Iterator[RenderableType]:
    """What a console of so many columns prints, piece by piece."""
    yield Text(sheet.title, style="bold")
    facts = Table.grid(padding=(0, 2))
    for label, text in sheet.facts:
        facts.add_row(Text(label, style="dim"), Text(text))
    yield Padding(facts, (0, 0, 1, 0))
    rows = [(row.title, row.reported, row.computed, row.target, row.share, row.note) for row in sheet.rows]
    results = Table(box=SIMPLE, pad_edge=False)
    _columns(results, sheet.head, rows, range(1, 5), width)
    for row, (title, *middle, note) in zip(sheet.rows, rows, strict=True):
        results.add_row(Text("  " * row.depth + title), *middle, Text(note, style="dim"))
    yield results
    for table in (sheet.places, *sheet.tables):
        if table.rows:
            yield _plain(table, width)
            if table.note:
                yield Padding(Text(table.note, style="dim"), (0, 0, 1, 0))
    for text in (*sheet.footnotes, f"{word('sources', sheet.language)}: {'; '.join(sheet.sources)}"):
        yield Text(text, style="dim")


def _plain(table: Plain, width: int) -> Table:
    drawn = Table(title=table.title, box=SIMPLE, pad_edge=False, title_justify="left")
    rows = [[cell.text for cell in row] for row in table.rows]
    codes_and_figures = range(min(2, table.figures), len(table.head)) if table.figures < len(table.head) else range(0)
    _columns(drawn, table.head, rows, codes_and_figures, width)
    for column in drawn.columns[table.figures :]:
        column.justify = "right"
    for row in rows:
        drawn.add_row(*row)
    return drawn


def _columns(table: Table, head: Sequence[str], rows: Sequence[Sequence[str]], figures: range, width: int) -> None:
    """Adds columns; what is in `figures` stands on one line, or where that takes too much room is folded at spaces.

    No number and no code is ever cut: texts have what room the figures leave. Where all has room nothing is folded.
    """
    widest = sum(max(map(len, column)) + _GAP for column in zip(head, *rows, strict=True))
    figures = range(0) if widest <= width else figures
    cells = {index: [row[index] for row in rows] for index in figures}
    lines = {index: max(map(len, column), default=0) for index, column in cells.items()}
    words = {index: max((len(word) for cell in column for word in cell.split()), default=0)
             for index, column in cells.items()}  # fmt: skip
    room = min(1.0, width * _FIGURES / max(1, sum(lines.values())))
    fixed = {index: max(words[index], int(lines[index] * room)) for index in lines}
    for index, title in enumerate(head):
        table.add_column(title, overflow="fold", width=max(fixed[index], _HEAD) if index in fixed else None)
