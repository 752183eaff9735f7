"""A service is killed again and again under load, and started again at once."""

from __future__ import annotations

import time
from collections import Counter as Tally
from collections.abc import Sequence
from dataclasses import dataclass, field
from random import Random

from kafka import KafkaConsumer

from schemas.topics import FIELD_TOPICS
from tests.faults.broker import Bus
from tests.faults.load import Load
from tests.faults.points import BETWEEN_CHECKPOINT_STEPS, Point
from tests.faults.site import Counter, InconclusiveError, Service, await_that

LOOK_S = 0.02
IDLE_S = 3.0  # so long is waited for unprocessed records, then the kill finds none and does not count
POINT_PATIENCE_S = 20.0  # a point that was not reached by then is given up; the kill is a random one
_BETWEEN = {f"{when} {step}" for step, when in BETWEEN_CHECKPOINT_STEPS}


@dataclass
class Kills:
    """What the kills were. Only those with unprocessed records count: in the log at the kill, and not taken yet."""

    counted: int = 0
    idle: int = 0
    between_steps: int = 0
    at: Tally[str] = field(default_factory=Tally)
    others: Tally[str] = field(default_factory=Tally)

    def __str__(self) -> str:
        where = ", ".join(f"{n} {place}" for place, n in sorted(self.at.items()))
        others = "".join(f"; {n} of the {name}" for name, n in self.others.items())
        return (f"{self.counted} kills with unprocessed records, {self.between_steps} of them between two steps of a "
                f"checkpoint ({where}); {self.idle} without, not counted{others}")


class KillLoop:
    """Kills `counter` while `load` flows, until enough kills counted; now and then one of the `others` too."""

    def __init__(
        self,
        bus: Bus,
        counter: Counter,
        load: Load,
        rng: Random,
        life_s: tuple[float, float],
        others: Sequence[Service] = (),
    ) -> None:
        self._bus, self._counter, self._load, self._rng, self._life_s = bus, counter, load, rng, life_s
        self._others = others
        self._tps = bus.tps(*FIELD_TOPICS)
        self._consumer: KafkaConsumer = bus.consumer()
        self._left = 0
        self._began = time.monotonic()
        self.kills = Kills()

    def run(self, kills: int, points: Sequence[Point]) -> Kills:
        """Let so many kills count, those at `points` among them.

        Raises:
            InconclusiveError: too many kills found nothing unprocessed.
        """
        deaths: list[Point | None] = [*points, *[None] * (kills - len(points))]
        self._rng.shuffle(deaths)
        spare = kills
        while deaths:
            self._left = len(deaths)
            death = deaths.pop()
            if not self._one(death):
                spare -= 1
                deaths.insert(0, death)
            if not spare:
                raise InconclusiveError(f"too few kills bit: {self.kills}")
        self._consumer.close()
        return self.kills

    def _one(self, point: Point | None) -> bool:
        """One life and its end; whether the kill counted, at the point if one was wanted."""
        counter = self._counter
        counter.begin(point)
        unprocessed = self._live(POINT_PATIENCE_S if point else self._rng.uniform(*self._life_s))
        counter.kill()
        at_point = bool(counter.now.died_at_point)
        place = str(point) if point and at_point else "at a random moment"
        if unprocessed <= 0:
            self.kills.idle += 1
            return False
        self.kills.counted += 1
        self.kills.at[place] += 1
        self.kills.between_steps += place in _BETWEEN
        self._kill_another()
        return point is None or at_point

    def _live(self, seconds: float) -> int:
        """Let it live under load until it dies at its point or is killed; how many records it had not taken then."""
        counter, seen = self._counter, 0
        began = looked = time.monotonic()
        while True:
            ends = self._ends()
            if not counter.running:
                if counter.now.died_at_point:
                    return counter.now.unprocessed or seen - counter.reached
                counter.keep_up()
            seen, now = ends, time.monotonic()
            if now - began > seconds and ((unprocessed := self._kill_at_work()) > 0 or now - began > seconds + IDLE_S):
                return unprocessed
            self._flow(now - looked)
            looked = now
            for other in self._others:
                other.keep_up()
            time.sleep(LOOK_S)

    def _kill_at_work(self) -> int:
        """Stop it for a moment, and kill it if there are records that it has not taken; how many."""
        counter = self._counter
        counter.pause()
        unprocessed = self._ends() - counter.reached
        if unprocessed > 0:
            counter.kill()
        else:
            counter.wake()
        return unprocessed

    def _ends(self) -> int:
        """The sum of the log's ends."""
        ends: int = sum(self._consumer.end_offsets(self._tps).values())
        return ends

    def _flow(self, seconds: float) -> None:
        """Let records go so that they last for all kills that are left, if lives stay as long as they were."""
        life = max(sum(self._life_s) / 2, (time.monotonic() - self._began) / max(1, self._counter.lives))
        self._load.release(self._load.left * seconds / (self._left * life))

    def _kill_another(self) -> None:
        if self._others and self._rng.random() < 0.3:
            other = self._rng.choice(self._others)
            other.kill()
            self.kills.others[other.name] += 1
            other.start()


def await_caught_up(bus: Bus, counters: Sequence[Counter], seconds: float = 180.0) -> None:
    """Wait until all of the log is counted, shown and durable, by counters that are kept up.

    Raises:
        InconclusiveError: it was not in time.
    """
    tps = bus.tps(*FIELD_TOPICS)
    consumer = bus.consumer()
    partitions = bus.settings.partitions

    def caught_up() -> bool:
        for counter in counters:
            counter.keep_up()
        states = [counter.now for counter in counters]
        if any(state.due or state.pending or state.busy for state in states):
            return False
        if sum(state.proven for state in states) != partitions or sum(state.owned for state in states) != partitions:
            return False
        ends: int = sum(consumer.end_offsets(tps).values())
        return sum(state.positions for state in states) == ends

    try:
        await_that(caught_up, f"the counters caught up ({[counter.log for counter in counters]})", seconds)
    finally:
        consumer.close()
