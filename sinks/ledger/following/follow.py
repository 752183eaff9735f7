"""Brings steps up to the events: looks anew at the subjects of what came since, and replaces what they count for.

A subject is recomputed from what is stated of it now, so doing it once too often changes nothing, and events that
come meanwhile are only looked at again. Every transaction that follows holds one advisory lock of Postgres.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.resources import files
from typing import Any

from sqlalchemy import Connection, create_engine
from sqlalchemy.pool import NullPool

from sinks.ledger.tables_steps import TABLES

LOCK = 0x7374657073
AT_ONCE = 20_000  # events in one transaction of the service
# What was heard never falls, and no stream is followed beyond it: so both are the same if their sums are.
_SUMS = "SELECT (sum(events), sum(highest)) FROM"
_BEHIND = f"SELECT ({_SUMS} heard) IS DISTINCT FROM ({_SUMS} followed)"
_REVISED = "SELECT EXISTS (SELECT FROM revised)"
_LEFT = "SELECT EXISTS (SELECT FROM behind)"
# From the few rows of news to an index: the planner knows nothing of temporary tables, nor of those that just grew.
_BY_INDEX = "SET LOCAL enable_seqscan = off; SET LOCAL enable_hashjoin = off; SET LOCAL enable_mergejoin = off"
_AS_PLANNED = "RESET enable_seqscan; RESET enable_hashjoin; RESET enable_mergejoin; RESET enable_nestloop"
# Tables of a session with each other, whole: pair by pair they would take the square of what is new.
_AS_WHOLES = "SET LOCAL enable_nestloop = off"
_FORGET = "TRUNCATE " + ", ".join(table.name for table in TABLES)
_LOOK = ("roots", "touch", "touch_others", "state", "make_present")
_DECIDE = ("hold_households", "hold_sessions", "hold_points", "hold_kits", "make_kept")
_REPLACE = ("compare", "keep", "forget", "step", "month_steps", "month_sums")
_STEPS = {file.name.removesuffix(".sql"): file.read_text() for file in (files(__package__) / "sql").iterdir()}


@contextmanager
def snapshot(url: str) -> Iterator[Connection]:
    """A connection of REPEATABLE READ in which steps can follow; what it wrote is committed at the end.

    Raises:
        sqlalchemy.exc.OperationalError: Postgres does not answer.
    """
    with create_engine(url, poolclass=NullPool).connect() as connection:
        # The lock goes first: a snapshot from before it would not see what another has followed meanwhile.
        connection.exec_driver_sql(f"SELECT pg_advisory_lock({LOCK})")
        connection.commit()
        connection.execution_options(isolation_level="REPEATABLE READ")
        yield connection
        connection.commit()


def follow(connection: Connection, at_once: int | None = None) -> bool:
    """Brings steps up to the events that the connection's transaction sees; whether any were new.

    With `at_once` it takes about so many of them; so it is called until nothing is new. Which streams are left is
    remembered by the session, for to find them out takes as long as there are streams.
    """
    connection.exec_driver_sql(f"SELECT pg_advisory_xact_lock({LOCK})")
    cursor: Any = connection.connection.cursor()
    cursor.execute(f"SET LOCAL jit = off; {_STEPS['session']}")
    if not _is(cursor, _LEFT):
        if _is(cursor, _BEHIND):
            cursor.execute(_STEPS["behind"])
        elif not _is(cursor, _REVISED):
            return False
    cursor.execute(_BY_INDEX)
    cursor.execute(_STEPS["news"], {"events": at_once})
    for stage, planning in ((_LOOK, _BY_INDEX), (_DECIDE, _AS_WHOLES), (_REPLACE, _BY_INDEX)):
        cursor.execute(f"{_AS_PLANNED}; {planning}")
        for name in stage:
            cursor.execute(_STEPS[name])
    cursor.execute(_AS_PLANNED)
    return True


def _is(cursor: Any, question: str) -> bool:
    cursor.execute(question)
    return bool(cursor.fetchone()[0])


def follow_all(url: str, stop: threading.Event | None = None) -> int:
    """Follows in transactions of moderate size until nothing is new, or `stop` is set; how many transactions.

    Leaves it to another process that is at it.

    Raises:
        sqlalchemy.exc.DBAPIError, psycopg2.Error: Postgres does not do it.
    """
    done = 0
    with create_engine(url, poolclass=NullPool).connect() as connection:
        while not (stop and stop.is_set()):
            if not connection.exec_driver_sql(f"SELECT pg_try_advisory_xact_lock({LOCK})").scalar():
                break
            if not follow(connection, AT_ONCE):
                break
            connection.commit()
            done += 1
    return done


def forget(connection: Connection) -> None:
    """Empties the steps, so that they are made anew: their events were mended under them."""
    connection.exec_driver_sql(f"SELECT pg_advisory_xact_lock({LOCK})")
    connection.exec_driver_sql(_FORGET)
    connection.exec_driver_sql("INSERT INTO revised SELECT * FROM revision_effects")
