"""What offices write: records appended to a topic, all confirmed, and a topic read back as it stands now."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import closing
from typing import NamedTuple

from kafka import KafkaConsumer, TopicPartition

from producers.connection import Say
from producers.errors import ProducersError
from producers.publisher import Publisher
from producers.simulator.record import Record
from schemas.settings import Settings

SILENCE_MS = 30_000  # without a record that is known to be there, the broker has a fault


class Kept(NamedTuple):
    """A record as it lies in its topic; `timestamp` in ms."""

    partition: int
    offset: int
    timestamp: int
    key: bytes | None
    value: bytes | None
    headers: Sequence[tuple[str, bytes]] = ()


def append(
    settings: Settings,
    topic: str,
    records: Iterable[tuple[bytes, bytes | None]],
    *,
    wait_s: float | None = 30.0,
    say: Say = print,
    progress: Callable[[int], None] | None = None,
) -> int:
    """Append (key, value) to a topic (name without prefix), each confirmed by all replicas; how many.

    Raises:
        ProducersError: the broker did not answer, or a record failed; to append the same again is harmless.
    """
    with Publisher(settings, wait_s=wait_s, say=say) as publisher:
        for number, (key, value) in enumerate(records):
            publisher.send(Record(topic, key, value, None, [], "office"))
            if progress is not None and number % 500 == 0:
                progress(publisher.confirmed)
        return publisher.confirm()


def read(settings: Settings, topic: str) -> Iterator[Kept]:
    """Every record up to the topic's ends at the time of the call; in offset order within each partition.

    Raises:
        ProducersError: the topic is not there, or records that are there do not come.
        kafka.errors.KafkaTimeoutError: the broker does not answer.
    """
    name = settings.topic(topic)
    consumer = KafkaConsumer(
        bootstrap_servers=settings.bootstrap.split(","), client_id=f"{settings.topic_prefix}fieldtally-office",
        group_id=None, enable_auto_commit=False, auto_offset_reset="earliest", allow_auto_create_topics=False,
        max_poll_records=5_000, bootstrap_timeout_ms=5_000,
    )  # fmt: skip
    with closing(consumer):
        if not (numbers := consumer.partitions_for_topic(name)):
            raise ProducersError(f"Kafka has no topic {name}: `fieldtally topics` creates it.")
        partitions = [TopicPartition(name, number) for number in sorted(numbers)]
        consumer.assign(partitions)
        ends = consumer.end_offsets(partitions)
        unread = {partition for partition in partitions if consumer.position(partition) < ends[partition]}
        while unread:
            found = consumer.poll(timeout_ms=SILENCE_MS)
            if not found:
                raise ProducersError(f"Kafka at {settings.bootstrap} sends no records of {name}: look at its log.")
            for partition, batch in found.items():
                for record in batch:
                    if record.offset < ends[partition]:
                        yield Kept(partition.partition, record.offset, record.timestamp, record.key, record.value,
                                   record.headers)  # fmt: skip
                if consumer.position(partition) >= ends[partition]:
                    unread.discard(partition)


def read_all(settings: Settings, topic: str) -> dict[bytes, bytes]:
    """The newest value of each key of a compacted topic, as it stands now; a key that was removed is left out.

    Raises: as `read`.
    """
    newest: dict[bytes, bytes] = {}
    for record in read(settings, topic):
        if record.key is not None and record.value is not None:
            newest[record.key] = record.value
        elif record.key is not None:
            newest.pop(record.key, None)
    return newest
