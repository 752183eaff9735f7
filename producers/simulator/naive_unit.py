"""One unit's events added up: every counter, where every record went, and the holes of its streams."""

from __future__ import annotations

from collections import Counter
from datetime import date, timedelta
from typing import NamedTuple

from producers.simulator.expected import Expected
from producers.simulator.naive_count import Fact, Standing, total


class Seen(NamedTuple):
    """The first record of an identity: an original has its fact, `part` names the three others."""

    id: str
    part: str
    fact: Fact | None


class Revision(NamedTuple):
    """One revision of a root; the first four fields rank it among its rivals."""

    number: int
    instant: int
    source: str
    seq: int
    carried: Fact
    new: Fact | None


class Unit(NamedTuple):
    """All that came for one unit, by (source, topic); revisions by (root's source, topic, root's seq)."""

    seen: dict[tuple[str, str], dict[int, Seen]]
    revisions: dict[tuple[str, str, int], list[Revision]]
    claims: dict[tuple[str, str], set[int]]
    duplicates: int
    conflicts: int


def add_unit(expected: Expected, name: str, unit: Unit) -> None:
    """Put what a unit adds up to into the result."""
    parts: Counter[str] = Counter()
    signed: list[tuple[int, Fact]] = []
    standing: list[Standing] = []
    for (source, topic), numbers in unit.seen.items():
        for seq, seen in numbers.items():
            parts[seen.part] += 1
            if seen.fact is not None:
                signed.append((+1, seen.fact))
                if (source, topic, seq) not in unit.revisions:
                    standing.append(Standing(seen.fact, source, seq))
    for (source, topic, seq), revisions in unit.revisions.items():
        best = max(revisions, key=lambda revision: revision[:4])
        root = unit.seen.get((source, topic), {}).get(seq)
        parts[_outcome(root, best)] += 1
        if root is not None and root.part == "original":
            signed.append((-1, best.carried))
        if best.new is not None and (root is None or root.part != "revision"):
            signed.append((+1, best.new))
            standing.append(Standing(best.new, source, seq))
    of_unit = expected.counters.setdefault(name, {})
    for (measure, kind), value in total(signed, standing).items():
        of_unit.setdefault(measure, {})[kind] = value
    _add_days(expected.days, name, signed)
    expected.conservation[name] = _conservation(unit, parts)
    _add_holes(expected, name, unit, parts["withdrawn"])


def _outcome(root: Seen | None, best: Revision) -> str:
    if root is None:
        return "waiting"
    if root.part != "original":
        return "orphaned"
    return "corrected" if best.new is not None else "voided"


def _conservation(unit: Unit, parts: Counter[str]) -> dict[str, int]:
    return {
        "events": parts["original"] + parts["revision"] + parts["withdrawn"],
        "originals": parts["original"],
        "standing": parts["original"] - parts["corrected"] - parts["voided"],
        "corrected": parts["corrected"],
        "voided": parts["voided"],
        "revisions": parts["revision"],
        "winning": len(unit.revisions),
        "outranked": parts["revision"] - len(unit.revisions),
        "waiting": parts["waiting"],
        "orphaned": parts["orphaned"],
        "withdrawn": parts["withdrawn"],
        "duplicates": unit.duplicates,
        "conflicts": unit.conflicts,
    }


def _add_holes(expected: Expected, name: str, unit: Unit, withdrawn: int) -> None:
    missing = rejected = 0
    for (source, topic), numbers in unit.seen.items():
        highest = max(numbers)
        claimed = sum(1 for seq in unit.claims[source, topic] if seq < highest and seq not in numbers)
        expected.streams[source, topic, name] = {
            "highest": highest,
            "seen": len(numbers),
            "missing": highest - len(numbers) - claimed,
            "rejected": claimed,
            "withdrawn": sum(1 for one in numbers.values() if one.part == "withdrawn"),
        }
        missing += highest - len(numbers) - claimed
        rejected += claimed
    expected.holes[name] = {"missing": missing, "rejected": rejected, "withdrawn": withdrawn}


def _add_days(days: dict[tuple[str, str, str, str], int], unit: str, signed: list[tuple[int, Fact]]) -> None:
    """The sums by the day at +07:00 on which each fact happened; not clamped, zeroes left out."""
    found: Counter[tuple[str, str, str, str]] = Counter()
    for sign, fact in signed:
        day = date(1970, 1, 1) + timedelta(days=(fact.instant + 7 * 3600 * 1000) // (24 * 3600 * 1000))
        for how, measure, kind, amount in fact.effects:
            if how == "sum":
                found[unit, day.isoformat(), measure, kind] += sign * amount
    days.update({counter: value for counter, value in found.items() if value})
