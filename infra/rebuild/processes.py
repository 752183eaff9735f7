"""Several processes that count partitions anew at the same time, one for each core."""

from __future__ import annotations

import multiprocessing
import os
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import FIRST_EXCEPTION, Future, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool

from infra.errors import InfraError
from infra.rebuild import part
from schemas.settings import Settings
from stream_processors.rebuild.saved import Shelf

LOOK_S = 0.2
Moved = Callable[[int], None]
"""Told how many records were counted so far."""


def in_processes(
    settings: Settings, shelf: Shelf, known: frozenset[str], parts: Mapping[int, Mapping[str, int]],
    counted: Sequence[int], moved: Moved,
) -> None:  # fmt: skip
    """Count partitions from where the shelf has them up to `parts[number][topic]`; what comes of it lies on the shelf.

    `counted` is how many records of each partition were counted before. However it ends, what was counted is kept.

    Raises:
        DistrustError: the log is not the one that was counted before.
        InfraError: records that are there do not come, or a process was killed.
    """
    if not parts:
        return
    context = multiprocessing.get_context("spawn")  # a process with threads, as Kafka's client has, must not fork
    so_far = context.Array("q", list(counted), lock=False)
    job = part.Job(settings, shelf, known, so_far, context.Event())
    cores = min(os.cpu_count() or 1, len(parts))
    with ProcessPoolExecutor(cores, context, part.begin, (job,)) as pool:
        counts = [pool.submit(part.count, number, ends) for number, ends in parts.items()]
        try:
            while _all_well(counts):
                moved(sum(so_far))
        except BrokenProcessPool as error:
            raise InfraError("A process that counted was ended from outside, perhaps for want of memory: start again, "
                             "it goes on from what was kept.") from error
        finally:
            job.stop.set()
            pool.shutdown(cancel_futures=True)


def _all_well(counts: Sequence[Future[None]]) -> bool:
    """Wait a moment; whether some of them count still and none failed.

    Raises: what one of them raised.
    """
    done, left = wait(counts, LOOK_S, FIRST_EXCEPTION)
    for each in done:
        each.result()
    return bool(left)
