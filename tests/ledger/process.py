"""The ledger as a process under test, on real topics and a database of its own."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TypeVar

from infra.stack.process import Process, Program
from infra.topics import ensure
from schemas.settings import PREFIX, Settings
from tests.ledger.conftest import Sql

PATIENCE_S = 90.0
T = TypeVar("T")


class Ledger:
    """One ledger process; its log grows over its starts."""

    def __init__(self, settings: Settings, log: Path) -> None:
        self.settings, self.log = settings, log
        self.process = self._process()

    def _process(self) -> Process:
        command = (sys.executable, "-m", "sinks.ledger")
        return Process(Program("ledger", command, self.log, environment(self.settings)))

    def start(self) -> None:
        self.process = self._process()
        self.process.spawn()

    def says(self, words: str, times: int = 1) -> None:
        """Waits until its log has some words, so many times."""
        until(lambda: self.log.exists() and self.log.read_text().count(words) >= times, self.log)

    def ended(self) -> int | None:
        """Waits for its end; the exit status."""
        until(lambda: not self.process.running, self.log)
        return self.process.poll()

    def has_read(self, sql: Sql, records: int) -> None:
        """Waits until Postgres has so many records of the field topics."""
        until(lambda: self.process.running and read(sql) >= records, self.log)


def installed(bootstrap: str, topic_prefix: str, database: str, partitions: int) -> Settings:
    """An installation with empty topics and an empty ledger."""
    made = Settings(bootstrap=bootstrap, topic_prefix=topic_prefix, database_url=database, partitions=partitions,
                    ledger_port=0)  # fmt: skip
    ensure(made)
    return made


@contextmanager
def ledger_of(settings: Settings, log: Path) -> Iterator[Ledger]:
    """A ledger that is stopped afterwards."""
    made = Ledger(settings, log)
    yield made
    if made.process.running:
        made.process.kill()


def environment(settings: Settings) -> dict[str, str]:
    """What a process of this installation is told."""
    names = ("bootstrap", "database_url", "partitions", "topic_prefix", "ledger_port")
    return {PREFIX + name.upper(): str(getattr(settings, name)) for name in names}


def read(sql: Sql) -> int:
    """How many records of the field topics the ledger has read; 0 before it made its tables."""
    if not sql("SELECT FROM pg_class WHERE relname = 'positions'"):
        return 0
    [(records,)] = sql("SELECT coalesce(sum(next_offset), 0) FROM positions WHERE topic LIKE 'field.%'"
                       " AND topic_number(topic) IS NOT NULL")  # fmt: skip
    return int(records)


def until(look: Callable[[], T], log: Path) -> T:
    """What `look` finds, once it is something."""
    deadline = time.monotonic() + PATIENCE_S
    while not (found := look()):
        assert time.monotonic() < deadline, log.read_text()[-3000:] if log.exists() else "no log"
        time.sleep(0.02)
    return found
