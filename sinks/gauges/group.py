"""The counter's group as Kafka knows it: committed offsets, ends of the log, times of the oldest open records."""

from __future__ import annotations

import logging
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager

from kafka import KafkaAdminClient, KafkaConsumer, TopicPartition
from kafka.admin import OffsetSpec

from schemas.settings import Settings
from schemas.topics import COUNTER_GROUP
from sinks.gauges import bus
from sinks.gauges.backlog import Backlog, Disk, Offsets, backlog

TIMES_WAIT_S = 5.0  # how long the first open records of all partitions may take
FETCH_BYTES_MAX = 1024 * 1024
_log = logging.getLogger("fieldtally.gauges.group")


class Group:
    """Looks at the counter's group from outside: it never joins it and commits nothing."""

    def __init__(self, settings: Settings, admin: KafkaAdminClient, client: KafkaConsumer) -> None:
        self._name = settings.topic(COUNTER_GROUP)
        self._prefix = settings.topic_prefix
        self._admin, self._client = admin, client

    def look(self, partitions: list[TopicPartition]) -> Backlog:
        """The backlog in these partitions now.

        Raises:
            KafkaError: the broker does not answer.
        """
        committed = self._admin.list_group_offsets({self._name: partitions})[self._name]
        firsts = self._admin.list_partition_offsets(dict.fromkeys(partitions, OffsetSpec.EARLIEST))
        ends = self._admin.list_partition_offsets(dict.fromkeys(partitions, OffsetSpec.LATEST))
        offsets = {}
        for partition in partitions:
            known = committed.get(partition)
            reached = known.offset if known is not None and known.offset >= 0 else None
            offsets[partition] = Offsets(firsts[partition].offset, ends[partition].offset, reached)
        times = self._times({partition: where.next for partition, where in offsets.items() if where.behind})
        return backlog({(p.topic.removeprefix(self._prefix), p.partition): o for p, o in offsets.items()}, times)

    def disks(self) -> dict[str, Disk]:
        """Each broker's disks by its number; a broker that does not know their size is left out.

        Raises:
            KafkaError: the broker does not answer.
        """
        found: dict[str, Disk] = {}
        for broker in self._admin.describe_log_dirs():
            known = [each for each in broker["log_dirs"] if each.get("total_bytes", -1) >= 0]
            if known:
                size, free = (sum(each[name] for each in known) for name in ("total_bytes", "usable_bytes"))
                found[str(broker["broker"])] = Disk(size, free)
        return found

    def _times(self, nexts: dict[TopicPartition, int]) -> list[int]:
        """The times in ms of the records at these offsets, or of the next after them."""
        times: dict[TopicPartition, int] = {}
        self._client.assign(list(nexts))
        self._client.resume(*nexts)  # a partition that was assigned before is paused still
        for partition, offset in nexts.items():
            self._client.seek(partition, offset)
        deadline = time.monotonic() + TIMES_WAIT_S
        while len(times) < len(nexts) and time.monotonic() < deadline:
            for partition, records in self._client.poll(timeout_ms=bus.POLL_MS).items():
                times.setdefault(partition, records[0].timestamp)
                self._client.pause(partition)
        if missing := len(nexts) - len(times):
            _log.warning("The oldest open records of %d partitions did not come in time.", missing)
        return list(times.values())


@contextmanager
def group(settings: Settings) -> Iterator[Group]:
    """A look at the counter's group for the time of the context.

    Raises:
        KafkaError: the broker does not answer.
    """
    with (
        closing(KafkaAdminClient(bootstrap_servers=settings.bootstrap.split(","), **bus.CLIENT)) as admin,
        bus.consumer(settings, FETCH_BYTES_MAX) as client,
    ):
        yield Group(settings, admin, client)
