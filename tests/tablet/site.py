"""A place where tablets sync: gateway, counter, ledger, gauges as processes, on topics and a database of their own."""

from __future__ import annotations

import itertools
import os
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from datetime import UTC, date, datetime
from pathlib import Path

import msgspec
from sqlalchemy import create_engine, text

from infra.stack import Stack
from infra.stack.ports import HOST, choose
from producers.office.writer import append
from schemas.pseudonym import household_code
from schemas.registers import HOUSEHOLD, POINT, VILLAGE, Entry, Version, encode
from schemas.settings import Settings
from schemas.topics import REGISTERS
from tests.gateway.process import UNIT, Gateway, gateway_of, installed, invite, until
from tests.services import service

HOUSEHOLDS = 12  # of each village
VILLAGES = (f"{UNIT}/01", f"{UNIT}/02")
_NUMBERS = itertools.count(1)


class Site:
    """One installation whose services run."""

    def __init__(self, settings: Settings, gateway: Gateway, log: Path) -> None:
        self.settings, self.gateway, self.log = settings, gateway, log
        self._engine = create_engine(settings.database_url)

    @property
    def url(self) -> str:
        """Where the app is served."""
        return self.gateway.url

    def invitation(self, *units: str) -> str:
        """A code that the gateway may not have read yet."""
        return invite(self.settings, *(units or (UNIT,)))

    def ids(self, source: str) -> list[str]:
        """The ids of a source's events in Postgres."""
        asked = text("SELECT e.id::text FROM events e JOIN streams s ON s.id = e.stream WHERE s.source = :source")
        with self._engine.connect() as connection:
            return [row[0] for row in connection.execute(asked, {"source": source})]

    def instants(self, source: str) -> list[datetime]:
        """When a source's events happened, as Postgres has it."""
        asked = text("SELECT e.instant FROM events e JOIN streams s ON s.id = e.stream WHERE s.source = :source")
        with self._engine.connect() as connection:
            rows = connection.execute(asked, {"source": source})
            return [datetime.fromtimestamp(ms / 1000, UTC) for (ms,) in rows]

    def counters(self) -> dict[tuple[str, str], int]:
        """The live counters in Postgres by measure and kind."""
        with self._engine.connect() as connection:
            rows = connection.execute(text("SELECT measure, kind, sum(value) FROM unit_totals GROUP BY 1, 2"))
            return {(measure, kind): int(value) for measure, kind, value in rows}

    def gauge(self, line: str) -> float | None:
        """The value on the gauges' page of the series whose line begins with this."""
        with urllib.request.urlopen(f"http://{HOST}:{self.settings.gauges_port}/metrics", timeout=10) as page:
            found = [each for each in page.read().decode().splitlines() if each.startswith(line)]
        return float(found[0].rsplit(" ", 1)[1]) if found else None

    def until(self, look: Callable[[], object]) -> None:
        """Wait until this is so."""
        until(look, self.log)

    def close(self) -> None:
        """Let go of the database."""
        self._engine.dispose()


@contextmanager
def site(stack: Stack, migrated: str, folder: Path) -> Iterator[Site]:
    """An installation with all its services, a register of two villages, and empty counters."""
    number = next(_NUMBERS)
    name, prefix = f"tablet_{os.getpid()}_{number}", f"tablet{os.getpid()}-{number}."
    stack.postgres.execute(f"CREATE DATABASE {name} TEMPLATE {migrated}")
    settings = msgspec.structs.replace(
        installed(stack.addresses.bootstrap, prefix, folder), database_url=stack.postgres.url(name),
        counter_port=0, ledger_port=0, gauges_port=choose(()), data_dir=str(folder), checkpoint_s=1.0)  # fmt: skip
    append(settings, REGISTERS, ((entry.key(), encode(entry)) for entry in register()))
    with ExitStack() as running:
        for each in ("counter", "ledger", "gauges"):
            running.enter_context(service(each, settings, folder))
        gateway = running.enter_context(gateway_of(settings, folder / "gateway.log"))
        made = Site(settings, gateway, folder / "gateway.log")
        running.callback(made.close)
        made.until(lambda: gateway.process.running and _answers(settings.gauges_port))
        yield made
    stack.postgres.execute(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")


def register() -> Iterator[Entry]:
    """Two villages, their households, and a point."""
    since = date(2025, 7, 1)
    for at, village in enumerate(VILLAGES):
        yield Entry(kind=VILLAGE, unit=UNIT, code=village, versions=[Version(valid_from=since)])
        for household in range(at * HOUSEHOLDS, (at + 1) * HOUSEHOLDS):
            code = household_code(UNIT, 1000 + 37 * household)
            yield Entry(kind=HOUSEHOLD, unit=UNIT, code=code, versions=[Version(valid_from=since, village=village)])
    point = f"{UNIT.replace(':', '.')}-P1"
    yield Entry(kind=POINT, unit=UNIT, code=point, versions=[Version(valid_from=since, village=VILLAGES[0])])


def _answers(port: int) -> bool:
    try:
        with urllib.request.urlopen(f"http://{HOST}:{port}/metrics", timeout=5):
            return True
    except OSError:
        return False
