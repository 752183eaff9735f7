"""Asks the ledger for the terms of a programme: a statement for each kind of term, for all units at once."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from importlib.resources import files
from typing import Any, NamedTuple

from sqlalchemy import Connection, Row, text

from schemas import measures
from schemas.instant import DAY_MS, VIETNAM_OFFSET_MS
from schemas.measures import LEDGER_MEASURES
from schemas.programmes.expression import Term
from schemas.programmes.terms import REGISTERS, finding_of
from sinks.ledger.following.follow import follow
from sinks.reports.stretches import FIRST, Stretch, by_month, parts

_EPOCH = date(1970, 1, 1).toordinal()
_SURVEYS, _HANDOUTS = "field.households.v1", "field.handouts.v1"
KEPT = {
    measures.SURVEYED: (_SURVEYS,), measures.IN_NEED: (_SURVEYS,), measures.IN_NEED_WITH_ACCESS: (_SURVEYS,),
    measures.CONNECTED: (_SURVEYS,), measures.WITH_SMARTPHONE: (_SURVEYS, _HANDOUTS),
    "training_reach": ("field.training.v1",), "outreach_reach": ("field.outreach.v1",),
}  # fmt: skip
"""Measures that are kept by root, and the topics whose facts decide them."""
FOLLOWED = ("as_of", "sums", "distinct", "union", "kept", "points", "findings")
"""Questions that can also be answered from the events themselves: `sql/from_events`."""


class Days(NamedTuple):
    """From a first to a last day, both included; `day` is the one on which registers and connections are looked at."""

    first: date
    last: date
    day: date


class Worth(NamedTuple):
    """What a term is worth in one unit."""

    term: Term
    unit: str
    value: int


class Ledger:
    """The ledger's answers for some units and days. Nothing here adds up units.

    They come from figures that follow the events, which are brought up first; with `recounted`, from the events
    themselves, which comes to the same and takes as long as there are events.
    """

    def __init__(
        self, connection: Connection, units: Iterable[str], days: Days, *, recounted: bool = False
    ) -> None:  # fmt: skip
        self._connection, self._units, self._days, self._recounted = connection, sorted(units), days, recounted
        if not recounted:
            follow(connection)
        connection.execute(text("SET LOCAL jit = off"))  # compiling a question takes longer than its answer

    def as_of(self, heard_within_days: int) -> Row[Any]:
        """What was heard of the units together, whatever the days; which tablets were, by the last day."""
        [row] = self._ask("as_of", day=self._days.day, days=heard_within_days)
        return row

    def latest_day(self) -> date | None:
        """The latest day up to the last one on which anything that counts happened."""
        [row] = self._ask("latest")
        latest: date | None = row.day
        return latest

    def sums(self, terms: Sequence[Term], turns: Sequence[date]) -> Iterator[tuple[Term, str, int, int]]:
        """Sum measures by unit and stretch of the calendar: stretch n lies between the nth and the next of `turns`."""
        months, days = by_month(parts(turns, self._days.first, self._days.last))
        for row in self._ask("sums", **_counters(terms), turns=list(turns), **_columns("month", months),
                             **_columns("day", days)):  # fmt: skip
            yield terms[row.term], row.unit, row.part, row.value

    def distinct(self, terms: Sequence[Term]) -> Iterator[Worth]:
        """Distinct measures by unit."""
        for row in self._ask("distinct", **_counters(terms)):
            yield Worth(terms[row.term], row.unit, row.value)

    def unions(self, terms: Sequence[Term], groups: Mapping[str, Iterable[str]]) -> Iterator[Worth]:
        """Union measures by group of units: `unit` is the group's name."""
        pairs = [(group, unit) for group, units in groups.items() for unit in units]
        places, members = [group for group, _ in pairs], [unit for _, unit in pairs]
        for row in self._ask("union", **_counters(terms), places=places, members=members):
            yield Worth(terms[row.term], row.place, row.value)

    def kept(self, terms: Sequence[Term]) -> Iterator[Worth]:
        """Measures that surveys and sessions decide."""
        topics = sorted({topic for term in terms for topic in KEPT[term.name]})
        rows = self._ask("kept", topics=topics, after=_start(self._days.first))
        for row in rows:
            for term in terms:
                if term.name == row.measure and (not term.kinds or row.kind in term.kinds):
                    yield Worth(term, row.unit, row.value)

    def points(self, terms: Sequence[Term]) -> Iterator[Worth]:
        """What the latest facts of points and devices say."""
        for row in self._ask("points", day=self._days.day):
            for term in terms:
                if term.name == row.name:
                    yield Worth(term, row.unit, row.value)

    def registered(self, terms: Sequence[Term]) -> tuple[list[Worth], set[Term]]:
        """Counts of register entries, and the terms of which the registers of these units say nothing at all."""
        rows, found, silent = self._ask("registers", day=self._days.day), list[Worth](), set[Term]()
        for term in terms:
            register = REGISTERS[term.name]
            mine = [row for row in rows if row.kind == register.kind]
            says = [row for row in mine if (not term.kinds or row._mapping["class"] is not None)
                    and (not register.needy or row.need is not None)]  # fmt: skip
            if not says:
                silent.add(term)
            found += [Worth(term, row.unit, row.value) for row in says
                      if (not term.kinds or row._mapping["class"] in term.kinds)
                      and (not register.needy or row.need)]  # fmt: skip
        return found, silent

    def findings(self, terms: Sequence[Term]) -> Iterator[Worth]:
        """How many findings there are now, whatever the days."""
        named = {finding_of(term.name): term for term in terms}
        for row in self._ask("findings", names=list(named)):
            yield Worth(named[row.finding], row.unit, row.value)

    def _ask(self, name: str, **parameters: Any) -> Sequence[Row[Any]]:
        folder = "from_events/" if self._recounted and name in FOLLOWED else ""
        return ask(self._connection, folder + name, **self._of_all(), **parameters)

    def _of_all(self) -> dict[str, Any]:
        """What every question may name; `before` is the last millisecond of the last day."""
        first, last = self._days.first, self._days.last
        return {"units": self._units, "first": first, "since": None if first == FIRST else first, "last": last,
                "before": _start(last) + DAY_MS - 1}  # fmt: skip


def ask(connection: Connection, name: str, **parameters: Any) -> Sequence[Row[Any]]:
    """Runs a file of `sql/` with those of the parameters that it names."""
    statement = text((files(__package__) / "sql" / f"{name}.sql").read_text())
    wanted = statement._bindparams.keys()
    return connection.execute(statement, {key: parameters[key] for key in wanted}).all()


def _counters(terms: Sequence[Term]) -> dict[str, list[Any]]:
    """Terms as columns: the index of each, once for every kind that it counts."""
    rows = [(index, term.name, kind) for index, term in enumerate(terms)
            for kind in term.kinds or LEDGER_MEASURES[term.name].kind_codes]  # fmt: skip
    return {"terms": [row[0] for row in rows], "measures": [row[1] for row in rows], "kinds": [row[2] for row in rows]}


def _columns(name: str, stretches: Iterable[Stretch]) -> dict[str, list[Any]]:
    """Stretches as columns."""
    rows = list(stretches)
    return {f"{name}_parts": [row.part for row in rows], f"{name}s_from": [row.since for row in rows],
            f"{name}s_until": [row.until for row in rows]}  # fmt: skip


def _start(day: date) -> int:
    """The first millisecond of a day at +07:00."""
    return (day.toordinal() - _EPOCH) * DAY_MS - VIETNAM_OFFSET_MS
