"""Kafka: reads all partitions from given positions. Its committed offsets only show the lag, nothing resumes there."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Mapping

from kafka import KafkaAdminClient, OffsetAndMetadata, TopicPartition
from kafka.consumer.fetcher import ConsumerRecord
from kafka.errors import KafkaError, LogTruncationError, OffsetOutOfRangeError

from schemas.settings import Settings
from schemas.topics import ACTIONS, FIELD_TOPICS, REGISTERS, REJECTED, STREAMS, TOTALS
from sinks.bus import CLIENT, consumer, offsets_of
from sinks.ledger.errors import LedgerError
from sinks.ledger.positions import AGAIN, Extent, Partition, Position, check

TOPICS = (*FIELD_TOPICS, REJECTED, TOTALS, STREAMS, REGISTERS, ACTIONS)
GROUP = "fieldtally-ledger"
RETRY_S = 5.0
FETCH_WAIT_MS = 200  # how long the broker holds its answer while nothing comes: an idle ledger should cost little
GATHER_S = 0.1  # between two reads while little comes: each batch costs a transaction, each total a row
LITTLE = 1_000  # records
FETCH_MAX_BYTES = 2 * 1024 * 1024  # about 3,500 events: a batch when behind, and what bounds memory
BATCH_RECORDS = 5_000
_log = logging.getLogger("fieldtally.ledger.log")


def await_logs(settings: Settings, stop: threading.Event) -> dict[Partition, str]:
    """Waits, and says so, until the broker has all topics; the id of each partition's log, none if `stop` came first.

    Raises:
        LedgerError: a topic has another number of partitions than the settings say.
    """
    while not stop.is_set():
        try:
            with KafkaAdminClient(bootstrap_servers=settings.bootstrap.split(","), **CLIENT) as admin:
                found = {topic["name"]: topic for topic in admin.describe_topics(list(map(settings.topic, TOPICS)))}
        except KafkaError as error:
            _log.warning("Kafka at %s does not answer, waiting for it: %s", settings.bootstrap, error)
            stop.wait(RETRY_S)
            continue
        if missing := [name for name, topic in found.items() if not topic["partitions"]]:
            _log.warning("Kafka has no topic %s yet: waiting for `fieldtally topics`.", ", ".join(missing))
            stop.wait(RETRY_S)
            continue
        for name, topic in found.items():
            if (count := len(topic["partitions"])) != settings.partitions:
                raise LedgerError(f"Topic {name} has {count} partitions, FIELDTALLY_PARTITIONS says "
                                  f"{settings.partitions}: set it to the number that the installation began with.")
        return {Partition(topic, number): found[settings.topic(topic)]["topic_id"]
                for topic in TOPICS for number in range(settings.partitions)}
    return {}


class Log:
    """All partitions, read on from positions.

    Raises:
        LedgerError: a log was cut or replaced since its position was stored.
        kafka.errors.KafkaError: the broker does not answer.
    """

    def __init__(self, settings: Settings, logs: Mapping[Partition, str], positions: Mapping[Partition, Position]):
        self._names = {TopicPartition(settings.topic(part.topic), part.number): part for part in logs}
        self._back = {part: name for name, part in self._names.items()}
        self._client = consumer(
            settings, client_id=GROUP, group_id=settings.topic(GROUP), fetch_max_wait_ms=FETCH_WAIT_MS,
            fetch_max_bytes=FETCH_MAX_BYTES, max_partition_fetch_bytes=FETCH_MAX_BYTES // 4,
        )  # fmt: skip
        names = list(self._names)
        beginnings = offsets_of(self._client.beginning_offsets, names)
        ends = offsets_of(self._client.end_offsets, names)
        for name, part in self._names.items():
            check(part, positions[part], Extent(logs[part], beginnings[name], ends[name]))
        self._client.assign(names)
        for name, part in self._names.items():
            self._client.seek(name, positions[part].offset)
        self._not_before = 0.0

    def poll(self) -> dict[Partition, list[ConsumerRecord]]:
        """The next records by partition; nothing when none came for a while.

        Raises:
            LedgerError: a log was cut or replaced under the ledger.
            kafka.errors.KafkaError: the broker refuses.
        """
        time.sleep(max(0.0, self._not_before - time.monotonic()))
        try:
            found = self._client.poll(timeout_ms=FETCH_WAIT_MS, max_records=BATCH_RECORDS)
        except (OffsetOutOfRangeError, LogTruncationError) as error:
            raise LedgerError(f"A log was cut or replaced while it was read: {error}. {AGAIN}") from error
        if sum(map(len, found.values())) < LITTLE:
            self._not_before = time.monotonic() + GATHER_S
        return {self._names[name]: records for name, records in found.items()}

    def ends(self) -> dict[Partition, int]:
        """The offset after the last record of each partition.

        Raises:
            kafka.errors.KafkaError: the broker does not answer.
        """
        ends = offsets_of(self._client.end_offsets, list(self._names))
        return {part: ends[name] for name, part in self._names.items()}

    def show(self, positions: Mapping[Partition, int]) -> None:
        """Commits positions as the group's offsets, without waiting for it."""
        if positions:
            self._client.commit_async(self._offsets(positions))

    def close(self, positions: Mapping[Partition, int]) -> None:
        """Commits positions if the broker takes them soon, and lets go."""
        try:
            self._client.commit(self._offsets(positions), timeout_ms=3_000)
        except KafkaError as error:
            _log.warning("The last offsets were not committed, which only makes the lag look larger: %s", error)
        self._client.close(autocommit=False, timeout_ms=3_000)

    def _offsets(self, positions: Mapping[Partition, int]) -> dict[TopicPartition, OffsetAndMetadata]:
        return {self._back[part]: OffsetAndMetadata(offset, "", -1) for part, offset in positions.items()}
