"""How far the counter's committed offsets are behind the log. Pure; for display only, nothing is resumed from it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from typing import NamedTuple

Partition = tuple[str, int]  # topic (of schemas.topics), number


class Offsets(NamedTuple):
    """Of one partition: its first offset, the offset after its last record, the committed one if there is any."""

    beginning: int
    end: int
    committed: int | None

    @property
    def next(self) -> int:
        """The offset of the first record that is not committed; the first of all when nothing is."""
        return max(self.beginning, -1 if self.committed is None else self.committed)

    @property
    def behind(self) -> int:
        """How many records are not committed."""
        return max(0, self.end - self.next)


class Backlog(NamedTuple):
    """Records that are not committed, by topic, and the time in ms of the oldest of them, if there is any.

    `log` is how many records the log holds by topic.
    """

    records: Mapping[str, int]
    oldest: int | None
    log: Mapping[str, int] = {}


class Disk(NamedTuple):
    """Bytes of a broker's disks."""

    size: int
    free: int


def backlog(offsets: Mapping[Partition, Offsets], times: Iterable[int]) -> Backlog:
    """The backlog from all partitions' offsets, and the times in ms of the first records that are not committed."""
    records: Counter[str] = Counter()
    log: Counter[str] = Counter()
    for (topic, _), where in offsets.items():
        records[topic] += where.behind
        log[topic] += where.end - where.beginning
    return Backlog(records, min(times, default=None), log)
