"""Registers into Postgres: the versions of an entry take the place of those that stood there."""

from __future__ import annotations

import logging
from collections.abc import Iterable
from typing import Any, Protocol

import msgspec
from sqlalchemy import Connection, Text, any_, delete, insert, literal
from sqlalchemy.dialects.postgresql import ARRAY

from schemas.registers import Entry, decode
from sinks.ledger.tables_registers import register_entries

_log = logging.getLogger("fieldtally.ledger")


class Record(Protocol):
    """What is needed of a Kafka record."""

    offset: int
    key: bytes | None
    value: bytes | None


def write(connection: Connection, records: Iterable[Record]) -> int:
    """Takes the last record of each entry; how many rows stand there now. A removed key removes its rows."""
    newest: dict[str, Entry | None] = {}
    for record in records:
        _, _, code = (record.key or b"").decode("utf-8", "replace").partition(" ")
        try:
            newest[code] = None if record.value is None else decode(record.value)
        except msgspec.DecodeError as error:
            _log.error("A record is no entry of a register: %s.", error, extra={"offset": record.offset})
    if not newest:
        return 0
    codes = any_(literal(list(newest), ARRAY(Text)))
    connection.execute(delete(register_entries).where(register_entries.c.code == codes))
    rows = [row for entry in newest.values() if entry is not None for row in _rows(entry)]
    if rows:
        connection.execute(insert(register_entries), rows)
    return len(rows)


def _rows(entry: Entry) -> Iterable[dict[str, Any]]:
    for version in entry.versions:
        yield {
            "kind": entry.kind, "unit": entry.unit, "code": entry.code, "valid_from": version.valid_from,
            "valid_until": version.valid_until, "class": version.class_, "eligible": version.eligible,
            "need": version.need, "village": version.village, "went_to": version.went_to,
        }  # fmt: skip
