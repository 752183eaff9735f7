"""Findings of thousands of communes within a second."""

from __future__ import annotations

from alembic import op

from sinks.ledger.migrations import run_sql

revision = "0013"
down_revision = "0012"


def upgrade() -> None:
    """Replaces what was slow; nothing stored changes."""
    run_sql(op.get_bind(), "quick_findings.sql")
