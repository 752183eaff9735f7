"""A world in which only what a script says happens."""

from __future__ import annotations

from random import Random

from tests.simulation.recount import Recount
from tests.simulation.tiny_events import UNITS, Field, Tiny, known
from tests.simulation.watch import Watch, check_end
from tests.simulation.worker import Worker
from tests.simulation.world import World

A, B = 4, 6  # two field topics


class _Steady(Random):
    """Lets every append land as a whole."""

    def random(self) -> float:
        return 0.0


class Stage:
    """The world, and the moves of a script."""

    def __init__(self, records: dict[int, int]) -> None:
        self.watch = Watch()
        self.world = World(_Steady(1), self.watch)
        self.world.field = [[] for _ in range(8)]
        self.watch.new_era(self.world.field)
        for topic, number in records.items():
            self.grow(topic, number)

    def grow(self, topic: int, number: int) -> None:
        """More valid events of one unit, each of which counts."""
        field, log = Field(Random(topic * 1000 + number), [topic], 1), self.world.field[topic]
        wanted = len(log) + number
        while len(log) < wanted:
            made: Tiny = field.make()
            positions = [0] * 8
            positions[topic] = len(log) + 1
            before = self.watch.recounts[-1].unit(UNITS[0], [*positions[:topic], len(log), *positions[topic + 1 :]])
            log.append(made)
            self.watch.recounts[-1] = Recount(self.world.field)
            after = self.watch.recounts[-1].unit(UNITS[0], positions)
            if made.key is None or not known(made.key.decode()) or before.conservation == after.conservation:
                log.pop()

    def member(self, name: str, *, new_log: bool = False) -> Worker:
        """The group gives the partition to this one."""
        self.world.member = name
        return Worker(self.world, name, "1", new_log=new_log)

    def owner(self, name: str, *, new_log: bool = False) -> Worker:
        """A member that took over."""
        worker = self.member(name, new_log=new_log)
        while not worker.counting and not worker.end:
            worker.step("take over")
        return worker

    def count(self, worker: Worker, positions: dict[int, int]) -> None:
        """Let it count up to these positions."""
        for topic, position in positions.items():
            while worker.next[topic] < position and not worker.end:
                worker.take(topic, 1)
                while "take over" in worker.tasks:  # the proof failed
                    worker.step("take over")

    def until_in_the_air(self, worker: Worker, task: str, topic: str) -> None:
        """Step a task until it has sent something to a topic that has not landed."""
        if task != "take over":
            worker.start(task)
        while not any(f.sender == worker.name and f.topic == topic for f in self.world.flights):
            worker.step(task)

    def lands(self, worker: Worker) -> None:
        """What a worker has in the air lands."""
        for flight in [f for f in self.world.flights if f.sender == worker.name]:
            self.world.land(flight, len(flight.messages))

    def new_log(self, topic: int, number: int) -> None:
        """The source log is replaced by another."""
        self.world.field = [[] for _ in range(8)]
        self.watch.new_era(self.world.field)
        self.world.era += 1
        self.grow(topic, number)

    def ends_well(self, worker: Worker) -> None:
        """It counts, shows and saves all, a successor takes over, and every figure is right."""
        for name in (worker, None):
            last = name or self.owner("the last")
            self.count(last, {topic: len(log) for topic, log in enumerate(self.world.field)})
            for _ in range(2):
                last.finish("publish")
                last.finish("checkpoint")
            assert not last.end, last.end
            assert last.owner.proven
            check_end(self.world, self.watch, UNITS[:1])
            last.stop("done")
