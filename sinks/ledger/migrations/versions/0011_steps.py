"""Steps by day, which follow the events a little later, so that reports need not read any event."""

from __future__ import annotations

from alembic import op

from sinks.ledger.migrations import run_sql

revision = "0011"
down_revision = "0010"


def upgrade() -> None:
    """Makes the tables and what they are asked by; the ledger fills them when it is idle, or the next report."""
    run_sql(op.get_bind(), "steps.sql")
