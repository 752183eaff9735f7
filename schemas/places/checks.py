"""Whether a loading can hold on a map: every reason why not, with the line of its file. Pure."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from datetime import date
from typing import NamedTuple
from unicodedata import is_normalized

from schemas.places.loading import ABOVE, DIGITS, TYPES, LoadedSuccession, Loading
from schemas.places.model import Level, Share, Unit
from schemas.places.places import Places

_ISLAND = (Level.DISTRICT, Level.COMMUNE)  # an island district without communes became one itself


class Fault(NamedTuple):
    """A line of the loaded file, from 1, and why it cannot be taken, as a clause."""

    line: int
    reason: str


class _Stage(NamedTuple):
    """A map, a loading, and the units that are there with both; of each unit when the loading ends it."""

    places: Places
    loading: Loading
    units: Mapping[str, Unit]
    ends: Mapping[str, date]

    def valid_on(self, unit: Unit, day: date) -> bool:
        """Whether a unit is on the map of a day with the loading in force."""
        return unit.valid_on(day) and (unit.id not in self.ends or day < self.ends[unit.id])

    def span(self, unit: Unit) -> str:
        """From when to when a unit is on the map, in words."""
        until = self.ends.get(unit.id) or unit.valid_until
        return f"from {unit.valid_from or 'the beginning'} until {until or 'further notice'}"


def faults_of(places: Places, loading: Loading) -> list[Fault]:
    """All faults by line; empty when the loading can hold."""
    units = dict(places.units)
    units.update((loaded.unit, loaded.placed()) for loaded in loading.units if loaded.unit not in units)
    stage = _Stage(places, loading, units, {row.former: row.effective for row in loading.successions})
    found = [*_units(stage), *_unknown(stage)]
    if not found:  # the others speak of units that are there
        found = [*_shares(stage), *_cycles(stage), *_parents(stage)]
    if not found:
        found = [*_days(stage), *_codes(stage)]
    return sorted(set(found))


def _units(stage: _Stage) -> Iterator[Fault]:
    lines: dict[str, int] = {}
    for loaded in stage.loading.units:
        if (line := lines.setdefault(loaded.unit, loaded.line)) != loaded.line:
            yield Fault(loaded.line, f"{loaded.unit} is described in line {line} already")
        if loaded.unit in stage.places.units:
            name = stage.places.units[loaded.unit].name
            yield Fault(loaded.line, f"{loaded.unit} is on the map already, as {name}")
        if len(loaded.unit.partition(":")[2]) != DIGITS[loaded.level]:
            yield Fault(loaded.line, f"the code of {loaded.unit} has not the {DIGITS[loaded.level]} digits of a "
                                     f"{loaded.level}")  # fmt: skip
        if not loaded.name.startswith(tuple(f"{kind} " for kind in TYPES)):
            yield Fault(loaded.line, f"the name {loaded.name!r} does not begin with its type ({', '.join(TYPES)})")
        if not is_normalized("NFC", loaded.name):
            yield Fault(loaded.line, f"the name {loaded.name!r} is not in Unicode NFC")
        if loaded.valid_from and loaded.unit[:7].partition(":")[0] > loaded.valid_from.isoformat()[:7]:
            yield Fault(loaded.line, f"the vintage of {loaded.unit} is later than its first day {loaded.valid_from}")


def _unknown(stage: _Stage) -> Iterator[Fault]:
    for row in stage.loading.successions:
        for unit in (row.former, row.successor):
            if unit is not None and unit not in stage.units:
                yield Fault(row.line, f"the map has no unit {unit}, and the file does not describe it")
    for loaded in stage.loading.units:
        if loaded.parent is not None and loaded.parent not in stage.units:
            yield Fault(loaded.line, f"the map has no unit {loaded.parent}, which is named as parent")


def _shares(stage: _Stage) -> Iterator[Fault]:
    """A unit ends once: wholly into one other, in parts into several, or without a successor."""
    by_former: dict[str, list[LoadedSuccession]] = defaultdict(list)
    for row in stage.loading.successions:
        by_former[row.former].append(row)
    for former, rows in by_former.items():
        first, lines = rows[0], {rows[0].successor: rows[0].line}
        for row in rows[1:]:
            earlier = lines.setdefault(row.successor, row.line)
            if row.effective != first.effective:
                yield Fault(row.line, f"{former} ends on {row.effective} here and on {first.effective} in line "
                                      f"{first.line}: successions overlap")  # fmt: skip
            elif earlier != row.line:
                yield Fault(row.line, f"this succession of {former} stands in line {earlier} already")
            elif Share.WHOLE in (row.share, first.share):
                yield Fault(row.line, f"{former} goes wholly to one unit, and also elsewhere (line {first.line}): "
                                      "successions overlap")  # fmt: skip
        if len(rows) == 1 and first.share is Share.PART:
            yield Fault(first.line, f"only a part of {former} has a successor: where did the rest go?")


def _cycles(stage: _Stage) -> Iterator[Fault]:
    """Only a succession of the loading can close a cycle, for the map has none."""
    heirs: dict[str, list[str]] = defaultdict(list)
    for rows in stage.places.successions.values():
        for known in rows:
            heirs[known.from_id].append(known.to_id)
    for row in stage.loading.successions:
        heirs[row.former] += [row.successor] if row.successor else []
    for row in stage.loading.successions:
        seen: set[str] = set()
        ahead = [row.successor] if row.successor else []
        while ahead:
            if (unit := ahead.pop()) == row.former:
                yield Fault(row.line, f"the succession of {row.former} is cyclic: it comes back to it")
                break
            if unit not in seen:
                seen.add(unit)
                ahead += heirs.get(unit, [])


def _parents(stage: _Stage) -> Iterator[Fault]:
    for loaded in stage.loading.units:
        parent = stage.units[loaded.parent] if loaded.parent is not None else None
        if (parent is None) != (loaded.level is Level.PROVINCE):
            yield Fault(loaded.line, "a province has no parent" if parent else f"a {loaded.level} needs a parent")
        elif parent is not None and ABOVE[parent.level] >= ABOVE[loaded.level]:
            yield Fault(loaded.line, f"{parent.id} is a {parent.level}, which is not above a {loaded.level}")
        elif parent is not None and loaded.valid_from and not stage.valid_on(parent, loaded.valid_from):
            yield _off_map(stage, loaded.line, parent, loaded.valid_from)


def _days(stage: _Stage) -> Iterator[Fault]:
    """A unit that ends was there until then; one that takes over is there from then on, and is of the same level."""
    for row in stage.loading.successions:
        former = stage.units[row.former]
        if former.valid_until is not None:
            yield Fault(row.line, f"{former.id} {former.name} ended already on {former.valid_until}: "
                                  f"another vintage, or successions that overlap{_instead(stage, former, row)}")
        elif former.valid_from is not None and former.valid_from >= row.effective:
            yield Fault(row.line, f"{former.id} begins on {former.valid_from} and cannot end on {row.effective}")
        heir = stage.units[row.successor] if row.successor is not None else None
        if heir is None:
            continue
        if not stage.valid_on(heir, row.effective):
            yield _off_map(stage, row.line, heir, row.effective)
        if heir.level is not former.level and (former.level, heir.level) != _ISLAND:
            yield Fault(row.line, f"{former.id} is a {former.level} and {heir.id} a {heir.level}")


def _codes(stage: _Stage) -> Iterator[Fault]:
    """On no day do two units bear the same code."""
    by_code: dict[str, list[Unit]] = defaultdict(list)
    for unit in stage.units.values():
        by_code[unit.code].append(unit)
    joined = {row.successor: row.effective for row in stage.loading.successions}
    for loaded in stage.loading.units:
        mine = stage.units[loaded.unit]
        for other in by_code[mine.code]:
            if other is mine:
                continue
            begins = [unit.valid_from or joined.get(unit.id) or date.min for unit in (mine, other)]
            ends = [stage.ends.get(unit.id) or unit.valid_until or date.max for unit in (mine, other)]
            if max(begins) < min(ends):
                yield Fault(loaded.line, f"the code {mine.code} would name two units at once: {mine.id}, and "
                                         f"{other.id} {stage.span(other)}")  # fmt: skip


def _off_map(stage: _Stage, line: int, unit: Unit, day: date) -> Fault:
    return Fault(line, f"{unit.id} {unit.name} is on the map {stage.span(unit)}, so not on {day}")


def _instead(stage: _Stage, former: Unit, row: LoadedSuccession) -> str:
    there = [unit for unit in stage.units.values() if unit.code == former.code and unit.valid_on(row.effective)]
    return f" (on that day the code names {there[0].id} {there[0].name})" if there else ""
