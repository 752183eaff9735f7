"""Kafka read back, from one offset of a log to another: to look, never to count; no group, no commits."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from typing import NamedTuple

from kafka import KafkaConsumer, TopicPartition
from kafka.consumer.fetcher import ConsumerRecord

from producers.connection import check_partitions
from producers.errors import ProducersError
from schemas.settings import Settings

SILENCE_S = 30.0  # without a record that is known to be there, the broker has a fault
FETCH_BYTES = 2 * 1024 * 1024  # per partition and fetch; a larger record still comes, alone
Offsets = dict[TopicPartition, int]


class Kept(NamedTuple):
    """A record as it lies in its topic (name without prefix); `timestamp` in ms."""

    topic: str
    partition: int
    offset: int
    timestamp: int
    key: bytes | None
    value: bytes | None
    headers: Sequence[tuple[str, bytes]] = ()


def read(
    settings: Settings, topics: Iterable[str], *, partition: int | None = None, committed: bool = False
) -> Iterator[Kept]:
    """Every record of the topics, or of one partition of them, up to their ends now; each partition in its order.

    `committed` leaves out what transactions have not committed.

    Raises:
        ProducersError: a topic is not there or has another number of partitions, or records that are there do not come.
        kafka.errors.KafkaTimeoutError: the broker does not answer.
    """
    names = {settings.topic(topic): topic for topic in topics}
    with client(settings, committed=committed) as consumer:
        for name in names:
            check_partitions(settings, name, len(consumer.partitions_for_topic(name) or ()))
        numbers = range(settings.partitions) if partition is None else (partition,)
        partitions = [TopicPartition(name, number) for name in names for number in numbers]
        starts = offsets_of(consumer.beginning_offsets, partitions)
        for at, record in between(consumer, starts, offsets_of(consumer.end_offsets, partitions)):
            yield Kept(names[at.topic], at.partition, record.offset, record.timestamp, record.key, record.value,
                       record.headers)  # fmt: skip


def newest(settings: Settings, topic: str) -> dict[bytes, bytes]:
    """The newest value of each key of a compacted topic, as it stands now; a key that was removed is left out.

    Raises: as `read`.
    """
    found: dict[bytes, bytes] = {}
    for record in read(settings, [topic]):
        if record.key is not None and record.value is not None:
            found[record.key] = record.value
        elif record.key is not None:
            found.pop(record.key, None)
    return found


@contextmanager
def client(settings: Settings, *, committed: bool = False) -> Iterator[KafkaConsumer]:
    """A connection for the time of the context.

    Raises:
        kafka.errors.KafkaTimeoutError: the broker does not answer.
    """
    logging.getLogger("kafka").addHandler(logging.NullHandler())  # what a failed try means, its exception says
    with closing(
        KafkaConsumer(
            bootstrap_servers=settings.bootstrap.split(","),
            client_id=f"{settings.topic_prefix}fieldtally-reader",
            enable_auto_commit=False,
            auto_offset_reset="none",  # a log that is cut under the reader is a fault, not a reason to skip
            allow_auto_create_topics=False,
            max_partition_fetch_bytes=FETCH_BYTES,
            max_poll_records=5_000,
            isolation_level="read_committed" if committed else "read_uncommitted",
            bootstrap_timeout_ms=5_000,
        )
    ) as consumer:
        yield consumer


def offsets_of(ask: Callable[[list[TopicPartition]], Offsets], partitions: list[TopicPartition]) -> Offsets:
    """What a client's `beginning_offsets` or `end_offsets` answer of partitions, one without a leader waited for.

    Raises:
        kafka.errors.KafkaTimeoutError: a partition stays without a leader, or the broker does not answer.
    """
    while True:
        try:
            return ask(partitions)
        except KeyError as error:  # kafka-python's word for one among others that has no leader, or was only just made
            ask([error.args[0]])  # of one alone it waits for the leader


def between(
    consumer: KafkaConsumer, starts: Mapping[TopicPartition, int], ends: Mapping[TopicPartition, int]
) -> Iterator[tuple[TopicPartition, ConsumerRecord]]:
    """Every record from `starts` to before `ends`, in the order of each partition.

    Raises:
        ProducersError: records that are there do not come.
    """
    unread = [partition for partition, end in ends.items() if starts[partition] < end]
    consumer.assign(unread)
    for partition in unread:
        consumer.seek(partition, starts[partition])
    reached, heard = dict(starts), time.monotonic()
    while unread:
        for partition, records in consumer.poll(timeout_ms=200).items():
            for record in records:
                if record.offset < ends[partition]:
                    yield partition, record
        at = {partition: consumer.position(partition) for partition in unread}
        if any(at[partition] != reached[partition] for partition in unread):
            reached, heard = at, time.monotonic()
        elif time.monotonic() - heard > SILENCE_S:
            behind = ", ".join(f"{partition.topic}[{partition.partition}]" for partition in unread)
            raise ProducersError(f"Kafka sends no records of {behind}: look at its log.")
        if any(at[partition] >= ends[partition] for partition in unread):
            unread = [partition for partition in unread if at[partition] < ends[partition]]
            consumer.assign(unread)  # what is assigned still keeps its position
