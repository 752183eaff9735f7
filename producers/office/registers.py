"""A register's file: from rows of a CSV to entries with their dated history, or what is wrong with which line. Pure.

Columns (others are refused): `kind, unit, code, valid_from`, and where known `valid_until, class, eligible, need,
village, went_to`. Dates are YYYY-MM-DD; `need` is yes or no. A row is a version: it takes the place of an earlier one
of the same day and closes the one before it. So a file can be imported again and again, and files in any order.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import date
from itertools import zip_longest
from typing import NamedTuple, ParamSpec, TypeVar

import msgspec

from producers.office.faults import Fault
from producers.office.lines import read_lines
from schemas import codes
from schemas.places import Places
from schemas.registers import CLASSES, VILLAGE, Entry, Version, decode, encode, misformed

NEEDED = ("kind", "unit", "code", "valid_from")
COLUMNS = (*NEEDED, "valid_until", "class", "eligible", "need", "village", "went_to")
P = ParamSpec("P")
T = TypeVar("T")
_YES_NO = {"yes": True, "no": False, "có": True, "không": False, "": None}


class Row(NamedTuple):
    """One version as a line of the file states it."""

    line: int
    kind: str
    unit: str
    code: str
    version: Version


class Wrong(Exception):  # noqa: N818 - it never leaves this file: the line's fault is told as a value
    """What is wrong with a line, as a clause."""


def read(data: bytes, places: Places) -> tuple[list[Row], list[Fault]]:
    """The rows of a file and its faults; with a fault, nothing of the file may be used."""
    rows: list[Row] = []
    faults: list[Fault] = []
    for line in read_lines(data, _wrong_with):
        if isinstance(line, Fault):
            faults.append(line)
        elif isinstance(made := _row(line.number, line.cells, places), Row):
            rows.append(made)
        else:
            faults += [Fault(line.number, clause) for clause in made]
    if not rows and not faults:
        return [], [Fault(1, "there is no row below the head")]
    return rows, faults + list(_repeated(rows))


def merge(held: Mapping[bytes, bytes], rows: Iterable[Row]) -> tuple[list[Entry], list[Fault]]:
    """The entries that the rows change, given the topic's records by key; and rows that overlap what is there."""
    by_entry: dict[tuple[str, str, str], list[Row]] = defaultdict(list)
    for row in rows:
        by_entry[row.kind, row.unit, row.code].append(row)
    changed: list[Entry] = []
    faults: list[Fault] = []
    for (kind, unit, code), mine in by_entry.items():
        fresh = Entry(kind=kind, unit=unit, code=code, versions=[])
        before = held.get(fresh.key())
        known = decode(before).versions if before is not None else []
        try:
            versions = history(known, [row.version for row in mine])
        except Wrong as wrong:
            faults.append(Fault(mine[0].line, str(wrong)))
            continue
        entry = msgspec.structs.replace(fresh, versions=versions)
        if encode(entry) != before:
            changed.append(entry)
    return changed, sorted(faults)


def history(known: Iterable[Version], stated: Iterable[Version]) -> list[Version]:
    """The versions that hold after what was known and what is stated now, in the order of time.

    Raises:
        Wrong: two of them hold on the same day.
    """
    by_day = {version.valid_from: version for version in (*_reopened(list(known)), *stated)}
    made: list[Version] = []
    for version in (by_day[day] for day in sorted(by_day)):
        if made and made[-1].valid_until is None:
            made[-1] = msgspec.structs.replace(made[-1], valid_until=version.valid_from)
        if made and (made[-1].valid_until or date.max) > version.valid_from:
            raise Wrong(f"what holds from {version.valid_from} overlaps what holds from {made[-1].valid_from} "
                        f"until {made[-1].valid_until}")
        made.append(version)
    return made


def _reopened(known: list[Version]) -> Iterator[Version]:
    """The versions without an end that only the next one gave them, so that news from between can come late."""
    for version, after in zip_longest(known, known[1:]):
        closed_by_next = after is not None and version.valid_until == after.valid_from
        yield msgspec.structs.replace(version, valid_until=None) if closed_by_next else version


def _wrong_with(head: Sequence[str]) -> list[str]:
    missing = [name for name in NEEDED if name not in head]
    unknown = [name for name in head if name not in COLUMNS]
    twice = [name for name in dict.fromkeys(head) if head.count(name) > 1]
    return [
        *(f"the column {name} is missing" for name in missing),
        *(f"the column {name!r} is none of {', '.join(COLUMNS)}" for name in unknown),
        *(f"the column {name} stands there twice" for name in twice),
    ]


def _row(line: int, text: Mapping[str, str], places: Places) -> Row | list[str]:
    """The row, or all that is wrong with it, each as a clause."""
    kind, unit, code = text["kind"], text["unit"], text["code"]
    wrong = []
    if kind not in CLASSES:
        wrong.append(f"the kind {kind!r} is none of {', '.join(CLASSES)}")
    if not places.known(unit):
        wrong.append(f"the map has no unit {unit!r} (write vintage:code, such as 2025-07:24848)")
    elif kind in CLASSES and (clause := misformed(kind, unit, code)):
        wrong.append(clause)
    version = _version(text, places, wrong)
    return wrong if wrong or version is None else Row(line, kind, unit, code, version)


def _version(text: Mapping[str, str], places: Places, wrong: list[str]) -> Version | None:
    """What a row states; what is wrong with it is added to `wrong`."""
    kind, unit, village, heir = text["kind"], text["unit"], text.get("village"), text.get("went_to")
    first, after = _taken(wrong, _day, text["valid_from"], "valid_from"), None
    if text.get("valid_until"):
        after = _taken(wrong, _day, text["valid_until"], "valid_until")
    class_ = _taken(wrong, _code, text.get("class"), CLASSES.get(kind, codes.REGISTER_CLASSES), f"class of a {kind}")
    eligible = _taken(wrong, _code, text.get("eligible"), codes.ELIGIBLE_GROUPS, "eligible group")
    need = _taken(wrong, _need, text.get("need", ""))
    if first and after and after <= first:
        wrong.append(f"valid_until {after} is not after valid_from {first}")
    if places.known(unit):
        since = places.units[unit].valid_from
        if first and since and first < since:
            wrong.append(f"{unit} is a unit from {since} on, and the row is valid from {first}: the code of "
                         "another vintage may be meant")
        if village and (clause := misformed(VILLAGE, unit, village)):
            wrong.append(f"of the village, {clause}")
        if heir:
            _taken(wrong, _check_heir, kind, unit, heir, places)
    if first is None:
        return None
    return Version(valid_from=first, valid_until=after, class_=class_, eligible=eligible, need=need,
                   village=village or None, went_to=heir or None)


def _taken(wrong: list[str], take: Callable[P, T], *cells: P.args, **more: P.kwargs) -> T | None:
    """What is taken from cells, or None, and what is wrong with them is noted."""
    try:
        return take(*cells, **more)
    except Wrong as clause:
        wrong.append(str(clause))
        return None


def _check_heir(kind: str, unit: str, heir: str, places: Places) -> None:
    if kind != VILLAGE:
        raise Wrong("only a village can have went_to")
    if heir not in {*(succession.to_id for succession in places.successors(unit)), *places.parts(unit)}:
        raise Wrong(f"{heir} is no successor of {unit}")


def _day(text: str, column: str) -> date:
    try:
        return date.fromisoformat(text) if len(text) == 10 else date.fromisoformat("")
    except ValueError:
        raise Wrong(f"{column} {text!r} is no date (YYYY-MM-DD)") from None


def _code(text: str | None, known: Mapping[str, object], what: str) -> str | None:
    if text and text not in known:
        raise Wrong(f"{text!r} is no {what} ({', '.join(known) or 'it has none'})")
    return text or None


def _need(text: str) -> bool | None:
    if text.lower() not in _YES_NO:
        raise Wrong(f"need {text!r} is neither yes nor no")
    return _YES_NO[text.lower()]


def _repeated(rows: Iterable[Row]) -> Iterable[Fault]:
    first: dict[tuple[str, date], int] = {}
    for row in rows:
        earlier = first.setdefault((row.code, row.version.valid_from), row.line)
        if earlier != row.line:
            yield Fault(row.line, f"line {earlier} states the same entry from the same day")
