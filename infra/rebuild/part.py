"""Counts partitions anew in a process of its own; what it counted is kept on the shelf, now and then and at the end."""

from __future__ import annotations

import asyncio
import os
import signal
import threading
import time
from collections.abc import Mapping, MutableSequence
from multiprocessing import parent_process
from multiprocessing.synchronize import Event
from typing import NamedTuple

from infra.rebuild.log import batches
from schemas.settings import Settings
from schemas.topics import TOPIC_INDEX
from stream_processors.rebuild.saved import Shelf

SAVE_S = 30.0


class Job(NamedTuple):
    """What each process needs: `known` are the ids of the map's units, `counted` is how far each partition is; once
    `stop` is set, it ends and keeps what it has."""

    settings: Settings
    shelf: Shelf
    known: frozenset[str]
    counted: MutableSequence[int]
    stop: Event


_job: Job


def begin(job: Job) -> None:
    """Make ready for a job, once in each process."""
    global _job  # a pool gives its processes shared memory in no other way
    _job = job
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # it reaches the parent too, which says when to stop
    threading.Thread(target=_end_with_parent, daemon=True).start()


def count(number: int, ends: Mapping[str, int]) -> None:
    """Count a partition up to `ends`, the next offset by field topic.

    Raises:
        DistrustError: the log is not the one that was counted before.
        InfraError: records that are there do not come.
    """
    asyncio.run(_count(number, ends))


async def _count(number: int, ends: Mapping[str, int]) -> None:
    settings, shelf, known, counted, stop = _job
    recount = shelf.load(number, settings.partitions, known.__contains__)
    starts = {topic: recount.intake.seek_back(recount.partition, TOPIC_INDEX[topic]) for topic in ends}
    saved = time.monotonic()
    async for batch in batches(settings, number, starts, ends):
        recount.count(batch)
        counted[number] = sum(recount.partition.positions)
        if stop.is_set():
            break
        if time.monotonic() - saved > SAVE_S:
            shelf.save(recount)
            saved = time.monotonic()
    shelf.save(recount)


def _end_with_parent() -> None:
    """A parent that was killed leaves nobody behind."""
    parent = parent_process()
    assert parent is not None, "this runs in a process of a pool"
    parent.join()
    os._exit(1)
