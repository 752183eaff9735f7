"""What the worker needs of the group's consumer, and the watch over records that it dropped."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Collection, Iterator, Mapping
from typing import NamedTuple, Protocol

from schemas.settings import Settings
from schemas.topics import FIELD_TOPICS
from stream_processors.protocol.owner import Owner
from stream_processors.protocol.port import Ends
from stream_processors.protocol.takeover import check_ends

DROPPED_S = 4.0  # a position that does not move for so long, below what was fetched, waits for what was dropped
_log = logging.getLogger("fieldtally.counter")
Offsets = dict[tuple[str, int], int]


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


class Standstill(NamedTuple):
    """A topic of an owner (by its index) of which nothing was counted between two looks."""

    owner: Owner
    topic: int
    position: int


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
        self._before: dict[int, list[int]] = {}

    async def look_forever(self) -> None:
        """Look for them now and then.

        Raises:
            DistrustError: a log was cut.
        """
        while True:
            await asyncio.sleep(DROPPED_S)
            standstills = list(self._standstills())
            await self._check_ends(standstills)
            for each in standstills:
                await self._seek_back(each)

    def _standstills(self) -> Iterator[Standstill]:
        """Where nothing was counted since the last look."""
        before, owners = self._before, self._owners()
        self._before = {number: list(owner.partition.positions) for number, owner in owners.items()}
        for number, positions in self._before.items():
            for topic, (then, now) in enumerate(zip(before.get(number, ()), positions, strict=False)):
                if then == now:
                    yield Standstill(owners[number], topic, now)

    async def _check_ends(self, standstills: Collection[Standstill]) -> None:
        if numbers := {each.owner.number for each in standstills}:
            for number, ends in (await self._field_ends(numbers)).items():
                check_ends(self._before[number], (), ends)

    async def _seek_back(self, standstill: Standstill) -> None:
        owner, index, position = standstill
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
