"""The loops that the counter is compared with, each in a process of its own: `python -m infra.benchmarks.cases NAME`.

Each reads the field topics to the end that they had when it began (plain Faust: for a fixed time) and prints one JSON
line: records, seconds and CPU seconds from the first record on, and the largest resident memory in MB.
"""

from __future__ import annotations

import asyncio
import gc
import os
import resource
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from typing import Any

import faust
import msgspec
from aiokafka import AIOKafkaConsumer, AIOKafkaProducer, ConsumerRecord, TopicPartition

from schemas.places import load
from schemas.settings import Settings, from_env
from schemas.topics import FIELD_TOPICS, TOPIC_INDEX, TOTALS
from schemas.totals import encode
from schemas.wire import decode
from stream_processors.core import figures
from stream_processors.core.partition import Partition

PLAIN_FAUST_S = 15.0


class Clock:
    """Time and CPU since the first record."""

    def __init__(self) -> None:
        self._wall = self._cpu = 0.0

    def first(self) -> None:
        """Start, once."""
        if not self._wall:
            self._wall, self._cpu = time.monotonic(), time.process_time()

    def told(self, records: int) -> dict[str, float]:
        """The result so far."""
        return {
            "records": records,
            "seconds": time.monotonic() - self._wall,
            "cpu_seconds": time.process_time() - self._cpu,
            "rss_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
        }


Take = Callable[[str, int, Sequence[ConsumerRecord]], None]


async def _consume(settings: Settings, take: Take, publish: Callable[[], Any] | None = None) -> dict[str, float]:
    """A bare aiokafka loop over all partitions, handing each fetched list to `take`."""
    consumer = AIOKafkaConsumer(
        bootstrap_servers=settings.bootstrap,
        enable_auto_commit=False,
        auto_offset_reset="earliest",
        max_partition_fetch_bytes=2 * 1024 * 1024,
    )
    await consumer.start()
    tps = [TopicPartition(settings.topic(t), p) for t in FIELD_TOPICS for p in range(settings.partitions)]
    consumer.assign(tps)
    ends = await consumer.end_offsets(tps)
    left, read, clock, published = sum(ends.values()), 0, Clock(), time.monotonic()
    while read < left:
        for tp, records in (await consumer.getmany(timeout_ms=1000, max_records=5000)).items():
            clock.first()
            take(tp.topic, tp.partition, records)
            read += len(records)
        if publish is not None and time.monotonic() - published >= settings.publish_ms / 1000:
            await publish()
            published = time.monotonic()
    if publish is not None:
        await publish()
    told = clock.told(read)
    await consumer.stop()
    return told


async def consume_only(settings: Settings) -> dict[str, float]:
    """Fetch and drop."""
    return await _consume(settings, lambda _topic, _partition, _records: None)


async def consume_decode(settings: Settings) -> dict[str, float]:
    """Fetch and decode by the contracts."""

    def take(_topic: str, _partition: int, records: Sequence[ConsumerRecord]) -> None:
        for record in records:
            decode(record.value)

    return await _consume(settings, take)


async def bare_core(settings: Settings) -> dict[str, float]:
    """Fetch, the same core, totals published as often as the counter does; no group, no protection of any kind."""
    known = load().known
    parts = [Partition(number, settings.partitions, known) for number in range(settings.partitions)]
    names = {settings.topic(topic): TOPIC_INDEX[topic] for topic in FIELD_TOPICS}
    producer = AIOKafkaProducer(bootstrap_servers=settings.bootstrap, linger_ms=2, max_batch_size=1024 * 1024)
    await producer.start()

    def take(topic: str, partition: int, records: Sequence[ConsumerRecord]) -> None:
        parts[partition].take(names[topic], records)

    async def publish() -> None:
        for part in parts:
            due, part.due = part.due, set()
            part.rejections.clear()
            for key in due:
                total = encode(figures.total(part.states[key], 0, 0, ""))
                await producer.send(settings.topic(TOTALS), total, key=key, partition=part.number)
        await producer.flush()

    told = await _consume(settings, take, publish)
    await producer.stop()
    return told


def plain_faust(settings: Settings) -> None:
    """A Faust agent as its documentation has it: one event at a time, `table[key] += 1`, default settings."""
    app = faust.App(
        settings.topic(f"plain-{os.getpid()}"),
        broker=f"kafka://{settings.bootstrap}",
        store="memory://",
        value_serializer="raw",
        topic_partitions=settings.partitions,
        web_enabled=False,
        datadir=tempfile.mkdtemp(),
        worker_redirect_stdouts=False,
    )
    table = app.Table("counts", default=int)
    clock, counted = Clock(), [0]

    async def count(stream: Any) -> None:
        async for value in stream:
            clock.first()
            counted[0] += 1
            try:
                event = msgspec.json.decode(value)
                table[f"{event['unit']} {event['type']}"] += 1
            except (msgspec.DecodeError, KeyError, TypeError):
                continue

    app.agent(app.topic(*(settings.topic(t) for t in FIELD_TOPICS), value_serializer="raw"))(count)

    async def stop_after() -> None:
        while not counted[0]:
            await asyncio.sleep(0.05)
        await asyncio.sleep(PLAIN_FAUST_S)
        _say(clock.told(counted[0]))
        os._exit(0)

    app.task(stop_after)
    faust.Worker(app, loglevel="error").execute_from_commandline()


def _say(told: dict[str, float]) -> None:
    sys.stdout.write(msgspec.json.encode(told).decode() + "\n")
    sys.stdout.flush()


CASES = {"consume-only": consume_only, "consume-decode": consume_decode, "bare-core": bare_core}


def main() -> None:
    """Run the case that the command line names."""
    name, settings = sys.argv[1], from_env()
    if name == "plain-faust":
        plain_faust(settings)
        return
    gc.freeze()
    gc.set_threshold(200_000, 50, 1000)
    _say(asyncio.run(CASES[name](settings)))


if __name__ == "__main__":
    main()
