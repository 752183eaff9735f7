"""What offices decided: closed periods and their restatements."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from sinks.ledger.migrations import run_sql

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    """Makes the table and its views."""
    op.create_table(
        "office_actions",
        sa.Column(
            "subject",
            sa.Text(),
            nullable=False,
            comment="the record's key, so that its decisions are in one partition",
        ),
        sa.Column("log_offset", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("id", sa.UUID(), nullable=False),
        sa.Column("type", sa.Text(), nullable=False, comment="period.closed or period.restated"),
        sa.Column("decided", sa.BigInteger(), nullable=False, comment="ms since 1970"),
        sa.Column("value", sa.Text(), nullable=False, comment="the record as it lies in the log, byte for byte"),
        sa.PrimaryKeyConstraint("subject", "log_offset"),
        comment="What offices decided (office.actions.v1); of several closes of a subject the first holds.",
    )
    run_sql(op.get_bind(), "actions.sql")
