"""Reading what lies on the bus from one offset to another: to compare, never to count; no group, no commits."""

from __future__ import annotations

import logging
import time
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import closing, contextmanager
from typing import NamedTuple

import msgspec
from kafka import KafkaConsumer, TopicPartition
from kafka.consumer.fetcher import ConsumerRecord

from infra.errors import InfraError
from schemas.settings import Settings
from schemas.topics import TOTALS
from schemas.totals import Total, decode_total, supersedes

SILENCE_S = 30.0  # without a record that is known to be there, the broker has a fault
FETCH_BYTES = 2 * 1024 * 1024  # per partition and fetch; a larger record still comes, alone


class Place(NamedTuple):
    """A partition of a topic (name without prefix)."""

    topic: str
    partition: int

    def __str__(self) -> str:
        return f"{self.topic}[{self.partition}]"


class Bus:
    """The topics of an installation; names are those of `schemas.topics`."""

    def __init__(self, client: KafkaConsumer, settings: Settings) -> None:
        self._client, self._settings = client, settings

    def places(self, topics: Iterable[str]) -> list[Place]:
        """All partitions of some topics.

        Raises:
            InfraError: a topic is not there.
        """
        found = []
        for topic in topics:
            numbers = self._client.partitions_for_topic(self._settings.topic(topic))
            if not numbers:
                raise InfraError(f"Kafka has no topic {self._settings.topic(topic)}: `fieldtally topics` creates it.")
            found += [Place(topic, number) for number in sorted(numbers)]
        return found

    def beginnings(self, places: Iterable[Place]) -> dict[Place, int]:
        """The first offset of each log."""
        return self._offsets(self._client.beginning_offsets, places)

    def ends(self, places: Iterable[Place]) -> dict[Place, int]:
        """The offset after the last record of each log."""
        return self._offsets(self._client.end_offsets, places)

    def read(self, starts: Mapping[Place, int], ends: Mapping[Place, int]) -> Iterator[tuple[Place, ConsumerRecord]]:
        """Every record from `starts` to before `ends`, in the order of each partition.

        Raises:
            InfraError: records that are there do not come.
        """
        wanted = [place for place, end in ends.items() if starts.get(place, 0) < end]
        on_broker = self._on_broker(wanted)
        self._client.assign(list(on_broker))
        for partition, start_of in on_broker.items():
            self._client.seek(partition, starts.get(start_of, 0))
        heard = time.monotonic()
        while on_broker:
            for partition, records in self._client.poll(timeout_ms=200).items():
                heard = time.monotonic()
                place = on_broker[partition]
                for record in records:
                    if record.offset < ends[place]:
                        yield place, record
            done = [each for each in on_broker if self._client.position(each) >= ends[on_broker[each]]]
            if done:
                for partition in done:
                    del on_broker[partition]
                self._client.assign(list(on_broker))  # what is assigned still keeps its position
            if time.monotonic() - heard > SILENCE_S:
                behind = ", ".join(map(str, on_broker.values()))
                raise InfraError(f"Kafka at {self._settings.bootstrap} sends no records of {behind}: look at its log.")

    def batches(
        self, starts: Mapping[Place, int], ends: Mapping[Place, int], at_once: int = 5_000
    ) -> Iterator[dict[Place, list[ConsumerRecord]]]:
        """The same by place, so many records at a time.

        Raises: as `read`.
        """
        batch: dict[Place, list[ConsumerRecord]] = defaultdict(list)
        for taken, (place, record) in enumerate(self.read(starts, ends), 1):
            batch[place].append(record)
            if taken % at_once == 0:
                yield dict(batch)
                batch.clear()
        if batch:
            yield dict(batch)

    def _offsets(
        self, ask: Callable[[list[TopicPartition]], dict[TopicPartition, int]], places: Iterable[Place]
    ) -> dict[Place, int]:
        """Offsets of all places; a partition that was only just made has no leader for a moment.

        Raises:
            InfraError: a partition stays without a leader.
        """
        on_broker, deadline = self._on_broker(places), time.monotonic() + SILENCE_S
        while True:
            try:
                offsets = ask(list(on_broker))
            except KeyError as error:  # so kafka-python says that a partition has no leader
                if time.monotonic() > deadline:
                    silent = on_broker.get(error.args[0], "a partition")
                    raise InfraError(
                        f"Kafka at {self._settings.bootstrap} has no leader of {silent}: look at its log."
                    ) from error
                time.sleep(0.1)
            else:
                return {place: offsets[partition] for partition, place in on_broker.items()}

    def _on_broker(self, places: Iterable[Place]) -> dict[TopicPartition, Place]:
        return {TopicPartition(self._settings.topic(place.topic), place.partition): place for place in places}


@contextmanager
def connect(settings: Settings, *, committed: bool = False) -> Iterator[Bus]:
    """A connection for the time of the context; `committed` leaves out what transactions have not committed.

    Raises:
        KafkaTimeoutError: the broker does not answer.
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
    ) as client:
        yield Bus(client, settings)


class Newest:
    """The newest total of every unit (design, rule 5), read on as the topic grows; `offsets` is what was read."""

    def __init__(self, bus: Bus) -> None:
        self._bus = bus
        self._places = bus.places([TOTALS])
        self.offsets = bus.beginnings(self._places)
        self.totals: dict[str, Total] = {}
        self.partitions: dict[str, set[int]] = {}
        """In which partitions totals of a unit were found; more than one, or another than its own, is a fault."""

    def read_to(self, ends: Mapping[Place, int]) -> None:
        """Takes the totals before `ends` that were not read yet.

        Raises:
            InfraError: a record is no total.
        """
        for place, record in self._bus.read(self.offsets, ends):
            try:
                total = decode_total(record.value or b"")
            except msgspec.DecodeError as error:
                raise InfraError(f"The record at {place}@{record.offset} is no total ({error}): "
                                 "find out who wrote it.") from error
            self.partitions.setdefault(total.unit, set()).add(place.partition)
            if supersedes(total, self.totals.get(total.unit)):
                self.totals[total.unit] = total
        self.offsets = {place: max(at, ends.get(place, 0)) for place, at in self.offsets.items()}

    def read_on(self) -> None:
        """Takes all totals that are there now."""
        self.read_to(self._bus.ends(self._places))


def uncovered(totals: Mapping[str, Total], last: Mapping[str, Mapping[int, int]]) -> dict[str, dict[int, int]]:
    """What no total covers: of `last[unit]`, the offset of a unit's last record by topic number, what is not below
    the positions of its total; units that have none with all of it."""
    open_: dict[str, dict[int, int]] = {}
    for unit, offsets in last.items():
        total = totals.get(unit)
        missing = {topic: at for topic, at in offsets.items() if total is None or total.positions[topic] <= at}
        if missing:
            open_[unit] = missing
    return open_
