"""Facts by language, activity, funding and giver, how many there are on each day, and points by their kits."""

from __future__ import annotations

from alembic import op

from sinks.ledger.migrations import run_sql

revision = "0017"
down_revision = "0016"


def upgrade() -> None:
    """Counts them of what has come already; steps are made anew, by the ledger when it is idle or the next report."""
    run_sql(op.get_bind(), "breakdowns.sql")
