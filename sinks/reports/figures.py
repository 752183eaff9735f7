"""A programme's report, computed from the ledger: every row, every line, and as of when."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date

from msgspec.structs import replace
from sqlalchemy import Connection

from schemas.instant import day_of, epoch_ms, iso_ms
from schemas.measures import rules_digest
from schemas.places import Level, Places
from schemas.programmes import Period, Programme
from schemas.programmes import expression as ex
from schemas.programmes.expression import Indicator, Term
from schemas.programmes.model import Row
from schemas.programmes.report import UNKNOWN, AsOf, Line, Report, ReportRow, Share, Value, share_of
from schemas.programmes.scope import Scopes
from schemas.programmes.terms import unit_of_indicator
from sinks.reports.asking import Days, Ledger
from sinks.reports.chart import map_of
from sinks.reports.errors import ReportsError
from sinks.reports.known import Group, Known, read
from sinks.reports.lists import lists_of, terms_of
from sinks.reports.maps import NOW, Spot, both, day_of_map, spots
from sinks.reports.stretches import FIRST, LAST
from sinks.reports.villages import Part, Villages, parts_apart

HEARD_WITHIN_DAYS = 30
ALL = ""  # the group of all units of the programme
_GIVEN = (ex.BASELINE, ex.OUTSIDE, ex.PLACES)  # words of terms that the ledger is not asked for


def compute(
    connection: Connection, programme: Programme, *, until: date | None = None, map: str = NOW,
    period: Period | None = None, places: Places | None = None, recounted: bool = False,
) -> Report:  # fmt: skip
    """The report of a programme, with nothing hidden: publish it with `schemas.programmes.hiding.published`.

    Events count by the day on which they happened: up to `until`, and within `period`. Within a period sums, distinct
    and union measures and sessions count what happened in it; what a survey or a register decides is as of its end.
    `map` (was, now, or a day) decides the lines of places and changes no row; now is today, whatever `until` and
    `period` are. Without `places`, the units of the ledger's own map are the programme's. With `recounted` every
    figure is counted from the events, however many.

    Raises:
        ReportsError: the map is none, or the period begins after `until`.
    """
    chart = places or map_of(connection)
    scopes = Scopes(chart)
    units = scopes.of(programme.places)
    last, today = _last(until, period), connection.exec_driver_sql("SELECT today()").scalar_one()
    days = Days(period.first if period else FIRST, last, min(last, today))
    day = day_of_map(map, today)
    parts = parts_apart(connection, chart, units, day)
    lines = spots(chart, units, programme.lines, day, parts)
    indicators = {row.id: ex.parse(row.value) for row in programme.rows if row.value}
    groups = {ALL: _whole(units, parts), **{spot.key: group for spot, group in lines.items()}}
    groups |= {row.within: _whole(scopes.of([row.within]) & units, parts) for row in programme.rows if row.within}
    ledger = Ledger(connection, units, days, recounted=recounted)
    villages = Villages(connection, parts, days, day) if parts else None
    asked = [*_asked(indicators.values()), *terms_of(programme.lists)]
    known = read(ledger, groups, asked, chart.turns, villages)
    worth = _Worth(programme, chart, known, indicators)
    as_of = _as_of(ledger, AsOf(
        day=days.day, until=until, period=period, map=map, map_digest=chart.digest, rules=rules_digest(),
        heard_within_days=HEARD_WITHIN_DAYS,
    ), last)  # fmt: skip
    return Report(
        programme=programme.name, version=programme.version, title=programme.title, note=programme.note,
        documents=programme.documents, as_of=as_of, rows=tuple(worth.row(row) for row in programme.rows),
        columns=programme.columns, lines=tuple(worth.lines(lines)), kits=programme.kits, actors=programme.actors,
        lists=tuple(lists_of(programme.lists, lambda term: known.of(term, ALL))),
    )  # fmt: skip


def _last(until: date | None, period: Period | None) -> date:
    last = min(until or LAST, period.last if period else LAST)
    if period and last < period.first:
        raise ReportsError(f"Nothing of {period.name} lies before {until}: choose a later day or an earlier period.")
    return last


def _whole(units: Collection[str], parts: Iterable[Part]) -> Group:
    """Units with all of their parts."""
    return Group(frozenset(units) | {part.name for part in parts if part.unit in units})


def _asked(indicators: Iterable[Indicator]) -> list[Term]:
    every = {term for each in indicators for part in each for term in ex.terms(part)}
    return sorted(term for term in every if term.word not in _GIVEN)


def _as_of(ledger: Ledger, asked: AsOf, last: date) -> AsOf:
    """As of when the figures are; where events came that are later than the last day, by day what counts."""
    row = ledger.as_of(asked.heard_within_days)
    latest = row.latest_event and epoch_ms(row.latest_event)
    later = latest is not None and day_of(latest) > last
    day = ledger.latest_day() if later else None
    return replace(
        asked, events=row.events,
        latest_event=day and day.isoformat() if later else latest and iso_ms(latest),
        latest_receipt=row.latest_receipt and iso_ms(epoch_ms(row.latest_receipt)),
        tablets=row.tablets, tablets_heard=row.tablets_heard, missing=row.missing, rejected=row.rejected,
    )  # fmt: skip


@dataclass(frozen=True)
class _Worth:
    """What indicators are worth over groups of units."""

    programme: Programme
    places: Places
    known: Known
    indicators: Mapping[str, Indicator]

    def row(self, row: Row) -> ReportRow:
        if row.value is None:
            return ReportRow(row=row, value=UNKNOWN, unit=row.reported.unit if row.reported else None,
                             shares=tuple(Share(target=target) for target in row.targets))  # fmt: skip
        value, basis = self._value(self.indicators[row.id], row.within or ALL)
        unit = unit_of_indicator(self.indicators[row.id], self.programme)
        shares = tuple(share_of(target, value) for target in row.targets)
        return ReportRow(row=row, value=value, unit=unit, basis=basis, shares=shares)

    def lines(self, spots: Iterable[Spot]) -> Iterator[Line]:
        """The lines in which anything stands."""
        for spot in spots:
            values = tuple(self._value(self.indicators[column], spot.key)[0] for column in self.programme.columns)
            if any(value.count for value in values):
                yield Line(
                    name=spot.name, values=values, place=spot.place.id if spot.place else None,
                    above=both(spot.above) if spot.above else None, unresolved=spot.unresolved,
                )  # fmt: skip

    def _value(self, indicator: Indicator, group: str) -> tuple[Value, tuple[str, ...]]:
        part = ex.evaluate(indicator.part, lambda term: self._of(term, group))
        whole = ex.evaluate(indicator.whole, lambda term: self._of(term, group)) if indicator.whole else None
        basis = part.terms + (whole.terms if whole else ())
        if part.value is None or (whole is not None and whole.value is None):
            return UNKNOWN, tuple(map(str, basis))
        return Value(count=part.value, of=whole.value if whole else None), tuple(map(str, basis))

    def _of(self, term: Term, group: str) -> int | None:
        match term.word:
            case ex.BASELINE:
                figures = (each.figure.value for each in self.programme.baselines if each.id == term.name)
                return int(next(figures) or 0) if group == ALL else None  # a source gives it for the whole alone
            case ex.OUTSIDE:
                stated = (each.value for each in self.programme.outside if each.id == term.name)
                return next(stated) if group == ALL else None
            case ex.PLACES:
                vintages = {place.partition(":")[0] for place in self.programme.places}
                known, members = self.places.units, self.known.groups[group].units  # a part of a unit is none
                units = (known[name] for name in members if name in known)
                return sum(1 for unit in units if unit.level is Level.COMMUNE and unit.vintage in vintages)
        return self.known.of(term, group)
