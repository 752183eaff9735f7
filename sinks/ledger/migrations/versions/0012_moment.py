"""A receipt beyond the year 9999 is shown as the last instant that clients can read."""

from __future__ import annotations

from alembic import op

from sinks.ledger.migrations import run_sql

revision = "0012"
down_revision = "0011"


def upgrade() -> None:
    """Replaces the function."""
    run_sql(op.get_bind(), "moment.sql")
