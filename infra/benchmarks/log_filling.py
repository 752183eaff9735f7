"""A season into the log as fast as it is made: whole batches, for to hand over each record would cost twice its making.

For logs that are measured; who publishes to be counted uses `producers.publisher`.
"""

from __future__ import annotations

import asyncio
import logging
from collections import deque
from collections.abc import Callable, Iterable
from typing import Any

from aiokafka import AIOKafkaProducer

from producers.simulator.record import Record
from schemas.partition import partition_of
from schemas.settings import Settings

BATCH_BYTES = 512 * 1024
UNDER_WAY_MAX = 32  # batches; bounds memory
TELL_EVERY = 5_000  # records


async def _fill(settings: Settings, records: Iterable[Record], moved: Callable[[int], None]) -> None:
    producer = AIOKafkaProducer(bootstrap_servers=settings.bootstrap, acks="all", enable_idempotence=True,
                                max_batch_size=BATCH_BYTES, max_request_size=2 * BATCH_BYTES)  # fmt: skip
    await producer.start()
    open_: dict[tuple[str, int], Any] = {}
    under_way: deque[asyncio.Future[Any]] = deque()
    number = 0
    for number, record in enumerate(records, 1):
        partition = record.partition
        if partition is None:
            partition = partition_of(record.key or b"", settings.partitions)
        at = settings.topic(record.topic), partition
        batch = open_.get(at) or open_.setdefault(at, producer.create_batch())
        if batch.append(timestamp=None, key=record.key, value=record.value, headers=record.headers) is None:  # full
            under_way.append(await producer.send_batch(batch, at[0], partition=partition))
            batch = open_[at] = producer.create_batch()
            batch.append(timestamp=None, key=record.key, value=record.value, headers=record.headers)
            while len(under_way) > UNDER_WAY_MAX:
                await under_way.popleft()
        if number % TELL_EVERY == 0:
            moved(number)
    for (topic, partition), batch in open_.items():
        under_way.append(await producer.send_batch(batch, topic, partition=partition))
    await asyncio.gather(*under_way)
    moved(number)
    await producer.stop()


def fill(settings: Settings, records: Iterable[Record], moved: Callable[[int], None] = lambda _: None) -> None:
    """Publish all records in the order of each partition, each confirmed; `moved` is told now and then how many."""
    # A partition that was just made has no leader for a moment: the client tries again, and writes a line each time.
    logging.getLogger("aiokafka").setLevel(logging.CRITICAL)
    asyncio.run(_fill(settings, records, moved))
