"""One history: a seed chooses what happens next, until a quiet end at which everything must be right."""

from __future__ import annotations

from collections import Counter
from random import Random
from typing import NamedTuple
from unittest.mock import patch

from schemas.topics import FIELD_TOPICS
from stream_processors.protocol import owner as owner_module
from tests.simulation import losses
from tests.simulation.ending import settle
from tests.simulation.mixes import FAULTS, MIXES, Mix
from tests.simulation.recount import remembering
from tests.simulation.tiny_events import UNITS, Field, Tiny
from tests.simulation.watch import Watch, check_end
from tests.simulation.worker import Worker
from tests.simulation.world import World, WrongError

ZOMBIES_MAX = 2


class Result(NamedTuple):
    """What a history went through; `wrong` says what must never happen, or is empty."""

    seed: str
    happened: Counter[str]
    wrong: str


def run(seed: int, mix: str) -> Result:
    """Play the history of a seed."""
    name = f"{mix}:{seed}"
    history = History(Random(name), MIXES[mix])
    try:
        with patch.object(owner_module, "CHUNK", 1), remembering():
            history.play()
    except WrongError as error:
        return Result(name, history.world.happened, str(error))
    finally:
        for worker in history.workers:
            worker.stop("the history is over")
    return Result(name, history.world.happened, "")


class History:
    """The world, the workers in it, and the dice."""

    def __init__(self, rng: Random, mix: Mix) -> None:
        self.rng, self.mix = rng, mix
        self.watch = Watch()
        self.world = World(rng, self.watch)
        topics = rng.sample(range(len(FIELD_TOPICS)), rng.choice((1, 2, 2, 3)))
        self.units = UNITS[: rng.choice((1, 2, 2, 3))]
        self.topics = topics
        self.field = Field(rng, topics, len(self.units))
        self.world.field = [[] for _ in FIELD_TOPICS]
        self.before: list[list[list[Tiny]]] = []
        self.watch.new_era(self.world.field)
        self.workers: list[Worker] = []
        self.number = 0
        self.rules = 1
        self.new_log = False
        for _ in range(rng.randrange(6)):
            self.grow()

    def play(self) -> None:
        """Faults and work in any order, then a quiet end."""
        often = self.rng.choice(
            (0.2, 0.5, 1.0)
        )  # faults in quick succession meet each other, rare ones meet old states
        names = [name for name, _ in self.mix]
        weights = [weight * (often if name in FAULTS else 1) for name, weight in self.mix]
        for action in self.rng.choices(names, weights, k=self.rng.randrange(20, 120)):
            getattr(self, action)()
            self.bury()
        self._end()

    # -- the world goes on -------------------------------------------------------------------------------------

    def grow(self) -> None:
        """The log grows."""
        for _ in range(self.rng.randrange(1, 4)):
            self._append()
        self.world.clock += self.rng.randrange(3)

    def _append(self) -> None:
        """Write a record; after a cut never the one that lay there before, which an anchor could not tell apart."""
        record = self.field.make()
        there = self.world.field[record.topic]
        if not any(log[record.topic][len(there) : len(there) + 1] == [record] for log in self.before):
            there.append(record)

    def work(self) -> None:
        """Some steps of one worker that runs."""
        running = [w for w in self.workers if not w.paused]
        if running:
            worker = self.rng.choice(running)
            for _ in range(self.rng.choice((1, 2, 6, 15))):
                if not worker.end:
                    self._step(worker, self.rng)

    def _step(self, worker: Worker, rng: Random) -> None:
        if not worker.counting:
            worker.step("take over")
            return
        dice = rng.random()
        topics = worker.waiting_topics() if dice < 0.35 and worker.era == self.world.era else []
        if topics:
            worker.take(rng.choice(topics), rng.randrange(1, 4), dropped=rng.random() < self.mix_drop)
        elif worker.tasks and dice < 0.85:
            worker.step(rng.choice(list(worker.tasks)))
        elif dice < 0.93:
            worker.start("publish")
        else:
            worker.start("checkpoint")

    mix_drop = 0.08

    def land(self) -> None:
        """Something in the air lands, whoever sent it."""
        if self.world.flights:
            flight = self.rng.choice(self.world.flights)
            if not any(w.name == flight.sender and not w.paused for w in self.workers):
                self.world.happened["late landings"] += 1
            self.world.land(flight, self.rng.choice((1, 1, len(flight.messages))))

    def compact(self) -> None:
        """The state or the totals are compacted, up to some offset."""
        log = self.rng.choice(list(self.world.topics.values())[:3])
        log.compact(self.rng.randrange(log.end + 1), self.rng.random() < 0.5)
        self.world.happened["compactions"] += 1

    # -- workers come and go -----------------------------------------------------------------------------------

    def assign(self) -> None:
        """The group gives the partition to a new process, if nobody has it."""
        if not self.world.member:
            self.number += 1
            name = f"worker-{self.number}"
            self.world.member = name
            self.workers.append(Worker(self.world, name, str(self.rules), new_log=self.new_log))
            self.new_log = False

    def kill(self) -> None:
        """SIGKILL to any process."""
        if self.workers:
            self.world.happened["kills"] += 1
            self.rng.choice(self.workers).stop("killed")

    def move(self) -> None:
        """The group gives the partition to another process; the old one goes on, or sleeps."""
        if self.world.member and len(self.workers) <= ZOMBIES_MAX:
            self.world.happened["zombies"] += 1
            self.workers[-1].paused = self.rng.random() < 0.6
            self.world.member = ""
            self.assign()

    def wake(self) -> None:
        """SIGCONT, or the other way round."""
        if self.workers:
            worker = self.rng.choice(self.workers)
            worker.paused = not worker.paused
            self.world.happened["sleepers woken"] += not worker.paused

    def bury(self) -> None:
        """Dead processes leave the group; of what they have in the air nothing, a part or all may yet land."""
        for worker in [w for w in self.workers if w.end]:
            self.workers.remove(worker)
            if self.world.member == worker.name:
                self.world.member = ""
            if worker.end.startswith("DistrustError"):
                self._operator(worker.end)
            for flight in [f for f in self.world.flights if f.sender == worker.name]:
                if self.rng.random() < 0.3:
                    self.world.flights.remove(flight)
                elif self.rng.random() < 0.3:
                    flight.messages = flight.messages[: self.rng.randrange(len(flight.offsets), len(flight.messages))]
                    if flight.landed:
                        self.world.flights.remove(flight)

    def _operator(self, said: str) -> None:
        """Do what the sentence says, if there was a reason for it."""
        if "log" in said and self.world.happened["logs cut"]:
            self.world.happened["cuts noticed"] += 1
            self.new_log = True
        elif "state topic" in said and (self.world.happened["states recreated"] or self.world.happened["states lost"]):
            self.world.happened["losses noticed"] += 1
        else:
            raise WrongError(f"distrust without a reason: {said}")

    # -- what must not happen, and does ------------------------------------------------------------------------

    def lose(self) -> None:
        """Some records of the state topic are gone."""
        losses.lose(self.world)

    def rot(self) -> None:
        """A record of the state topic is damaged."""
        losses.rot(self.world)

    def recreate(self) -> None:
        """The state topic is deleted and made anew."""
        losses.recreate(self.world)

    def upgrade(self) -> None:
        """Processes that start from now on count by other rules."""
        self.rules += 1
        self.world.happened["upgrades"] += 1

    def cut(self) -> None:
        """All processes are gone but sleepers; a field topic loses its end, and others write there."""
        for worker in self.workers:
            if not worker.paused:
                worker.stop("killed")
        self.bury()
        self.world.member = ""
        self.world.era += 1
        self.world.happened["logs cut"] += 1
        self.before.append(self.world.field)
        self.world.field = [list(log) for log in self.world.field]
        topic = self.rng.choice(self.topics)
        log = self.world.field[topic]
        del log[self.rng.randrange(len(log) + 1) :]
        for _ in range(self.rng.randrange(4)):
            self._append()
        self.watch.new_era(self.world.field)

    # -- the end -----------------------------------------------------------------------------------------------

    def _end(self) -> None:
        """Zombies die, what is in the air lands or not; one worker catches up, and then perhaps a successor."""
        for worker in self.workers:
            if worker.name != self.world.member or self.rng.random() < 0.5:
                worker.stop("killed")
            worker.paused = False
        self.bury()
        while self.world.flights:
            self.land()
        settle(self)
        check_end(self.world, self.watch, self.units)
        if self.rng.random() < 0.5:
            self.workers[0].stop("killed")
            self.bury()
            self.world.flights.clear()
            settle(self)
            check_end(self.world, self.watch, self.units)
