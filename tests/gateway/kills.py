"""Gateway and broker are killed again and again while tablets record, send, ask, and purge what is counted."""

from __future__ import annotations

import threading
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from random import Random

from infra.stack import Stack
from infra.stack.process import Process
from producers.tablet_client.outbox import Outbox
from producers.tablet_client.tablet import Tablet
from producers.tablet_client.transport import Http
from schemas.settings import Settings
from tests.faults.broker import Bus
from tests.gateway.counting import attempt, counter_of, enrol, record_cards, sync_until_empty, totals
from tests.gateway.process import Gateway, invite, until

TABLETS, BROKER_SHARE = 5, 0.15
PAUSE_S = 0.5  # at most, of a tablet between two requests
LIFE_S = (0.2, 1.0)  # of a service between two kills, once it is ready
UNITS = ("2025-07:24846", "2025-07:24848", "2025-07:24853")
Say = Callable[[str], None]


@dataclass
class Found:
    """What was killed, how many kills met requests under way, and what came of it all."""

    kills: Counter[str] = field(default_factory=Counter)
    met: int = 0
    recorded: int = 0
    purged: int = 0
    counted: int = 0
    purged_and_lost: int = 0
    twice_in_log: int = 0

    @property
    def exact(self) -> bool:
        """Whether everything that was recorded was counted once and purged."""
        return self.recorded == self.counted == self.purged and not self.purged_and_lost

    def __str__(self) -> str:
        kills = ", ".join(f"{count} of the {name}" for name, count in sorted(self.kills.items()))
        return (f"{sum(self.kills.values())} kills ({kills}), {self.met} met requests under way; {self.recorded:,} "
                f"events recorded, {self.counted:,} counted, {self.purged:,} purged, {self.purged_and_lost} of these "
                f"not in the log; {self.twice_in_log:,} records repeat an event")


class Worker:
    """A tablet that goes on recording, sending, asking until it is told to stop."""

    def __init__(self, gateway: Gateway, unit: str, rng: Random) -> None:
        self.unit, self.rng = unit, rng
        self.tablet = Tablet(Outbox(), Http(gateway.url, timeout_s=8.0))
        enrol(gateway, self.tablet, invite(gateway.settings, unit))
        self.recorded = 0
        self.lost = 0
        """How many requests got no answer."""
        self.fault: BaseException | None = None
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, daemon=True)

    def start(self) -> None:
        """Begin."""
        self._thread.start()

    def stop(self) -> None:
        """Record no more; what waits, waits."""
        self._stop.set()
        self._thread.join(timeout=60)
        if self.fault is not None:
            raise self.fault

    def record(self, count: int) -> None:
        """Record so many events."""
        record_cards(self.tablet, self.unit, count, self.rng.randrange(900_000))
        self.recorded += count

    def _run(self) -> None:
        try:
            while not self._stop.is_set():
                self.record(self.rng.randint(1, 8))
                self.lost += not attempt(self.tablet.send)
                if self.rng.random() < 0.3:
                    attempt(self.tablet.sync)
                self._stop.wait(self.rng.uniform(0.05, PAUSE_S))
        except BaseException as error:  # raised again by `stop`
            self.fault = error


def trial(stack: Stack, settings: Settings, folder: Path, rng: Random, kills: int, say: Say) -> Found:
    """So many kills under load, then quiet; all that was recorded must then be counted once, and gone from tablets."""
    found = Found()
    gateway, counter = Gateway(settings, folder / "gateway.log"), counter_of(settings, folder)
    try:
        gateway.start()
        counter.spawn()
        workers = [Worker(gateway, UNITS[n % len(UNITS)], Random(rng.getrandbits(32))) for n in range(TABLETS)]
        for worker in workers:
            worker.start()
        for number in range(kills):
            _kill(stack, gateway, counter, workers, rng, found)
            if (number + 1) % 20 == 0:
                say(f"{number + 1} kills; {sum(worker.recorded for worker in workers):,} events recorded")
        for worker in workers:
            worker.stop()
            sync_until_empty(worker.tablet, lambda: _keep_up(gateway, counter))
        _judge(settings, workers, found)
    finally:
        gateway.process.kill()
        counter.kill()
    return found


def _kill(
    stack: Stack, gateway: Gateway, counter: Process, workers: list[Worker], rng: Random, found: Found
) -> None:
    time.sleep(rng.uniform(*LIFE_S))
    lost = sum(worker.lost for worker in workers)
    if rng.random() < BROKER_SHARE:
        found.kills["broker"] += 1
        stack.kafka.kill()
        stack.kafka.start()
    else:
        found.kills["gateway"] += 1
        gateway.process.kill()
    _keep_up(gateway, counter)
    until(lambda: _ready(gateway, counter), gateway.log)
    found.met += sum(worker.lost for worker in workers) > lost


def _keep_up(gateway: Gateway, counter: Process) -> None:
    """Start again what ended, as a supervisor would."""
    if not gateway.process.running:
        gateway.spawn()
    if not counter.running:
        counter.spawn()


def _ready(gateway: Gateway, counter: Process) -> bool:
    _keep_up(gateway, counter)
    return gateway.status("/readyz") == 200


def _judge(settings: Settings, workers: list[Worker], found: Found) -> None:
    """Compare the log, the totals and what the tablets purged."""
    bus = Bus(settings)
    records = Counter((record.key, bytes(dict(record.headers)["ce_id"])) for record in bus.read("field.payments.v1"))
    found.twice_in_log = sum(records.values()) - len(records)
    counted = totals(settings)
    found.counted = sum(total.conservation.originals for total in counted.values())
    for worker in workers:
        found.recorded += worker.recorded
        found.purged += worker.recorded - len(worker.tablet.outbox.events())
    found.purged_and_lost = found.purged - len(records)
    assert all(not total.conservation.broken_laws() for total in counted.values())
    assert all(total.holes.missing == 0 for total in counted.values())
