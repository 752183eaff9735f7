"""Two counters under load: one is stopped beyond its session and woken, again and again; then one comes and goes."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from random import Random

from tests.faults.load import Load
from tests.faults.site import Counter, InconclusiveError, await_that


@dataclass
class Rounds:
    """What happened. A zombie round counts when the other took over meanwhile and counted on."""

    zombies: int = 0
    counted_meanwhile: int = 0
    joined: int = 0
    left: list[str] = field(default_factory=list)

    def __str__(self) -> str:
        return (f"{self.zombies} times stopped beyond the session and woken ({self.counted_meanwhile} records were "
                f"counted by the other meanwhile), {self.joined} times joined, left by {', '.join(self.left) or '-'}")


class ZombieLoop:
    """`counters` are two; of what is left of `load`, one part in `share_s` goes each second, so that it never ends."""

    def __init__(self, counters: Sequence[Counter], load: Load, rng: Random, share_s: float) -> None:
        self._counters, self._load, self._rng, self._share_s = counters, load, rng, share_s
        self._partitions = counters[0].settings.partitions
        self._looked = time.monotonic()
        self._still: Counter | None = None
        self.rounds = Rounds()

    def begin(self) -> None:
        """Start both and let them share the partitions."""
        for counter in self._counters:
            counter.begin()
        self._until(self._shared, "both counters own partitions")

    def zombies(self, rounds: int) -> None:
        """Stop one beyond its session, wake it; the other in the next round."""
        for number in range(rounds):
            zombie, other = self._counters[number % 2], self._counters[1 - number % 2]
            self._still = zombie
            zombie.pause()
            stopped = time.monotonic()
            self._outlive(other, stopped + zombie.settings.session_timeout_s + self._rng.uniform(2, 4))
            zombie.wake()
            self._still = None
            self.rounds.zombies += 1
            self._until(self._shared, "both counters own partitions again")

    def _outlive(self, other: Counter, until: float) -> None:
        """Let the other take over all and count on, at least until the session of the first is long over."""
        self._until(lambda: other.now.owned == self._partitions, "the other took over all partitions")
        before = other.now.read
        self._until(lambda: time.monotonic() > until and other.now.read > before, "the other counted on")
        self.rounds.counted_meanwhile += other.now.read - before

    def comings_and_goings(self, rounds: int) -> None:
        """Let the second leave, by SIGKILL and SIGTERM in turn, and join again."""
        _, second = self._counters
        for number in range(rounds):
            self._still = second
            if number % 2:
                status = second.stop()
                if status != 0:
                    raise InconclusiveError(f"SIGTERM ended {second.name} with status {status}: see {second.log}")
            else:
                second.kill()
            self.rounds.left.append("SIGTERM" if number % 2 else "SIGKILL")
            self._for(self._rng.uniform(1, 8))  # shorter than its session, or longer
            second.begin()
            self._still = None
            self._until(self._shared, "both counters own partitions again")
            self.rounds.joined += 1
            self._for(self._rng.uniform(0.5, 3))

    def _shared(self) -> bool:
        owned = [counter.now.owned for counter in self._counters]
        return sum(owned) == self._partitions and all(owned)

    def _for(self, seconds: float) -> None:
        until = time.monotonic() + seconds
        self._until(lambda: time.monotonic() > until, "time passed")

    def _until(self, holds: Callable[[], bool], what: str) -> None:
        """Wait, while the load flows and what ended by itself is started again."""

        def look() -> bool:
            now = time.monotonic()
            self._load.release(self._load.left * (now - self._looked) / self._share_s)
            self._looked = now
            for counter in self._counters:
                if counter is not self._still:
                    counter.keep_up()
            return holds()

        await_that(look, f"{what} ({[str(counter.log) for counter in self._counters]})", 150)
