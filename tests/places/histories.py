"""Random histories of a small country: mergers, splits, renames, absorptions and undone decisions.

Beside the loadings stands a model that shares nothing with the map: the country is a set of villages, and for each day
it says which unit holds a village, and which units were divided.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from random import Random

import msgspec

from schemas.places import Level, Loading, Places, Unit, build, dated
from tests.places.loads import loaded

BEGIN = date(2025, 7, 1)
COMMUNES, VILLAGES = 6, 4


def country() -> Places:
    """One province and its communes."""
    province = Unit("2025-07", "68", Level.PROVINCE, "Tỉnh Một", "Tỉnh", None, BEGIN, None)
    codes = [f"{24000 + number}" for number in range(COMMUNES)]
    communes = [Unit("2025-07", code, Level.COMMUNE, f"Xã {code}", "Xã", "68", BEGIN, None) for code in codes]
    return build([province, *communes], [], "small")


@dataclass
class Era:
    """From `since` on: which unit holds each village, which were divided so far, and by which loading."""

    since: date
    holder: dict[int, str]
    divided: frozenset[str]
    loading: str = ""


@dataclass
class History:
    """The loadings of a history, and what the model knows of it."""

    rng: Random
    base: Places = field(default_factory=country)
    loadings: list[Loading] = field(default_factory=list)
    eras: list[Era] = field(default_factory=list)
    villages_of: dict[str, frozenset[int]] = field(default_factory=dict)
    begins: dict[str, date] = field(default_factory=dict)

    def __post_init__(self) -> None:
        units = [unit.id for unit in self.base.units.values() if unit.level is Level.COMMUNE]
        holder = {number * VILLAGES + n: unit for number, unit in enumerate(units) for n in range(VILLAGES)}
        self.eras = [Era(BEGIN, holder, frozenset())]
        self._note(BEGIN, holder)

    @property
    def places(self) -> Places:
        """The map with all loadings."""
        made, set_aside = dated(self.base, self.loadings)
        assert not set_aside
        return made

    def days(self) -> Iterator[date]:
        """A day of each era."""
        return (era.since for era in self.eras)

    def step(self, number: int) -> None:
        """One more decision, in a year of its own, or the last one undone."""
        day = date(2026 + number, self.rng.randint(1, 12), 1)
        act = self.rng.choice((self._merge, self._split, self._rename, self._absorb, self._undo))
        act(day, f"step-{number}")

    def _current(self) -> list[str]:
        return sorted(set(self.eras[-1].holder.values()))

    def _merge(self, day: date, name: str) -> None:
        if len(units := self._current()) > 2:
            some = self.rng.sample(units, 2)
            self._decide(day, name, {unit: [self._new(day, some[0])] for unit in some})

    def _split(self, day: date, name: str) -> None:
        roomy = [unit for unit in self._current() if sum(u == unit for u in self.eras[-1].holder.values()) > 1]
        if roomy:
            old = self.rng.choice(roomy)
            self._decide(day, name, {old: [self._new(day, old), f"{day:%Y-%m}:{30000 + day.year}"]})

    def _rename(self, day: date, name: str) -> None:
        old = self.rng.choice(self._current())
        self._decide(day, name, {old: [self._new(day, old)]})

    def _absorb(self, day: date, name: str) -> None:
        if len(units := self._current()) > 2:
            old, heir = self.rng.sample(units, 2)
            self._decide(day, name, {old: [heir]})

    def _undo(self, _: date, __: str) -> None:
        if len(self.eras) > 1:
            gone = self.eras.pop().loading
            self.loadings = [msgspec.structs.replace(each, undone=each.undone or each.loading == gone)
                             for each in self.loadings]  # fmt: skip

    def _new(self, day: date, old: str) -> str:
        return f"{day:%Y-%m}:{old.partition(':')[2]}"

    def _decide(self, day: date, name: str, heirs: dict[str, list[str]]) -> None:
        """A file of decisions, and the same in the model."""
        rows = []
        for old, news in heirs.items():
            for new in news:
                described = ",," if new in self.begins else f"commune,Xã {new},2025-07:68"
                rows.append(f"{day},{old},{new},{'whole' if len(news) == 1 else 'part'},{described}")
        self.loadings.append(loaded(self.places, *(f"|1/NQ,2025-08-01,{row}" for row in rows), name=name))
        last = self.eras[-1]
        holder = dict(last.holder)
        for old, news in heirs.items():
            mine = sorted(village for village, unit in last.holder.items() if unit == old)
            cut = self.rng.randint(1, len(mine) - 1) if len(news) > 1 else len(mine)
            holder |= {village: news[0] if at < cut else news[-1] for at, village in enumerate(mine)}
        divided = last.divided | {old for old, news in heirs.items() if len(news) > 1}
        self.eras.append(Era(day, holder, divided, name))
        self._note(day, holder)

    def _note(self, day: date, holder: dict[int, str]) -> None:
        for unit in set(holder.values()):
            self.begins.setdefault(unit, day)
            if self.begins[unit] == day:
                self.villages_of[unit] = frozenset(village for village, held in holder.items() if held == unit)

    def commune_on(self, unit: str, day: date) -> str | None:
        """Which commune holds all of a unit on a day, by the villages that it had when it began; None if that is open.

        Open is what is younger than the day, undone, or was divided on the way, even where the parts met again.
        """
        lives = any(unit in era.holder.values() for era in self.eras)
        if not lives or self.begins[unit] > day:
            return None
        mine = self.villages_of[unit]
        eras = [era for era in self.eras if self.begins[unit] <= era.since <= day]
        if {era.holder[village] for era in eras for village in mine} & eras[-1].divided:
            return None
        (commune,) = {eras[-1].holder[village] for village in mine}
        return commune
