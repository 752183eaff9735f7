"""The gateway as a process under test, on real topics of its own, and tablets that talk to it."""

from __future__ import annotations

import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TypeVar

import msgspec

from infra.stack.ports import HOST, choose
from infra.stack.process import Process, Program
from infra.topics import ensure
from producers.office import tablets
from producers.tablet_client.outbox import Outbox
from producers.tablet_client.tablet import RefusedError, Tablet
from producers.tablet_client.transport import Http
from schemas.settings import PREFIX, Settings

PATIENCE_S = 60.0
UNIT = "2025-07:24848"  # Xã Lạc Dương
OTHER_UNIT = "2025-07:02647"
ORGANISATION = "youth-union-lac-duong"
SECRET = "a key of pseudonyms for tests only, no installation's"
T = TypeVar("T")


class Gateway:
    """One gateway process; its log grows over its starts."""

    def __init__(self, settings: Settings, log: Path) -> None:
        self.settings, self.log = settings, log
        self.process = self._process()

    @property
    def url(self) -> str:
        return f"http://{HOST}:{self.settings.gateway_port}"

    @property
    def pid(self) -> int:
        assert self.process.identity is not None
        return self.process.identity.pid

    def start(self) -> None:
        """Start it, again if it ran before, and wait until it is ready."""
        self.spawn()
        until(lambda: self.status("/readyz") == 200, self.log)

    def spawn(self) -> None:
        """Start it."""
        self.process = self._process()
        self.process.spawn()

    def status(self, path: str) -> int:
        """The status of an answer to GET; 0 while there is none."""
        try:
            with urllib.request.urlopen(self.url + path, timeout=5) as answer:
                return int(answer.status)
        except urllib.error.HTTPError as error:
            return error.code
        except OSError:
            return 0

    def tablet(self, *units: str, code: str | None = None) -> Tablet:
        """A tablet that is enrolled for these units."""
        made = Tablet(Outbox(), Http(self.url))
        self.enrol(made, code or invite(self.settings, *units))
        return made

    def enrol(self, tablet: Tablet, code: str) -> list[str]:
        """Enrol by a code that this gateway may not have read yet; the units."""

        def tried() -> list[str]:
            try:
                return tablet.enrol(code)
            except RefusedError as error:
                if error.answer.code != "invitation-unknown":
                    raise
            return []

        return until(tried, self.log)

    def ended(self) -> int | None:
        """Wait for its end; the exit status."""
        until(lambda: not self.process.running, self.log)
        return self.process.poll()

    def _process(self) -> Process:
        command = (sys.executable, "-P", "-m", "infra.cli", "gateway")
        return Process(Program("gateway", command, self.log, environment(self.settings)))


def installed(bootstrap: str, topic_prefix: str, folder: Path, partitions: int = 3) -> Settings:
    """An installation with empty topics, and a key of pseudonyms."""
    key = folder / "pseudonym.key"
    key.write_text(SECRET)
    made = Settings(bootstrap=bootstrap, topic_prefix=topic_prefix, partitions=partitions, gateway_port=choose(()),
                    pseudonym_key_file=str(key), gateway_host=HOST)  # fmt: skip
    ensure(made)
    return made


@contextmanager
def gateway_of(settings: Settings, log: Path) -> Iterator[Gateway]:
    """A gateway that is ready, and is ended afterwards."""
    made = Gateway(settings, log)
    try:
        made.start()
        yield made
    finally:
        if made.process.running:
            made.process.kill()


def invite(settings: Settings, *units: str, days: float = 1) -> str:
    """A fresh code for these units."""
    return tablets.invite(settings, list(units), ORGANISATION, days)[0]


def environment(settings: Settings) -> dict[str, str]:
    """What a process of this installation is told."""
    default = Settings()
    told: dict[str, object] = {name: getattr(settings, name) for name in Settings.__struct_fields__}
    return {PREFIX + name.upper(): str(value) for name, value in told.items() if value != getattr(default, name)}


def until(look: Callable[[], T], log: Path) -> T:
    """What `look` finds, once it is something."""
    deadline = time.monotonic() + PATIENCE_S
    while not (found := look()):
        assert time.monotonic() < deadline, log.read_text()[-3000:] if log.exists() else "no log"
        time.sleep(0.02)
    return found


def lines(log: Path) -> list[dict[str, object]]:
    """The process's log lines."""
    return [msgspec.json.decode(line) for line in log.read_text().splitlines()]
