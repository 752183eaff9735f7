"""What one comparison works with, and how its sentences name things."""

from __future__ import annotations

import time
from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import date
from itertools import islice

from infra.bus import Bus, Place
from infra.reconcile.ledger import Ledger
from infra.reconcile.report import Report
from infra.reconcile.waiting import Tell
from schemas.instant import day_of
from schemas.partition import partition_of
from schemas.places import Places, load
from schemas.settings import Settings
from schemas.topics import TOPIC_INDEX
from schemas.totals import Total

Record = tuple[Place, int]  # a record by its place and offset
NAMED = 3  # units or partitions named in a sentence


@dataclass
class Round:
    """`unit` None means all; `ends` is the log as it was at the start; the page is by the map `places` of `today`.

    `returned` are parked records that were sent back, with the reason for which they had been parked. A ledger that is
    counted anew takes such a record for what it is today, and the copy for its duplicate; one that saw it when it was
    parked has it the other way round. Both are right. `at_first_place` are those that the counter takes so, too.
    """

    settings: Settings
    bus: Bus
    ledger: Ledger
    report: Report
    patience_s: float
    tell: Tell
    unit: str | None = None
    places: Places = field(default_factory=load)
    returned: dict[Record, str] = field(default_factory=dict)
    at_first_place: set[Record] = field(default_factory=set)
    today: date = field(default_factory=lambda: day_of(int(time.time() * 1000)))
    ends: dict[Place, int] = field(default_factory=dict)


    stalled: set[str] = field(default_factory=set)

    def patience(self, side: str) -> float:
        """Seconds to wait for a side: none once it was waited for in vain."""
        return 0.0 if side in self.stalled else self.patience_s

    def stall(self, side: str, sentence: str) -> None:
        """Notes that a side was waited for in vain."""
        self.stalled.add(side)
        self.fail(sentence)

    def covered(self, total: Total) -> dict[Place, int]:
        """What a total states of the log: the next offset of each topic in its unit's partition."""
        number = partition_of(total.unit.encode(), self.settings.partitions)
        return {Place(topic, number): total.positions[index] for topic, index in TOPIC_INDEX.items()}

    def fail(self, sentence: str) -> None:
        """Notes why something could not be compared, or is wrong as a whole."""
        self.report.failures.append(sentence)


def named(things: Collection[object]) -> str:
    """A few of them by name, and how many there are besides."""
    names = ", ".join(map(str, islice(things, NAMED)))
    more = len(things) - NAMED
    return f"{names} and {more:,} more" if more > 0 else names
