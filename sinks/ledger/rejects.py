"""Rejected records: from a record of `field.rejected.v1` to its row, and the row into Postgres once."""

from __future__ import annotations

import logging
from base64 import b64encode
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Protocol

from sqlalchemy import Connection
from sqlalchemy.dialects.postgresql import insert

from schemas.rejected import (
    HEADER_ATTEMPT,
    HEADER_KEY,
    HEADER_PATH,
    HEADER_REASON,
    HEADER_RULE,
    OWN_HEADERS,
)
from sinks.ledger.tables import rejected

_log = logging.getLogger("fieldtally.ledger")
Row = Mapping[str, Any]


class Record(Protocol):
    """What is needed of a Kafka record; `timestamp` in ms."""

    offset: int
    timestamp: int
    key: bytes | None
    value: bytes | None
    headers: Sequence[tuple[str, bytes]]


def row(record: Record) -> Row | None:
    """The row of a rejected record; None when its key names no place in a log, so that it is none of the counter's."""
    place = (record.key or b"").decode("utf-8", "replace").split(":")
    if len(place) != 3 or not (place[1].isdecimal() and place[2].isdecimal()):
        return None
    ours = {name: value for name, value in record.headers if name in OWN_HEADERS}
    text = {name: value.decode("utf-8", "replace").replace("\0", "") for name, value in ours.items()}
    attempt = text.get(HEADER_ATTEMPT, "1")
    return {
        "topic": place[0], "partition": int(place[1]), "log_offset": int(place[2]),
        "reason": text.get(HEADER_REASON, ""), "path": text.get(HEADER_PATH, ""), "rule": text.get(HEADER_RULE, ""),
        "attempt": int(attempt) if attempt.isdecimal() else 1,
        "key": ours.get(HEADER_KEY), "value": record.value, "published": record.timestamp,
        # JSON in Postgres holds any text but a NUL, and a header's name may be anything.
        "headers": [[name.replace("\0", "\ufffd"), b64encode(value or b"").decode()]
                    for name, value in record.headers if name not in OWN_HEADERS],
    }  # fmt: skip


def write(connection: Connection, records: Iterable[Record]) -> int:
    """Writes rejected records that are not there yet; how many. What is none is said in the log and left out."""
    rows = []
    for record in records:
        if (made := row(record)) is None:
            _log.warning("A record of the rejected topic names no origin.", extra={"offset": record.offset})
        else:
            rows.append(made)
    if not rows:
        return 0
    statement = insert(rejected).on_conflict_do_nothing().returning(rejected.c.log_offset)
    return len(connection.execute(statement, rows).all())
