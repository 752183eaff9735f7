"""The field force: tablets with clocks of their own, which number what they record and send it when they are back."""

from __future__ import annotations

from collections import Counter
from random import Random
from typing import Any, NamedTuple

from producers.simulator.clock import DAY, MINUTE, uuid7
from producers.simulator.geography import Geography
from producers.simulator.happening import Happening


class Entry(NamedTuple):
    """What a tablet holds: an event as written, by the tablet's own clock, and what is to become of it.

    `truth` is what really happened; the event may say something else.
    """

    type: str
    topic: str
    unit: str
    subject: str
    data: Any
    seq: int
    id: str
    told: int
    intent: str
    truth: Happening | None


class Tablet:
    """A recorder: `skew` is its clock less the true time in ms, `measured` what the gateway finds."""

    def __init__(self, source: str, rng: Random) -> None:
        self.source = source
        self.skew = _skew(rng)
        self.measured = self.skew + rng.randrange(-2000, 2001)
        self.outbox: list[Entry] = []
        self._numbers: Counter[tuple[str, str]] = Counter()

    def next_number(self, topic: str, unit: str) -> int:
        """The next number of the stream of a topic and unit."""
        self._numbers[topic, unit] += 1
        return self._numbers[topic, unit]

    def write(self, type_: str, topic: str, unit: str, subject: str, data: Any, moment: int, rng: Random,
              intent: str = "plain", truth: Happening | None = None) -> Entry:  # fmt: skip
        """Record something that happened at a (true) moment."""
        told = moment + self.skew // 1000 * 1000
        entry = Entry(
            type_, topic, unit, subject, data, self.next_number(topic, unit), uuid7(told, rng), told, intent, truth
        )
        self.outbox.append(entry)
        return entry


def _skew(rng: Random) -> int:
    """Most clocks are right within two minutes; some are wrong by more than five, a few by years."""
    kind = rng.random()
    if kind < 0.85:
        return rng.randrange(-2 * MINUTE, 2 * MINUTE)
    sign = -1 if rng.random() < 0.5 else 1
    if kind < 0.95:
        return sign * rng.randrange(6 * MINUTE, 90 * MINUTE)
    return sign * (rng.randrange(1, 5) * 365 * DAY + rng.randrange(DAY))


class Fleet:
    """All tablets, by the unit that they serve. When one comes back to a connection is drawn here too."""

    def __init__(self, seed: int, geography: Geography, per_commune: int, rng: Random) -> None:
        homes = sorted({home for homes in geography.homes.values() for home in homes})
        lac_duong = set(geography.lac_duong["2025-03"])
        at_home: dict[str, list[Tablet]] = {}
        number = 0
        for home in homes:
            at_home[home] = []
            for _ in range(per_commune * (2 if home in lac_duong else 1)):
                number += 1
                at_home[home].append(Tablet(f"/simulator/{seed}/tablet-{number:04d}", rng))
        self._serving = {
            unit: tuple(tablet for home in homes for tablet in at_home[home]) for unit, homes in geography.homes.items()
        }

    def serving(self, unit: str, rng: Random) -> Tablet:
        """One of the tablets that serve a unit."""
        tablets = self._serving[unit]
        return tablets[int(rng.random() * len(tablets))]


def days_away(rng: Random) -> int:
    """How many days until a tablet that has something to send comes back: most the same evening, some weeks later."""
    kind = rng.random()
    if kind < 0.75:
        return 0
    if kind < 0.95:
        return 1 + int(rng.random() * 4)
    return 5 + int(rng.random() * 20)
