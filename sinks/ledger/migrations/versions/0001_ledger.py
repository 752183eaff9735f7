"""The ledger: events, figures, totals, rejects, dimensions; the views and functions over them."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from sinks.ledger.migrations import run_sql

revision = "0001"
down_revision = None


def upgrade() -> None:
    """Makes everything; there was nothing before."""
    _log()
    _uncounted()
    _figures()
    _counter()
    _dimensions()
    for name in ("rules", "facts", "counters", "conservation", "figures", "checks"):
        run_sql(op.get_bind(), f"{name}.sql")


def _log() -> None:
    """The log and its events."""
    op.create_table(
        "positions",
        sa.Column("topic", sa.Text(), nullable=False),
        sa.Column("partition", sa.SmallInteger(), autoincrement=False, nullable=False),
        sa.Column("next_offset", sa.BigInteger(), nullable=False),
        sa.Column("log", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("topic", "partition"),
        comment="The next offset that is not in these tables yet, and the id of its log, moved with what it covers.",
    )
    op.create_table(
        "streams",
        sa.Column("id", sa.Integer(), sa.Identity(always=True), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("topic", sa.Text(), nullable=False),
        sa.Column("unit", sa.Text(), nullable=False),
        sa.Column("partition", sa.SmallInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("unit", "topic", "source"),
        comment="Who numbers events: a source, in one topic, for one unit. A root that is only named has a stream too.",
    )
    op.create_table(
        "events",
        sa.Column("stream", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("seq", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("log_offset", sa.BigInteger(), nullable=False),
        sa.Column("id", sa.UUID(), nullable=False),
        sa.Column("type", sa.Text(), nullable=False, comment="the root type, such as sim.handed-out; stream.withdrawn"),
        sa.Column("part", sa.Text(), nullable=False, comment="original, corrected, voided or withdrawn"),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("instant", sa.BigInteger(), nullable=False),
        sa.Column("received", sa.BigInteger(), nullable=False),
        sa.Column(
            "data",
            postgresql.JSONB(),
            nullable=False,
            comment="the event's data; a revision's holds the facts `original`, `new`",
        ),
        sa.Column("root_stream", sa.Integer(), nullable=True),
        sa.Column("root_seq", sa.Integer(), nullable=True),
        sa.Column("revision", sa.Integer(), nullable=True),
        sa.Column("carried_instant", sa.BigInteger(), nullable=True, comment="of a revision's fact `original`"),
        sa.Column("new_instant", sa.BigInteger(), nullable=True, comment="of a correction's fact `new`"),
        sa.PrimaryKeyConstraint("stream", "seq"),
        comment="Every event once: the first record of its identity in the log.",
    )


def _uncounted() -> None:
    """Records of the log that are no events."""
    op.create_table(
        "uncounted",
        sa.Column("topic", sa.Text(), nullable=False),
        sa.Column("partition", sa.SmallInteger(), autoincrement=False, nullable=False),
        sa.Column("log_offset", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("reason", sa.Text(), nullable=False, comment="duplicate, conflict, or why the record is no event"),
        sa.Column(
            "unit",
            sa.Text(),
            nullable=True,
            comment="the unit whose home this partition is; none for a record that belongs nowhere",
        ),
        sa.Column("source", sa.Text(), nullable=True),
        sa.Column("seq", sa.Integer(), nullable=True),
        sa.Column("id", sa.UUID(), nullable=True),
        sa.PrimaryKeyConstraint("topic", "partition", "log_offset"),
        comment="Every record of the field topics that is no event of its own, as this ledger judged it.",
    )
    op.create_index("uncounted_by_unit", "uncounted", ["unit"])


def _figures() -> None:
    """Figures that are kept in the transaction of the events."""
    op.create_table(
        "registers",
        sa.Column("root_stream", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("root_seq", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("stream", sa.Integer(), nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column(
            "root_part", sa.Text(), nullable=True, comment="the part of the root's event; none while it has not come"
        ),
        sa.PrimaryKeyConstraint("root_stream", "root_seq"),
        comment="Per root that was revised, the winning revision.",
    )
    op.create_table(
        "per_day",
        sa.Column("unit", sa.Text(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("measure", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("value", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("unit", "day", "measure", "kind"),
        comment="Sum measures by unit and day.",
    )
    op.create_table(
        "presence",
        sa.Column("unit", sa.Text(), nullable=False),
        sa.Column("measure", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("standing", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("unit", "measure", "kind", "subject", "day"),
        comment="Distinct and union measures: a subject's standing facts by day; it counts while their sum is above 0.",
    )


def _counter() -> None:
    """What the counter publishes."""
    op.create_table(
        "totals",
        sa.Column("unit", sa.Text(), nullable=False),
        sa.Column("generation", sa.BigInteger(), nullable=False),
        sa.Column("epoch", sa.BigInteger(), nullable=False),
        sa.Column("rules", sa.Text(), nullable=False),
        sa.Column("positions", postgresql.ARRAY(sa.BigInteger()), nullable=False),
        sa.Column("counters", postgresql.JSONB(), nullable=False),
        sa.Column("conservation", postgresql.JSONB(), nullable=False),
        sa.Column("holes", postgresql.JSONB(), nullable=False),
        sa.Column("latest_event", sa.BigInteger(), nullable=True),
        sa.Column("latest_receipt", sa.BigInteger(), nullable=True),
        sa.Column("published", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("unit"),
        comment="The newest live total of each unit; `published` is the time of its record.",
    )
    op.create_table(
        "stream_marks",
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("topic", sa.Text(), nullable=False),
        sa.Column("unit", sa.Text(), nullable=False),
        sa.Column("generation", sa.BigInteger(), nullable=False),
        sa.Column("positions", postgresql.ARRAY(sa.BigInteger()), nullable=False),
        sa.Column("highest", sa.BigInteger(), nullable=False),
        sa.Column("seen", sa.BigInteger(), nullable=False),
        sa.Column("missing", postgresql.JSONB(), nullable=False),
        sa.Column("rejected", postgresql.JSONB(), nullable=False),
        sa.Column("withdrawn", postgresql.JSONB(), nullable=False),
        sa.Column("holes", postgresql.JSONB(), nullable=False),
        sa.PrimaryKeyConstraint("source", "topic", "unit"),
        comment="What the counter has seen of each stream.",
    )
    op.create_table(
        "rejected",
        sa.Column("topic", sa.Text(), nullable=False),
        sa.Column("partition", sa.SmallInteger(), autoincrement=False, nullable=False),
        sa.Column("log_offset", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("path", sa.Text(), nullable=False),
        sa.Column("rule", sa.Text(), nullable=False),
        sa.Column("attempt", sa.Integer(), nullable=False),
        sa.Column("key", sa.LargeBinary(), nullable=True),
        sa.Column("value", sa.LargeBinary(), nullable=True),
        sa.Column(
            "headers",
            postgresql.JSONB(),
            nullable=False,
            comment="[[name, value in base64], ...] as the record came with",
        ),
        sa.Column("published", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("topic", "partition", "log_offset"),
        comment="Records that the counter rejected, byte for byte; the key is where they lie in the log.",
    )


def _dimensions() -> None:
    """Units and measures of the contract."""
    op.create_table(
        "units",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("vintage", sa.Text(), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("level", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("type", sa.Text(), nullable=False),
        sa.Column("parent", sa.Text(), nullable=True),
        sa.Column("valid_from", sa.Date(), nullable=True),
        sa.Column("valid_until", sa.Date(), nullable=True),
        sa.Column(
            "commune", sa.Text(), nullable=True, comment="the current commune that the unit is or wholly went into"
        ),
        sa.Column("province", sa.Text(), nullable=True, comment="the current province in which all of the unit lies"),
        sa.Column(
            "unresolved", sa.Text(), nullable=True, comment="why there is no current commune: split, above-commune"
        ),
        sa.PrimaryKeyConstraint("id"),
        comment="The map of places, all vintages.",
    )
    op.create_table(
        "successions",
        sa.Column("from_unit", sa.Text(), nullable=False),
        sa.Column("to_unit", sa.Text(), nullable=False),
        sa.Column("share", sa.Text(), nullable=False),
        sa.Column("effective", sa.Date(), nullable=True),
        sa.PrimaryKeyConstraint("from_unit", "to_unit"),
        comment="What became of a unit in the next vintage.",
    )
    op.create_table(
        "measures",
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("additivity", sa.Text(), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("title_vi", sa.Text(), nullable=False),
        sa.Column("title_en", sa.Text(), nullable=False),
        sa.Column("has_kinds", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("name"),
        comment="What is counted, with its titles.",
    )
    op.create_table(
        "kinds",
        sa.Column("measure", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("title_vi", sa.Text(), nullable=False),
        sa.Column("title_en", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("measure", "kind"),
        comment="The kinds of each measure that has any.",
    )
    op.create_table(
        "dimensions",
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("digest", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("name"),
        comment="Which version of the contract's tables is loaded.",
    )
