"""The counter's life in one process: takes over what the group assigns, counts batches, shows and saves on a beat."""

from __future__ import annotations

import asyncio
import gc
import logging
import time
from collections.abc import Awaitable, Callable, Coroutine, Iterable, Sequence

from aiokafka import ConsumerRecord

from schemas.settings import Settings
from schemas.topics import FIELD_TOPICS, TOPIC_INDEX
from stream_processors.counter.assignment import check_assignment
from stream_processors.counter.bus import Bus, KafkaLog
from stream_processors.counter.group import DroppedRecords, GroupConsumer, Offsets
from stream_processors.counter.identity import identity
from stream_processors.counter.page import Figures, Page
from stream_processors.counter.places import CounterMap, unpark
from stream_processors.protocol.decisions import Proof
from stream_processors.protocol.owner import Owner
from stream_processors.protocol.publication import DeposedError

FOLLOW_S = 1.0  # how often foreign totals are looked for
HEAL_S = 300.0  # how often every unit is due again
BEAT_S = 0.5
FAR_BEHIND = 10_000  # records; who has to catch up so many is not live anyway, and gets there sooner by counting
TOTAL_COST_S = 0.0002  # CPU for one total with the marks of its streams, as measured
KEEPING_UP, CATCHING_UP = 1 / 3, 1 / 12  # CPU for publishing, as a share of the rest
_log = logging.getLogger("fieldtally.counter")


class Worker:
    """Holds the owners of the assigned partitions, and drives them."""

    def __init__(self, settings: Settings, consumer: GroupConsumer, *, new_log: bool = False) -> None:
        self._settings, self._consumer = settings, consumer
        self._committed: Offsets = {}
        self._new_log = new_log
        self._identity = identity(settings.worker)
        self._topic_names = {settings.topic(name): name for name in FIELD_TOPICS}
        self.bus = Bus(settings)
        self.map = CounterMap(self.bus)
        self.owners: dict[int, Owner] = {}
        self.figures = Figures()
        self.page = Page(self.figures, lambda: self.owners.values())
        self._saving = asyncio.Lock()

    async def assigned(self, assignment: set[tuple[str, int]]) -> None:
        """Take over the partitions of an assignment, then say to Kafka where reading starts.

        Raises:
            DistrustError: see `check_assignment` and `Owner.take_over`.
        """
        numbers = check_assignment(self._settings, assignment, await self.bus.field_partitions())
        if not numbers:
            return
        self._committed = await self._consumer.committed()
        owners = {number: self._owner(number) for number in numbers}
        rebuilds = await asyncio.gather(*(owner.take_over() for owner in owners.values()))
        for owner, why in zip(owners.values(), rebuilds, strict=True):
            self._note_rebuild(owner, why)
        starts = {
            (self._settings.topic(topic), number): owner.intake.start[index]
            for number, owner in owners.items()
            for index, topic in enumerate(FIELD_TOPICS)
        }
        await self._consumer.commit(starts)
        await self._consumer.seek(starts)  # Faust itself seeks to the commits above 0 only
        self.owners = owners
        self._new_log = False
        gc.freeze()  # what was taken over stays; looking at it again and again only costs time
        _log.info("took over %d partitions", len(owners), extra={"partitions": sorted(owners)})

    def _owner(self, number: int) -> Owner:
        log = KafkaLog(self.bus, number, self._is_member)
        return Owner(
            number,
            self._settings.partitions,
            self.map.known,
            self._identity,
            log,
            new_log=self._new_log,
            on_state_bytes=self._note_state_bytes,
        )

    def _note_state_bytes(self, size: int) -> None:
        self.figures.checkpoint_bytes += size

    def _note_rebuild(self, owner: Owner, why: str) -> None:
        if why:
            self.figures.rebuilds += 1
            _log.warning("partition %d is counted anew: %s", owner.number, why)

    async def _is_member(self, number: int) -> bool:
        """A group-fenced commit of what was committed before: it is the fence that counts, and lag displays stay."""
        mine = [(self._settings.topic(topic), number) for topic in FIELD_TOPICS]
        return await self._consumer.commit({at: self._committed.get(at, 0) for at in mine})

    async def revoked(self) -> None:
        """Save what can be saved, and own nothing until the next assignment."""
        owners, self.owners = self.owners, {}
        await self._save(owners.values())

    async def take(self, topic: str, partition: int, batch: Sequence[ConsumerRecord]) -> None:
        """Count a batch, or seek back to what is missing before it; a batch of a partition not owned is dropped."""
        owner = self.owners.get(partition)
        if owner is None:
            return
        name = self._topic_names[topic]
        missing = owner.take(TOPIC_INDEX[name], batch)
        if missing is not None:
            _log.info("seek back", extra={"topic": name, "partition": partition, "offset": missing})
            await self._consumer.seek({(topic, partition): missing})
            return
        self.figures.note(name, owner.partition, len(batch))
        if not owner.proven:
            await self._prove(owner)

    async def _prove(self, owner: Owner) -> None:
        if owner.prove() is not Proof.FAILS:
            return
        del self.owners[owner.number]
        self._note_rebuild(owner, await owner.take_over("conservation does not hold: state was lost or damaged"))
        start = zip(FIELD_TOPICS, owner.intake.start, strict=True)
        await self._consumer.seek({(self._settings.topic(topic), owner.number): offset for topic, offset in start})
        self.owners[owner.number] = owner

    def loops(self) -> list[Coroutine[None, None, None]]:
        """All that it does by itself; none of it ends but by an error."""
        dropped = DroppedRecords(self._settings, self._consumer, lambda: self.owners, self.bus.field_ends)
        return [self.publish_forever(), self.checkpoint_forever(), self.watch_the_clock(), dropped.look_forever(),
                self.map.follow_forever()]  # fmt: skip

    async def publish_forever(self) -> None:
        """Publish what is due, every `publish_ms`, longer where much is published; follow others' totals."""
        follow_at, heal_at = 0.0, time.monotonic() + HEAL_S
        while True:
            began, published = time.monotonic(), self.figures.published
            owners = list(self.owners.values())
            for owner in owners:
                owner.prove()
                if began >= heal_at:
                    owner.show_all_again()
            await self._each(owners, Owner.publish)
            if began >= follow_at:
                await self._each(owners, Owner.follow)
                follow_at = began + FOLLOW_S
            if began >= heal_at:
                heal_at = began + HEAL_S
            # Not the time it took: what is counted, and waited for, between its awaits is no cost of publishing.
            cost = (self.figures.published - published) * TOTAL_COST_S
            share = CATCHING_UP if self._behind() > FAR_BEHIND else KEEPING_UP
            took = time.monotonic() - began
            await asyncio.sleep(max(self._settings.publish_ms / 1000 - took, cost / share))

    def _behind(self) -> int:
        """Records in the log that are not counted yet, as the last fetches saw it."""
        return sum(
            max(0, self._consumer.end(self._settings.topic(FIELD_TOPICS[index]), owner.number) - position)
            for owner in self.owners.values()
            for index, position in enumerate(owner.partition.positions)
        )

    async def _each(self, owners: list[Owner], step: Callable[[Owner], Awaitable[int | None]]) -> None:
        for done in await asyncio.gather(*(step(owner) for owner in owners), return_exceptions=True):
            if isinstance(done, BaseException):
                raise done
            self.figures.published += done or 0

    async def checkpoint_forever(self) -> None:
        """Save every `checkpoint_s`; after an upgrade or on a new map, first send back what has become valid."""
        while True:
            await asyncio.sleep(self._settings.checkpoint_s)
            owners = list(self.owners.values())
            for owner in owners:
                if owner.proven and owner.contracts != (contracts := self.map.contracts):
                    await self._save([owner])
                    await unpark(owner, contracts)
            await self._save(owners)
            await self._commit_saved(owners)

    async def _commit_saved(self, owners: Iterable[Owner]) -> None:
        """Say to Kafka what is durable, for lag displays alone, and all of it again each time: Faust commits too, now
        and then less, and nothing at all of a topic-partition whose first batch is the one record at offset 0."""
        saved = {
            (self._settings.topic(topic), owner.number): position
            for owner in owners
            if self.owners.get(owner.number) is owner  # else the group took the partition away meanwhile
            for topic, position in zip(FIELD_TOPICS, owner.saved, strict=True)
        }
        if saved and await self._consumer.commit(saved):
            self._committed |= saved

    async def _save(self, owners: Iterable[Owner]) -> None:
        async with self._saving:
            with self.page.checkpoint_seconds.time():
                for owner in list(owners):
                    await owner.checkpoint()

    async def watch_the_clock(self) -> None:
        """A worker that slept longer than the session timeout was deposed: it ends before it does anything else.

        Raises:
            DeposedError: the process was stopped or starved for longer than the session timeout.
        """
        last = time.monotonic()
        while True:
            await asyncio.sleep(BEAT_S)
            now = time.monotonic()
            if now - last > self._settings.session_timeout_s:
                raise DeposedError(f"this process stood still for {now - last:.1f} s, longer than its session")
            last = now
