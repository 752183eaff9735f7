"""Beside the gateway the counter, as a process under test; what they counted; and a line that breaks now and then."""

from __future__ import annotations

import contextlib
import http.client
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from random import Random

import msgspec

from infra.bus import Newest, connect
from infra.stack.process import Process, Program
from producers.tablet_client.outbox import Held
from producers.tablet_client.tablet import RefusedError, Tablet
from producers.tablet_client.transport import Answer, Http, LostError
from schemas.pseudonym import household_code
from schemas.settings import Settings
from schemas.topics import TOTALS
from schemas.totals import Total
from tests.gateway.process import Gateway, environment

PATIENCE_S = 300.0
FOR_NOW = (408, 429, 503)
LOST_S, BUSY_S = 0.1, 1.0  # before a request is made again that had no answer, that was refused for now


@contextmanager
def counting(settings: Settings, folder: Path) -> Iterator[Process]:
    """The counter, ended afterwards."""
    process = counter_of(settings, folder)
    process.spawn()
    try:
        yield process
    finally:
        process.kill()


def counter_of(settings: Settings, folder: Path) -> Process:
    """The counter of an installation, not started."""
    mine = msgspec.structs.replace(settings, counter_port=0, data_dir=str(folder / "counter"), checkpoint_s=1.0)
    command = (sys.executable, "-P", "-m", "infra.cli", "counter")
    return Process(Program("counter", command, folder / "counter.log", environment(mine)))


def totals(settings: Settings) -> dict[str, Total]:
    """The newest total of each unit."""
    with connect(settings) as bus:
        newest = Newest(bus)
        newest.read_to(bus.ends(bus.places([TOTALS])))
        return newest.totals


def record_cards(tablet: Tablet, unit: str, count: int, first: int = 0) -> None:
    """Record so many issued cards, each for a household of its own."""
    for number in range(first, first + count):
        subject = f"household/{household_code(unit, number)}"
        tablet.record("card.issued", unit, subject, {"bank": "agribank"})


def send_all(tablet: Tablet) -> None:
    """Send until nothing waits, whatever happens on the way."""
    deadline = time.monotonic() + PATIENCE_S
    while tablet.outbox.events("waiting", 1):
        assert time.monotonic() < deadline, tablet.outbox.events()[:3]
        attempt(tablet.send)


def attempt(ask: Callable[[], object]) -> bool:
    """Ask once; whether an answer came, be it that this is not the time to ask."""
    try:
        ask()
    except LostError:
        time.sleep(LOST_S)
        return False
    except RefusedError as error:
        _only_for_now(error)
    return True


def sync_until_empty(tablet: Tablet, meanwhile: Callable[[], None] = lambda: None) -> None:
    """Ask, and send again, until the counter has all that this tablet recorded."""
    deadline = time.monotonic() + PATIENCE_S
    while left := tablet.outbox.events():
        assert time.monotonic() < deadline, left[:3]
        assert not (ended := [held for held in left if held.state not in ("waiting", "sent")]), ended
        meanwhile()
        attempt(tablet.send)
        attempt(tablet.sync)
        time.sleep(0.1)


def enrol(gateway: Gateway, tablet: Tablet, code: str) -> None:
    """Enrol by a code, however long the gateway is busy or away."""
    deadline = time.monotonic() + PATIENCE_S
    while not attempt(lambda: gateway.enrol(tablet, code)) or tablet.outbox.fact("organisation") is None:
        assert time.monotonic() < deadline, tablet.key.source


def _only_for_now(error: RefusedError) -> None:
    """Wait a moment where a request was refused for now, and raise what was refused for good."""
    if error.answer.status not in FOR_NOW:
        raise error
    time.sleep(BUSY_S)


class WeakLine:
    """A transport that breaks at random: before the request, in the middle of it, or after it, before the answer."""

    def __init__(self, url: str, rng: Random, breaks: float) -> None:
        self._http, self._rng, self._breaks = Http(url), rng, breaks
        self.broken = 0

    def __call__(self, method: str, path: str, body: bytes | None, headers: Mapping[str, str]) -> Answer:
        if self._rng.random() >= self._breaks:
            return self._http(method, path, body, headers)
        self.broken += 1
        how = self._rng.random()
        if how < 0.2:
            raise LostError("broken before the request")
        if how < 0.5 and body:
            self._half(method, path, body, headers)
            raise LostError("broken in the request")
        self._http(method, path, body, headers)
        raise LostError("broken before the answer")

    def _half(self, method: str, path: str, body: bytes, headers: Mapping[str, str]) -> None:
        connection = http.client.HTTPConnection(self._http.host, self._http.port, timeout=10)
        with contextlib.suppress(OSError):
            connection.putrequest(method, path)
            for name, value in {**headers, "Content-Length": str(len(body))}.items():
                connection.putheader(name, value)
            connection.endheaders(body[: self._rng.randrange(len(body))])
        connection.close()


def forget(tablet: Tablet, *seqs: int) -> list[Held]:
    """Delete events from an outbox, as a fault would; a backup of them."""
    lost = [held for held in tablet.outbox.events() if held.seq in seqs]
    tablet.outbox.purge(held.number for held in lost)
    return lost
