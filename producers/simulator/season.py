"""A season, day by day: what happens is written down on tablets, tablets come back, records reach the log."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from datetime import timedelta
from itertools import count, islice
from random import Random

from producers.simulator.clock import FIRST_DAY, at_work
from producers.simulator.contact import Contact
from producers.simulator.daily_life import DailyLife
from producers.simulator.delivery import Delivery
from producers.simulator.faults import Faults, Shape
from producers.simulator.geography import geography
from producers.simulator.happening import Activity, Happening
from producers.simulator.lac_duong import LacDuong
from producers.simulator.lao_cai import LaoCai
from producers.simulator.mishaps import written_down
from producers.simulator.office import Office
from producers.simulator.record import Record
from producers.simulator.register import Register
from producers.simulator.revisers import WITHDRAW
from producers.simulator.rubbish import Surroundings
from producers.simulator.tablets import Fleet, Tablet, days_away
from producers.simulator.writing import TOPIC_OF

DAYS = 1_275  # from January 2023 to June 2026, about; a season goes on until it has its records
FIGURES_SHARE = 0.8  # at most so much of a season makes up the programmes' figures
FULL_SEASON = 40_000  # records from which on all of the programmes' figures are in a season


def season(seed: int, records: int, faults: Faults | None = None, shape: Shape | None = None) -> Iterator[Record]:
    """Exactly `records` records of both programmes in the order in which they reach the log; the same for a seed.

    From `FULL_SEASON` records on, all of the programmes' figures are in it; a smaller one has an even sample of them.
    It is made while it is read: memory holds only what is under way.
    """
    return islice(_Season(seed, records, faults or Faults(), shape or Shape()).days(), records)


def programmes(seed: int, faults: Faults | None = None, partitions: int = 12) -> Iterator[Record]:
    """Both programmes from their beginning to their end, with every fault and nothing of daily life.

    When its last record is counted, every figure of the programmes' sources comes out exactly; so they do from the
    registers of the same seed (`producers.simulator.registered`), whose households are the programmes' own.
    """
    shape = Shape(households_per_commune=0, partitions=partitions)
    return _Season(seed, None, faults or Faults(), shape).days()


class _Season:
    """With `records`, a season without end that holds what that many have room for; without, the programmes alone."""

    def __init__(self, seed: int, records: int | None, faults: Faults, shape: Shape) -> None:
        self._rng = rng = Random(seed)
        self._faults = faults
        places = geography()
        self._register = Register(seed, shape.households_per_commune)
        lao_cai = LaoCai(places, self._register)
        self._programmes = lao_cai.activities() + LacDuong(places, self._register).activities()
        self._daily_life = DailyLife(places, self._register, lao_cai)
        self._fleet = Fleet(seed, places, shape.tablets_per_commune, rng)
        self._back: dict[int, list[Tablet]] = defaultdict(list)
        self._office, self._delivery = Office(rng), Delivery(faults, rng)
        around = Surroundings(places.lao_cai["2023"] + places.lac_duong["2025-03"], shape.partitions, rng)
        self._contact = Contact(faults, self._register, self._delivery, self._office, around)
        self._share, self._daily = 1.0, 0.0
        self._ends = records is None
        if records is not None:
            self._share, self._daily = _budget(self._programmes, records / faults.records_per_happening())

    def days(self) -> Iterator[Record]:
        """Record after record, until all is over, if it ever is."""
        open_daily = 0.0
        for day in count():
            if self._ends and self._is_over(day):
                return
            date = FIRST_DAY + timedelta(days=day)
            self._daily_life.turn_to(date)
            for activity in self._programmes:
                for turn in activity.due(date, self._share):
                    for happening in activity.make(activity.nth(turn, self._share), self._rng):
                        self._write_down(happening, day)
            open_daily += self._daily
            while open_daily >= 1:
                for happening in self._daily_life.draw(self._rng):
                    self._write_down(happening, day)
                    open_daily -= 1
            self._run_errands(day)
            for tablet in self._back.pop(day, ()):
                self._contact.empty(tablet, day)
            yield from self._delivery.leave(day)

    def _is_over(self, day: int) -> bool:
        """Whether nothing is to happen any more, every tablet is back, every errand run, every record delivered."""
        last = max(activity.last for activity in self._programmes)
        return FIRST_DAY + timedelta(days=day) > last and not (self._back or self._office.busy or self._delivery.busy)

    def _write_down(self, happening: Happening, day: int) -> None:
        rng = self._rng
        for intent, written in written_down(happening, self._faults, self._register, rng):
            tablet = self._tablet(written.unit, day)
            tablet.write(
                written.type, TOPIC_OF[written.type], written.unit, written.subject, written.data,
                at_work(day, rng), rng, intent, happening,
            )  # fmt: skip

    def _run_errands(self, day: int) -> None:
        for errand in self._office.due(day):
            if errand.what == WITHDRAW:
                self._delivery.send(*self._office.withdraw(errand, day))
            else:
                self._office.revise(errand, self._tablet(errand.root.unit, day), day)

    def _tablet(self, unit: str, day: int) -> Tablet:
        """A tablet of that unit; with something to send now, it will come back to a connection some day."""
        tablet = self._fleet.serving(unit, self._rng)
        if not tablet.outbox:
            self._back[day + days_away(self._rng)].append(tablet)
        return tablet


def _budget(programmes: list[Activity], happenings: float) -> tuple[float, float]:
    """The share of the programmes' figures that a season holds, and its happenings of daily life per day."""
    figures = sum(activity.times * activity.size for activity in programmes)
    share = min(1.0, FIGURES_SHARE * happenings / figures)
    return share, (happenings - share * figures) / DAYS
