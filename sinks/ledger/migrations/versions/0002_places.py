"""The dated map: where every unit is on the map of every day, what was loaded, and the three roll-ups over it."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from sinks.ledger.migrations import run_sql

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    """Makes the tables and views; the ledger fills them at its next start."""
    _map()
    _loadings()
    op.execute("UPDATE dimensions SET digest = ''")  # units are loaded anew, with their places
    run_sql(op.get_bind(), "rollups.sql")


def _map() -> None:
    op.create_table(
        "unit_places",
        sa.Column("unit", sa.Text(), nullable=False),
        sa.Column(
            "went_to",
            sa.Text(),
            nullable=False,
            comment="'' for the unit; else one successor of a split unit: the places of villages that went there",
        ),
        sa.Column("since", sa.Date(), nullable=False, comment="first day; -infinity for all before"),
        sa.Column("until", sa.Date(), nullable=False, comment="first day after; infinity until further notice"),
        sa.Column("commune", sa.Text(), nullable=True),
        sa.Column("district", sa.Text(), nullable=True),
        sa.Column("province", sa.Text(), nullable=True),
        sa.Column(
            "unresolved", sa.Text(), nullable=True, comment="why there is no commune, see schemas.places.Unresolved"
        ),
        sa.PrimaryKeyConstraint("unit", "went_to", "since"),
        comment="Where every unit is on the map of every day: the answers of schemas.places.rollup, never made by SQL.",
    )
    op.create_index("unit_places_by_commune", "unit_places", ["commune"])
    op.create_table(
        "asked_maps",
        sa.Column("map", sa.Text(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.PrimaryKeyConstraint("map"),
        comment="Days whose map somebody asked for; `rollups` has them beside `was` and `now`.",
    )


def _loadings() -> None:
    op.create_table(
        "loadings",
        sa.Column("loading", sa.Text(), nullable=False),
        sa.Column("written", sa.DateTime(timezone=True), nullable=False),
        sa.Column("undone", sa.Boolean(), nullable=False),
        sa.Column(
            "refused",
            sa.Text(),
            nullable=True,
            comment="why it could not hold on the map, with the line of its file; none if it holds",
        ),
        sa.PrimaryKeyConstraint("loading"),
        comment="Files of decisions that were loaded onto the map (places.v1).",
    )
    op.create_table(
        "loaded_decisions",
        sa.Column("loading", sa.Text(), nullable=False),
        sa.Column("line", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column(
            "subject",
            sa.Text(),
            nullable=False,
            comment="the unit that ends; of a row that makes a unit, that unit",
        ),
        sa.Column("decision", sa.Text(), nullable=False),
        sa.Column("decided", sa.Date(), nullable=False),
        sa.Column("effective", sa.Date(), nullable=True),
        sa.Column("successor", sa.Text(), nullable=True),
        sa.Column("share", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("loading", "line", "subject"),
        comment="What each line of a loading states: number and date of the decision, what ends or begins, and when.",
    )
