"""The ledger's tables of registers: who and what there is, dated; the approved kits; what was heard of each stream."""

from __future__ import annotations

from sqlalchemy import BigInteger, Boolean, Column, Date, Index, Integer, Table, Text

from sinks.ledger.tables import events, metadata

FEW = (
    "point.approved", "point.connected", "device.installed", "device.faulted", "device.removed",
    "training.session-held", "smartphone.handed-out",
)  # fmt: skip
"""Types that findings read by subject and that are rare enough for an index of their own."""
Index("events_of_findings", events.c.type, events.c.subject, postgresql_where=events.c.type.in_(FEW))

register_entries = Table(
    "register_entries", metadata,
    Column("code", Text, primary_key=True),
    Column("valid_from", Date, primary_key=True),
    Column("valid_until", Date, comment="the first day on which it no longer holds; none: until further notice"),
    Column("kind", Text, nullable=False, comment="household, point or village"),
    Column("unit", Text, nullable=False),
    Column("class", Text), Column("eligible", Text), Column("need", Boolean), Column("village", Text),
    Column("went_to", Text, comment="of a village of a split commune: the unit that it went to"),
    comment="Households, points and villages with their dated versions, as registers.v1 has them.",
)  # fmt: skip
Index("register_entries_by_unit", register_entries.c.unit)
Index("villages_that_went", register_entries.c.unit, postgresql_where=register_entries.c.went_to.is_not(None))
heard = Table(
    "heard", metadata,
    Column("stream", Integer, primary_key=True, autoincrement=False),
    Column("events", BigInteger, nullable=False),
    Column("highest", Integer, nullable=False, comment="the highest number seen"),
    Column("latest_event", BigInteger, nullable=False), Column("latest_receipt", BigInteger, nullable=False),
    comment="What was heard of each stream that has events, kept in the events' own transaction.",
)  # fmt: skip
approved_kits = Table(
    "approved_kits", metadata,
    Column("host", Text, primary_key=True, comment="class of the point's host; '' where a point has a list of its own"),
    Column("point", Text, primary_key=True, comment="subject of the point; '' for the default of the class"),
    Column("valid_from", Date, primary_key=True),
    Column("kind", Text, primary_key=True),
    Column("number", Integer, nullable=False),
    comment="Devices that are approved for a point, from the programmes.",
)  # fmt: skip
