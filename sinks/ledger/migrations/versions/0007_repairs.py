"""What operators did about rejected events, and how it stands with each."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from sinks.ledger.migrations import run_sql

revision = "0007"
down_revision = "0006"


def upgrade() -> None:
    """Adds the mark of what the counter sent back, and makes the view."""
    op.add_column(
        "rejected",
        sa.Column(
            "returned",
            sa.Text(),
            nullable=True,
            comment="by which contracts the counter sent it back; none if it did not",
        ),
    )
    op.alter_column(
        "office_actions",
        "type",
        existing_type=sa.Text(),
        existing_nullable=False,
        comment="such as period.closed or rejected.fixed",
        existing_comment="period.closed or period.restated",
    )
    op.create_table_comment(
        "office_actions",
        "What offices decided (office.actions.v1); of several closes or mendings the first holds.",
        existing_comment="What offices decided (office.actions.v1); of several closes of a subject the first holds.",
    )
    run_sql(op.get_bind(), "repairs.sql")
