"""A file of decisions on the map: from rows of a CSV to a loading, or what is wrong with which line. Pure.

Columns: `decision, decided, effective, from, to, share, level, name, parent`. A row is a unit that ends on `effective`
(`from`) and what takes it over (`to`; none if it ends without a successor), `share` whole or part; a row without
`from` is a unit that begins then, without `effective` one that serves all earlier days. Units are named
`vintage:code`, never by name alone. `level`, `name` and `parent` describe `to` in one row at least if the map does not
have it, and must agree with the map if it does. Dates are YYYY-MM-DD.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime
from typing import NamedTuple

from producers.office.faults import Fault
from producers.office.lines import read_lines
from schemas.places import Level, LoadedSuccession, LoadedUnit, Loading, Places, Share
from schemas.places.checks import faults_of
from schemas.places.loading import RECORD_BYTES_MAX, TEXT_MAX, encode, is_unit

COLUMNS = ("decision", "decided", "effective", "from", "to", "share", "level", "name", "parent")
HINTS = 3  # units named beside a code or a name that names several


class Row(NamedTuple):
    """A line of the file as it states itself; texts are empty where it says nothing."""

    line: int
    decision: str
    decided: date
    effective: date | None
    former: str
    successor: str
    share: Share
    level: str
    name: str
    parent: str


class Wrong(Exception):  # noqa: N818 - it never leaves this file: the line's fault is told as a value
    """What is wrong with a line, as a clause."""


def read(data: bytes, places: Places, name: str, written: datetime) -> tuple[Loading, list[Fault]]:
    """The loading of a file on a map; with any fault, nothing of it may be used."""
    rows, faults = _rows(data, places)
    units, wrong = _units(rows, places)
    loading = Loading(loading=name, written=written, undone=False, units=units, successions=list(_successions(rows)))
    faults += wrong
    if not faults:
        faults = [Fault(*fault) for fault in faults_of(places, loading)]
    if not rows and not faults:
        faults = [Fault(1, "the file has no rows")]
    if len(encode(loading)) > RECORD_BYTES_MAX:
        faults.append(Fault(1, f"the file makes a record above {RECORD_BYTES_MAX:,} bytes: load it in parts"))
    return loading, sorted(faults)


def _rows(data: bytes, places: Places) -> tuple[list[Row], list[Fault]]:
    rows: list[Row] = []
    faults: list[Fault] = []
    for line in read_lines(data, _wrong_with):
        if isinstance(line, Fault):
            faults.append(line)
            continue
        try:
            rows.append(_row(line.number, line.cells, places))
        except Wrong as wrong:
            faults.append(Fault(line.number, str(wrong)))
    return rows, faults


def _wrong_with(head: Sequence[str]) -> list[str]:
    if tuple(head) == COLUMNS:
        return []
    return [f"the columns are {', '.join(head) or 'missing'}, and must be {', '.join(COLUMNS)}"]


def _row(line: int, text: Mapping[str, str], places: Places) -> Row:
    former, successor = _unit(text["from"], "from", places), _unit(text["to"], "to", places)
    if not (former or successor):
        raise Wrong("neither `from` nor `to` names a unit")
    if not text["decision"]:
        raise Wrong("the number of the decision is missing")
    for column in ("decision", "name"):
        _check_text(text[column], column)
    decided = _day(text["decided"], "decided")
    effective = _day(text["effective"], "effective") if former or text["effective"] else None
    if effective is not None and effective < decided:
        raise Wrong(f"it takes effect on {effective}, before it was decided on {decided}")
    if text["level"] and text["level"] not in list(Level):
        raise Wrong(f"the level {text['level']!r} is none of {', '.join(Level)}")
    if any(text[name] for name in ("level", "name", "parent")) and not successor:
        raise Wrong("level, name and parent describe `to`, which is empty")
    return Row(line, text["decision"], decided, effective, former, successor,
               _share(text["share"], former, successor), text["level"], text["name"],
               _unit(text["parent"], "parent", places))  # fmt: skip


def _check_text(text: str, column: str) -> None:
    """No service could read a record with a longer one, and Postgres takes no character 0."""
    if len(text) > TEXT_MAX:
        raise Wrong(f"the {column} has {len(text)} characters, and may have {TEXT_MAX}")
    if not text.isprintable():
        raise Wrong(f"the {column} {text!r} has a character that cannot be printed")


def _share(text: str, former: str, successor: str) -> Share:
    if former and successor and text not in list(Share):
        raise Wrong(f"the share {text!r} is neither whole nor part")
    if not (former and successor) and text not in ("", Share.WHOLE):
        raise Wrong("a share needs both `from` and `to`")
    return Share(text or Share.WHOLE)


def _day(text: str, column: str) -> date:
    try:
        return date.fromisoformat(text) if len(text) == 10 else date.fromisoformat("")
    except ValueError:
        raise Wrong(f"{column} {text!r} is no date (YYYY-MM-DD)") from None


def _unit(text: str, column: str, places: Places) -> str:
    """The id; a bare code or a name is refused with the units that it could mean, for it may mean several."""
    if not text or is_unit(text):
        return text
    meant = [f"{unit.id} {unit.name}" for unit in places.units.values() if text in (unit.code, unit.name)]
    could = f"; it could be {', '.join(meant[:HINTS])}" if meant else ""
    more = f" and {len(meant) - HINTS:,} more" if len(meant) > HINTS else ""
    raise Wrong(f"{column} {text!r} is no unit as vintage:code{could}{more}")


def _units(rows: Iterable[Row], places: Places) -> tuple[list[LoadedUnit], list[Fault]]:
    """The units that the map does not have, and descriptions that contradict the map or each other."""
    by_unit: dict[str, list[Row]] = defaultdict(list)
    for row in rows:
        if row.successor:
            by_unit[row.successor].append(row)
    units: list[LoadedUnit] = []
    faults: list[Fault] = []
    for unit, mine in by_unit.items():
        described = [row for row in mine if row.level or row.name or row.parent]
        faults += _contradictions(unit, described, places)
        if unit in places.units or not described:
            continue
        first = described[0]
        if not (first.level and first.name):
            faults.append(Fault(first.line, f"{unit} is new and needs level and name"))
            continue
        days = [row.effective for row in mine]
        units.append(LoadedUnit(
            line=first.line, unit=unit, level=Level(first.level), name=first.name, parent=first.parent or None,
            valid_from=None if None in days else min(day for day in days if day is not None),
            decision=first.decision, decided=first.decided,
        ))  # fmt: skip
    return units, faults


def _contradictions(unit: str, described: list[Row], places: Places) -> Iterator[Fault]:
    if (known := places.units.get(unit)) is not None:
        told = (known.level.value, known.name, known.parent_id or "")
        where = "on the map"
    elif described:
        told, where = described[0][7:], f"in line {described[0].line}"
    for row in described:
        for states, mine, theirs in zip(("level", "name", "parent"), row[7:], told, strict=True):
            if mine and mine != theirs:
                yield Fault(row.line, f"the {states} of {unit} is {theirs or 'empty'} {where}, and {mine} here: units "
                                      "are matched by vintage and code, and a new name makes a new unit")  # fmt: skip


def _successions(rows: Iterable[Row]) -> Iterator[LoadedSuccession]:
    for row in rows:
        if row.former and row.effective is not None:
            yield LoadedSuccession(
                line=row.line, former=row.former, successor=row.successor or None, share=row.share,
                effective=row.effective, decision=row.decision, decided=row.decided,
            )  # fmt: skip
