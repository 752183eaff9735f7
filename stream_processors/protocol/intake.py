"""What of a fetched batch is counted: in order, without a gap, and from the log that was counted before."""

from __future__ import annotations

from collections.abc import Sequence
from collections.abc import Set as AbstractSet
from zlib import crc32

from schemas.topics import FIELD_TOPICS
from stream_processors.core.partition import LogRecord, Partition
from stream_processors.protocol.takeover import Anchor, DistrustError


def fingerprint(record: LogRecord) -> int:
    """The anchor of a record: a check of its bytes."""
    return crc32(record.value or b"", crc32(record.key or b""))


class Intake:
    """Reading starts one record before each position: if it is not the one that was counted last, the log is another.

    The same holds of the last records that states ahead of the book cover, and of the last record counted whenever it
    is read again. `start[t]` is where to seek to in topic t.
    """

    def __init__(self, positions: list[int], log_starts: list[int], anchors: AbstractSet[Anchor]) -> None:
        self._anchors: dict[int, set[Anchor]] = {}
        for anchor in anchors:
            self._anchors.setdefault(anchor.topic, set()).add(anchor)
        self._waiting = {t for t, (at, first) in enumerate(zip(positions, log_starts, strict=True)) if at > first}
        self.start = [at - 1 if t in self._waiting else at for t, at in enumerate(positions)]

    @property
    def anchored(self) -> bool:
        """Whether the last counted record of every topic was found again."""
        return not self._waiting

    def seek_back(self, partition: Partition, topic: int) -> int:
        """Where to read again when records are missing: from the anchor on, until it was found."""
        return self.start[topic] if topic in self._waiting else partition.positions[topic]

    def admit(self, partition: Partition, topic: int, batch: Sequence[LogRecord]) -> Sequence[LogRecord] | None:
        """The records to count, from the expected offset on; None if some before the first are missing.

        Raises:
            DistrustError: the last record that was counted is not in the log any more as it was.
        """
        expected = partition.positions[topic]
        if not batch:
            return batch
        if batch[0].offset > self.seek_back(partition, topic):
            return None
        if batch[0].offset < expected or topic in self._anchors:
            self._check(partition, topic, batch)
        if topic in self._waiting and batch[-1].offset >= expected - 1:
            self._waiting.discard(topic)
        fresh = batch if batch[0].offset == expected else [record for record in batch if record.offset >= expected]
        if fresh:
            partition.anchors[topic] = fingerprint(fresh[-1])
        return fresh

    def _check(self, partition: Partition, topic: int, batch: Sequence[LogRecord]) -> None:
        anchors = self._anchors.pop(topic, set())
        met = {anchor for anchor in anchors if anchor.offset <= batch[-1].offset}
        if met != anchors:
            self._anchors[topic] = anchors - met
        # A log that was cut under a running counter is read again from its start, and meets this one.
        counted = Anchor(topic, partition.positions[topic] - 1, partition.anchors[topic])
        met |= {counted} if batch[0].offset <= counted.offset <= batch[-1].offset else set()
        found = {record.offset: fingerprint(record) for record in batch} if met else {}
        for anchor in met:
            if anchor.offset in found and found[anchor.offset] != anchor.fingerprint:
                raise DistrustError(
                    f"{FIELD_TOPICS[topic]}, partition {partition.number}: the record at {anchor.offset} is not "
                    "the one that was counted; the log was rewritten. If the log is a new one on purpose, start "
                    "the counter once with --new-log; it then counts all of it anew."
                )
