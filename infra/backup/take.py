"""A backup is taken while all runs: the log's ends are settled at its beginning, and it goes on if it was killed."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

import msgspec
from kafka.consumer.fetcher import ConsumerRecord

from infra.backup import archive
from infra.backup.archive import Backup, Part
from infra.backup.facts import Fact, in_order
from infra.bus import Bus, Place, connect
from infra.errors import InfraError
from infra.topics import ids
from schemas.settings import Settings
from schemas.topics import TOTALS, Topic
from schemas.totals import decode_total

Progress = Callable[[int, int], None]
_LOOK_BACK = 50  # totals at the end of each partition, of which the highest generation is noted


def take(settings: Settings, folder: Path, progress: Progress = lambda *_: None) -> Backup:
    """Saves all facts into an empty folder, or goes on with a backup that was not finished.

    `progress` is told how many offsets of how many are done.

    Raises:
        InfraError: the folder holds something else, or the topics were replaced since the backup began.
        KafkaError: the broker does not answer.
    """
    folder.mkdir(parents=True, exist_ok=True)
    with connect(settings, committed=True) as bus:
        backup = _begun(settings, folder, bus)
        total = sum(map(sum, backup.ends.values()))
        for topic in in_order():
            for partition, end in enumerate(backup.ends[topic.name]):
                if backup.part(topic.name, partition) is None:
                    part = _save(bus, folder, topic, partition, end)
                    backup = msgspec.structs.replace(backup, parts=[*backup.parts, part])
                    archive.save(folder, backup)
                progress(sum(backup.ends[part.topic][part.partition] for part in backup.parts), total)
        backup = msgspec.structs.replace(backup, complete=True)
        archive.save(folder, backup)
    return backup


def _begun(settings: Settings, folder: Path, bus: Bus) -> Backup:
    """The backup that the folder has begun, or a new one in an empty folder."""
    known, logs = archive.load(folder), ids(settings, [topic.name for topic in in_order()])
    if known is not None:
        if known.complete:
            raise InfraError(f"{folder} holds a complete backup of {known.began}: take a folder of its own for each.")
        if known.logs != logs:
            raise InfraError(f"{folder} holds a backup that was begun of other topics than Kafka has now: delete it.")
        return known
    if any(folder.iterdir()):
        raise InfraError(f"{folder} is not empty and no backup: take an empty folder.")
    ends = {topic.name: _ends(bus, topic) for topic in in_order()}
    generation = _generation(bus)
    begun = Backup(began=datetime.now(UTC).isoformat(timespec="seconds"), partitions=settings.partitions, logs=logs,
                   ends=ends, generation=generation)  # fmt: skip
    archive.save(folder, begun)
    return begun


def _ends(bus: Bus, topic: Topic) -> list[int]:
    places = bus.places([topic.name])
    if not topic.compact and (cut := [place for place, first in bus.beginnings(places).items() if first]):
        raise InfraError(f"The log was cut: {cut[0]} does not begin at offset 0; a backup could not be counted.")
    ends = bus.ends(places)
    return [ends[place] for place in places]


def _generation(bus: Bus) -> int:
    places = bus.places([TOTALS])
    ends = bus.ends(places)
    starts = {place: max(0, end - _LOOK_BACK) for place, end in ends.items()}
    return max((decode_total(record.value or b"").generation for _, record in bus.read(starts, ends)), default=0)


def _save(bus: Bus, folder: Path, topic: Topic, partition: int, end: int) -> Part:
    """Saves a partition: a log that keeps all up to `end`, a compacted one up to its end after the last read.

    Compaction may take a record below `end` away because a newer one lies above it, so that one must be saved too.
    """
    place, upto = Place(topic.name, partition), [end]

    def facts() -> Iterator[Fact]:
        at = 0
        while at < upto[0]:
            for _, record in bus.read({place: at}, {place: upto[0]}):
                yield fact(record)
            at = upto[0]
            if topic.compact:
                upto[0] = bus.ends([place])[place]

    found = archive.write(folder, topic.name, partition, end, facts())
    if not topic.compact and found.records != end:
        raise InfraError(f"{place} has {found.records:,} records below offset {end:,}: does a transactional producer "
                         "write to it? A restore could not bring its offsets back.")  # fmt: skip
    return msgspec.structs.replace(found, end=upto[0])


def fact(record: ConsumerRecord) -> Fact:
    """A record as it is saved."""
    headers = [(name, value) for name, value in record.headers]
    return Fact(record.offset, record.timestamp, record.key, record.value, headers)
