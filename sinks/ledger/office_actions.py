"""Decisions of offices into Postgres, each once."""

from __future__ import annotations

import logging
from collections.abc import Iterable
from typing import Protocol

import msgspec
from sqlalchemy import Connection
from sqlalchemy.dialects.postgresql import insert

from schemas import office, repair
from schemas.instant import epoch_ms
from sinks.ledger.tables_actions import office_actions

_log = logging.getLogger("fieldtally.ledger")


class Record(Protocol):
    """What is needed of a Kafka record."""

    offset: int
    value: bytes | None


def write(connection: Connection, records: Iterable[Record]) -> int:
    """Writes decisions; how many. What is none is said in the log and left out."""
    rows = []
    for record in records:
        value = record.value or b""
        try:
            action = _decode(value)
        except msgspec.DecodeError as error:
            _log.error("A record is no decision of an office: %s.", error, extra={"offset": record.offset})
            continue
        rows.append({
            "subject": action.subject, "log_offset": record.offset, "id": action.id, "type": action.type,
            "decided": epoch_ms(action.time), "value": value.decode(),
        })  # fmt: skip
    if rows:
        connection.execute(insert(office_actions).on_conflict_do_nothing(), rows)
    return len(rows)


def _decode(value: bytes) -> office.Action | repair.Repair:
    """A decision about a period, else one about a rejected event.

    Raises:
        msgspec.DecodeError: it is neither.
    """
    try:
        return office.decode(value)
    except msgspec.DecodeError:
        return repair.decode(value)
