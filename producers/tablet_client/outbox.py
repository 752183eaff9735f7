"""The outbox: every event that was recorded, with its number, in one transaction, until the counter has it (SQLite).

What is `waiting` is to be sent; `sent` is in Kafka and not counted yet; `refused` and `conflict` stay for a person.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

WAITING, SENT, REFUSED, CONFLICT = "waiting", "sent", "refused", "conflict"
_TABLES = """
CREATE TABLE IF NOT EXISTS facts (name TEXT PRIMARY KEY, value BLOB NOT NULL) STRICT;
CREATE TABLE IF NOT EXISTS streams (topic TEXT, unit TEXT, highest INTEGER NOT NULL, PRIMARY KEY (topic, unit)) STRICT;
CREATE TABLE IF NOT EXISTS events (
  topic TEXT, unit TEXT, seq INTEGER, id TEXT NOT NULL, body BLOB NOT NULL, state TEXT NOT NULL,
  tries INTEGER NOT NULL DEFAULT 0, said TEXT NOT NULL DEFAULT '', PRIMARY KEY (topic, unit, seq)) STRICT;
CREATE INDEX IF NOT EXISTS by_state ON events (state);
"""
_ROW = "topic, unit, seq, id, body, state, tries, said"


class Number(NamedTuple):
    """The identity of an event of this tablet; `topic` is the family."""

    topic: str
    unit: str
    seq: int


class Held(NamedTuple):
    """An event in the outbox; `tries` counts how often it was sent, `said` is what was said of it last."""

    topic: str
    unit: str
    seq: int
    id: str
    body: bytes
    state: str
    tries: int
    said: str

    @property
    def number(self) -> Number:
        return Number(self.topic, self.unit, self.seq)


class Outbox:
    """On disk, or in memory for load (`path` None). One thread at a time."""

    def __init__(self, path: Path | None = None) -> None:
        self._db = sqlite3.connect(path or ":memory:", isolation_level=None, check_same_thread=False)
        self._db.executescript(_TABLES)

    def close(self) -> None:
        """Let go of the file."""
        self._db.close()

    def record(self, topic: str, unit: str, event_id: str, body_of: Callable[[int], bytes]) -> Number:
        """Give the next number of a stream to an event, and keep both at once; `body_of` writes it with its number."""
        with self._at_once():
            seq = self.highest(topic, unit) + 1
            self._db.execute("INSERT OR REPLACE INTO streams VALUES (?, ?, ?)", (topic, unit, seq))
            self._put(Number(topic, unit, seq), event_id, body_of(seq))
        return Number(topic, unit, seq)

    def restore(self, events: Iterable[Held]) -> int:
        """Take events back from a backup, to be sent, perhaps for the second time; how many were not there."""
        with self._at_once():
            before = self._db.total_changes
            for held in events:
                self._db.execute(f"INSERT OR IGNORE INTO events ({_ROW}) VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
                                 held._replace(state=WAITING, tries=max(1, held.tries)))  # fmt: skip
            return self._db.total_changes - before

    def replace(self, number: Number, event_id: str, body: bytes) -> None:
        """Put another event in the place of a number, which may have been sent already: its withdrawal."""
        self._put(number, event_id, body, tries=1)

    def highest(self, topic: str, unit: str) -> int:
        """The highest number that was given out in a stream."""
        return self.streams().get((topic, unit), 0)

    def streams(self) -> dict[tuple[str, str], int]:
        """The highest number of every stream."""
        return {(topic, unit): highest for topic, unit, highest in self._db.execute("SELECT * FROM streams")}

    def events(self, state: str | None = None, limit: int = -1) -> list[Held]:
        """Events in the order of their numbers."""
        asked = f"SELECT {_ROW} FROM events WHERE ? IS NULL OR state = ? ORDER BY topic, unit, seq LIMIT ?"
        return [Held(*row) for row in self._db.execute(asked, (state, state, limit))]

    def waiting_by_stream(self) -> dict[tuple[str, str], int]:
        """How many events of each stream are here still."""
        asked = "SELECT topic, unit, count(*) FROM events GROUP BY topic, unit"
        return {(topic, unit): count for topic, unit, count in self._db.execute(asked)}

    def note(self, number: Number, state: str, said: str = "") -> None:
        """What became of an event."""
        self._db.execute("UPDATE events SET state = ?, said = ? WHERE topic = ? AND unit = ? AND seq = ?",
                         (state, said, *number))  # fmt: skip

    def note_tries(self, numbers: Iterable[Number]) -> None:
        """These are being sent now: said before, so that no crash forgets that the server may have them."""
        with self._at_once():
            self._db.executemany("UPDATE events SET tries = tries + 1 WHERE topic = ? AND unit = ? AND seq = ?",
                                 list(numbers))  # fmt: skip

    def purge(self, numbers: Iterable[Number]) -> None:
        """The counter has these."""
        with self._at_once():
            self._db.executemany("DELETE FROM events WHERE topic = ? AND unit = ? AND seq = ?", list(numbers))

    def fact(self, name: str) -> bytes | None:
        """Something that the tablet remembers about itself."""
        row = self._db.execute("SELECT value FROM facts WHERE name = ?", (name,)).fetchone()
        return None if row is None else bytes(row[0])

    def remember(self, name: str, value: bytes) -> None:
        """Remember something."""
        self._db.execute("INSERT OR REPLACE INTO facts VALUES (?, ?)", (name, value))

    def _put(self, number: Number, event_id: str, body: bytes, tries: int = 0) -> None:
        self._db.execute(f"INSERT OR REPLACE INTO events ({_ROW}) VALUES (?, ?, ?, ?, ?, ?, ?, '')",
                         (*number, event_id, body, WAITING, tries))  # fmt: skip

    @contextmanager
    def _at_once(self) -> Iterator[None]:
        self._db.execute("BEGIN IMMEDIATE")
        try:
            yield
        except BaseException:
            self._db.execute("ROLLBACK")
            raise
        self._db.execute("COMMIT")
