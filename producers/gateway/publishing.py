"""Records to Kafka by one idempotent producer: each batch is awaited until all replicas have it, or time is up."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

from aiokafka import AIOKafkaProducer
from aiokafka.errors import KafkaConnectionError, KafkaError, KafkaTimeoutError

from producers.errors import ProducersError
from producers.gateway.limits import DELIVERY_S, FLUSH_S, KAFKA_BYTES_MAX, KAFKA_S, STALL_S
from schemas.settings import Settings
from schemas.topics import CONTACTS, ENROLMENTS, FIELD_RECORD_BYTES_MAX, FIELD_TOPICS, REJECTED

BATCH_BYTES = 512 * 1024
RETRY_S = 1.0
WRITTEN = (*FIELD_TOPICS, ENROLMENTS, CONTACTS, REJECTED)
_log = logging.getLogger("fieldtally.gateway")


class Message(NamedTuple):
    """A record to be written."""

    key: bytes
    value: bytes
    headers: Sequence[tuple[str, bytes]] = ()


class Publisher:
    """The producer. What it was handed and Kafka did not confirm in time may still be written later, which is harmless:
    it was not called accepted, and comes again with the same identity.
    """

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._producer = AIOKafkaProducer(
            bootstrap_servers=settings.bootstrap, client_id=f"{settings.topic_prefix}fieldtally-gateway",
            acks="all", enable_idempotence=True, linger_ms=0, max_batch_size=BATCH_BYTES,
            max_request_size=2 * FIELD_RECORD_BYTES_MAX, request_timeout_ms=int(DELIVERY_S * 1000),
        )  # fmt: skip
        self._started = False
        self._broken: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._since: dict[asyncio.Future[Any], float] = {}  # what is not confirmed, the oldest first
        self._bytes = 0

    @property
    def up(self) -> bool:
        """Whether there is any use in handing over more: Kafka has been reached, and confirms."""
        if not self._started or self._broken.done() or self._bytes > KAFKA_BYTES_MAX:
            return False
        oldest = next(iter(self._since.values()), None)
        return oldest is None or asyncio.get_running_loop().time() - oldest < STALL_S

    @property
    def unconfirmed_bytes(self) -> int:
        """What was handed to Kafka and not confirmed."""
        return self._bytes

    async def run(self) -> None:
        """Connect, however long it takes, then watch.

        Raises:
            ProducersError: a topic has another number of partitions, or the producer can write no more.
        """
        while True:
            try:
                await self._producer.start()
                break
            except KafkaConnectionError:
                _log.warning("Kafka at %s does not answer yet; waiting.", self._settings.bootstrap)
                await asyncio.sleep(RETRY_S)
        for topic in WRITTEN:
            await self._check(topic)
        self._started = True
        await self._broken

    async def stop(self) -> None:
        """Write what is under way, if Kafka takes it in time, and disconnect."""
        try:
            async with asyncio.timeout(FLUSH_S):
                await self._producer.stop()
        except TimeoutError:
            _log.warning("Kafka did not confirm %d batches; they were not called accepted.", len(self._since))

    async def append(self, topic: str, partition: int, messages: Sequence[Message]) -> list[int | None]:
        """Write in order; each message's offset once all replicas have it, None where that is not known in time."""
        deadline = asyncio.get_running_loop().time() + KAFKA_S
        sent: list[tuple[int, asyncio.Future[Any] | None]] = []
        for builder, count in self._builders(messages):
            sent.append((count, await self._hand_over(builder, topic, partition, deadline)))
        waiting = [future for _, future in sent if future is not None]
        if waiting:
            await asyncio.wait(waiting, timeout=max(0.0, deadline - asyncio.get_running_loop().time()))
        return [offset for count, future in sent for offset in _offsets(future, count)]

    async def _hand_over(self, builder: Any, topic: str, partition: int, deadline: float) -> asyncio.Future[Any] | None:
        try:
            async with asyncio.timeout_at(deadline):
                future: asyncio.Future[Any] = await self._producer.send_batch(
                    builder, self._settings.topic(topic), partition=partition
                )
        except (TimeoutError, KafkaTimeoutError):  # it found no place in the queue, so nothing was handed over
            return None
        except KafkaError as error:
            self._break(error)
            return None
        size = builder.size()
        self._since[future] = asyncio.get_running_loop().time()
        self._bytes += size
        future.add_done_callback(lambda done: self._settle(done, size))
        return future

    def _settle(self, future: asyncio.Future[Any], size: int) -> None:
        del self._since[future]
        self._bytes -= size
        if not future.cancelled() and (error := future.exception()) is not None:
            _log.error("Kafka refused a batch (%r); nothing of it was called accepted.", error)
            self._break(error)

    def _break(self, error: BaseException) -> None:
        """After a batch that failed, the idempotent producer's numbers have a gap: it can write no more."""
        if not self._broken.done():
            self._broken.set_exception(ProducersError(
                f"Kafka refused records ({error!r}): see the broker's log; the next start begins anew."
            ))

    def _builders(self, messages: Sequence[Message]) -> Iterator[tuple[Any, int]]:
        """The messages in the producer's own batches: handed over one by one, each would cost a future and a task."""
        builder = self._producer.create_batch()
        for message in messages:
            key, value, headers = message
            if builder.append(timestamp=None, key=key, value=value, headers=list(headers)) is None:  # it is full
                yield builder, builder.record_count()
                builder = self._producer.create_batch()
                builder.append(timestamp=None, key=key, value=value, headers=list(headers))
        if builder.record_count():
            yield builder, builder.record_count()

    async def _check(self, topic: str) -> None:
        """Wait for the topic, and see that its partitions are those of the settings."""
        name = self._settings.topic(topic)
        while True:
            try:
                found = len(await self._producer.partitions_for(name))
                break
            except KafkaError:
                _log.warning("Kafka has no topic %s yet: waiting for `fieldtally topics`.", name)
                await asyncio.sleep(RETRY_S)
        if found != self._settings.partitions:
            raise ProducersError(
                f"{name} has {found} partitions, FIELDTALLY_PARTITIONS says {self._settings.partitions}: set it to "
                f"{found}, as for all services of this installation."
            )


def _offsets(future: asyncio.Future[Any] | None, count: int) -> list[int | None]:
    if future is None or not future.done() or future.cancelled() or future.exception() is not None:
        return [None] * count
    first = future.result().offset
    if first < 0:  # the broker has the batch, but no longer knows where
        return [None] * count
    return [first + number for number in range(count)]
