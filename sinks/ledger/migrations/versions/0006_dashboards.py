"""Targets of the programmes, and what dashboards may read, with a role that can read nothing else."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import ARRAY

from sinks.ledger.migrations import run_sql

revision = "0006"
down_revision = "0005"


def upgrade() -> None:
    """Makes the tables, the views and the role; the contract's tables are loaded anew, with the targets."""
    op.create_table(
        "programme_units",
        sa.Column("programme", sa.Text(), nullable=False),
        sa.Column("unit", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("programme", "unit"),
        comment="Which units belong to a programme, as schemas.programmes.scope says it.",
    )
    op.create_table(
        "targets",
        sa.Column("programme", sa.Text(), nullable=False),
        sa.Column("row_id", sa.Text(), nullable=False),
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False, comment="of the row's targets"),
        sa.Column("programme_vi", sa.Text(), nullable=False),
        sa.Column("programme_en", sa.Text(), nullable=False),
        sa.Column("title_vi", sa.Text(), nullable=False),
        sa.Column("title_en", sa.Text(), nullable=False),
        sa.Column("unit", sa.Text(), nullable=False, comment="what one of it is; % for a share"),
        sa.Column("target", sa.Numeric(), nullable=False),
        sa.Column("period", sa.Text(), nullable=True),
        sa.Column("measure", sa.Text(), nullable=False),
        sa.Column("kinds", ARRAY(sa.Text()), nullable=True, comment="none: all"),
        sa.Column(
            "register",
            sa.Text(),
            nullable=True,
            comment="of a share: the kind of register entry that it is a share of",
        ),
        sa.Column("register_classes", ARRAY(sa.Text()), nullable=True, comment="none: all"),
        sa.Column("register_needy", sa.Boolean(), nullable=False),
        sa.Column("else_measure", sa.Text(), nullable=True, comment="where registers are silent: a measure"),
        sa.Column("else_kinds", ARRAY(sa.Text()), nullable=True),
        sa.Column(
            "baseline",
            sa.BigInteger(),
            nullable=True,
            comment="where registers are silent: a number of the programme's source",
        ),
        sa.PrimaryKeyConstraint("programme", "row_id", "number"),
        comment="Targets with a number whose indicator is one measure, or one measure's share of a whole.",
    )
    op.execute("UPDATE dimensions SET digest = ''")
    run_sql(op.get_bind(), "dashboards.sql")
