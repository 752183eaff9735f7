"""A restore writes every record back to its offset. What lies there already must be the same, so it can be repeated.

So a restore that was killed goes on, one of a log that is whole changes nothing and proves the backup, and one into
the topics of another log is refused at the first record that differs.
"""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable, Iterator
from itertools import islice
from pathlib import Path

from kafka import KafkaProducer
from kafka.errors import KafkaError
from kafka.producer.future import FutureRecordMetadata

from infra import topics
from infra.backup import archive
from infra.backup.archive import Backup, Part
from infra.backup.facts import FACTS, Fact, filled, restoring_order
from infra.backup.take import fact
from infra.bus import Bus, Place, connect
from infra.errors import InfraError
from producers.connection import DELIVERY_MS, connected
from schemas.settings import Settings

Progress = Callable[[int, int], None]
UNDER_WAY_MAX = 5_000  # records before one is waited for


def restore(settings: Settings, folder: Path, progress: Progress = lambda *_: None) -> Backup:
    """Brings the facts of a complete backup back, each to its offset, and reads all of them again as proof.

    Raises:
        InfraError: the backup is half-done or damaged, the topics hold something else, or somebody writes to them.
        ProducersError, KafkaError: the broker does not answer.
    """
    backup = _proven(settings, folder)
    topics.ensure(settings)
    parts = sorted(backup.parts, key=lambda part: [each.name for each in restoring_order()].index(part.topic))
    total, done = 2 * sum(part.end for part in parts), 0
    with connect(settings) as bus:
        producer = connected(settings, 30.0, 20, print)
        try:
            for part in parts:
                there = agreeing(bus, folder, part)
                if there < part.end:
                    _write(settings, producer, folder, part, there)
                progress(done := done + part.end, total)
        finally:
            producer.close(timeout=10)
        for part in parts:
            if (there := agreeing(bus, folder, part)) < part.end:
                raise InfraError(f"{part.topic}[{part.partition}] ends at {there}, not at {part.end}: restore again.")
            progress(done := done + part.end, total)
    return backup


def _proven(settings: Settings, folder: Path) -> Backup:
    """The backup, every file of it proven."""
    backup = archive.load(folder)
    if backup is None:
        raise InfraError(f"{folder} holds no backup: `fieldtally backup {folder}` takes one.")
    if not backup.complete:
        raise InfraError(f"The backup in {folder} is half-done: `fieldtally backup {folder}` goes on with it, if the "
                         "broker that it is of is still there; else take an earlier one.")  # fmt: skip
    if backup.partitions != settings.partitions:
        raise InfraError(f"The backup has {backup.partitions} partitions, FIELDTALLY_PARTITIONS says "
                         f"{settings.partitions}: set it to {backup.partitions}.")  # fmt: skip
    if backup.generation >= time.time() * 1000:
        raise InfraError(f"Totals were shown under generation {backup.generation}, and the clock is not beyond it: set "
                         "it right, or no reader would take what is counted anew.")  # fmt: skip
    if strange := {part.topic for part in backup.parts} - FACTS.keys():
        raise InfraError(f"This version knows no topic {min(strange)}: restore with the version that took the backup.")
    for part in backup.parts:
        archive.check(folder, part)
    return backup


def agreeing(bus: Bus, folder: Path, part: Part) -> int:
    """How far the partition has what the backup says; all of it is read and compared, up to the backup's end.

    Raises:
        InfraError: a record differs, or one is missing where none may be.
    """
    place = Place(part.topic, part.partition)
    end = min(bus.ends([place])[place], part.end)
    if not part.records:
        return part.end  # nothing to bring back: what was there was compacted away, and its offsets mean nothing
    wanted = filled(archive.read(folder, part), part.end)
    for _, record in bus.read(bus.beginnings([place]), {place: end}):
        there = fact(record)
        right = next(each for each in wanted if each.offset >= there.offset)
        if not there.same(right):
            raise InfraError(f"{place}@{there.offset} is another record than the backup has: it is of another log, or "
                             "somebody wrote while it was restored. Restore into topics that are empty.")  # fmt: skip
    return end


def _write(settings: Settings, producer: KafkaProducer, folder: Path, part: Part, start: int) -> None:
    """Writes the records from an offset on; each must come to lie where it was."""
    under_way: deque[tuple[Fact, FutureRecordMetadata]] = deque()
    for each in islice(_missing(folder, part), start, None):
        future = producer.send(settings.topic(part.topic), each.value, each.key, each.headers, part.partition,
                               each.timestamp)  # fmt: skip
        under_way.append((each, future))
        if len(under_way) > UNDER_WAY_MAX:
            _confirm(part, *under_way.popleft())
    producer.flush()
    for each, future in under_way:
        _confirm(part, each, future)


def _missing(folder: Path, part: Part) -> Iterator[Fact]:
    return filled(archive.read(folder, part), part.end)


def _confirm(part: Part, each: Fact, future: FutureRecordMetadata) -> None:
    try:
        at = future.get(timeout=2 * DELIVERY_MS / 1000).offset
    except KafkaError as error:
        raise InfraError(f"Kafka did not confirm {part.topic}[{part.partition}]@{each.offset} "
                         f"({type(error).__name__}): see to the broker and restore again.") from error  # fmt: skip
    if at != each.offset:
        raise InfraError(f"{part.topic}[{part.partition}]@{each.offset} came to lie at {at}: somebody else writes to "
                         "the topic. Stop gateways and imports, and restore into topics that are empty.")  # fmt: skip
