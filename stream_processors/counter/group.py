"""What the worker needs of the group's consumer, and the watch over records that it dropped."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Mapping
from typing import Protocol

from schemas.settings import Settings
from schemas.topics import FIELD_TOPICS
from stream_processors.protocol.owner import Owner
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


async def look_for_dropped(
    settings: Settings, consumer: GroupConsumer, owners: Callable[[], Mapping[int, Owner]]
) -> None:
    """Seek back to records that were fetched and never came, where no later record shows that they are missing.

    Faust drops what it fetches while a rebalance is under way and then goes back to the committed offsets; aiokafka
    does not go back to a committed offset of 0. Where nothing comes, the log may also have been cut under the running
    counter, which aiokafka does not tell.

    Raises:
        DistrustError: a log was cut.
    """
    before: dict[int, list[int]] = {}
    while True:
        await asyncio.sleep(DROPPED_S)
        now = {number: list(owner.partition.positions) for number, owner in owners().items()}
        for number, positions in now.items():
            owner, then = owners().get(number), before.get(number)
            stand = [index for index, at in enumerate(positions) if then is not None and then[index] == at]
            if owner is None or not stand:
                continue
            check_ends(positions, (), await owner.log.field_ends())
            for index in stand:
                await _seek_to_dropped(settings, consumer, owners, owner, index, positions[index])
        before = now


async def _seek_to_dropped(
    settings: Settings, consumer: GroupConsumer, owners: Callable[[], Mapping[int, Owner]], owner: Owner, index: int,
    position: int,
) -> None:  # fmt: skip
    topic, number = settings.topic(FIELD_TOPICS[index]), owner.number

    def still_waits() -> bool:  # and the group did not take the partition away meanwhile
        return owners().get(number) is owner and owner.partition.positions[index] == position

    if not still_waits() or consumer.end(topic, number) <= position:
        return  # it has nothing more
    if await consumer.fetched(topic, number) > position and still_waits():  # else its next records were not fetched yet
        offset = owner.intake.seek_back(owner.partition, index)
        _log.info("seek back", extra={"topic": topic, "partition": number, "offset": offset})
        await consumer.seek({(topic, number): offset})
