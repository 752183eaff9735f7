"""A topic read from its start and followed for ever: each batch of records goes to a pure fold that knows no Kafka."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Sequence
from typing import Any

import msgspec
from aiokafka import AIOKafkaConsumer, TopicPartition
from aiokafka.errors import KafkaConnectionError, KafkaError

from producers.errors import ProducersError
from schemas.settings import Settings

LOOK_S = 1.0  # between two questions for the topic's ends
ANSWER_S = 5.0  # for Kafka to tell them
RETRY_S = 1.0
FRESH_S = 15.0  # a follower that has not been at the end for so long is behind
Take = Callable[[Sequence[Any]], object]
"""Takes records (`key`, `value`, `headers`, `partition`, `offset`, `timestamp`) of one partition, in its order.

It may see a record again after a restart of the client, so it must be idempotent; it may raise msgspec.DecodeError.
"""
_log = logging.getLogger("fieldtally.gateway")


class Follower:
    """Follows one topic (name without prefix) and hands its records to `take`, from the first on.

    `run` goes on until it is cancelled. `caught_up` is set once all that was there at the start was taken.
    """

    def __init__(self, settings: Settings, topic: str, take: Take) -> None:
        self.topic = topic
        self.caught_up = asyncio.Event()
        self._settings, self._take = settings, take
        self._name = settings.topic(topic)
        self._next: dict[int, int] = {}  # partition -> next offset that is not taken yet
        self._moved = asyncio.Condition()
        self._ends: dict[TopicPartition, int] = {}
        self._at_end: float | None = None

    @property
    def fresh(self) -> bool:
        """Whether it caught up, and was at the topic's ends a short while ago, so Kafka answers."""
        return self._at_end is not None and asyncio.get_running_loop().time() - self._at_end < FRESH_S

    async def run(self) -> None:
        """Follow until cancelled.

        Raises:
            ProducersError: a record is none of this version, or the topic cannot be read on.
        """
        client = AIOKafkaConsumer(
            bootstrap_servers=self._settings.bootstrap, client_id=f"{self._settings.topic_prefix}fieldtally-gateway",
            enable_auto_commit=False, auto_offset_reset="earliest", fetch_max_wait_ms=250, metadata_max_age_ms=30_000,
        )  # fmt: skip
        await self._connect(client)
        looking = asyncio.create_task(self._look(client), name=f"ends of {self.topic}")
        try:
            while not looking.done():
                batches = await client.getmany(timeout_ms=250, max_records=5_000)
                for partition, records in batches.items():
                    self._hand_over(partition, records)
                if batches:
                    async with self._moved:
                        self._moved.notify_all()
                await self._note_end(client)
            looking.result()
        except KafkaError as error:
            raise ProducersError(f"{self._name} cannot be read on ({error!r}): start again to read it anew.") from error
        finally:
            looking.cancel()
            await client.stop()

    async def passed(self, partition: int, offset: int) -> None:
        """Wait until the record at this place was taken."""
        async with self._moved:
            await self._moved.wait_for(lambda: self._next.get(partition, 0) > offset)

    async def _connect(self, client: AIOKafkaConsumer) -> None:
        """Assign all partitions, once the broker answers and has the topic."""
        while True:
            try:
                await client.start()
                break
            except KafkaConnectionError:
                _log.warning("Kafka at %s does not answer yet; waiting.", self._settings.bootstrap)
                await asyncio.sleep(RETRY_S)
        while self._name not in await client.topics():
            _log.warning("Kafka has no topic %s yet: waiting for `fieldtally topics`.", self._name)
            await asyncio.sleep(RETRY_S)
        client.assign([TopicPartition(self._name, number) for number in range(self._settings.partitions)])

    def _hand_over(self, partition: TopicPartition, records: Sequence[Any]) -> None:
        try:
            self._take(records)
        except msgspec.DecodeError as error:
            raise ProducersError(
                f"A record of {self._name} is none of this version ({error}): upgrade the gateway to the version that "
                "wrote it."
            ) from error
        self._next[partition.partition] = records[-1].offset + 1

    async def _look(self, client: AIOKafkaConsumer) -> None:
        """Ask for the ends of the topic again and again; while Kafka is away there is no answer."""
        partitions = list(client.assignment())
        while True:
            try:
                async with asyncio.timeout(ANSWER_S):
                    self._ends = await client.end_offsets(partitions)
            except (KafkaError, TimeoutError):
                _log.warning("Kafka does not tell the ends of %s.", self._name)
            await asyncio.sleep(LOOK_S)

    async def _note_end(self, client: AIOKafkaConsumer) -> None:
        """Note that all is taken that was there when the ends were asked for; they are asked for again then."""
        if not self._ends or any([await client.position(at) < end for at, end in self._ends.items()]):
            return
        self._ends = {}
        self._at_end = asyncio.get_running_loop().time()
        if not self.caught_up.is_set():
            self.caught_up.set()
            _log.info("All of %s is read.", self._name)
