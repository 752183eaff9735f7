"""A counter process around the shipped `Owner`, stepped from await to await; it mirrors the Faust glue."""

from __future__ import annotations

from collections.abc import Coroutine
from typing import Any

from schemas.topics import FIELD_TOPICS, TOTALS
from stream_processors.protocol.decisions import Proof
from stream_processors.protocol.owner import Identity, Owner
from stream_processors.protocol.port import Stored
from stream_processors.protocol.publication import DeposedError, show_again
from stream_processors.protocol.takeover import DistrustError
from tests.simulation.tiny_events import PARTITIONS, known
from tests.simulation.world import World, WorldLog

Task = Coroutine[Any, Any, Any]


class Worker:
    """One process. `tasks` are its coroutines under way; `end` says why it ended, or is empty."""

    def __init__(self, world: World, name: str, rules: str, *, new_log: bool = False) -> None:
        self.world, self.name, self.era = world, name, world.era
        self.owner = Owner(
            0, PARTITIONS, known, Identity(name, name, rules), WorldLog(world, name, world.era), new_log=new_log
        )
        self.tasks: dict[str, Task] = {"take over": self._take_over("")}
        self.next = [0] * len(FIELD_TOPICS)
        self.paused = False
        self.end = ""

    async def _take_over(self, distrust: str) -> None:
        why = await self.owner.take_over(distrust)
        self.world.happened["takeovers"] += 1
        if why:
            self.world.note_rebuild(why, self.owner.state_topic.epoch)
        self.next = list(self.owner.intake.start)
        self.world.watcher.took_over(self.name, self.era, self.world.topics[TOTALS].records)

    @property
    def counting(self) -> bool:
        """Whether it took over and may be given batches."""
        return not self.end and "take over" not in self.tasks

    @property
    def caught_up(self) -> bool:
        """Whether it counted and proved all that there is."""
        ends = [len(log) for log in self.world.field]
        return self.owner.proven and self.owner.partition.positions == ends

    def notice_the_lost_tail(self) -> None:
        """A batch that was dropped at the log's end is missed only when the next record comes: let it be missed now."""
        self.next = list(self.owner.partition.positions)
        if not self.owner.intake.anchored:
            self.next = list(self.owner.intake.start)
        if not self.waiting_topics():
            self.take(0, 0)

    def start(self, name: str) -> None:
        """Begin to publish or to write a checkpoint, unless that is under way."""
        if name not in self.tasks and not self.end:
            self.tasks[name] = self._publish() if name == "publish" else self.owner.checkpoint()

    def finish(self, name: str) -> None:
        """Begin something and let nothing else happen until it is done."""
        self.start(name)
        while name in self.tasks:
            self.step(name)

    async def _publish(self) -> None:
        await self.owner.publish()
        await self.owner.follow()

    def show_all(self) -> None:
        """What the glue does every few minutes: all units are due."""
        for key in self.owner.partition.states:
            show_again(self.owner.partition, key)

    def step(self, name: str) -> None:
        """Let one coroutine go on to its next await."""
        try:
            self.tasks[name].send(None)
        except StopIteration:
            self.tasks.pop(name, None)
        except (DeposedError, DistrustError) as error:
            self.stop(f"{type(error).__name__}: {error}")

    def stop(self, why: str) -> None:
        """The process is gone; what it has in the air is not."""
        self.end = why
        for task in self.tasks.values():
            task.close()
        self.tasks.clear()

    def waiting_topics(self) -> list[int]:
        """Topics that have records to fetch."""
        return [t for t, log in enumerate(self.world.field) if self.next[t] < len(log)]

    def take(self, topic: int, records: int, *, dropped: bool = False) -> None:
        """Fetch a batch and count it, or lose it on the way, as Faust can around a rebalance."""
        start = self.next[topic]
        log = self.world.field[topic]
        batch = [Stored(start + i, 0, r.key, r.value, []) for i, r in enumerate(log[start : start + records])]
        self.next[topic] += len(batch)
        if dropped:
            self.world.happened["batches dropped"] += 1
            return
        before = self.owner.partition.found.replayed
        try:
            back = self.owner.take(topic, batch)
        except DistrustError as error:
            self.stop(f"DistrustError: {error}")
            return
        self.world.happened["records skipped as replayed"] += self.owner.partition.found.replayed - before
        if back is not None:
            self.world.happened["seeks back"] += 1
            self.next[topic] = back
        if self.owner.prove() is Proof.FAILS:
            self.world.happened["proofs failed"] += 1
            for task in self.tasks.values():
                task.close()
            self.tasks = {"take over": self._take_over("the proof failed")}
