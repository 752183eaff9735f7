"""The ledger's table of what offices decided."""

from __future__ import annotations

from sqlalchemy import BigInteger, Column, Table, Text
from sqlalchemy.dialects.postgresql import UUID

from sinks.ledger.tables import metadata

office_actions = Table(
    "office_actions", metadata,
    Column("subject", Text, primary_key=True, comment="the record's key, so that its decisions are in one partition"),
    Column("log_offset", BigInteger, primary_key=True, autoincrement=False),
    Column("id", UUID, nullable=False),
    Column("type", Text, nullable=False, comment="such as period.closed or rejected.fixed"),
    Column("decided", BigInteger, nullable=False, comment="ms since 1970"),
    Column("value", Text, nullable=False, comment="the record as it lies in the log, byte for byte"),
    comment="What offices decided (office.actions.v1); of several closes or mendings the first holds.",
)  # fmt: skip
