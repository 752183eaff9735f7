"""Records to Kafka, each confirmed by all replicas, from an idempotent producer, in the order of each partition."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable, Iterable
from contextlib import suppress
from types import TracebackType

from kafka.errors import KafkaError, KafkaTimeoutError
from kafka.producer.future import FutureRecordMetadata

from producers.connection import DELIVERY_MS, Say, check_partitions, connected
from producers.errors import ProducersError
from producers.simulator.record import Record
from schemas.partition import partition_of
from schemas.settings import Settings

UNCONFIRMED_MAX = 20_000  # records under way before `send` waits; bounds memory, for the client has no such bound
CLOSING_S = 2.0  # for what is under way as somebody stops


class Publisher:
    """Publishes records and confirms each; as a context it confirms all on leaving.

    `confirmed` counts the records that the broker has. A record that fails ends everything with a ProducersError:
    whether it is in the log is then unknown, and to publish the same records again is harmless.
    """

    def __init__(
        self, settings: Settings, *, wait_s: float | None = 30.0, linger_ms: int = 20, say: Say = print
    ) -> None:
        """Connect; while the broker is away, say so and wait, `wait_s` seconds at most (None: for ever).

        Raises:
            ProducersError: the broker did not answer in time.
        """
        self._settings = settings
        self._producer = connected(settings, wait_s, linger_ms, say)
        self._under_way: deque[FutureRecordMetadata] = deque()
        self._partitions: dict[str, int] = {}
        self._of_key: dict[bytes, int] = {}
        self.confirmed = 0

    def send(self, record: Record) -> None:
        """Hand over one record; it is confirmed later. Its order within its partition is kept.

        Raises:
            ProducersError: an earlier record failed, or the topic is not there or has another number of partitions.
        """
        topic = self._settings.topic(record.topic)
        if topic not in self._partitions:
            self._partitions[topic] = self._count_partitions(topic)
        partition = record.partition
        if partition is None and record.key is not None:
            partition = self._of_key.get(record.key)
            if partition is None:
                partition = self._of_key[record.key] = partition_of(record.key, self._settings.partitions)
        try:
            future = self._producer.send(topic, record.value, record.key, record.headers, partition)
        except KafkaError as error:
            raise self._failure(error) from error
        self._under_way.append(future)
        self._confirm(UNCONFIRMED_MAX)

    def confirm(self) -> int:
        """Wait until every record sent so far is confirmed; how many are in all.

        Raises:
            ProducersError: one of them failed.
        """
        self._producer.flush()
        self._confirm(0)
        return self.confirmed

    def close(self) -> None:
        """Let go of the connection; what is not confirmed within a moment may or may not arrive."""
        with suppress(KafkaTimeoutError):  # its word for records that stay unconfirmed: why it closes is told instead
            self._producer.close(timeout=CLOSING_S)
        self.confirmed += sum(future.succeeded() for future in self._under_way)
        self._under_way.clear()

    def __enter__(self) -> Publisher:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        try:
            if error is None:
                self.confirm()
        finally:
            self.close()

    def _confirm(self, leave: int) -> None:
        """Take note of what is confirmed, in the order of sending; wait where more than `leave` are under way."""
        under_way = self._under_way
        while under_way and (under_way[0].is_done or len(under_way) > leave):
            try:
                under_way[0].get(timeout=2 * DELIVERY_MS / 1000)
            except KafkaError as error:
                raise self._failure(error) from error
            under_way.popleft()
            self.confirmed += 1

    def _count_partitions(self, topic: str) -> int:
        try:
            found = len(self._producer.partitions_for(topic))
        except KafkaError as error:
            raise ProducersError(
                f"Topic {topic} is not there or cannot be reached on {self._settings.bootstrap}: "
                f"`fieldtally topics` creates the topics ({type(error).__name__})."
            ) from error
        check_partitions(self._settings, topic, found)
        return found

    def _failure(self, error: KafkaError) -> ProducersError:
        return ProducersError(
            f"Kafka at {self._settings.bootstrap} did not confirm a record after {self.confirmed:,} were confirmed "
            f"({type(error).__name__}): see to the broker and publish again; what arrived already counts once."
        )


def publish(
    publisher: Publisher,
    records: Iterable[Record],
    *,
    rate: float | None = None,
    progress: Callable[[int], None] | None = None,
) -> int:
    """Publish all records and confirm each; how many were confirmed.

    `rate` is a limit in records per second; `progress` is told now and then how many are confirmed.

    Raises:
        ProducersError: a record failed.
    """
    started, before = time.monotonic(), publisher.confirmed
    for number, record in enumerate(records):
        if rate is not None:
            lead = ahead_s(number, rate, time.monotonic() - started)
            if lead > 0:
                time.sleep(lead)
        publisher.send(record)
        if progress is not None and number % 500 == 0:
            progress(publisher.confirmed - before)
    confirmed = publisher.confirm() - before
    if progress is not None:
        progress(confirmed)
    return confirmed


def ahead_s(sent: int, rate: float, elapsed_s: float) -> float:
    """How long to wait so that `sent` records in `elapsed_s` seconds are no more than the rate allows.

    A lead below 2 ms is let pass: shorter sleeps cost more than they order.
    """
    lead = sent / rate - elapsed_s
    return lead if lead > 0.002 else 0.0
