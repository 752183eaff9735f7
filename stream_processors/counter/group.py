"""What the worker needs of the group's consumer, and the watch over records that it dropped."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Collection, Iterator, Mapping, Sequence
from typing import Protocol

from schemas.settings import Settings
from schemas.topics import FIELD_TOPICS
from stream_processors.protocol.owner import Owner
from stream_processors.protocol.port import Ends
from stream_processors.protocol.takeover import check_ends

DROPPED_S = 4.0  # a position that does not move for so long, below what was fetched, waits for what was dropped
_log = logging.getLogger("fieldtally.counter")
Offsets = dict[tuple[str, int], int]
Positions = Mapping[int, Sequence[int]]  # of partitions, in each topic


class GroupConsumer(Protocol):
    """What the worker needs of the group's consumer; topics are named as on the broker."""

    async def seek(self, offsets: Offsets) -> None:
        """Read on from these offsets."""

    async def fetched(self, topic: str, partition: int) -> int:
        """The offset after the last record that was fetched, counted or not."""

    def end(self, topic: str, partition: int) -> int:
        """The end of a log as the last fetch saw it."""

    async def committed(self) -> Offsets:
        """What the group committed for the assignment."""

    async def commit(self, offsets: Offsets) -> bool:
        """A commit fenced by the group; False if it went on without this process."""


def standing_still(before: Positions, now: Positions) -> Iterator[tuple[int, int]]:
    """Partitions and topics (by index) of which nothing was counted between two looks."""
    for number, positions in now.items():
        for topic, (then, at) in enumerate(zip(before.get(number, ()), positions, strict=False)):
            if then == at:
                yield number, topic


class DroppedRecords:
    """Seeks back to records that were fetched and never came, where no later record shows that they are missing.

    Faust drops what it fetches while a rebalance is under way and then goes back to the committed offsets; aiokafka
    does not go back to a committed offset of 0. Where nothing comes, the log may also have been cut under the running
    counter, which aiokafka does not tell.
    """

    def __init__(
        self,
        settings: Settings,
        consumer: GroupConsumer,
        owners: Callable[[], Mapping[int, Owner]],
        field_ends: Callable[[Collection[int]], Awaitable[Mapping[int, Ends]]],
    ) -> None:
        self._settings, self._consumer = settings, consumer
        self._owners, self._field_ends = owners, field_ends

    async def look_forever(self) -> None:
        """Look for them now and then.

        Raises:
            DistrustError: a log was cut.
        """
        before: Positions = {}
        while True:
            await asyncio.sleep(DROPPED_S)
            owners = dict(self._owners())
            now = {number: list(owner.partition.positions) for number, owner in owners.items()}
            still = list(standing_still(before, now))
            await self._check_ends(now, {number for number, _ in still})
            for number, index in still:
                await self._seek_back(owners[number], index, now[number][index])
            before = now

    async def _check_ends(self, counted: Mapping[int, list[int]], numbers: Collection[int]) -> None:
        if numbers:
            for number, ends in (await self._field_ends(numbers)).items():
                check_ends(counted[number], (), ends)

    async def _seek_back(self, owner: Owner, index: int, position: int) -> None:
        topic, number = self._settings.topic(FIELD_TOPICS[index]), owner.number

        def still_waits() -> bool:  # and the group did not take the partition away meanwhile
            return self._owners().get(number) is owner and owner.partition.positions[index] == position

        if not still_waits() or self._consumer.end(topic, number) <= position:
            return  # it has nothing more
        if await self._consumer.fetched(topic, number) <= position:
            return  # its next records were not fetched yet
        if still_waits():
            offset = owner.intake.seek_back(owner.partition, index)
            _log.info("seek back", extra={"topic": topic, "partition": number, "offset": offset})
            await self._consumer.seek({(topic, number): offset})
