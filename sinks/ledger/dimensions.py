"""Loads what the contract knows of places and measures, so that SQL can roll up and title its figures."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from itertools import islice
from typing import Any

from sqlalchemy import Connection, delete, insert, select
from sqlalchemy.dialects.postgresql import insert as upsert

from schemas.measures import MEASURES
from schemas.places import Places
from sinks.ledger.tables import dimensions, kinds, measures, successions, units

_FORM = 1  # raise it when other columns are made of the same map
_CHUNK = 1000  # rows in memory at a time
Row = dict[str, Any]


def load(connection: Connection, places: Places) -> bool:
    """Brings units, successions, measures and kinds up to date; whether there was anything to do."""
    digest = f"{_FORM} {places.digest} {hashlib.sha256(repr(MEASURES).encode()).hexdigest()[:16]}"
    connection.execute(upsert(dimensions).values(name="contract", digest="").on_conflict_do_nothing())
    loaded = connection.scalar(select(dimensions.c.digest).with_for_update())
    if loaded == digest:
        return False
    for table, rows in (
        (units, _units(places)), (successions, _successions(places)), (measures, _measures()), (kinds, _kinds()),
    ):  # fmt: skip
        connection.execute(delete(table))
        while chunk := list(islice(rows, _CHUNK)):
            connection.execute(insert(table), chunk)
    connection.execute(dimensions.update().values(digest=digest))
    return True


def _units(places: Places) -> Iterator[Row]:
    for unit in places.units.values():
        now = places.current(unit.id)
        yield {
            "id": unit.id, "vintage": unit.vintage, "code": unit.code, "level": unit.level.value, "name": unit.name,
            "type": unit.type, "parent": unit.parent_id, "valid_from": unit.valid_from,
            "valid_until": unit.valid_until, "commune": now.commune and now.commune.id,
            "province": now.province and now.province.id, "unresolved": now.unresolved and now.unresolved.value,
        }  # fmt: skip


def _successions(places: Places) -> Iterator[Row]:
    for heirs in places.successions.values():
        for row in heirs:
            yield {"from_unit": row.from_id, "to_unit": row.to_id, "share": row.share.value,
                   "effective": row.effective}  # fmt: skip


def _measures() -> Iterator[Row]:
    for measure in MEASURES.values():
        yield {"name": measure.name, "additivity": measure.additivity.value, "subject": measure.subject,
               "title_vi": measure.title.vi, "title_en": measure.title.en,
               "has_kinds": measure.kinds is not None}  # fmt: skip


def _kinds() -> Iterator[Row]:
    for measure in MEASURES.values():
        for code, title in (measure.kinds or {}).items():
            yield {"measure": measure.name, "kind": code, "title_vi": title.vi, "title_en": title.en}
