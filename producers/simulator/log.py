"""The field topics read back from Kafka, from their beginning to where they end now, for a recount of the real log."""

from __future__ import annotations

from collections.abc import Container, Iterator
from contextlib import closing
from typing import NamedTuple

from kafka import KafkaConsumer, TopicPartition

from producers.simulator.expected import Expected
from producers.simulator.oracle import Oracle
from schemas.settings import Settings
from schemas.topics import FIELD_RECORD_BYTES_MAX, FIELD_TOPICS


class LogRecord(NamedTuple):
    """A record of the log; `topic` without prefix."""

    topic: str
    partition: int
    offset: int
    key: bytes | None
    value: bytes | None
    headers: list[tuple[str, bytes]]


def read_log(settings: Settings) -> Iterator[LogRecord]:
    """Every record up to the ends at the time of the call; in offset order within each partition of a topic."""
    consumer = KafkaConsumer(
        bootstrap_servers=settings.bootstrap.split(","),
        group_id=None,
        enable_auto_commit=False,
        auto_offset_reset="earliest",
        max_partition_fetch_bytes=4 * FIELD_RECORD_BYTES_MAX,
        max_poll_records=5_000,
    )
    names = {settings.topic(topic): topic for topic in FIELD_TOPICS}
    with closing(consumer):
        partitions = [TopicPartition(name, number) for name in names for number in range(settings.partitions)]
        consumer.assign(partitions)
        ends = consumer.end_offsets(partitions)
        unread = {partition for partition, end in ends.items() if consumer.position(partition) < end}
        while unread:
            for partition, batch in consumer.poll(timeout_ms=1_000).items():
                topic, end = names[partition.topic], ends[partition]
                for record in batch:
                    if record.offset < end:
                        key, value, headers = record.key, record.value, list(record.headers)
                        yield LogRecord(topic, partition.partition, record.offset, key, value, headers)
                if consumer.position(partition) >= end:
                    unread.discard(partition)


def recount_log(settings: Settings, known: Container[str]) -> Expected:
    """What must come out of the log as it stands now."""
    oracle = Oracle(known, settings.partitions)
    for record in read_log(settings):
        oracle.feed(record.topic, record.key, record.value, record.partition)
    return oracle.result()
