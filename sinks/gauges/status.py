"""What the page says about the pipeline, as a collector of prometheus_client; small, so rendered at each scrape."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol

import msgspec
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily
from prometheus_client.metrics_core import Metric as Samples
from prometheus_client.registry import Collector

from schemas import metrics
from schemas.metrics import Kind, Metric
from schemas.totals import decode_total
from sinks.gauges.backlog import Backlog, Disk
from sinks.gauges.board import Board
from sinks.gauges.contacts import Contacts
from sinks.gauges.errors import GaugesError
from sinks.gauges.rejects import Rejects


class Record(Protocol):
    """What the page needs of a Kafka record; `timestamp` in ms."""

    @property
    def partition(self) -> int: ...
    @property
    def offset(self) -> int: ...
    @property
    def timestamp(self) -> int: ...
    @property
    def key(self) -> bytes: ...
    @property
    def value(self) -> bytes | None: ...
    @property
    def headers(self) -> Sequence[tuple[str, bytes]]: ...


@dataclass(eq=False)  # a collector is known by itself
class Status(Collector):
    """The figures of the pipeline; `clock` gives seconds since 1970.

    `offsets` are the next offsets of the totals topic by partition: the page shows exactly the totals below them.
    """

    board: Board
    clock: Callable[[], float]
    rejects: Rejects = field(default_factory=Rejects)
    contacts: Contacts = field(default_factory=Contacts)
    offsets: dict[int, int] = field(default_factory=dict)
    read: int = 0
    stale: int = 0
    last_total: int | None = None
    backlog: Backlog | None = None
    disks: Mapping[str, Disk] = field(default_factory=dict)

    def take_totals(self, records: Sequence[Record]) -> None:
        """Takes records of one partition of the totals topic, in order.

        Raises:
            GaugesError: one is no total.
        """
        for record in records:
            try:
                total = decode_total(record.value or b"")
            except msgspec.DecodeError as error:
                raise GaugesError(
                    f"The record at offset {record.offset} of partition {record.partition} of the totals is no total "
                    f"({error}): find out who wrote it."
                ) from error
            self.stale += not self.board.take(total)
            self.last_total = max(record.timestamp, self.last_total or 0)
        self.read += len(records)
        self.offsets[records[-1].partition] = records[-1].offset + 1

    def take_rejects(self, records: Sequence[Record]) -> None:
        """Takes records of the topic of rejects.

        Raises:
            GaugesError: a reason is not known to this version.
        """
        for record in records:
            self.rejects.take(record.key, record.headers)

    def take_actions(self, records: Sequence[Record]) -> None:
        """Takes records of the topic of decisions."""
        for record in records:
            self.rejects.settle(record.key, record.value)

    def take_contacts(self, records: Sequence[Record]) -> None:
        """Takes records of the topic of contacts.

        Raises:
            GaugesError: one is no contact.
        """
        for record in records:
            try:
                self.contacts.take(record.key, record.value)
            except msgspec.DecodeError as error:
                raise GaugesError(
                    f"The record at offset {record.offset} of partition {record.partition} of the contacts is none "
                    f"({error}): upgrade the gauges to the gateway's version."
                ) from error

    def collect(self) -> Iterator[Samples]:
        """All families that have a value."""
        yield _family(metrics.PROVINCE_INFO, dict.fromkeys(sorted(self.board.provinces.items()), 1))
        yield _family(metrics.REJECTED, {(reason,): count for reason, count in self.rejects.counts.items()})
        yield _family(metrics.REJECTED_OPEN, {(reason,): count for reason, count in self.rejects.open.items()})
        yield _family(metrics.GAUGES_READ, {(): self.read})
        yield _family(metrics.GAUGES_STALE, {(): self.stale})
        yield _family(metrics.GAUGES_UNITS, {(): self.board.units})
        yield _family(metrics.GAUGES_OFFSET, {(str(number),): at for number, at in sorted(self.offsets.items())})
        if self.last_total is not None:
            yield _family(metrics.LAST_TOTAL, {(): self.last_total / 1000})
            yield _family(metrics.LAST_TOTAL_AGE, {(): self._age(self.last_total)})
        if self.backlog is not None:
            yield _family(metrics.CONSUMER_LAG, {(topic,): n for topic, n in sorted(self.backlog.records.items())})
            yield _family(metrics.LOG_RECORDS, {(topic,): n for topic, n in sorted(self.backlog.log.items())})
            oldest = self.backlog.oldest
            yield _family(metrics.OLDEST_UNPROCESSED, {(): 0 if oldest is None else self._age(oldest)})

        tablets = self.contacts.tablets(self.clock())
        for metric, count in zip(
            (metrics.TABLETS, metrics.TABLETS_SILENT, metrics.TABLETS_SKEWED, metrics.TABLETS_WAITING), tablets,
            strict=True,
        ):  # fmt: skip
            yield _family(metric, {(): count})
        yield _family(metrics.DISK_SIZE, {(broker,): disk.size for broker, disk in self.disks.items()})
        yield _family(metrics.DISK_FREE, {(broker,): disk.free for broker, disk in self.disks.items()})

    def _age(self, moment: int) -> float:
        return max(0.0, self.clock() - moment / 1000)


def _family(metric: Metric, samples: Mapping[tuple[str, ...], float]) -> Samples:
    """One family of the vocabulary; the keys of `samples` are the values of its labels."""
    family: Samples
    kind = CounterMetricFamily if metric.kind is Kind.COUNTER else GaugeMetricFamily
    family = kind(metric.name, metric.help, labels=metric.labels)
    for labels, value in samples.items():
        family.add_metric(labels, value)
    return family
