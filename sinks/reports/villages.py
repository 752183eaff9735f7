"""What villages resolve of split communes: the parts that a map sets apart, and what of the ledger's figures is theirs.

Each subject (household, point, session) of a split commune goes, with all that counts it once, to the one successor to
which the registers say that its village went: the village of its own register entry as of the map's day; where that
names none, the one that its latest standing event within the report's days names. A sum goes by the village that its
event names, or else by its subject's; a register entry like any subject. What the registers do not say of a village,
and findings, stay with the commune, which is unresolved: so the lines of every map add up to the same.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any, NamedTuple

from sqlalchemy import Connection, Row, text

from schemas.places import Places, Unresolved
from sinks.reports.asking import Days, Ledger, ask

_HOMES = """
CREATE TEMPORARY TABLE IF NOT EXISTS homes (
    unit text, subject text, part text, PRIMARY KEY (unit, subject)
) ON COMMIT DELETE ROWS;
TRUNCATE homes"""
_FILL = text("""
INSERT INTO homes
SELECT unit, subject, unit || ' ' || went_to
FROM successors_of_subjects(CAST(:units AS text[]), CAST(:map_day AS date), :before)""")


class Part(NamedTuple):
    """What of a split unit went to one of its successors."""

    unit: str
    went_to: str

    @property
    def name(self) -> str:
        """Its name where it stands among units, as `sql/villages` makes it."""
        return f"{self.unit} {self.went_to}"


def parts_apart(connection: Connection, places: Places, units: Iterable[str], day: date | None) -> tuple[Part, ...]:
    """The parts, as the registers name them, of those units that are split on a day's map (None: on any)."""
    parts = (Part(row.unit, row.went_to) for row in ask(connection, "villages/parts", units=sorted(units)))
    days = places.turns if day is None else (day,)
    return tuple(part for part in parts
                 if any(places.on(part.unit, each).unresolved is Unresolved.SPLIT for each in days))  # fmt: skip


class Villages(Ledger):
    """The ledger's answers for parts: each names a part where the ledger's names a unit."""

    def __init__(
        self, connection: Connection, parts: Sequence[Part], days: Days, map_day: date | None
    ) -> None:  # fmt: skip
        super().__init__(connection, {part.unit for part in parts}, days, recounted=True)
        self.parts, self._map_day = {part.name: part.unit for part in parts}, map_day
        connection.exec_driver_sql(_HOMES)
        connection.execute(_FILL, {name: self._of_all()[name] for name in ("units", "map_day", "before")})
        connection.exec_driver_sql("ANALYZE homes")

    def cuts(self, members: frozenset[str]) -> bool:
        """Whether a group holds something of a unit that has parts, and not all of it."""
        return any((part in members) != (unit in members) for part, unit in self.parts.items())

    def _ask(self, name: str, **parameters: Any) -> Sequence[Row[Any]]:
        return ask(self._connection, f"villages/{name}", **self._of_all(), **parameters)

    def _of_all(self) -> dict[str, Any]:
        return super()._of_all() | {"map_day": self._map_day}
