"""Totals and stream marks: of each unit or stream the newest is kept, as `schemas.totals.supersedes` says.

Rows are compared and replaced under the lock of their partition's position, so no older one can slip in between.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable, Mapping
from typing import Any, NamedTuple, Protocol, TypeVar, cast

import msgspec
from sqlalchemy import Connection, Table, select, tuple_
from sqlalchemy.dialects.postgresql import insert

from schemas.totals import StreamMark, Total, decode_mark, decode_total, supersedes
from sinks.ledger.tables import stream_marks, totals

_log = logging.getLogger("fieldtally.ledger")
T = TypeVar("T", Total, StreamMark)
Key = tuple[str, ...]


class Record(Protocol):
    """What is needed of a Kafka record; `timestamp` in ms."""

    offset: int
    timestamp: int
    value: bytes | None


class _Held(NamedTuple):
    """As much of a stored row as `supersedes` compares."""

    generation: int
    positions: list[int]


def write_totals(connection: Connection, records: Iterable[Record]) -> int:
    """Takes the newest total of each unit; how many rows changed."""

    def values(total: Total, published: int) -> dict[str, Any]:
        return msgspec.structs.asdict(total) | {
            "conservation": msgspec.to_builtins(total.conservation),
            "holes": msgspec.to_builtins(total.holes),
            "published": published,
        }

    return _write(connection, totals, decode_total, values, records)


def write_marks(connection: Connection, records: Iterable[Record]) -> int:
    """Takes the newest mark of each stream; how many rows changed."""

    def values(mark: StreamMark, _: int) -> dict[str, Any]:
        return cast("dict[str, Any]", msgspec.to_builtins(mark))

    return _write(connection, stream_marks, decode_mark, values, records)


def _write(
    connection: Connection,
    table: Table,
    decode: Callable[[bytes], T],
    values: Callable[[T, int], dict[str, Any]],
    records: Iterable[Record],
) -> int:
    columns = [column.name for column in table.primary_key]
    found: dict[Key, list[tuple[T, int]]] = {}
    for record in records:
        try:
            one = decode(record.value or b"")
        except msgspec.DecodeError as error:
            _log.error("A record is none of the counter's: %s.", error,
                       extra={"table": table.name, "offset": record.offset})
            continue
        found.setdefault(tuple(getattr(one, name) for name in columns), []).append((one, record.timestamp))
    held = _held(connection, table, columns, found)
    rows = []
    for key, candidates in found.items():
        newest: T | None = None
        for one, published in candidates:
            if supersedes(one, newest or cast("T | None", held.get(key))):
                newest, row = one, values(one, published)
        if newest is not None:
            rows.append(row)
    if rows:
        statement = insert(table)
        changed = {column.name: statement.excluded[column.name] for column in table.c if not column.primary_key}
        connection.execute(statement.on_conflict_do_update(index_elements=columns, set_=changed), rows)
    return len(rows)


def _held(connection: Connection, table: Table, columns: list[str], keys: Iterable[Key]) -> Mapping[Key, _Held]:
    key = [table.c[name] for name in columns]
    rows = connection.execute(
        select(*key, table.c.generation, table.c.positions).where(tuple_(*key).in_(list(keys)))
    )
    return {tuple(row[: len(key)]): _Held(row.generation, row.positions) for row in rows}
