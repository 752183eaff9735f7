"""Closing a period: figures and log positions of one moment of the ledger, and what came since a close."""

from __future__ import annotations

import secrets
from datetime import UTC, datetime, timedelta, timezone
from random import SystemRandom

import msgspec
from sqlalchemy import Connection, create_engine, text
from sqlalchemy.pool import NullPool

from infra.bus import connect
from infra.errors import InfraError
from infra.reconcile.waiting import wait
from producers.office.periods import By, Frozen
from producers.office.writer import append
from producers.reading import read
from producers.simulator.clock import uuid7
from schemas import office, programmes
from schemas.instant import epoch_ms
from schemas.office import Action, Position, Statements, decode, encode, statements, subject_of
from schemas.places import Places
from schemas.programmes import Period
from schemas.programmes.hiding import published
from schemas.programmes.report import encode as encode_report
from schemas.programmes.scope import scope
from schemas.settings import Settings
from schemas.topics import ACTIONS, FIELD_TOPICS, REGISTERS
from sinks.ledger.following.follow import snapshot
from sinks.reports.chart import map_of
from sinks.reports.errors import ReportsError
from sinks.reports.figures import compute
from sinks.reports.maps import NOW

VIETNAM = timezone(timedelta(hours=7))
_POSITIONS = "SELECT topic, partition, next_offset FROM positions ORDER BY topic, partition"
_SINCE = """
SELECT id::text FROM events_since(CAST(:units AS text[]), :first, :last, CAST(:positions AS jsonb))
ORDER BY received, id"""


def await_ledger(settings: Settings, patience_s: float) -> None:
    """Returns when the ledger has read all that is in the log now, so that no figure is closed too early.

    Raises:
        InfraError: it has not, so many seconds later.
    """
    with connect(settings) as bus:
        ends = bus.ends(bus.places((*FIELD_TOPICS, REGISTERS)))
    engine = create_engine(settings.database_url, poolclass=NullPool)

    def behind() -> int:
        with engine.connect() as connection:
            at = {(each.topic, each.partition): each.next_offset for each in _positions(connection)}
        return sum(max(0, end - at.get((place.topic, place.partition), 0)) for place, end in ends.items())

    if left := wait(behind, patience_s):
        raise InfraError(f"The ledger has {left:,} records of the log still to read: see that it runs "
                         "(`fieldtally status`), and try again when it is through.")


def freeze(
    settings: Settings, programme: str, period: Period, map: str, since: Action | None = None
) -> tuple[Frozen, list[str]]:
    """The figures of a programme and period as they are published, and the log positions that they cover.

    Today's map is named by its day: by and by another one is today's, and the statement stays. With `since`, also
    the ids of the events that came after that close and bear on the period. All of it is of one moment of the
    ledger: one snapshot of its database.

    Raises:
        InfraError: there is no such map.
        sqlalchemy.exc.OperationalError: Postgres does not answer.
    """
    wanted = programmes.load(programme)
    map = datetime.now(VIETNAM).date().isoformat() if map == NOW else map
    with snapshot(settings.database_url) as connection:
        positions, places = _positions(connection), map_of(connection)
        try:
            report = compute(connection, wanted, map=map, period=period, places=places)
        except ReportsError as error:
            raise InfraError(str(error)) from error
        events = _since(connection, places, wanted, since) if since is not None else []
    frozen = Frozen(programme, period, map, report.as_of.map_digest, report.as_of.rules, positions,
                    encode_report(published(report)))  # fmt: skip
    return frozen, events


def _positions(connection: Connection) -> list[Position]:
    return [Position(topic=row.topic, partition=row.partition, next_offset=row.next_offset)
            for row in connection.execute(text(_POSITIONS))]


def _since(connection: Connection, places: Places, programme: programmes.Programme, close: Action) -> list[str]:
    figures = close.data
    parameters = {"units": sorted(scope(places, programme.places)), "first": figures.first, "last": figures.last,
                  "positions": msgspec.json.encode(figures.positions).decode()}  # fmt: skip
    return [row.id for row in connection.execute(text(_SINCE), parameters)]


def so_far(settings: Settings, programme: str, period: str) -> Statements:
    """What was stated about a period, read from the log.

    Raises:
        ProducersError: the topic cannot be read.
    """
    subject = subject_of(programme, period)
    kept = (record.value for record in read(settings, [ACTIONS]) if record.key == subject.encode())
    return statements((decode(value) for value in kept if value is not None), subject)


def decided(settings: Settings, action: Action) -> Action:
    """Appends a decision; the close that holds now, which is another's if that was quicker, or the restatement.

    Raises:
        InfraError: another close of the same period came first.
    """
    append(settings, ACTIONS, [(action.key(), encode(action))])
    if action.type == office.CLOSED:
        holds = so_far(settings, action.data.programme, action.data.period).closed
        if holds is None or holds.id != action.id:
            raise InfraError(f"{action.subject} was closed by another at the same time: "
                             "`fieldtally period show` has what holds.")
    return action


def by(organisation: str) -> By:
    """Who decides now: a session of its own per command."""
    now = datetime.now(UTC)
    return By(organisation, f"/offices/{secrets.token_urlsafe(12)}", now.astimezone(VIETNAM),
              uuid7(epoch_ms(now), SystemRandom()))  # fmt: skip
