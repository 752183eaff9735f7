"""What is known of a programme's terms: read once, then asked for groups of units."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from typing import NamedTuple

from schemas.measures import LEDGER_MEASURES, Additivity, add_over_units
from schemas.programmes import expression as ex
from schemas.programmes.expression import Term
from sinks.reports.asking import KEPT, Ledger, Worth
from sinks.reports.villages import Villages


class Group(NamedTuple):
    """Units and parts of split ones that are looked at together; a unit that has parts is what they leave of it.

    With `cells` (unit, stretch of the calendar) sums count in these alone.
    """

    units: frozenset[str]
    cells: frozenset[tuple[str, int]] | None = None


@dataclass
class Known:
    """Values by term: of what adds up, by unit; of sums, by stretch too; of unions, by group."""

    groups: Mapping[str, Group]
    by_unit: dict[Term, dict[str, int]] = field(default_factory=lambda: defaultdict(dict))
    by_stretch: dict[Term, dict[tuple[str, int], int]] = field(default_factory=lambda: defaultdict(dict))
    unions: dict[Term, dict[str, int]] = field(default_factory=lambda: defaultdict(dict))
    silent: set[Term] = field(default_factory=set)

    def of(self, term: Term, group: str) -> int | None:
        """What a term is worth in a group; None where nothing says."""
        units, cells = self.groups[group]
        if term in self.silent:
            return None
        if term.word != ex.MEASURE:
            return sum(self.by_unit[term].get(unit, 0) for unit in units)
        if LEDGER_MEASURES[term.name].additivity is Additivity.UNION:
            return self.unions[term].get(group, 0)
        if term in self.by_stretch and cells is not None:
            return add_over_units(term.name, [self.by_stretch[term].get(cell, 0) for cell in cells])
        return add_over_units(term.name, [self.by_unit[term].get(unit, 0) for unit in units])

    def add(self, worths: Iterable[Worth]) -> None:
        """Takes in values of units."""
        for term, unit, value in worths:
            self.by_unit[term][unit] = self.by_unit[term].get(unit, 0) + value

    def set_apart(self, parts: Known, units: Mapping[str, str]) -> None:
        """Takes what is known of parts out of their units, and in as their own; and the unions over some groups."""
        for term, values in parts.by_unit.items():
            self.add(Worth(term, units[part], -value) for part, value in values.items())
            self.by_unit[term].update(values)
        for term, stretches in parts.by_stretch.items():
            mine = self.by_stretch[term]
            for (part, stretch), value in stretches.items():
                mine[units[part], stretch] = mine.get((units[part], stretch), 0) - value
                mine[part, stretch] = value
        for term, unions in parts.unions.items():
            self.unions[term].update(unions)


def read(
    ledger: Ledger, groups: Mapping[str, Group], terms: Iterable[Term], turns: Sequence[date],
    villages: Villages | None = None,
) -> Known:  # fmt: skip
    """All that is known of some terms over some groups, with what villages resolve of split units."""
    wanted = sorted(set(terms))
    if villages is None:
        return _read(ledger, groups, wanted, turns)
    parts, cut = villages.parts, {name: group for name, group in groups.items() if villages.cuts(group.units)}
    whole = {name: group._replace(units=group.units - parts.keys()) for name, group in groups.items()}
    known = _read(ledger, whole, wanted, turns)
    resolved = [term for term in wanted if term.word != ex.FINDING]  # which may name several units and subjects
    known.set_apart(_read(villages, cut, resolved, turns), parts)
    return replace(known, groups=groups)


def _read(ledger: Ledger, groups: Mapping[str, Group], wanted: Sequence[Term], turns: Sequence[date]) -> Known:
    known = Known(groups)

    def those(*words: str, which: Callable[[Term], bool] = lambda _: True) -> list[Term]:
        return [term for term in wanted if term.word in words and which(term)]

    if sums := those(ex.MEASURE, which=lambda term: LEDGER_MEASURES[term.name].additivity is Additivity.SUM):
        known.by_stretch.update({term: {} for term in sums})
        for term, unit, stretch, value in ledger.sums(sums, turns):
            known.by_stretch[term][unit, stretch] = value
            known.add([Worth(term, unit, value)])
    if unions := those(ex.MEASURE, which=lambda term: LEDGER_MEASURES[term.name].additivity is Additivity.UNION):
        known.unions.update({term: dict.fromkeys(groups, 0) for term in unions})
        for term, group, value in ledger.unions(unions, {name: group.units for name, group in groups.items()}):
            known.unions[term][group] = value
    if kept := those(ex.MEASURE, which=lambda term: term.name in KEPT):
        known.add(ledger.kept(kept))
    if distinct := [term for term in those(ex.MEASURE) if term not in {*sums, *unions, *kept}]:
        known.add(ledger.distinct(distinct))
    if latest := those(ex.LEDGER):
        known.add(ledger.points(latest))
    if registered := those(ex.REGISTER):
        entries, known.silent = ledger.registered(registered)
        known.add(entries)
    if findings := those(ex.FINDING):
        known.add(ledger.findings(findings))
    return known
