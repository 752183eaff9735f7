"""One partition counted anew, and compared with live totals at the very positions that these cover. Pure.

Totals move on while events come in. So records are taken up to a total's positions first, the unit is compared, and
only then the rest is taken: a unit that is written to without a pause is compared all the same.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import NamedTuple

from schemas.topics import TOPIC_INDEX
from schemas.totals import Total, dominates
from stream_processors.core import figures
from stream_processors.core.partition import Known, LogRecord, Partition
from stream_processors.core.state import TOPICS, UnitState
from stream_processors.protocol.intake import Intake

Batch = Mapping[str, Sequence[LogRecord]]
"""Records by field topic, in the order of the log, each going on where the last batch ended."""


class Difference(NamedTuple):
    """A counter that the recount has otherwise than the live total."""

    unit: str
    measure: str
    kind: str
    live: int
    recounted: int


class Recount:
    """`partition` is what the log comes to below its positions. `last[key]` is, by topic, the offset after a unit's
    last record; `compared` are the units that were compared with a total."""

    def __init__(self, number: int, partitions: int, known: Known) -> None:
        self.partition = Partition(number, partitions, known)
        self.intake = Intake([0] * TOPICS, [0] * TOPICS, set())
        self.last: dict[bytes, list[int]] = {}
        self.compared: set[str] = set()

    def count(self, batch: Batch) -> None:
        """Count a batch and compare nothing.

        Raises: as `take`.
        """
        for topic, records in batch.items():
            index = TOPIC_INDEX[topic]
            self._count(index, self._admitted(index, records))
        self._forget()

    def take(self, batch: Batch, totals: Collection[Total] = ()) -> Iterator[Difference]:
        """Count a batch; on the way compare each unit of `totals` that was not compared yet and can be now.

        Raises:
            DistrustError: the log is not the one that was counted before.
            ValueError: the batch does not go on where the last one ended.
        """
        fresh = {TOPIC_INDEX[topic]: self._admitted(TOPIC_INDEX[topic], records) for topic, records in batch.items()}
        ends = [fresh[t][-1].offset + 1 if fresh.get(t) else at for t, at in enumerate(self.partition.positions)]
        wanted = {t.unit.encode(): t for t in totals if t.unit not in self.compared and dominates(ends, t.positions)}
        limits = {key: total.positions for key, total in wanted.items()}
        self._count_some(fresh, limits, below=True)
        for key, total in wanted.items():
            if dominates(total.positions, self.last.get(key, [0] * TOPICS)):
                self.compared.add(total.unit)
                yield from differences(self.partition.states.get(key), total)
        self._count_some(fresh, limits, below=False)
        self.partition.positions = ends
        self._forget()

    def whole(self) -> bool:
        """Whether every record below the positions is accounted for."""
        return self.partition.records_accounted() == sum(self.partition.positions)

    def _admitted(self, topic: int, records: Sequence[LogRecord]) -> Sequence[LogRecord]:
        fresh = self.intake.admit(self.partition, topic, records)
        if fresh is None:
            raise ValueError(f"records before offset {records[0].offset} are missing")
        return fresh

    def _count_some(
        self, fresh: Mapping[int, Sequence[LogRecord]], limits: Mapping[bytes, list[int]], *, below: bool
    ) -> None:
        """Count the records below their unit's limit, or the others; without a limit a record is among the others."""
        for topic, records in fresh.items():
            self._count(topic, [r for r in records if _is_below(r, limits, topic) is below])

    def _count(self, topic: int, records: Sequence[LogRecord]) -> None:
        self.partition.take(topic, records)
        for key, offset in {record.key: record.offset for record in records}.items():
            if key is not None:
                self.last.setdefault(key, [0] * TOPICS)[topic] = offset + 1

    def _forget(self) -> None:
        """What only a live counter needs: rejects were delivered when they came, and nothing is shown from here."""
        self.partition.rejections.clear()
        self.partition.found.clear()


def _is_below(record: LogRecord, limits: Mapping[bytes, list[int]], topic: int) -> bool:
    limit = limits.get(record.key) if record.key is not None else None
    return limit is not None and record.offset < limit[topic]


def differences(state: UnitState | None, total: Total) -> Iterator[Difference]:
    """Counters in which a live total differs from a recount of the same records; counters of 0 count as absent."""
    recounted = counters_of(state)
    live = {(measure, kind): value for measure, kinds in total.counters.items() for kind, value in kinds.items()}
    for measure, kind in sorted(recounted.keys() | live.keys()):
        has, wanted = live.get((measure, kind), 0), recounted.get((measure, kind), 0)
        if has != wanted:
            yield Difference(total.unit, measure, kind, has, wanted)


def counters_of(state: UnitState | None) -> dict[tuple[str, str], int]:
    """A unit's counters above 0, by measure and kind."""
    if state is None:
        return {}
    total = figures.total(state, 0, 0, "")
    return {(measure, kind): value for measure, kinds in total.counters.items() for kind, value in kinds.items()}
