"""As of when, by who recorded: a report need not look at each stream."""

from __future__ import annotations

from alembic import op

from sinks.ledger.migrations import run_sql

revision = "0016"
down_revision = "0014"


def upgrade() -> None:
    """Makes the table; the steps are made anew with it, by the ledger when it is idle or the next report."""
    run_sql(op.get_bind(), "heard_from.sql")
