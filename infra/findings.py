"""Findings out of the ledger's database: the view `findings`, less what has not held long enough to matter."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from typing import Any

import msgspec
from sqlalchemy import create_engine, text
from sqlalchemy.pool import NullPool

from schemas.findings import FINDINGS
from schemas.instant import day_of, epoch_ms

# Of what findings join, the planner expects a few rows: with thousands it would look at each pair of them.
_PLAN = "SET LOCAL enable_nestloop = off"
_ASK = """
SELECT finding, since, units, subjects, detail, events::text[]
FROM findings
WHERE (CAST(:kind AS text) IS NULL OR finding = :kind) AND (CAST(:unit AS text) IS NULL OR :unit = ANY (units))
ORDER BY finding, since DESC, subjects"""


class Found(msgspec.Struct, frozen=True):
    """One finding: what, since when, about whom, and the ids of the events behind it."""

    finding: str
    since: date
    units: list[str]
    subjects: list[str]
    detail: dict[str, Any]
    events: list[str]


def today() -> date:
    """The day at +07:00."""
    return day_of(epoch_ms(datetime.now(UTC)))


def find(
    url: str, day: date, *, kind: str | None = None, unit: str | None = None, days: int | None = None
) -> list[Found]:
    """The findings of a kind and a unit, or all, as of a day; `days` in place of the kinds' own number of days.

    Raises:
        sqlalchemy.exc.OperationalError: Postgres does not answer.
    """
    engine = create_engine(url, poolclass=NullPool)
    with engine.connect() as connection:
        connection.execute(text(_PLAN))
        rows = connection.execute(text(_ASK), {"kind": kind, "unit": unit}).all()
    return list(_old_enough((Found(*row) for row in rows), day, days))


def _old_enough(found: Iterator[Found], day: date, days: int | None) -> Iterator[Found]:
    for each in found:
        least = FINDINGS[each.finding].days
        if least is None or each.since <= day - timedelta(least if days is None else days):
            yield each
