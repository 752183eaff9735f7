"""What the oracle expects: plain dictionaries, so that a test compares them with what it reads anywhere."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass
class Expected:
    """The result of a recount; zero counters are left out, units without an event too.

    - `counters[unit][measure][kind]`; kind '' where a measure has none;
    - `conservation[unit]`: the 13 figures by the names of `schemas.totals.Conservation`;
    - `holes[unit]`: missing, rejected, withdrawn; `streams[source, topic, unit]`: the same, and highest and seen;
    - `days[unit, day, measure, kind]`: sums by day (ISO, +07:00), not clamped, without zeroes;
    - `rejected[reason]`: records, with the conflicts that the counter can tell under `conflict`;
    - `old_conflicts[unit]`: conflicts that only ids can tell; the counter has them among its duplicates;
    - `records`: all that were fed.
    """

    counters: dict[str, dict[str, dict[str, int]]] = field(default_factory=dict)
    conservation: dict[str, dict[str, int]] = field(default_factory=dict)
    holes: dict[str, dict[str, int]] = field(default_factory=dict)
    streams: dict[tuple[str, str, str], dict[str, int]] = field(default_factory=dict)
    days: dict[tuple[str, str, str, str], int] = field(default_factory=dict)
    rejected: dict[str, int] = field(default_factory=dict)
    old_conflicts: dict[str, int] = field(default_factory=dict)
    records: int = 0

    def sum(self, measure: str, kind: str | None = None, units: set[str] | None = None) -> int:
        """A measure's counters added up over kinds (or one kind) and units (or all)."""
        return sum(
            value
            for unit, measures in self.counters.items()
            if units is None or unit in units
            for code, value in measures.get(measure, {}).items()
            if kind is None or code == kind
        )

    def accounted(self) -> int:
        """Events, duplicates, conflicts and rejected records; equal to `records` (conservation)."""
        kept = sum(c["events"] + c["duplicates"] for c in self.conservation.values())
        return kept + sum(self.rejected.values())
