"""What a programme's file must keep to, beyond the form of its parts."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import NamedTuple

from schemas.places import Places
from schemas.programmes.expression import MEASURE, ExpressionError, Term, parse
from schemas.programmes.model import Figure, Listing, Programme, Row, Target
from schemas.programmes.period import PeriodError, parse_period
from schemas.programmes.scope import scope
from schemas.programmes.terms import TermError, unit_of, unit_of_indicator

Path = tuple[str | int, ...]


class Fault(NamedTuple):
    """What is wrong, and where in the file's structure."""

    path: Path
    reason: str


def faults(programme: Programme, places: Places) -> Iterator[Fault]:
    """Everything that is wrong with a programme."""
    for index, place in enumerate(programme.places):
        if not places.known(place):
            yield Fault(("places", index), f"there is no unit {place} on the map")
    for list_name in ("documents", "baselines", "outside", "rows", "lists"):
        yield from _repeated(list_name, [part.id for part in getattr(programme, list_name)])
    documents = {document.id for document in programme.documents}
    for index, baseline in enumerate(programme.baselines):
        yield from _figure(baseline.figure, documents, ("baselines", index, "figure"))
        if baseline.figure.value is None or (baseline.figure.value.is_finite() and baseline.figure.value % 1):
            yield Fault(("baselines", index), f"baseline {baseline.id} wants a whole number as its value")
    known = all(places.known(place) for place in programme.places)
    units = scope(places, programme.places) if known else frozenset()
    for index, row in enumerate(programme.rows):
        yield from _row(programme, row, documents, ("rows", index))
        if row.within is not None and row.within not in units:
            yield Fault(("rows", index, "within"), f"{row.within} is no unit of the programme's places")
    yield from _columns(programme)
    for index, listing in enumerate(programme.lists):
        yield from _listing(programme, listing, documents, ("lists", index))
    yield from _kits(programme, documents)


def _listing(programme: Programme, listing: Listing, documents: set[str], path: Path) -> Iterator[Fault]:
    for name in listing.counts:
        try:
            unit_of(Term(MEASURE, name, listing.kinds), programme)
        except TermError as error:
            yield Fault(path, str(error))
    if listing.source is not None and listing.source not in documents:
        yield Fault(path, f"there is no document `{listing.source}`")


def _repeated(list_name: str, ids: list[str]) -> Iterator[Fault]:
    for index, one in enumerate(ids):
        if one in ids[:index]:
            yield Fault((list_name, index), f"the id `{one}` stands twice in `{list_name}`")


def _row(programme: Programme, row: Row, documents: set[str], path: Path) -> Iterator[Fault]:
    unit = None
    if row.value is not None:
        try:
            unit = unit_of_indicator(parse(row.value), programme)
        except (ExpressionError, TermError) as error:
            yield Fault((*path, "value"), str(error))
            return
    if row.part_of is not None:
        whole = next((other for other in programme.rows if other.id == row.part_of), None)
        if whole is None or whole.part_of is not None:
            yield Fault((*path, "part_of"), f"`{row.part_of}` is no row that can have parts")
    if row.source is not None and row.source not in documents:
        yield Fault((*path, "source"), f"there is no document `{row.source}`")
    if row.reported is not None:
        yield from _figure(row.reported, documents, (*path, "reported"))
        if unit is not None and row.reported.unit != unit:
            yield Fault((*path, "reported"), f"the source's figure is in {row.reported.unit}, the indicator in {unit}")
    for number, target in enumerate(row.targets):
        yield from _target(target, unit, documents, (*path, "targets", number))


def _figure(figure: Figure, documents: set[str], path: Path) -> Iterator[Fault]:
    if figure.source is None or figure.source not in documents:
        yield Fault(path, f"a figure wants its source, and `{figure.source}` is no document")
    if figure.value is not None and not figure.value.is_finite():
        yield Fault((*path, "value"), f"{figure.value} is no number")
    if figure.value is None and figure.words is None:
        yield Fault(path, "a figure wants a value, or the source's words where it gives none")
    if figure.value is None and figure.qualifier:
        yield Fault(path, f"the qualifier `{figure.qualifier}` has no value")


def _target(target: Target, unit: str | None, documents: set[str], path: Path) -> Iterator[Fault]:
    if target.source is not None and target.source not in documents:
        yield Fault(path, f"there is no document `{target.source}`")
    if target.period is not None:
        try:
            parse_period(target.period)
        except PeriodError as error:
            yield Fault((*path, "period"), str(error))
    if target.value is None:
        return
    if not target.value.is_finite():
        yield Fault((*path, "value"), f"{target.value} is no number")
    elif target.value < 0:
        yield Fault((*path, "value"), f"a target of {target.value} is below zero")
    if unit is None:
        yield Fault(path, "a target wants an indicator: the row has no `value`")
    elif target.unit == "%" != unit:
        yield Fault(path, f"a target in % wants a denominator, and the indicator counts {unit} without one")
    elif target.unit != unit:
        yield Fault(path, f"the target is in {target.unit}, the indicator in {unit}")


def _columns(programme: Programme) -> Iterator[Fault]:
    rows = {row.id: row for row in programme.rows}
    for index, column in enumerate(programme.columns):
        if column not in rows or rows[column].value is None or rows[column].within is not None:
            yield Fault(("columns", index), f"`{column}` is no row with an indicator for all places")


def _kits(programme: Programme, documents: Iterable[str]) -> Iterator[Fault]:
    seen = set()
    for index, kit in enumerate(programme.kits):
        if (kit.host is None) == (kit.point is None):
            yield Fault(("kits", index), "a kit is for a class of hosts (`host`) or for one point (`point`)")
        if (who := (kit.host, kit.point, kit.valid_from)) in seen:
            yield Fault(("kits", index), f"two kits for {kit.host or kit.point} from {kit.valid_from}")
        seen.add(who)
        if kit.source is None and kit.note is None:
            yield Fault(("kits", index), "a kit wants its source, or a note that says where it comes from")
        if kit.source is not None and kit.source not in documents:
            yield Fault(("kits", index), f"there is no document `{kit.source}`")
