"""By which decision a unit took over from another: `decisions.csv`, for single units and for all of a province."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator, Mapping
from datetime import date

import msgspec

from schemas.places.model import Level, Succession, Unit

DECISIONS_FILE = "decisions.csv"
Decisions = Mapping[tuple[str, Level], tuple[str, date]]
"""Number and day of a decision, by the successor or the province that it lies in, and by the successor's level."""


def parse_decisions(data: bytes) -> Decisions:
    """The rows of `decisions.csv`."""
    rows = csv.DictReader(io.StringIO(data.decode()))
    return {
        (row["successor"], Level(row["level"])): (row["decision"], date.fromisoformat(row["decided"])) for row in rows
    }


def decided(successions: Iterable[Succession], units: Iterable[Unit], decisions: Decisions) -> Iterator[Succession]:
    """The successions with their decisions; one that no row speaks of stays without."""
    by_id = {unit.id: unit for unit in units}
    for succession in successions:
        above: Unit | None = by_id[succession.to_id]
        level, found = by_id[succession.to_id].level, None
        while above is not None and found is None:
            found = decisions.get((above.id, level))
            above = by_id.get(above.parent_id or "")
        number, day = found or (None, None)
        yield msgspec.structs.replace(succession, decision=number, decided=day)
