"""The tables of a report beside its results: places, the programme's lists, approved kits, who does what."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from schemas import codes
from schemas.programmes.model import Actor, Kit
from schemas.programmes.report import Line, ListOf, Report, Value
from sinks.reports.words import day, figure, number, said, word


class Cell(NamedTuple):
    """A cell of a plain table: its text, and its number where it is one."""

    text: str
    number: int | None = None


class Table(NamedTuple):
    """A table beside the results; columns from `figures` on are figures."""

    title: str
    head: tuple[str, ...]
    rows: tuple[tuple[Cell, ...], ...]
    figures: int
    note: str = ""


def value_text(value: Value, unit: str, language: str) -> str:
    """A value as text: a share with the two numbers that it is made of."""
    if value.hidden or not value.known or value.count is None:
        return word("hidden" if value.hidden else "unknown", language)
    if value.of is None:
        return figure(value.count, unit, language)
    parts = f"{number(value.count, language)} / {number(value.of, language)}"
    return parts if value.percent is None else f"{figure(value.percent, '%', language, decimals=2)} ({parts})"


def places(report: Report, language: str) -> Table:
    """The columns' values by place."""
    titles = {row.row.id: said(row.row.title, language) for row in report.rows}
    head = (*(word(name, language) for name in ("above", "place", "code")), *(titles[each] for each in report.columns))
    return Table(word("lines", language), head, tuple(_place(line, report, language) for line in report.lines), 3)


def tables(report: Report, language: str) -> Iterator[Table]:
    """All others."""
    yield from (_list(each, language) for each in report.lists)
    if report.kits:
        yield _kits(report.kits, language)
    if report.actors:
        yield _actors(report.actors, language)


def name_of(actor: Actor, language: str) -> str:
    """What a reader reads for an actor."""
    return said(actor.name or codes.ORGANISATIONS[actor.organisation], language)


def name_of_kit(kit: Kit, language: str) -> str:
    """For which points a kit is."""
    return kit.point or said(codes.HOST_CLASSES[kit.host or ""], language)


def _place(line: Line, report: Report, language: str) -> tuple[Cell, ...]:
    units = {row.row.id: row.unit or "%" for row in report.rows}
    above = said(line.above, language) if line.above else ""
    values = (_cell(value, units[column], language) for column, value in zip(report.columns, line.values, strict=True))
    return Cell(above), Cell(said(line.name, language)), Cell(line.place or ""), *values


def _cell(value: Value, unit: str, language: str) -> Cell:
    """A value under a title that says what it counts."""
    if value.of is not None or value.count is None:
        return Cell(value_text(value, unit, language), value.count)
    return Cell(number(value.count, language), value.count)


def _list(shown: ListOf, language: str) -> Table:
    rows = tuple(
        (Cell(said(entry.title, language)),
         *(_cell(value, unit, language) for value, unit in zip(entry.values, shown.units, strict=True)))
        for entry in shown.entries
    )  # fmt: skip
    head = ("", *(said(title, language) for title in shown.heads))
    return Table(said(shown.title, language), head, rows, 1, said(shown.note, language) if shown.note else "")


def _kits(kits: tuple[Kit, ...], language: str) -> Table:
    """A line for each kind of device, a column for each kit."""
    kinds = [kind for kind in codes.DEVICE_KINDS if any(kind in kit.devices for kit in kits)]
    heads = (f"{name_of_kit(kit, language)}, {word('from', language)} {day(kit.valid_from, language)}" for kit in kits)
    rows = tuple(
        (Cell(said(codes.DEVICE_KINDS[kind], language)),
         *(Cell(number(count, language), count) for count in (kit.devices.get(kind, 0) for kit in kits)))
        for kind in kinds
    )  # fmt: skip
    notes = dict.fromkeys(said(kit.note, language) for kit in kits if kit.note)
    return Table(word("kits", language), (word("device", language), *heads), rows, 1, "; ".join(notes))


def _actors(actors: tuple[Actor, ...], language: str) -> Table:
    """Who takes part; a column in which nothing stands is left out."""
    head = [word(name, language) for name in ("actor", "role", "records", "since", "until", "note")]
    rows = [_actor(each, language) for each in actors]
    used = [index for index in range(len(head)) if any(row[index].text for row in rows)]
    return Table(word("actors", language), tuple(head[index] for index in used),
                 tuple(tuple(row[index] for index in used) for row in rows), len(used))  # fmt: skip


def _actor(actor: Actor, language: str) -> tuple[Cell, ...]:
    texts = (said(text, language) if text else "" for text in (actor.role, actor.records))
    since, until = (day(each, language) if each else "" for each in (actor.since, actor.until))
    note = said(actor.note, language) if actor.note else ""
    return tuple(Cell(text) for text in (name_of(actor, language), *texts, since, until, note))
