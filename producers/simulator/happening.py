"""What happens in the field, before anybody has written it down."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import date
from random import Random
from typing import NamedTuple

from schemas.events.data import Data


class Happening(NamedTuple):
    """A fact of the field. The programmes' figures are made up of those that are a `figure`; the rest is daily life."""

    type: str
    unit: str
    subject: str
    data: Data
    figure: bool = False


Make = Callable[[int, Random], Iterable[Happening]]


class Activity(NamedTuple):
    """Something that happens `times` times, evenly from a first to a last day; `make` gives the nth, from 0."""

    first: date
    last: date
    times: int
    make: Make
    size: int = 1  # happenings each time, about

    def due(self, day: date, share: float) -> range:
        """The turns that fall on a day when only a share of all happens, yet one at least."""
        if not self.first <= day <= self.last:
            return range(0)
        days, elapsed = (self.last - self.first).days + 1, (day - self.first).days
        wanted = self._wanted(share)
        return range(wanted * elapsed // days, wanted * (elapsed + 1) // days)

    def nth(self, turn: int, share: float) -> int:
        """Which one has this turn; a small season takes them evenly from the whole."""
        return turn * self.times // self._wanted(share)

    def _wanted(self, share: float) -> int:
        return max(1, round(self.times * share))
