"""Rejected records: from a record of `field.rejected.v1` to its row, and the row into Postgres once."""

from __future__ import annotations

import logging
from base64 import b64encode
from collections.abc import Iterable, Sequence
from typing import Any, Protocol

from sqlalchemy import Connection
from sqlalchemy.dialects.postgresql import insert

from schemas.rejected import (
    HEADER_ATTEMPT,
    HEADER_KEY,
    HEADER_PATH,
    HEADER_REASON,
    HEADER_RETURNED,
    HEADER_RULE,
    OWN_HEADERS,
)
from sinks.ledger.tables import rejected

_log = logging.getLogger("fieldtally.ledger")
Row = dict[str, Any]


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
        "returned": text.get(HEADER_RETURNED) or None,
        # JSON in Postgres holds any text but a NUL, and a header's name may be anything.
        "headers": [[name.replace("\0", "\ufffd"), b64encode(value or b"").decode()]
                    for name, value in record.headers if name not in OWN_HEADERS],
    }  # fmt: skip


def write(connection: Connection, records: Iterable[Record]) -> int:
    """Writes rejected records that are not there yet, and that one was sent back; how many rows came of it.

    What is none is said in the log and left out.
    """
    found: dict[tuple[Any, ...], Row] = {}  # a statement may touch a row but once
    for record in records:
        if (made := row(record)) is None:
            _log.warning("A record of the rejected topic names no origin.", extra={"offset": record.offset})
            continue
        first = found.setdefault((made["topic"], made["partition"], made["log_offset"]), made)
        first["returned"] = first["returned"] or made["returned"]
    rows = list(found.values())
    if not rows:
        return 0
    new = insert(rejected)
    statement = new.on_conflict_do_update(
        constraint=rejected.primary_key, set_={"returned": new.excluded.returned},
        where=new.excluded.returned.is_not(None) & rejected.c.returned.is_(None),
    ).returning(rejected.c.log_offset)  # fmt: skip
    return len(connection.execute(statement, rows).all())
