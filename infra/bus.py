"""Reading what lies on the bus from one offset to another: to compare, never to count; no group, no commits."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from typing import NamedTuple

import msgspec
from kafka import KafkaConsumer, TopicPartition
from kafka.consumer.fetcher import ConsumerRecord

from infra.errors import InfraError
from producers.reading import Offsets, between, client, offsets_of
from schemas.settings import Settings
from schemas.topics import TOTALS
from schemas.totals import Total, decode_total, supersedes


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
            ProducersError: records that are there do not come.
        """
        on_broker = self._on_broker(ends)
        starting = {partition: starts.get(place, 0) for partition, place in on_broker.items()}
        ending = {partition: ends[place] for partition, place in on_broker.items()}
        for partition, record in between(self._client, starting, ending):
            yield on_broker[partition], record

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

    def _offsets(self, ask: Callable[[list[TopicPartition]], Offsets], places: Iterable[Place]) -> dict[Place, int]:
        on_broker = self._on_broker(places)
        return {on_broker[partition]: offset for partition, offset in offsets_of(ask, list(on_broker)).items()}

    def _on_broker(self, places: Iterable[Place]) -> dict[TopicPartition, Place]:
        return {TopicPartition(self._settings.topic(place.topic), place.partition): place for place in places}


@contextmanager
def connect(settings: Settings, *, committed: bool = False) -> Iterator[Bus]:
    """A connection for the time of the context; `committed` leaves out what transactions have not committed.

    Raises:
        KafkaTimeoutError: the broker does not answer.
    """
    with client(settings, committed=committed) as consumer:
        yield Bus(consumer, settings)


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
