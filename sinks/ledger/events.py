"""Writes events into Postgres: each identity once, and with it the per-day figures and the presence that it moves.

All by SQL over sets (`sql/*.sql`), inside the caller's transaction.
"""

from __future__ import annotations

from collections.abc import Iterable
from importlib.resources import files

from psycopg2 import extensions

from sinks.ledger.copying import copy
from sinks.ledger.intake import Lines


class EventWriter:
    """Writes on one session, whose temporary tables it makes."""

    def __init__(self, cursor: extensions.cursor) -> None:
        folder = files(__package__) / "sql"
        self._steps = {file.name.removesuffix(".sql"): file.read_text() for file in folder.iterdir()}
        cursor.execute(self._steps["session"])

    def write(self, cursor: extensions.cursor, lines: Iterable[Lines]) -> int:
        """Writes the records of a batch, each partition's in the order of its log; the number of rows inserted."""
        staged = [line for some in lines for line in some.staged]
        uncounted = [line for some in lines for line in some.uncounted]
        copy(cursor, "uncounted", uncounted)
        return len(uncounted) + (self._events(cursor, staged) if staged else 0)

    def _events(self, cursor: extensions.cursor, staged: list[str]) -> int:
        copy(cursor, "staged", staged)
        self._run(cursor, "insert_streams")
        if self._run(cursor, "insert_events") < len(staged):
            self._run(cursor, "insert_repeats")
        if self._run(cursor, "touch_roots"):
            for step in ("lock_registers", "take_back", "move_registers", "bring_forward", "note_revised"):
                self._run(cursor, step)
        self._run(cursor, "add_per_day")
        self._run(cursor, "add_presence")
        self._run(cursor, "add_heard")
        return len(staged)

    def _run(self, cursor: extensions.cursor, step: str) -> int:
        cursor.execute(self._steps[step])
        rows: int = cursor.rowcount
        return rows
