"""The close of a period and its restatement: from figures, and what was decided so far, to the action. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple

import msgspec

from producers.errors import ProducersError
from schemas.instant import day_of, epoch_ms
from schemas.office import (
    CLOSED,
    EVENTS_MAX,
    RESTATED,
    Action,
    Figures,
    Position,
    Statements,
    Type,
    digest_of,
    intact,
    subject_of,
)
from schemas.programmes.period import Period
from schemas.programmes.report import Report, Value, decode
from schemas.topics import REGISTERS


class Frozen(NamedTuple):
    """Figures at one moment of the ledger: the report's bytes, and what it rests on."""

    programme: str
    period: Period
    map: str
    map_digest: str
    rules: str
    positions: Sequence[Position]
    report: bytes


class By(NamedTuple):
    """Who decides, when, and under which id."""

    organisation: str
    source: str
    time: datetime
    id: str


def close(frozen: Frozen, so_far: Statements, by: By) -> Action:
    """The close of a period.

    Raises:
        ProducersError: it is closed already, or it is not over.
    """
    if so_far.closed is not None:
        raise ProducersError(
            f"{frozen.period.name} of {frozen.programme} was closed on {so_far.closed.time:%Y-%m-%d} "
            f"({so_far.closed.id}): a closed figure stays; `fieldtally period restate` adds what came since."
        )
    if day_of(epoch_ms(by.time)) <= frozen.period.last:
        raise ProducersError(
            f"{frozen.period.name} ends on {frozen.period.last}: it can be closed from the day after on."
        )
    return _action(CLOSED, _figures(frozen), by)


def map_of_close(so_far: Statements, period: Period) -> str:
    """The map that a period was closed on: was, or a day.

    Closes name a day, except those of an earlier program that say `now`: that was the map of the period's last day.
    """
    named = so_far.closed.data.map if so_far.closed else "now"
    return period.last.isoformat() if named == "now" else named


def restate(frozen: Frozen, so_far: Statements, events: Sequence[str], by: By) -> Action | None:
    """The restatement of a closed period by the events that came since; None where the figures are as stated last.

    Raises:
        ProducersError: it was never closed, or the close is damaged.
    """
    closed, latest = so_far.closed, so_far.latest
    if closed is None or latest is None:
        raise ProducersError(
            f"{frozen.period.name} of {frozen.programme} was never closed: `fieldtally period close` does it."
        )
    check(closed)
    if not differences(latest.data.report, frozen.report):
        return None
    figures = msgspec.structs.replace(
        _figures(frozen), restates=closed.id, changed=len(events), events=list(events[:EVENTS_MAX])
    )
    return _action(RESTATED, figures, by)


def check(action: Action) -> None:
    """Proves that a statement's report is the one that was published.

    Raises:
        ProducersError: it is not.
    """
    if not intact(action):
        raise ProducersError(
            f"The report of {action.subject} ({action.id}) is not the one that its digest states: the record was "
            "changed after it was written; compare it with a copy of office.actions.v1."
        )


class Difference(NamedTuple):
    """A value of a report that is another now: the row, the place (none for the whole), and both values."""

    row: str
    place: str | None
    before: Value | None
    now: Value | None


def differences(before: bytes | msgspec.Raw, now: bytes | msgspec.Raw) -> list[Difference]:
    """What differs between two reports of one programme; as-of times are no difference."""
    old, new = _values(decode(before)), _values(decode(now))
    return [Difference(*key, old.get(key), new.get(key)) for key in {**old, **new} if old.get(key) != new.get(key)]


def grounds(closed: Figures, restated: Figures) -> list[str]:
    """What else than events changed between a close and a restatement, each as a clause."""
    said = []
    if closed.map_digest != restated.map_digest:
        said.append(f"the map of places is another one (then {closed.map_digest}, now {restated.map_digest})")
    if closed.rules != restated.rules:
        said.append(f"the counting rules are others (then {closed.rules}, now {restated.rules})")
    if records := _read(restated, REGISTERS) - _read(closed, REGISTERS):
        said.append(f"the registers have {records:,} records more")
    return said


def _read(figures: Figures, topic: str) -> int:
    """How many offsets of a topic the figures cover."""
    return sum(position.next_offset for position in figures.positions if position.topic == topic)


def _values(report: Report) -> dict[tuple[str, str | None], Value]:
    rows: dict[tuple[str, str | None], Value] = {(row.row.id, None): row.value for row in report.rows}
    for line in report.lines:
        place = line.place or f"{line.above.vi if line.above else ''} {line.unresolved}".strip()
        rows |= {(column, place): value for column, value in zip(report.columns, line.values, strict=True)}
    return rows


def _figures(frozen: Frozen) -> Figures:
    period = frozen.period
    return Figures(
        programme=frozen.programme, period=period.name, first=period.first, last=period.last, map=frozen.map,
        map_digest=frozen.map_digest, rules=frozen.rules, positions=list(frozen.positions),
        report=msgspec.Raw(frozen.report), digest=digest_of(frozen.report),
    )  # fmt: skip


def _action(type_: Type, figures: Figures, by: By) -> Action:
    return Action(
        id=by.id, source=by.source, type=type_, subject=subject_of(figures.programme, figures.period), time=by.time,
        organisation=by.organisation, data=figures,
    )  # fmt: skip
