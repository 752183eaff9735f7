"""The log as Kafka has it: one idempotent producer and one reader without a group, shared by all partitions."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Collection, Iterable, Iterator, Sequence
from itertools import chain
from typing import Any

from aiokafka import AIOKafkaConsumer, AIOKafkaProducer, TopicPartition
from aiokafka.errors import KafkaConnectionError

from schemas.settings import Settings
from schemas.topics import FIELD_TOPICS, STATE_RECORD_BYTES_MAX
from stream_processors.protocol.port import Ends, Keep, Message, Stored, everything

REQUEST_BYTES_MAX = STATE_RECORD_BYTES_MAX + 1024 * 1024
RETRY_S = 2.0
_log = logging.getLogger("fieldtally.counter")


class Bus:
    """Kafka for all owned partitions. Reads that are asked for at the same time are done in one go."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._producer = AIOKafkaProducer(
            bootstrap_servers=settings.bootstrap,
            acks="all",
            enable_idempotence=True,  # Faust's own producer is not
            linger_ms=2,
            max_batch_size=1024 * 1024,
            max_request_size=REQUEST_BYTES_MAX,
            request_timeout_ms=30_000,
        )
        self._reader = AIOKafkaConsumer(
            bootstrap_servers=settings.bootstrap,
            enable_auto_commit=False,
            auto_offset_reset="earliest",
            max_partition_fetch_bytes=REQUEST_BYTES_MAX,
            fetch_max_wait_ms=50,
        )
        self._wanted: dict[TopicPartition, tuple[int, Keep, list[asyncio.Future[tuple[list[Stored], int]]]]] = {}
        self._reading = asyncio.Lock()

    async def start(self) -> None:
        """Connect; while the broker is away, wait and say so."""
        for client in (self._producer, self._reader):
            while True:
                try:
                    await client.start()
                    break
                except KafkaConnectionError:
                    _log.warning("waiting for Kafka at %s", self._settings.bootstrap)
                    await asyncio.sleep(RETRY_S)

    async def stop(self) -> None:
        """Deliver what is under way and disconnect."""
        await self._producer.stop()
        await self._reader.stop()

    async def partitions_of(self, topic: str) -> int:
        """How many partitions a topic has on the broker."""
        return len(await self._producer.partitions_for(self._settings.topic(topic)))

    async def field_partitions(self) -> dict[str, int]:
        """The same of each field topic that the broker has when it is asked now, by its name there."""
        there = await self._reader.topics()
        names = {topic: self._settings.topic(topic) for topic in FIELD_TOPICS}
        return {name: await self.partitions_of(topic) for topic, name in names.items() if name in there}

    async def append(self, topic: str, partition: int, messages: Sequence[Message]) -> list[int]:
        """Write in order, wait for all acknowledgements, return the offsets."""
        name = self._settings.topic(topic)
        sent = [
            (batch.record_count(), await self._producer.send_batch(batch, name, partition=partition))
            for batch in self._batches(messages)
        ]
        firsts = [(count, (await acknowledged).offset) for count, acknowledged in sent]
        return [first + at for count, first in firsts for at in range(count)]

    def _batches(self, messages: Iterable[Message]) -> Iterator[Any]:
        """The messages in the producer's own batches: handed over one by one, each would cost a future and a task."""
        batch = self._producer.create_batch()
        for m in messages:
            if batch.append(timestamp=None, key=m.key, value=m.value, headers=m.headers) is None:  # it is full
                yield batch
                batch = self._producer.create_batch()
                batch.append(timestamp=None, key=m.key, value=m.value, headers=m.headers)
        if batch.record_count():
            yield batch

    async def ends(self, partitions: Sequence[TopicPartition]) -> dict[TopicPartition, int]:
        """End offsets, asked now."""
        ends: dict[TopicPartition, int] = await self._reader.end_offsets(partitions)
        return ends

    async def field_ends(self, numbers: Collection[int]) -> dict[int, Ends]:
        """Starts and ends of the field topics in some partitions, all asked for in one go."""
        tps = {number: [self.at(topic, number) for topic in FIELD_TOPICS] for number in numbers}
        asked = list(chain.from_iterable(tps.values()))
        starts, ends = await self._reader.beginning_offsets(asked), await self._reader.end_offsets(asked)
        return {number: Ends([starts[tp] for tp in of], [ends[tp] for tp in of]) for number, of in tps.items()}

    def at(self, topic: str, partition: int) -> TopicPartition:
        """A topic of ours on the broker."""
        return TopicPartition(self._settings.topic(topic), partition)

    async def read(self, tp: TopicPartition, start: int, keep: Keep = everything) -> tuple[list[Stored], int]:
        """What to keep from `start` on, until the position equals an end offset asked after the last read; that end."""
        future: asyncio.Future[tuple[list[Stored], int]] = asyncio.get_running_loop().create_future()
        since, kept, waiting = self._wanted.get(tp, (start, keep, []))
        if (since, kept) != (start, keep):  # something else is being waited for: let it go first
            await asyncio.shield(waiting[0])
            return await self.read(tp, start, keep)
        self._wanted[tp] = (start, keep, [*waiting, future])
        async with self._reading:
            if not future.done():
                await self._read_wanted()
        return future.result()

    async def _read_wanted(self) -> None:
        wanted, self._wanted = self._wanted, {}
        found: dict[TopicPartition, list[Stored]] = {tp: [] for tp in wanted}
        self._reader.assign(list(wanted))
        for tp, (start, *_) in wanted.items():
            self._reader.seek(tp, start)
        ends = await self.ends(list(wanted))
        left = set(wanted)
        while left:
            reached = {tp for tp in left if await self._reader.position(tp) >= ends[tp]}
            if reached:
                again = await self.ends(list(reached))
                left -= {tp for tp in reached if again[tp] == ends[tp]}
                ends |= again
                continue
            for tp, records in (await self._reader.getmany(timeout_ms=1000)).items():
                stored = (Stored(r.offset, r.timestamp, r.key, r.value, list(r.headers)) for r in records)
                found[tp] += filter(wanted[tp][1], stored)
        self._reader.unsubscribe()
        for tp, (_, _, waiting) in wanted.items():
            for future in waiting:
                future.set_result((found[tp], ends[tp]))


class KafkaLog:
    """One partition of the log on a real broker; see `protocol.port.PartitionLog`."""

    def __init__(self, bus: Bus, partition: int, fence: Callable[[int], Awaitable[bool]]) -> None:
        self._bus, self._partition, self._fence = bus, partition, fence

    async def append(self, topic: str, messages: Sequence[Message]) -> list[int]:
        """Write in order, wait for all acknowledgements, return the offsets."""
        return await self._bus.append(topic, self._partition, messages)

    async def append_all(self, writes: Sequence[tuple[str, Sequence[Message]]]) -> list[list[int]]:
        """Write to several topics at the same time."""
        return await asyncio.gather(*(self.append(topic, messages) for topic, messages in writes))

    async def read(self, topic: str, start: int, keep: Keep = everything) -> tuple[list[Stored], int]:
        """The records to keep from `start` to an end offset asked after the last read."""
        return await self._bus.read(self._bus.at(topic, self._partition), start, keep)

    async def end(self, topic: str) -> int:
        """The offset after the last record."""
        tp = self._bus.at(topic, self._partition)
        return (await self._bus.ends([tp]))[tp]

    async def field_ends(self) -> Ends:
        """Starts and ends of the field topics."""
        return (await self._bus.field_ends([self._partition]))[self._partition]

    async def is_member(self) -> bool:
        """A group-fenced offset commit: it fails once the group gave the partition away."""
        return await self._fence(self._partition)
