"""The way from the gateway to the log: delays, disorder, duplicates; records leave in the order of their release."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from random import Random

from producers.simulator.clock import DAY, HOUR, day_of
from producers.simulator.faults import Faults
from producers.simulator.record import Record


class Delivery:
    """Holds records until the day of their release; memory for what is under way only."""

    def __init__(self, faults: Faults, rng: Random) -> None:
        self._faults, self._rng = faults, rng
        self._days: dict[int, list[tuple[int, int, Record]]] = defaultdict(list)
        self._sent = 0

    @property
    def busy(self) -> bool:
        """Whether any record is under way."""
        return bool(self._days)

    def send(self, record: Record, moment: int) -> int:
        """Send a record that was received at a moment; the moment of its release."""
        rng, faults = self._rng, self._faults
        luck = rng.random()
        release = moment
        if luck < faults.late:
            release += DAY + int(rng.random() * 40 * DAY)
        elif luck < faults.late + faults.disorder:
            release += int(rng.random() * 2 * HOUR)
        self.put(record, release)
        if rng.random() < faults.duplicates:
            again = record if record.fate.startswith("rejected:") else record._replace(fate="duplicate")
            self.put(again, release + int(rng.random() ** 4 * 10 * DAY))
        return release

    def put(self, record: Record, release: int) -> None:
        """Let a record leave at a moment, as it is."""
        self._sent += 1
        self._days[day_of(release)].append((release, self._sent, record))

    def leave(self, day: int) -> Iterator[Record]:
        """The records of a day that is over, in their order."""
        for _, _, record in sorted(self._days.pop(day, ())):
            yield record
