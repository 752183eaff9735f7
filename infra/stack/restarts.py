"""When a service that ended is started again: a pure function of its exits and the clock."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace


@dataclass(frozen=True)
class Backoff:
    """Seconds: the wait after a first failure, the longest wait, and how long a run must be to count as healthy."""

    first: float = 0.5
    longest: float = 30.0
    healthy: float = 60.0

    def wait(self, failures: int) -> float:
        """The wait after so many failures in a row (1 or more): doubled with each."""
        return min(self.longest, self.first * 2.0 ** min(failures - 1, 30))


@dataclass(frozen=True)
class Life:
    """One service so far. Times are seconds of one clock; `due` is when to start it again, None while it runs."""

    started: float
    restarts: int = 0
    failures: int = 0
    due: float | None = None

    def ended(self, now: float, backoff: Backoff) -> Life:
        """It was seen to have ended. A run that was healthy forgets the failures before it."""
        failures = 1 if now - self.started >= backoff.healthy else self.failures + 1
        return replace(self, failures=failures, due=now + backoff.wait(failures))

    def is_due(self, now: float) -> bool:
        return self.due is not None and now >= self.due

    def restarted(self, now: float) -> Life:
        """It was started again."""
        return replace(self, started=now, restarts=self.restarts + 1, due=None)

    @property
    def is_held(self) -> bool:
        return self.due == math.inf

    def held(self) -> Life:
        """It was stopped by hand, and stays stopped."""
        return replace(self, failures=0, due=math.inf)

    def released(self, now: float) -> Life:
        """It was started again by hand, which is no restart after a fault."""
        return replace(self, started=now, due=None)
