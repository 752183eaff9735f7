"""A report as the texts that a reader sees, in one language: what every renderer draws."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from typing import NamedTuple

from schemas.programmes.model import Document, Row, Target
from schemas.programmes.report import AsOf, Report, ReportRow, Share
from sinks.reports.maps import NOW, WAS
from sinks.reports.tables import Table, places, tables, value_text
from sinks.reports.words import day, figure, moment, number, said, word


class Result(NamedTuple):
    """A row of the table of results; a row with several targets has a further line for each.

    Besides its texts it has what they say in numbers: `row` (none in a further line) and `goal`.
    """

    title: str
    depth: int
    reported: str
    computed: str
    target: str
    share: str
    note: str
    row: ReportRow | None
    goal: Share | None


class Sheet(NamedTuple):
    """The whole report in one language."""

    language: str
    title: str
    facts: tuple[tuple[str, str], ...]
    head: tuple[str, ...]
    rows: tuple[Result, ...]
    places: Table
    tables: tuple[Table, ...]
    sources: tuple[str, ...]
    footnotes: tuple[str, ...]


def sheet(report: Report, language: str, stated: Sequence[tuple[str, str]] = ()) -> Sheet:
    """The texts of a (published) report; `stated` are facts that go before its own."""
    marks = {document.id: f"[{number}]" for number, document in enumerate(report.documents, 1)}
    return Sheet(
        language=language,
        title=said(report.title, language),
        facts=(*stated, *_facts(report, language)),
        head=tuple(word(name, language) for name in ("indicator", "reported", "computed", "target", "share", "note")),
        rows=tuple(line for row in report.rows for line in _lines(row, marks, language)),
        places=places(report, language),
        tables=tuple(tables(report, language)),
        sources=tuple(f"{marks[document.id]} {_source(document, language)}" for document in report.documents),
        footnotes=tuple(_footnotes(report, language)),
    )  # fmt: skip


def _footnotes(report: Report, language: str) -> Iterator[str]:
    if report.note:
        yield said(report.note, language)
    if report.as_of.period:
        yield word("ending", language)
    yield word("hiding", language)


def _facts(report: Report, language: str) -> list[tuple[str, str]]:
    as_of: AsOf = report.as_of
    named = {WAS: "was", NOW: "now"}.get(as_of.map)
    chart = word(named, language) if named else f"{word('on', language)} {day(date.fromisoformat(as_of.map), language)}"
    none = word("none", language)
    heard = f"{number(as_of.tablets_heard, language)} / {number(as_of.tablets, language)}"
    within = word("within", language).format(as_of.heard_within_days)
    holes = f"{number(as_of.missing, language)}; {word('rejected', language)} {number(as_of.rejected, language)}"
    return [
        (word("day", language), day(as_of.day, language)),
        *([(word("period", language), as_of.period.name)] if as_of.period else []),
        (word("map", language), chart),
        *((word(name, language), moment(at, language) if at else none) for name, at in (
            ("latest_event", as_of.latest_event), ("latest_receipt", as_of.latest_receipt))),
        (word("tablets", language), f"{heard} {within}"),
        (word("holes", language), holes),
        (word("rules", language), f"{as_of.rules}, {as_of.map_digest}, {report.programme} {report.version}"),
    ]


def _lines(row: ReportRow, marks: Mapping[str, str], language: str) -> list[Result]:
    shares = row.shares or (None,)
    title, depth = said(row.row.title, language), 1 if row.row.part_of or row.row.within else 0
    first = Result(title, depth, _reported(row.row, marks, language), computed(row, language), "", "",
                  _note(row, language), row, None)  # fmt: skip
    made = []
    for index, share in enumerate(shares):
        base = first if index == 0 else Result("", depth, "", "", "", "", "", None, None)
        if share is not None:
            reading = said(share.target.reading, language) if share.target.reading else ""
            note = "; ".join(each for each in (reading, base.note) if each)
            base = base._replace(target=_target(share.target, language), share=_share(share, language), note=note,
                                 goal=share)  # fmt: skip
        made.append(base)
    return made


def computed(row: ReportRow, language: str) -> str:
    """A row's value as text; nothing where the row is no indicator."""
    return "" if row.row.value is None else value_text(row.value, row.unit or "%", language)


def _reported(row: Row, marks: Mapping[str, str], language: str) -> str:
    """What a source reports, with the mark of that source; of a fact that nothing counts, the mark alone."""
    reported = row.reported
    if reported is None:
        return marks[row.source] if row.source and row.value is None else ""
    words = said(reported.words, language) if reported.words else ""
    value = "" if reported.value is None else figure(reported.value, reported.unit, language, reported.qualifier)
    text = f"{words} ({value})" if words and value else words or value
    dated = f"{text}, {day(reported.as_of, language)}" if reported.as_of else text
    return f"{dated} {marks[reported.source]}" if reported.source else dated


def _target(target: Target, language: str) -> str:
    if target.value is None:
        return said(target.note, language) if target.note else word("unknown", language)
    text = figure(target.value, target.unit, language, target.qualifier)
    return f"{text}, {target.period}" if target.period else text


def _share(share: Share, language: str) -> str:
    if share.percent is None:
        return ""
    text = figure(share.percent, "%", language, decimals=1)
    if share.points is None or not share.points:
        return text
    sign = "+" if share.points > 0 else ""
    return f"{text} ({sign}{number(share.points, language, 1)} {word('points', language)})"


def _note(row: ReportRow, language: str) -> str:
    """What the value rests on besides events, and the programme's own note."""
    words = [name for name in ("register", "baseline") if any(term.startswith(f"{name}.") for term in row.basis)]
    basis = f"{word('basis', language)} {', '.join(word(name, language) for name in words)}" if words else ""
    note = said(row.row.note, language) if row.row.note else ""
    beyond = word("beyond", language) if (row.value.percent or 0) > 100 else ""
    return "; ".join(text for text in (basis, beyond, note) if text)


def _source(document: Document, language: str) -> str:
    dated = day(document.dated, language) if document.dated else word("undated", language)
    note = f". {said(document.note, language)}" if document.note else ""
    return f"{said(document.title, language)} ({document.number + ', ' if document.number else ''}{dated}){note}"
