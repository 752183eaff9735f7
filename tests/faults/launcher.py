"""`python -m tests.faults.launcher PLAN`: the shipped counter, watched, and made to die where the plan says.

Nothing of this is in the shipped code: methods are wrapped from outside, before the service starts.
"""

from __future__ import annotations

import asyncio
import os
import signal
import sys
import threading
from collections import Counter
from collections.abc import Awaitable, Callable, Sequence
from contextvars import ContextVar
from pathlib import Path
from typing import Any

import msgspec
from aiokafka.consumer.fetcher import Fetcher

from schemas import wire
from schemas.events.catalogue import WIRE_TYPE_OF
from schemas.rejected import Refusal
from schemas.settings import from_env
from schemas.topics import FIELD_TOPICS
from stream_processors.counter import places, service, worker
from stream_processors.counter.bus import Bus, KafkaLog
from stream_processors.counter.worker import Worker
from stream_processors.protocol.owner import Owner
from stream_processors.protocol.port import Message
from tests.faults.points import BEFORE, HALF, Older, Plan, Point, step_of
from tests.faults.progress import Progress, Snapshot

LOOKS, LOOK_S = 300, 0.005
_phase: ContextVar[str] = ContextVar("phase", default="publish")
Method = Callable[..., Awaitable[Any]]


class Watch:
    """Writes the worker's progress after everything that changes it."""

    def __init__(self, progress: Progress) -> None:
        self._progress = progress
        self._worker: Worker | None = None
        self._read = self._busy = 0

    def note(self, *, died: bool = False, unprocessed: int = 0) -> None:
        """Write it down now."""
        if self._worker is None:
            self._progress.write(Snapshot(died_at_point=died, unprocessed=unprocessed))
            return
        owners = list(self._worker.owners.values())
        partitions = [owner.partition for owner in owners]
        self._progress.write(Snapshot(
            owned=len(owners),
            proven=sum(owner.proven for owner in owners),
            positions=sum(sum(partition.positions) for partition in partitions),
            due=sum(len(partition.due) for partition in partitions),
            pending=sum(len(partition.unsaved) + len(partition.rejections) for partition in partitions),
            busy=self._busy,
            read=self._read,
            skipped=self._worker.figures.replayed,
            died_at_point=died,
            unprocessed=unprocessed,
        ))  # fmt: skip

    async def some_unprocessed(self, log: KafkaLog) -> int:
        """Records in the log and not taken yet; waits for some, as a slow append would, but not for long."""
        of = self._worker
        if of is None or not of.owners:  # it counts nothing yet: what the life before left is unprocessed
            return 0
        tps = [log._bus.at(topic, number) for topic in FIELD_TOPICS for number in of.owners]
        for _ in range(LOOKS):
            ends = sum((await log._bus.ends(tps)).values())
            if (more := ends - sum(sum(owner.partition.positions) for owner in of.owners.values())) > 0:
                return more
            await asyncio.sleep(LOOK_S)
        return 0

    def wrap(self) -> None:
        """Watch takeovers, batches, publications and checkpoints."""
        take = Worker.take

        async def watched_take(of: Worker, topic: str, partition: int, batch: Sequence[Any]) -> None:
            await take(of, topic, partition, batch)
            self._worker = of
            self._read += len(batch) if partition in of.owners else 0
            self.note()

        Worker.take = watched_take  # type: ignore[method-assign,assignment]  # wrapped from outside on purpose
        for owner_of, name in ((Worker, "assigned"), (Worker, "revoked"), (Owner, "publish"), (Owner, "checkpoint")):
            setattr(owner_of, name, self._while_busy(getattr(owner_of, name)))

    def _while_busy(self, method: Method) -> Method:
        async def wrapped(of: Any, *arguments: Any, **named: Any) -> Any:
            if isinstance(of, Worker):
                self._worker = of
            self._busy += 1
            try:
                return await method(of, *arguments, **named)
            finally:
                self._busy -= 1
                self.note()

        return wrapped


def _in_phase(name: str, method: Method) -> Method:
    async def wrapped(*arguments: Any, **named: Any) -> Any:
        token = _phase.set(name)
        try:
            return await method(*arguments, **named)
        finally:
            _phase.reset(token)

    return wrapped


def die_at(point: Point, watch: Watch) -> None:
    """Let the process kill itself at the point, as SIGKILL from outside would."""
    append = KafkaLog.append
    appended: Counter[str] = Counter()

    async def mortal_append(log: KafkaLog, topic: str, messages: Sequence[Message]) -> list[int]:
        if not messages:
            return await append(log, topic, messages)
        step = step_of(_phase.get(), topic, messages)
        appended[step] += 1
        if step != point.step or appended[step] != point.nth:
            return await append(log, topic, messages)
        if point.when != BEFORE:
            await append(log, topic, messages[: len(messages) // 2] if point.when == HALF else messages)
        unprocessed = await watch.some_unprocessed(log) if point.at_work else 0
        watch.note(died=True, unprocessed=unprocessed)
        os.kill(os.getpid(), signal.SIGKILL)
        raise AssertionError("nobody lives here")

    # Wrapped from outside on purpose, so that no shipped code knows of it.
    KafkaLog.append = mortal_append  # type: ignore[method-assign,assignment]
    Owner.take_over = _in_phase("takeover", Owner.take_over)  # type: ignore[method-assign,assignment]
    Owner.checkpoint = _in_phase("checkpoint", Owner.checkpoint)  # type: ignore[method-assign,assignment]
    places.return_parked = _in_phase("return", places.return_parked)  # type: ignore[attr-defined,assignment]


def forget(older: Older) -> None:
    """Make the counter one of before an upgrade, which knows fewer units, types and versions, and says so."""

    decode = wire.decode

    class OldMap(places.CounterMap):
        contracts = "before"

        def __init__(self, bus: Bus) -> None:
            super().__init__(bus)
            known = self.known
            self.known = lambda unit_id: unit_id not in older.units and known(unit_id)

    def old_decode(value: bytes | None) -> Any:
        event = decode(value)
        if isinstance(event, Refusal):
            return event
        root = WIRE_TYPE_OF[type(event)].root
        name = root.name if root else ""
        if name in older.types:
            return Refusal("unknown-type", "$.type")
        return Refusal("future-version", "$.dataschema") if name in older.versions else event

    worker.CounterMap = OldMap  # type: ignore[attr-defined]  # wrapped from outside on purpose
    wire.decode = old_decode


def break_at(fetch: int) -> None:
    """Let Faust's fetch of that number fail with an error that it does not expect, in its own thread."""
    fetched, fetches = Fetcher.fetched_records, 0

    async def breaking(*arguments: Any, **named: Any) -> Any:
        nonlocal fetches
        fetches += threading.current_thread() is not threading.main_thread()
        if fetches == fetch:
            raise KeyError("broken on purpose")
        return await fetched(*arguments, **named)

    Fetcher.fetched_records = breaking


def main() -> None:
    """Run the counter as the plan says, with the settings of the environment."""
    plan = msgspec.json.decode(sys.argv[1], type=Plan)
    watch = Watch(Progress(Path(plan.progress)))
    watch.wrap()
    if plan.point is not None:
        die_at(plan.point, watch)
    if plan.older is not None:
        forget(plan.older)
    if plan.breaking_fetch:
        break_at(plan.breaking_fetch)
    service.run(from_env(), new_log=plan.new_log)


if __name__ == "__main__":
    main()
