"""The gauges' reading side of Kafka: totals and rejects from the beginning, then as they come. No group, no commits."""

from __future__ import annotations

import logging
import threading
from collections.abc import Iterator
from contextlib import closing, contextmanager

from kafka import KafkaConsumer, TopicPartition
from kafka.consumer.fetcher import ConsumerRecord
from kafka.errors import KafkaTimeoutError

from schemas.settings import Settings
from sinks import bus

POLL_MS = 100  # how long a poll waits when nothing comes; what comes is returned at once
RECORDS_MAX = 2000
FETCH_BYTES_MAX = 4 * 1024 * 1024  # what a fetch takes in memory; a larger record still comes, alone
RETRY_S = 2.0  # between two tries to find the broker or the topics
CLIENT = {**bus.CLIENT, "client_id": "fieldtally-gauges", "request_timeout_ms": 5_000, "bootstrap_timeout_ms": 3_000}
_log = logging.getLogger("fieldtally.gauges.bus")


@contextmanager
def consumer(settings: Settings, fetch_bytes: int = FETCH_BYTES_MAX) -> Iterator[KafkaConsumer]:
    """A consumer that belongs to no group, for the time of the context; a fetch takes about `fetch_bytes` of memory.

    Raises:
        KafkaTimeoutError: the broker does not answer.
    """
    with closing(
        bus.consumer(
            settings,
            max_poll_records=RECORDS_MAX,
            fetch_max_bytes=fetch_bytes,
            max_partition_fetch_bytes=fetch_bytes // 4,
            **CLIENT,
        )
    ) as client:
        yield client


def await_topics(settings: Settings, names: tuple[str, ...], stop: threading.Event) -> list[TopicPartition]:
    """Waits, and says so, until the broker answers and has the topics; their partitions, empty if `stop` came first."""
    while not stop.is_set():
        if (found := _partitions(settings, names)) is not None:
            return found
        stop.wait(RETRY_S)
    return []


def _partitions(settings: Settings, names: tuple[str, ...]) -> list[TopicPartition] | None:
    """The partitions of all topics, None when they cannot be had yet."""
    try:
        with consumer(settings) as client:
            wanted = {settings.topic(name): client.partitions_for_topic(settings.topic(name)) for name in names}
    except KafkaTimeoutError:
        _log.warning("Kafka at %s does not answer: waiting for it.", settings.bootstrap)
        return None
    if missing := [name for name, numbers in wanted.items() if not numbers]:
        _log.warning("Kafka has no topic %s yet: waiting for `fieldtally topics`.", ", ".join(missing))
        return None
    return [TopicPartition(name, number) for name, numbers in wanted.items() for number in sorted(numbers)]


class Reader:
    """Reads partitions from their beginning; `caught_up` once all that was there at the start is read."""

    def __init__(self, client: KafkaConsumer, partitions: list[TopicPartition]) -> None:
        self._client = client
        client.assign(partitions)
        client.seek_to_beginning(*partitions)
        ends = bus.offsets_of(client.end_offsets, partitions)
        self._missing = {partition: end for partition, end in ends.items() if end > client.position(partition)}

    def poll(self) -> dict[TopicPartition, list[ConsumerRecord]]:
        """The next records, in each partition's order; nothing when none came for a while.

        Raises:
            KafkaError: the log was cut or replaced under the reader.
        """
        records: dict[TopicPartition, list[ConsumerRecord]] = self._client.poll(timeout_ms=POLL_MS)
        return records

    def caught_up(self) -> bool:
        """Whether all records that were there at the start are read, compacted ones aside."""
        for partition, end in list(self._missing.items()):
            if self._client.position(partition) >= end:
                del self._missing[partition]
        return not self._missing
