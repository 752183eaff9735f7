"""Plain Faust under the same kills, over the same topics: it must go wrong, or the kills of a run prove nothing."""

from __future__ import annotations

import time
from collections import Counter as Tally
from contextlib import closing
from pathlib import Path
from random import Random
from typing import NamedTuple

from kafka import KafkaAdminClient
from kafka.consumer.fetcher import ConsumerRecord

from schemas.settings import Settings
from tests.faults.broker import Bus
from tests.faults.plain import GROUP, TABLE, name_of
from tests.faults.progress import Progress
from tests.faults.site import Service, await_that

LOOK_S = 0.25


class PlainFaust(Service):
    """The plain app over some of the field topics."""

    def __init__(self, settings: Settings, folder: Path, topics: tuple[str, ...]) -> None:
        super().__init__("plain", "tests.faults.plain", settings, folder)
        self.topics = topics
        self.path = folder / "plain.progress"

    def arguments(self) -> tuple[str, ...]:
        return (str(self.path), *self.topics)

    def start(self) -> None:
        self.path.unlink(missing_ok=True)
        self.progress = Progress(self.path)
        super().start()


class Error(NamedTuple):
    """How wrong plain Faust was."""

    kills: int
    compared: int
    wrong: int
    off: int
    records: int

    def __str__(self) -> str:
        return (f"plain Faust, {self.kills} kills, {self.records:,} records: {self.wrong} of {self.compared} counters "
                f"wrong, off by {self.off:+,} ({self.off / max(1, self.records):+.1%})")


def run(bus: Bus, plain: PlainFaust, rng: Random, kills: int, work_s: tuple[float, float]) -> Error:
    """Kill it while it counts, let it finish, compare its table with the log."""
    wanted: Tally[str] = Tally()
    for record in bus.read(*plain.topics):
        name = name_of(record.value)
        if name is not None:
            wanted[name] += 1
    with closing(Behind(bus, plain.topics)) as behind:
        done = 0
        while done < kills:
            plain.start()
            await_that(lambda: plain.progress.read().read > 0 or not behind(), f"plain Faust counts ({plain.log})", 120)
            time.sleep(rng.uniform(*work_s))  # its life; any length will do
            if not behind():
                break
            plain.kill()
            done += 1
        if not plain.running:
            plain.start()
        await_that(lambda: not plain.keep_up() and not behind(), f"plain Faust is done ({plain.log})", 600)
    plain.stop()
    held = {_key(record): int(record.value) for record in bus.read(f"{GROUP}-{TABLE}-changelog") if record.value}
    off = {name: held.get(name, 0) - wanted[name] for name in held.keys() | wanted.keys()}
    return Error(done, len(off), sum(1 for by in off.values() if by), sum(off.values()), sum(wanted.values()))


def _key(record: ConsumerRecord) -> str:
    return str(record.key.decode().strip('"'))


class Behind:
    """How many records lie behind the committed offsets, which is where it starts again after a kill."""

    def __init__(self, bus: Bus, topics: tuple[str, ...]) -> None:
        self._group = bus.settings.topic(GROUP)
        self._tps = bus.tps(*topics)
        self._ends = sum(bus.ends(*topics).values())
        self._admin = KafkaAdminClient(bootstrap_servers=bus.settings.bootstrap)

    def __call__(self) -> int:
        """Ask now."""
        time.sleep(LOOK_S)
        committed = self._admin.list_group_offsets({self._group: self._tps})[self._group]
        at: int = sum(max(0, committed[tp].offset) for tp in self._tps if tp in committed)
        return self._ends - at

    def close(self) -> None:
        """Let go of the connection."""
        self._admin.close()
