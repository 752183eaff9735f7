"""The registers of a season: households, villages, points. All codes are synthetic and follow from the seed."""

from __future__ import annotations

from random import Random
from zlib import crc32

from producers.simulator import figures
from schemas.pseudonym import household_code

_STEP = 622_957  # odd, so that the numbers of a commune's households do not repeat below 32^4
_CODES = 32**4


class Register:
    """Who and what is registered where; the same for the same seed."""

    def __init__(self, seed: int, households_per_commune: int) -> None:
        self._seed = seed
        self._daily = households_per_commune
        self._first: dict[str, int] = {}

    def household(self, unit: str, index: int) -> str:
        """The code of a commune's household; `index` from 0."""
        first = self._first.get(unit)
        if first is None:
            first = self._first[unit] = crc32(f"{self._seed} {unit}".encode())
        return household_code(unit, (first + index * _STEP) % _CODES)

    def size(self, unit: str) -> int:
        """How many households a commune's register holds."""
        return figures.HOUSEHOLDS_BY_COMMUNE.get(unit, figures.SAMPLE + self._daily)

    def any_household(self, unit: str, rng: Random) -> str:
        """A household of the commune's register."""
        return self.household(unit, int(rng.random() * self.size(unit)))

    def household_of_daily_life(self, unit: str, rng: Random) -> str:
        """A household outside the sample from which the programmes' figures are taken."""
        return self.household(unit, figures.SAMPLE + int(rng.random() * self._daily))

    def village(self, unit: str, rng: Random) -> str:
        """A village or quarter of a commune."""
        return self.village_of(unit, int(rng.random() * villages_in(unit)))

    def village_of(self, unit: str, index: int) -> str:
        """The village in which a commune's household lives."""
        return f"{unit}/{1 + index % villages_in(unit):02d}"


def villages_in(unit: str) -> int:
    """How many villages and quarters a commune has."""
    return figures.VILLAGES_BY_COMMUNE.get(unit, figures.VILLAGES_ELSEWHERE)


def place(unit: str) -> str:
    """A unit as it stands in a subject."""
    return unit.replace(":", ".")


def pseudonym(rng: Random) -> str:
    """A pseudonym as if of a serial number or card; nobody's."""
    return f"p1.{rng.getrandbits(128):032x}"
