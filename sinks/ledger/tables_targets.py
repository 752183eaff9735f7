"""The ledger's tables of what the programmes want, so that dashboards can set counters beside it."""

from __future__ import annotations

from sqlalchemy import BigInteger, Boolean, Column, Integer, Numeric, Table, Text
from sqlalchemy.dialects.postgresql import ARRAY

from sinks.ledger.tables import metadata

programme_units = Table(
    "programme_units", metadata,
    Column("programme", Text, primary_key=True),
    Column("unit", Text, primary_key=True),
    comment="Which units belong to a programme, as schemas.programmes.scope says it.",
)  # fmt: skip
targets = Table(
    "targets", metadata,
    Column("programme", Text, primary_key=True),
    Column("row_id", Text, primary_key=True),
    Column("number", Integer, primary_key=True, autoincrement=False, comment="of the row's targets"),
    Column("programme_vi", Text, nullable=False), Column("programme_en", Text, nullable=False),
    Column("title_vi", Text, nullable=False), Column("title_en", Text, nullable=False),
    Column("unit", Text, nullable=False, comment="what one of it is; % for a share"),
    Column("target", Numeric, nullable=False),
    Column("period", Text),
    Column("measure", Text, nullable=False), Column("kinds", ARRAY(Text), comment="none: all"),
    Column("register", Text, comment="of a share: the kind of register entry that it is a share of"),
    Column("register_classes", ARRAY(Text), comment="none: all"),
    Column("register_needy", Boolean, nullable=False),
    Column("else_measure", Text, comment="where registers are silent: a measure"), Column("else_kinds", ARRAY(Text)),
    Column("baseline", BigInteger, comment="where registers are silent: a number of the programme's source"),
    comment="Targets with a number whose indicator is one measure, or one measure's share of a whole.",
)  # fmt: skip
