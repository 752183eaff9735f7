"""The ledger's tables. Migrations are made from these definitions, and a test holds both to be the same.

Instants are milliseconds since 1970, as `schemas.instant` gives them; a day is the date at +07:00. Tables that take
every event have no foreign keys: the one writer proves what they would, at a tenth of the cost.
"""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Date,
    Identity,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    SmallInteger,
    Table,
    Text,
    UniqueConstraint,
    text,
)
from sqlalchemy.dialects.postgresql import ARRAY, JSONB, UUID

metadata = MetaData()


def _text(name: str, *, primary_key: bool = False) -> Column[str]:
    return Column(name, Text, nullable=False, primary_key=primary_key)


def _integer(name: str) -> Column[int]:
    return Column(name, BigInteger, nullable=False)


# --- The log -----------------------------------------------------------------------------------------------------
positions = Table(
    "positions", metadata,
    _text("topic", primary_key=True),
    Column("partition", SmallInteger, primary_key=True, autoincrement=False),
    _integer("next_offset"),
    Column("log", Text, nullable=False),
    comment="The next offset that is not in these tables yet, and the id of its log, moved with what it covers.",
)  # fmt: skip
streams = Table(
    "streams", metadata,
    Column("id", Integer, Identity(always=True), primary_key=True),
    _text("source"), _text("topic"), _text("unit"),
    Column("partition", SmallInteger, nullable=False),
    UniqueConstraint("unit", "topic", "source"),
    comment="Who numbers events: a source, in one topic, for one unit. A root that is only named has a stream too.",
)  # fmt: skip
events = Table(
    "events", metadata,
    Column("stream", Integer, primary_key=True, autoincrement=False),
    Column("seq", Integer, primary_key=True, autoincrement=False),
    _integer("log_offset"),
    Column("id", UUID, nullable=False),
    Column("type", Text, nullable=False, comment="the root type, such as sim.handed-out; stream.withdrawn"),
    Column("part", Text, nullable=False, comment="original, corrected, voided or withdrawn"),
    _text("subject"),
    _integer("instant"), _integer("received"),
    Column("data", JSONB, nullable=False, comment="the event's data; a revision's holds the facts `original`, `new`"),
    Column("root_stream", Integer), Column("root_seq", Integer), Column("revision", Integer),
    Column("carried_instant", BigInteger, comment="of a revision's fact `original`"),
    Column("new_instant", BigInteger, comment="of a correction's fact `new`"),
    comment="Every event once: the first record of its identity in the log.",
)  # fmt: skip
Index("events_of_points", events.c.stream, postgresql_where=text(
    "type IN ('point.connected', 'device.installed', 'device.faulted', 'device.removed')"))  # fmt: skip
uncounted = Table(
    "uncounted", metadata,
    _text("topic", primary_key=True),
    Column("partition", SmallInteger, primary_key=True, autoincrement=False),
    Column("log_offset", BigInteger, primary_key=True, autoincrement=False),
    Column("reason", Text, nullable=False, comment="duplicate, conflict, or why the record is no event"),
    Column("unit", Text, comment="the unit whose home this partition is; none for a record that belongs nowhere"),
    Column("source", Text), Column("seq", Integer), Column("id", UUID),
    comment="Every record of the field topics that is no event of its own, as this ledger judged it.",
)  # fmt: skip
Index("uncounted_by_unit", uncounted.c.unit)
Index("uncounted_rejected", uncounted.c.unit, uncounted.c.topic, uncounted.c.source, uncounted.c.seq,
      postgresql_where=text("reason NOT IN ('duplicate', 'conflict')"))  # fmt: skip

# --- Figures kept in the events' own transaction -----------------------------------------------------------------
registers = Table(
    "registers", metadata,
    Column("root_stream", Integer, primary_key=True, autoincrement=False),
    Column("root_seq", Integer, primary_key=True, autoincrement=False),
    Column("stream", Integer, nullable=False), Column("seq", Integer, nullable=False),
    Column("root_part", Text, comment="the part of the root's event; none while it has not come"),
    comment="Per root that was revised, the winning revision.",
)  # fmt: skip
per_day = Table(
    "per_day", metadata,
    _text("unit", primary_key=True),
    Column("day", Date, primary_key=True),
    _text("measure", primary_key=True), _text("kind", primary_key=True),
    _integer("value"),
    comment="Sum measures by unit and day.",
)  # fmt: skip
presence = Table(
    "presence", metadata,
    _text("unit", primary_key=True), _text("measure", primary_key=True), _text("kind", primary_key=True),
    _text("subject", primary_key=True),
    Column("day", Date, primary_key=True),
    Column("standing", Integer, nullable=False),
    comment="Distinct and union measures: a subject's standing facts by day; it counts while their sum is above 0.",
)  # fmt: skip

# --- What the counter says ---------------------------------------------------------------------------------------
totals = Table(
    "totals", metadata,
    _text("unit", primary_key=True),
    _integer("generation"), _integer("epoch"), _text("rules"),
    Column("positions", ARRAY(BigInteger), nullable=False),
    Column("counters", JSONB, nullable=False),
    Column("conservation", JSONB, nullable=False),
    Column("holes", JSONB, nullable=False),
    Column("latest_event", BigInteger), Column("latest_receipt", BigInteger),
    _integer("published"),
    comment="The newest live total of each unit; `published` is the time of its record.",
)  # fmt: skip
stream_marks = Table(
    "stream_marks", metadata,
    _text("source", primary_key=True), _text("topic", primary_key=True), _text("unit", primary_key=True),
    _integer("generation"),
    Column("positions", ARRAY(BigInteger), nullable=False),
    _integer("highest"), _integer("seen"),
    Column("missing", JSONB, nullable=False), Column("rejected", JSONB, nullable=False),
    Column("withdrawn", JSONB, nullable=False), Column("holes", JSONB, nullable=False),
    comment="What the counter has seen of each stream.",
)  # fmt: skip
rejected = Table(
    "rejected", metadata,
    _text("topic", primary_key=True),
    Column("partition", SmallInteger, primary_key=True, autoincrement=False),
    Column("log_offset", BigInteger, primary_key=True, autoincrement=False),
    _text("reason"), _text("path"), _text("rule"),
    Column("attempt", Integer, nullable=False),
    Column("key", LargeBinary), Column("value", LargeBinary),
    Column("headers", JSONB, nullable=False, comment="[[name, value in base64], ...] as the record came with"),
    _integer("published"),
    Column("returned", Text, comment="by which contracts the counter sent it back; none if it did not"),
    comment="Records that the counter rejected, byte for byte; the key is where they lie in the log.",
)  # fmt: skip

# --- Dimensions, loaded from the contract ------------------------------------------------------------------------
units = Table(
    "units", metadata,
    _text("id", primary_key=True), _text("vintage"), _text("code"), _text("level"), _text("name"), _text("type"),
    Column("parent", Text), Column("valid_from", Date), Column("valid_until", Date),
    Column("commune", Text, comment="the current commune that the unit is or wholly went into"),
    Column("province", Text, comment="the current province in which all of the unit lies"),
    Column("unresolved", Text, comment="why there is no current commune: split, above-commune"),
    comment="The map of places, all vintages.",
)  # fmt: skip
successions = Table(
    "successions", metadata,
    _text("from_unit", primary_key=True), _text("to_unit", primary_key=True),
    _text("share"), Column("effective", Date),
    Column("decision", Text, comment="its number; none where no source gives it"), Column("decided", Date),
    comment="What became of a unit in the next vintage.",
)  # fmt: skip
measures = Table(
    "measures", metadata,
    _text("name", primary_key=True), _text("additivity"), _text("subject"), _text("title_vi"), _text("title_en"),
    Column("has_kinds", Boolean, nullable=False),
    comment="What is counted, with its titles.",
)  # fmt: skip
kinds = Table(
    "kinds", metadata,
    _text("measure", primary_key=True), _text("kind", primary_key=True), _text("title_vi"), _text("title_en"),
    comment="The kinds of each measure that has any.",
)  # fmt: skip
dimensions = Table(
    "dimensions", metadata,
    _text("name", primary_key=True), _text("digest"),
    comment="Which version of the contract's tables is loaded.",
)  # fmt: skip
