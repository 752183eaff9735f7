"""What the gateway set aside lies in no log, so it is no difference between ledger and counter."""

from __future__ import annotations

from alembic import op

from sinks.ledger.migrations import run_sql

revision = "0009"
down_revision = "0008"


def upgrade() -> None:
    """Replaces the view."""
    run_sql(op.get_bind(), "set_aside.sql")
