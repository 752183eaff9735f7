"""A report for a terminal."""

from __future__ import annotations

from collections.abc import Iterator

from rich.box import SIMPLE
from rich.console import RenderableType
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from sinks.reports.sheet import Sheet
from sinks.reports.words import word


def as_table(sheet: Sheet) -> Iterator[RenderableType]:
    """What a console prints, piece by piece."""
    yield Text(sheet.title, style="bold")
    facts = Table.grid(padding=(0, 2))
    for label, text in sheet.facts:
        facts.add_row(Text(label, style="dim"), Text(text))
    yield Padding(facts, (0, 0, 1, 0))
    results = Table(*sheet.head, box=SIMPLE, pad_edge=False)
    for row in sheet.rows:
        title = Text("  " * row.depth + row.title)
        results.add_row(title, row.reported, row.computed, row.target, row.share, Text(row.note, style="dim"))
    yield results
    if sheet.places:
        places = Table(title=word("lines", sheet.language), box=SIMPLE, pad_edge=False, title_justify="left")
        for index, head in enumerate(sheet.places_head):
            places.add_column(head, justify="left" if index < 3 else "right")
        for spot in sheet.places:
            places.add_row(spot.above, spot.name, spot.code, *spot.values)
        yield places
    for text in (*sheet.footnotes, f"{word('sources', sheet.language)}: {'; '.join(sheet.sources)}"):
        yield Text(text, style="dim")
