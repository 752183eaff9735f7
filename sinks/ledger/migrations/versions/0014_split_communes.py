"""Puts whatever counts a subject once where the subject's village went, as sums were before."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from sinks.ledger.migrations import run_sql

revision = "0014"
down_revision = "0013"


def upgrade() -> None:
    """Makes the functions, two of them anew, and finds the few villages that went anywhere among all entries."""
    op.create_index(
        "villages_that_went", "register_entries", ["unit"], postgresql_where=sa.text("went_to IS NOT NULL")
    )  # fmt: skip
    for name in ("by_subject", "split_communes"):
        run_sql(op.get_bind(), f"{name}.sql")
