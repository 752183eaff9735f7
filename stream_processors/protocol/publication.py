"""Showing totals: only what dominates all that was ever shown of a unit, and again whatever a zombie overwrote."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Iterator
from typing import NamedTuple

import msgspec

from schemas.topics import STREAMS, TOTALS
from schemas.totals import Total, decode_total
from schemas.totals import encode as encode_json
from stream_processors.core import figures
from stream_processors.core.partition import Partition
from stream_processors.protocol import decisions
from stream_processors.protocol.port import Message, PartitionLog, Stored

_log = logging.getLogger("fieldtally.counter")


class DeposedError(RuntimeError):
    """Another worker owns this partition now."""


class Shown(NamedTuple):
    """The highest generation that a unit was shown in, and the component-wise highest positions in that one.

    Positions of another log than the present one count as 0.
    """

    generation: int
    positions: list[int]


class Publication:
    """`shown[unit]` is what a reader of all totals of the unit holds at least."""

    def __init__(self, log: PartitionLog, rules: str) -> None:
        self._log = log
        self._rules = rules
        self._end = 0
        self._since = 0
        self.shown: dict[str, Shown] = {}

    async def read(self) -> list[Total]:
        """All totals that were published."""
        stored, self._end = await self._log.read(TOTALS, 0)
        return list(_totals(stored))

    def begin(self, totals: Iterable[Total], since: int) -> None:
        """Note what is shown; `since` is the generation in which the present log came."""
        self._since, self.shown = since, {}
        for total in totals:
            self._note(total)

    async def publish(self, partition: Partition, generation: int, epoch: int) -> int:
        """Publish totals and stream marks of the units that are due and may be shown; how many totals."""
        due, partition.due = partition.due, set()
        totals: list[Message] = []
        marks: list[Message] = []
        for key in sorted(due):
            state = partition.states[key]
            state.raise_positions(partition.positions)
            shown = self.shown.get(state.unit)
            if not decisions.may_show(state.positions, shown and shown.positions):
                partition.due.add(key)
                continue
            total = figures.total(state, generation, epoch, self._rules)
            self._note(total)
            totals.append(Message(key, encode_json(total)))
            for index in sorted(state.touched):
                mark = figures.mark(state, state.streams[index], generation)
                marks.append(Message(mark.key(), encode_json(mark)))
            state.touched.clear()
        if totals:
            _, offsets = await self._log.append_all([(STREAMS, marks), (TOTALS, totals)])
            if offsets == list(range(self._end, self._end + len(offsets))):
                self._end += len(offsets)
        return len(totals)

    async def follow(self, partition: Partition, generation: int, epoch: int) -> None:
        """Read what others wrote to the totals: a foreign total, true for its positions, makes its unit due again.

        Raises:
            DeposedError: a higher generation is shown by another worker.
        """
        if await self._log.end(TOTALS) == self._end:
            return
        stored, self._end = await self._log.read(TOTALS, self._end)
        for total in _totals(stored):
            if total.generation > generation:
                raise DeposedError(f"generation {total.generation} is shown by another worker, above {generation}")
            if (total.generation, total.epoch) != (generation, epoch):
                self._note(total)
                show_again(partition, total.unit.encode())

    def _note(self, total: Total) -> None:
        before = self.shown.get(total.unit)
        if before is not None and total.generation < before.generation:
            return  # it dominated this one when it was shown, or is of another log
        positions = total.positions if total.generation >= self._since else [0] * len(total.positions)
        if before is not None and total.generation == before.generation:
            positions = decisions.join(before.positions, positions)
        self.shown[total.unit] = Shown(total.generation, positions)


def _totals(stored: Iterable[Stored]) -> Iterator[Total]:
    """The totals among the records; one that is none must not stop the counter, and readers leave it out too."""
    for record in stored:
        if record.value is None:
            continue
        try:
            yield decode_total(record.value)
        except msgspec.DecodeError as error:
            _log.error("A record of %s at %d is none of the counter's: %s.", TOTALS, record.offset, error)


def show_again(partition: Partition, key: bytes) -> None:
    """Make a unit due, with the marks of all its streams."""
    state = partition.states.get(key)
    if state is not None:
        state.touched.update(range(len(state.streams)))
        partition.due.add(key)
