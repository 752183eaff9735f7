"""The Faust app around the worker: group membership, co-partitioned assignment, fetching and the agent are Faust's.

Exactness is not: see `stream_processors.protocol`. Settings with a reason beside them were found by trial.
"""

from __future__ import annotations

import asyncio
import logging
import os
from collections.abc import Awaitable, Mapping
from pathlib import Path
from typing import Any

import faust
from aiokafka.errors import IllegalStateError
from faust.types import TP

from schemas.settings import Settings
from schemas.topics import COUNTER_GROUP, FIELD_TOPICS
from stream_processors.counter.batches import BatchScheduler, RawSchema
from stream_processors.counter.worker import BEAT_S, Worker
from stream_processors.protocol.publication import DeposedError
from stream_processors.protocol.takeover import DistrustError

FAULT_STATUS = 70
_log = logging.getLogger("fieldtally.counter")


def make_app(settings: Settings) -> faust.App:
    """The app, without any agent yet."""
    datadir = Path(settings.data_dir, "faust", settings.worker)
    datadir.mkdir(parents=True, exist_ok=True)
    return faust.App(
        settings.topic(COUNTER_GROUP),
        broker=[f"kafka://{server}" for server in settings.bootstrap.split(",")],
        store="memory://",
        ConsumerScheduler=BatchScheduler,
        topic_partitions=settings.partitions,
        topic_disable_leader=True,
        topic_allow_declare=False,  # topics are created from their one definition, not by a consumer
        web_enabled=False,
        datadir=str(datadir),
        consumer_auto_offset_reset="earliest",
        consumer_group_instance_id=settings.topic(settings.worker),
        broker_session_timeout=settings.session_timeout_s,
        broker_heartbeat_interval=settings.session_timeout_s / 4,
        broker_rebalance_timeout=20.0,
        broker_request_timeout=30.0,
        broker_commit_interval=1.0,
        broker_max_poll_records=5000,
        broker_commit_livelock_soft_timeout=3600.0,
        consumer_max_fetch_size=2 * 1024 * 1024,
        stream_buffer_maxsize=16,  # items are batches
        stream_wait_empty=True,
        table_standby_replicas=1,  # without a table, 0 switches to an assignor that breaks co-partitioning
        worker_redirect_stdouts=False,
    )


def die(what: str, error: BaseException) -> None:
    """End the process at once: what is not durable is counted again from the log by the next start.

    Status 1 and a sentence for what was foreseen, else status 70 and a traceback.
    """
    if isinstance(error, DeposedError | DistrustError):
        _log.critical("%s", error)
    else:
        _log.critical("%s: %s", what, error, exc_info=error)
    logging.shutdown()
    os._exit(1 if isinstance(error, DeposedError | DistrustError) else FAULT_STATUS)


async def or_die(what: str, step: Awaitable[None]) -> None:
    """Run a step; any error ends the process, because Faust would log it and go on."""
    try:
        await step
    except Exception as error:
        die(what, error)


def _taken_away(topic: str, partition: int) -> DeposedError:
    return DeposedError(f"{topic}, partition {partition}: the group took it away meanwhile")


class Consumer:
    """Faust's consumer as the worker needs it."""

    def __init__(self, app: faust.App) -> None:
        self._app = app

    def assignment(self, wanted: set[str]) -> set[tuple[str, int]]:
        """The assigned topic-partitions of the wanted topics."""
        return {(tp.topic, tp.partition) for tp in self._app.consumer.assignment() if tp.topic in wanted}

    async def seek(self, offsets: Mapping[tuple[str, int], int]) -> None:
        """Read on from these offsets.

        Raises:
            DeposedError: the group took a partition away meanwhile.
        """
        try:
            # Not `seek`: that one runs in the caller's thread, and breaks a fetch under way in the consumer's.
            await self._app.consumer.seek_wait({TP(*at): offset for at, offset in offsets.items()})
        except IllegalStateError as error:
            raise DeposedError(f"the group took a partition away meanwhile: {error}") from error

    async def fetched(self, topic: str, partition: int) -> int:
        """The offset after the last record that was handed to Faust.

        Raises:
            DeposedError: the group took the partition away meanwhile.
        """
        try:
            return await self._app.consumer.position(TP(topic, partition)) or 0
        except IllegalStateError as error:
            raise _taken_away(topic, partition) from error

    def end(self, topic: str, partition: int) -> int:
        """The end of a log as the last fetch saw it; 0 before the first.

        Raises:
            DeposedError: the group took the partition away meanwhile.
        """
        try:
            return self._app.consumer.highwater(TP(topic, partition)) or 0
        except AssertionError as error:  # the client's word for a partition that is not assigned
            raise _taken_away(topic, partition) from error

    async def until_broken(self) -> None:
        """Wait until Faust gave up: its threads and tasks end for themselves, and leave the process standing.

        Raises:
            Exception: what Faust ended on.
        """
        while not self._app.crashed:
            await asyncio.sleep(BEAT_S)
        raise self._app.crash_reason or RuntimeError("Faust ended without a reason")

    async def committed(self) -> dict[tuple[str, int], int]:
        """What the group committed for the assigned topic-partitions; 0 where nothing was."""
        consumer: Any = self._app.consumer  # Faust's own types leave this method out
        offsets = await consumer.seek_to_committed()
        return {(tp.topic, tp.partition): max(offset or 0, 0) for tp, offset in offsets.items()}

    async def commit(self, offsets: dict[tuple[str, int], int]) -> bool:
        """A commit fenced by the group's generation; False if the group went on without this process."""
        consumer: Any = self._app.consumer  # its public commit() knows only what was acknowledged
        return bool(await consumer._commit({TP(*at): offset for at, offset in offsets.items()}))


def wire_up(app: faust.App, settings: Settings, worker: Worker, consumer: Consumer) -> None:
    """Connect Faust's signals and the agent with the worker."""
    topics = {settings.topic(name) for name in FIELD_TOPICS}

    @app.on_rebalance_complete.connect(weak=False)
    async def assigned(*_: Any, **__: Any) -> None:
        # Fires before Faust seeks to the committed offsets and resumes, so the worker can say where to start.
        await or_die("takeover", worker.assigned(consumer.assignment(topics)))

    @app.on_partitions_revoked.connect(weak=False)
    async def revoked(*_: Any, **__: Any) -> None:
        await or_die("revocation", worker.revoked())

    async def count(stream: Any) -> None:
        async for event in stream.events():
            message = event.message
            await or_die("counting", worker.take(message.topic, message.partition, message.value))

    app.agent(app.topic(*sorted(topics), schema=RawSchema()), name="count")(count)


async def run_loops(worker: Worker, consumer: Consumer, stop: asyncio.Event) -> None:
    """Publish, save and watch until told to stop; the first error is raised."""
    tasks = [asyncio.create_task(loop) for loop in (*worker.loops(), consumer.until_broken())]
    stopping = asyncio.create_task(stop.wait())
    try:
        done, _ = await asyncio.wait([*tasks, stopping], return_when=asyncio.FIRST_COMPLETED)
        for task in done - {stopping}:
            task.result()
    finally:
        for task in (*tasks, stopping):
            task.cancel()
