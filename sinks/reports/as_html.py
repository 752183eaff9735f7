"""A report as a page that stands by itself and prints well on A4: tables, two charts, no script."""

from __future__ import annotations

import re
from collections.abc import Iterable
from html import escape

from sinks.reports.charts import Bar, Mark, bars
from sinks.reports.sheet import Result, Sheet
from sinks.reports.tables import Table
from sinks.reports.words import figure, said, word

_BEYOND = 2.0  # how far beyond its target a bar may go before it is cut, in targets
_STYLE = """
@page { size: A4; margin: 15mm }
body { font: 10pt/1.4 "Noto Sans", "Segoe UI", Arial, sans-serif; color: #111; max-width: 180mm; margin: 1em auto;
       overflow-wrap: break-word }
@media print { body { margin: 0 } }
h1 { font-size: 15pt; margin: 0 0 .4em } h2 { font-size: 12pt; margin: 1.4em 0 .4em; break-after: avoid }
table { border-collapse: collapse; width: 100%; font-size: 8.5pt }
th, td { border-bottom: .5pt solid #bbb; padding: 2pt 4pt; text-align: left; vertical-align: top }
th { background: #e8eef4; -webkit-print-color-adjust: exact; print-color-adjust: exact }
thead { display: table-header-group } tr, .short { break-inside: avoid }
.number { text-align: right } td.number, .whole { white-space: nowrap } td.part { padding-left: 1.4em }
.facts td:first-child { color: #555; width: 34% }
.results { table-layout: fixed }
.results th { box-sizing: border-box } .results th:nth-child(1) { width: 24% }
.results th:nth-child(2), .results th:nth-child(3) { width: 15.5% }
.results th:nth-child(4) { width: 14.5% } .results th:nth-child(5) { width: 11.5% }
p { margin: .3em 0 } .caption { break-after: avoid } .note, footer { color: #555; font-size: 8pt }
svg { width: 100%; height: auto; break-inside: avoid }
"""
_WHOLE = re.compile(r"\d+(?:[-.,:]\d+)+")  # a number, a code or years: not to be broken
_SHORT = 25  # rows of a table that stays on one page


def as_html(sheet: Sheet) -> bytes:
    """The page, in UTF-8."""
    parts = [
        f'<!doctype html><html lang="{sheet.language}"><head><meta charset="utf-8">',
        f"<title>{escape(sheet.title)}</title>",
        f'<meta name="viewport" content="width=device-width"><style>{_STYLE}</style></head><body>',
        f"<h1>{escape(sheet.title)}</h1>",
        _table("facts", (), [[_cell(label), _cell(text)] for label, text in sheet.facts]),
        f"<h2>{escape(word('rows', sheet.language))}</h2>", _targets(sheet),
        _table("results", sheet.head, [_result(row) for row in sheet.rows]),
        *(_plain(table, _chart(table) if table is sheet.places else "")
          for table in (sheet.places, *sheet.tables) if table.rows),
        f"<h2>{escape(word('sources', sheet.language))}</h2>",
        f"<footer>{''.join(f'<p>{escape(text)}</p>' for text in (*sheet.sources, *sheet.footnotes))}</footer>",
        "</body></html>",
    ]  # fmt: skip
    return "\n".join(parts).encode()


def _targets(sheet: Sheet) -> str:
    """How far every row with a target is; the dashed line is the target."""
    drawn, title = [], ""
    for row in sheet.rows:
        title = row.title or title
        if row.goal is not None and row.goal.percent is not None:
            reading = row.goal.target.reading
            label = f"{title} ({said(reading, sheet.language)})" if reading else title
            text = figure(row.goal.percent, "%", sheet.language, decimals=1)
            drawn.append(Bar(label, text, float(row.goal.percent) / 100))
    target = Mark(word("target", sheet.language), 1.0)
    return bars(word("share", sheet.language), drawn, target, longest=_BEYOND) if drawn else ""


def _chart(places: Table) -> str:
    """The first figure of each place."""
    title, at = places.head[places.figures], places.figures
    drawn = [Bar(row[1].text, row[at].text, float(row[at].number or 0)) for row in places.rows]
    return f'<p class="caption">{escape(title)}</p>{bars(title, drawn)}'


def _plain(table: Table, chart: str = "") -> str:
    drawn = _table("plain", table.head, [
        [_cell(cell.text, "number" if index >= table.figures else "") for index, cell in enumerate(row)]
        for row in table.rows
    ], table.figures)  # fmt: skip
    note = f'<p class="note">{escape(table.note)}</p>' if table.note else ""
    kind = "short" if len(table.rows) <= _SHORT else "long"
    return f'<section class="{kind}"><h2>{escape(table.title)}</h2>{chart}{drawn}{note}</section>'


def _result(row: Result) -> list[str]:
    middle = (row.reported, row.computed, row.target, row.share)
    return [_cell(row.title, "part" if row.depth else ""), *map(_cell, middle), _cell(row.note, "note")]


def _table(kind: str, head: Iterable[str], rows: Iterable[list[str]], figures: int | None = None) -> str:
    """A table; the heads of columns from `figures` on stand to the right, as their figures do."""
    top = "".join(f'<th class="number">{escape(text)}</th>' if figures is not None and index >= figures
                  else f"<th>{escape(text)}</th>" for index, text in enumerate(head))  # fmt: skip
    body = "".join(f"<tr>{''.join(cells)}</tr>" for cells in rows)
    return f'<table class="{kind}"><thead><tr>{top}</tr></thead><tbody>{body}</tbody></table>'


def _cell(text: str, kind: str = "") -> str:
    shown = _WHOLE.sub(r'<span class="whole">\g<0></span>', escape(text))
    return f'<td class="{kind}">{shown}</td>' if kind else f"<td>{shown}</td>"
