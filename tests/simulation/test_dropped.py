"""What was fetched and never came is read again, and nothing else is."""

from __future__ import annotations

import asyncio
from collections.abc import Collection
from typing import Any, cast

import pytest

from schemas.settings import Settings
from schemas.topics import FIELD_TOPICS
from stream_processors.counter import group
from stream_processors.counter.group import DroppedRecords, Offsets
from stream_processors.protocol.owner import Identity, Owner
from stream_processors.protocol.port import Ends
from stream_processors.protocol.takeover import DistrustError

TOPICS = len(FIELD_TOPICS)
SETTINGS = Settings(partitions=2, topic_prefix="t.")
FIRST = SETTINGS.topic(FIELD_TOPICS[0])


class Group:
    """Two partitions of a log, and what their one consumer fetched of it."""

    def __init__(self) -> None:
        self.logs: Offsets = {(SETTINGS.topic(topic), number): 10 for topic in FIELD_TOPICS for number in (0, 1)}
        self.handed = dict(self.logs)
        self.sought: list[Offsets] = []
        self.asked: list[set[int]] = []
        identity = Identity("worker", "token", "rules")
        self.owners = {n: Owner(n, 2, lambda _: True, identity, cast(Any, None)) for n in (0, 1)}
        for owner in self.owners.values():
            owner.partition.positions = [10] * TOPICS

    async def seek(self, offsets: Offsets) -> None:
        self.sought.append(offsets)

    async def fetched(self, topic: str, partition: int) -> int:
        return self.handed[topic, partition]

    def end(self, topic: str, partition: int) -> int:
        return self.logs[topic, partition]

    async def committed(self) -> Offsets:
        raise NotImplementedError

    async def commit(self, offsets: Offsets) -> bool:
        raise NotImplementedError

    async def field_ends(self, numbers: Collection[int]) -> dict[int, Ends]:
        self.asked.append(set(numbers))
        return {n: Ends([0] * TOPICS, [self.logs[SETTINGS.topic(t), n] for t in FIELD_TOPICS]) for n in numbers}

    async def look(self, moves: int = 0) -> None:
        """Looks some times; between two looks partition 0 counts so many records of the first topic."""
        dropped = DroppedRecords(SETTINGS, self, lambda: self.owners, self.field_ends)
        looking = asyncio.create_task(dropped.look_forever())
        for _ in range(20):
            await asyncio.sleep(0)
            self.owners[0].partition.positions[0] += moves
        if looking.done():
            looking.result()
        looking.cancel()


@pytest.fixture
def consumed(monkeypatch: pytest.MonkeyPatch) -> Group:
    monkeypatch.setattr(group, "DROPPED_S", 0.0)
    return Group()


def test_records_that_were_fetched_and_dropped_are_read_again(consumed: Group) -> None:
    consumed.owners[0].partition.positions[0] = 5
    asyncio.run(consumed.look())
    assert consumed.sought[0] == {(FIRST, 0): 5}
    assert {at for offsets in consumed.sought for at in offsets} == {(FIRST, 0)}


def test_records_that_are_still_to_be_fetched_are_waited_for(consumed: Group) -> None:
    consumed.owners[0].partition.positions[0] = consumed.handed[FIRST, 0] = 5
    asyncio.run(consumed.look())
    assert consumed.sought == []


def test_a_topic_that_is_being_counted_is_left_alone(consumed: Group) -> None:
    consumed.owners[0].partition.positions[0] = 1
    consumed.logs[FIRST, 0] = consumed.handed[FIRST, 0] = 100
    asyncio.run(consumed.look(moves=1))
    assert consumed.sought == []


def test_the_ends_of_all_partitions_that_stand_still_are_asked_for_in_one_go(consumed: Group) -> None:
    asyncio.run(consumed.look())
    assert consumed.asked
    assert all(asked == {0, 1} for asked in consumed.asked)


def test_a_log_that_was_cut_where_nothing_comes_is_named(consumed: Group) -> None:
    consumed.logs[FIRST, 1] = 7
    with pytest.raises(DistrustError, match=f"{FIELD_TOPICS[0]} ends at 7, but was counted up to 10"):
        asyncio.run(consumed.look())
