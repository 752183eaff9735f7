"""The table of `schemas.measures` made ready for the hot path: fields become indexes of counters."""

from __future__ import annotations

from typing import Any, NamedTuple

from schemas import measures as m
from schemas.events.catalogue import EVENT_TYPES
from schemas.measures import COUNTER_INDEX, COUNTS, MEASURES


class SumRule(NamedTuple):
    """Add to `counters[kind]`; `amount` names a field, or None for one."""

    counters: dict[str, int]
    kind: str | None
    amount: str | None


class DistinctRule(NamedTuple):
    """Count the subject in the slots `slots[kind]` (see `presence`), as counter `counters[kind]`."""

    counters: dict[str, int]
    slots: dict[str, int]
    kind: str | None
    where: tuple[str, ...]
    subject: str


class Rules(NamedTuple):
    """What an event type counts. The last four say which facts of it are kept by root, or by household."""

    sums: tuple[SumRule, ...]
    distincts: tuple[DistinctRule, ...]
    headcount: tuple[int, str] | None
    roster: tuple[int, str] | None
    survey: bool
    given: bool

    @property
    def kept(self) -> bool:
        """Whether the standing version of each root is kept as it is, instead of being added and subtracted."""
        return self.survey or self.headcount is not None or self.roster is not None


def _indexes(measure: str) -> dict[str, int]:
    return {kind: COUNTER_INDEX[measure, kind] for kind in MEASURES[measure].kind_codes}


def _slots() -> dict[tuple[str, str], int]:
    """A bit field for every distinct counter; those of households come first, so that their numbers stay short."""
    named = [r.measure for rules in COUNTS.values() for r in rules if isinstance(r, m.Distinct)]
    order = sorted(dict.fromkeys(named), key=lambda name: MEASURES[name].subject != "household")
    keys = [(name, kind) for name in order for kind in MEASURES[name].kind_codes]
    return {key: slot for slot, key in enumerate(keys)}


SLOTS = _slots()
SLOT_COUNTER = tuple(COUNTER_INDEX[key] for key in SLOTS)


def _compiled(name: str) -> Rules:
    def only(kind: type[Any]) -> list[Any]:
        return [rule for rule in COUNTS[name] if isinstance(rule, kind)]

    headcount, roster = only(m.Headcount), only(m.Roster)
    return Rules(
        sums=tuple(SumRule(_indexes(r.measure), r.kind, r.amount) for r in only(m.Sum)),
        distincts=tuple(
            DistinctRule(
                _indexes(r.measure),
                {kind: SLOTS[r.measure, kind] for kind in MEASURES[r.measure].kind_codes},
                r.kind,
                r.where,
                r.subject,
            )
            for r in only(m.Distinct)
        ),
        headcount=(COUNTER_INDEX[headcount[0].measure, ""], headcount[0].field) if headcount else None,
        roster=(COUNTER_INDEX[roster[0].measure, ""], roster[0].field) if roster else None,
        survey=bool(only(m.Survey)),
        given=bool(only(m.Given)),
    )


RULES: dict[str, Rules] = {event.name: _compiled(event.name) for event in EVENT_TYPES}
