"""The ledger's tables that follow the events a little later, so that reports need not read any event.

What a subject (household, session, point) counts for is a step function of the day. `steps` has the sum of all of them;
`subject_steps` what each one put there, so that it can be taken out again. Nothing here is written with the events but
`revised`; all the rest is brought up by `sinks.ledger.following`, and may be emptied at any time: it is made anew.
"""

from __future__ import annotations

from sqlalchemy import BigInteger, Boolean, Column, Date, Index, Integer, Table, Text, text
from sqlalchemy.dialects.postgresql import JSONB

from sinks.ledger.tables import metadata

followed = Table(
    "followed", metadata,
    Column("stream", Integer, primary_key=True, autoincrement=False),
    Column("events", BigInteger, nullable=False),
    Column("highest", Integer, nullable=False),
    comment="Up to where steps follow each stream: what `heard` said then.",
)  # fmt: skip
revised = Table(
    "revised", metadata,
    Column("unit", Text, nullable=False), Column("type", Text, nullable=False), Column("subject", Text, nullable=False),
    Column("instant", BigInteger, nullable=False), Column("data", JSONB, nullable=False),
    Column("root_stream", Integer, nullable=False), Column("root_seq", Integer, nullable=False),
    comment="What revisions moved and steps do not follow yet, written with the events.",
)  # fmt: skip
subject_roots = Table(
    "subject_roots", metadata,
    Column("subject", Text, primary_key=True),
    Column("root_stream", Integer, primary_key=True, autoincrement=False),
    Column("root_seq", Integer, primary_key=True, autoincrement=False),
    comment="Which roots say, or once said, something of a household, session or point that is kept by root.",
)  # fmt: skip
subject_steps = Table(
    "subject_steps", metadata,
    Column("family", Text, primary_key=True, comment="household, session or point; else a measure of presence"),
    Column("subject", Text, primary_key=True),
    Column("unit", Text, primary_key=True),
    Column("regular", Boolean, nullable=False,
           comment="if not, it is looked at when it is asked for, but for what its steps say up to a day"),
    Column("steps", JSONB, nullable=False, comment="[[measure, kind, previous day or null, day, by how much], ...]"),
    comment="What each subject puts into `steps`.",
)  # fmt: skip
Index("irregular_subjects", subject_steps.c.unit, subject_steps.c.family,
      postgresql_where=text("NOT regular"))  # fmt: skip
steps = Table(
    "steps", metadata,
    Column("unit", Text, primary_key=True), Column("measure", Text, primary_key=True),
    Column("previous", Date, primary_key=True,
           comment="the day before it on which the same subjects count; -infinity: none; "
                   "infinity: they count up to a day alone, in no period"),
    Column("day", Date, primary_key=True), Column("kind", Text, primary_key=True),
    Column("value", BigInteger, nullable=False),
    comment="By how much a figure rises on a day. From a first day on, what has a previous day before it counts.",
)  # fmt: skip
per_month = Table(
    "per_month", metadata,
    Column("unit", Text, primary_key=True),
    Column("month", Date, primary_key=True, comment="its first day"),
    Column("measure", Text, primary_key=True), Column("kind", Text, primary_key=True),
    Column("value", BigInteger, nullable=False),
    comment="`per_day`, and `steps` without a previous day, by month, as they count up to a day.",
)  # fmt: skip
heard_from = Table(
    "heard_from", metadata,
    Column("unit", Text, primary_key=True), Column("source", Text, primary_key=True),
    Column("events", BigInteger, nullable=False),
    Column("numbers", BigInteger, nullable=False,
           comment="how many numbers were given out: the highest of each stream, added up"),
    Column("latest_event", BigInteger, nullable=False), Column("latest_receipt", BigInteger, nullable=False),
    comment="`heard` by unit and source, as far as steps follow.",
)  # fmt: skip
TABLES = (followed, heard_from, revised, subject_roots, subject_steps, steps, per_month)
