"""Registers with their denominators, what was heard of each stream, what stands now, and findings."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from sinks.ledger.migrations import run_sql

revision = "0003"
down_revision = "0002"

FEW = (
    "point.approved", "point.connected", "device.installed", "device.faulted", "device.removed",
    "training.session-held", "smartphone.handed-out",
)  # fmt: skip


def upgrade() -> None:
    """Makes the tables, fills `heard` from the events that are there, and adds the views."""
    _registers()
    _heard()
    op.create_index(
        "events_of_findings", "events", ["type", "subject"], postgresql_where=sa.column("type").in_(FEW)
    )  # fmt: skip
    for name in ("registers", "as_of", "standing", "findings"):
        run_sql(op.get_bind(), f"{name}.sql")


def _registers() -> None:
    op.create_table(
        "register_entries",
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column(
            "valid_until",
            sa.Date(),
            nullable=True,
            comment="the first day on which it no longer holds; none: until further notice",
        ),
        sa.Column("kind", sa.Text(), nullable=False, comment="household, point or village"),
        sa.Column("unit", sa.Text(), nullable=False),
        sa.Column("class", sa.Text(), nullable=True),
        sa.Column("eligible", sa.Text(), nullable=True),
        sa.Column("need", sa.Boolean(), nullable=True),
        sa.Column("village", sa.Text(), nullable=True),
        sa.Column(
            "went_to", sa.Text(), nullable=True, comment="of a village of a split commune: the unit that it went to"
        ),
        sa.PrimaryKeyConstraint("code", "valid_from"),
        comment="Households, points and villages with their dated versions, as registers.v1 has them.",
    )
    op.create_index("register_entries_by_unit", "register_entries", ["unit"])
    op.create_table(
        "approved_kits",
        sa.Column(
            "host",
            sa.Text(),
            nullable=False,
            comment="class of the point's host; '' where a point has a list of its own",
        ),
        sa.Column("point", sa.Text(), nullable=False, comment="subject of the point; '' for the default of the class"),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("host", "point", "valid_from", "kind"),
        comment="Devices that are approved for a point, from the programmes.",
    )


def _heard() -> None:
    op.create_table(
        "heard",
        sa.Column("stream", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("events", sa.BigInteger(), nullable=False),
        sa.Column("highest", sa.Integer(), nullable=False, comment="the highest number seen"),
        sa.Column("latest_event", sa.BigInteger(), nullable=False),
        sa.Column("latest_receipt", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("stream"),
        comment="What was heard of each stream that has events, kept in the events' own transaction.",
    )
    op.execute(
        "INSERT INTO heard SELECT stream, count(*), max(seq), max(instant), max(received) FROM events GROUP BY stream"
    )
