"""How much may be under way at once, of all and of one tablet, and how much rubbish may come: more gets 429."""

from __future__ import annotations

import math
import random
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from producers.gateway.answers import busy
from producers.gateway.limits import ADMITTED_MAX, LINE_MAX_S, LINE_PER_S, PER_TABLET_MAX, SLOW_MAX


class Admission:
    """Requests with a body that are under way, and beside them those whose body comes slowly."""

    def __init__(self, clock: Callable[[], float]) -> None:
        self.under_way = self.slow = 0
        self._of_key: Counter[str] = Counter()
        self._line = Line(clock)

    @contextmanager
    def admit(self, key: str = "") -> Iterator[Ticket]:
        """Let one request in for the time of the context, on behalf of a tablet's key, or of nobody known.

        Raises:
            RequestError: 429.
        """
        if key and self._of_key.get(key, 0) >= PER_TABLET_MAX:
            raise busy()
        if self.under_way >= ADMITTED_MAX:
            raise busy(self._line.turn())
        ticket = Ticket(self)
        self._of_key[key] += 1
        try:
            yield ticket
        finally:
            ticket.give_back()
            self._of_key[key] -= 1
            if not self._of_key[key]:
                del self._of_key[key]


class Ticket:
    """One request's place."""

    def __init__(self, admission: Admission) -> None:
        self._admission, self._slow = admission, False
        admission.under_way += 1

    def lag(self) -> None:
        """Its body comes slowly: it makes room for another, so far as there is room for slow ones."""
        if not self._slow and self._admission.slow < SLOW_MAX:
            self._slow = True
            self._admission.under_way -= 1
            self._admission.slow += 1

    def give_back(self) -> None:
        """The request is answered."""
        if self._slow:
            self._admission.slow -= 1
        else:
            self._admission.under_way -= 1


class Line:
    """The turns of those who found no room: so many a second, so that a crowd comes back one by one and not at once.

    A turn is no promise, and who comes without one is let in where there is room. The pace is that of a fast machine:
    on a slower one some find no room again, which costs little; a pace that is too slow would leave the machine idle.
    """

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock, self._end = clock, clock()

    def turn(self) -> int:
        """In how many seconds the next in line may come; any within the line's length once it is full."""
        now = self._clock()
        self._end = max(now, self._end) + 1 / LINE_PER_S
        if self._end > now + LINE_MAX_S:
            self._end = now + LINE_MAX_S
            return random.randint(1, LINE_MAX_S)
        return math.ceil(self._end - now)


class Allowance:
    """So many a second, saved up to a few: wrong codes of all together, or events of one tablet that are none."""

    def __init__(self, clock: Callable[[], float], per_s: float, most: float) -> None:
        self._clock, self._per_s, self._most = clock, per_s, most
        self._left, self._at = most, clock()

    def check(self) -> None:
        """Whether another one may come.

        Raises:
            RequestError: 429, for there were too many lately.
        """
        now = self._clock()
        self._left = min(self._most, self._left + (now - self._at) * self._per_s)
        self._at = now
        if self._left < 1:
            raise busy()

    def spend(self, count: int = 1) -> None:
        """Note what came; it may be more than what was left, which is then waited for."""
        self._left -= count


class Allowances:
    """One for each key that ever spent."""

    def __init__(self, clock: Callable[[], float], per_s: float, most: float) -> None:
        self._terms = clock, per_s, most
        self._of: dict[str, Allowance] = {}

    def check(self, key: str) -> None:
        """Whether more may come of a key.

        Raises:
            RequestError: 429, for there were too many lately.
        """
        if key in self._of:
            self._of[key].check()

    def spend(self, key: str, count: int) -> None:
        """Note what came of a key."""
        if count:
            self._of.setdefault(key, Allowance(*self._terms)).spend(count)
