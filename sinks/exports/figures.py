"""What daily files say, as plain rows in a fixed order: a function of the ledger and the day, of nothing else."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date
from typing import NamedTuple

from sqlalchemy import Connection, text

from schemas.measures import MEASURES, Additivity, rules_digest
from schemas.programmes.expression import MEASURE, Term
from sinks.reports.asking import KEPT, Days, Ledger
from sinks.reports.stretches import FIRST, LAST

_UNITS = """
SELECT u.id, u.name, u.level, u.commune, c.name, u.province, p.name, u.unresolved
FROM units u LEFT JOIN units c ON c.id = u.commune LEFT JOIN units p ON p.id = u.province
WHERE u.id = ANY (:units) ORDER BY u.id COLLATE "C"
"""
_ON_DAY = "SELECT unit, measure, kind, value FROM per_day WHERE day = :day AND measure = ANY (:live) AND value <> 0"
_POSITIONS = "SELECT topic, partition, next_offset FROM positions WHERE topic LIKE 'field.%' ORDER BY topic, partition"


class Sheet(NamedTuple):
    """One file: the names of its columns, those of them that are numbers, and its rows."""

    name: str
    columns: tuple[str, ...]
    numbers: frozenset[str]
    rows: list[tuple[str | int | None, ...]]


class Figures(NamedTuple):
    """The sheets of a day, and what they are true for: the log's positions, the counting rules, the map."""

    day: date
    sheets: tuple[Sheet, ...]
    positions: dict[str, list[int]]
    rules: str
    map: str


def figures(connection: Connection, day: date) -> Figures:
    """The figures of a day at +07:00, from one transaction of REPEATABLE READ.

    `to-date` counts what happened up to the end of the day, `on-day` what it moved the measures that are sums by.
    """
    units = list(connection.execute(text("SELECT DISTINCT unit FROM streams")).scalars())
    to_date = _sorted(_counters(Ledger(connection, units, Days(FIRST, day, day))))
    on_day = connection.execute(text(_ON_DAY), {"day": day, "live": list(MEASURES)})
    counter, number = ("unit", "measure", "kind", "value"), frozenset({"value"})
    places = ("unit", "name", "level", "commune", "commune_name", "province", "province_name", "unresolved")
    known = connection.execute(text(_UNITS), {"units": units})
    positions: dict[str, list[int]] = {}
    for topic, _, offset in connection.execute(text(_POSITIONS)):
        positions.setdefault(topic, []).append(offset)
    digest = connection.execute(text("SELECT digest FROM dimensions WHERE name = 'contract'")).scalar()
    sheets = (
        Sheet("to-date", counter, number, to_date),
        Sheet("on-day", counter, number, _sorted(map(tuple, on_day))),
        Sheet("units", places, frozenset(), [tuple(row) for row in known]),
    )
    return Figures(day, sheets, positions, rules_digest(), digest or "")


def _counters(ledger: Ledger) -> Iterator[tuple[str, str, str, int]]:
    """Every counter of every unit that is not 0; union measures cannot be added up and are left to reports."""
    sums: dict[tuple[str, str, str], int] = {}
    for term, unit, _, value in ledger.sums(_terms(Additivity.SUM), (LAST,)):
        at = unit, *_name(term)
        sums[at] = sums.get(at, 0) + value
    yield from ((*at, value) for at, value in sums.items())
    for found in (ledger.distinct(_terms(Additivity.DISTINCT)), ledger.kept(_terms())):
        yield from ((each.unit, *_name(each.term), each.value) for each in found)


def _terms(additivity: Additivity | None = None) -> list[Term]:
    """A term for each counter of a kind of measures; without any, of those that surveys and sessions decide."""
    return [
        Term(MEASURE, measure.name, (kind,) if kind else ())
        for measure in MEASURES.values()
        if (None if measure.name in KEPT else measure.additivity) is additivity
        for kind in measure.kind_codes
    ]


def _name(term: Term) -> tuple[str, str]:
    return term.name, term.kinds[0] if term.kinds else ""


def _sorted(rows: Iterable[tuple[str, str, str, int]]) -> list[tuple[str | int | None, ...]]:
    return sorted(row for row in rows if row[3])
