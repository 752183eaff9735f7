"""The map as rows for Postgres; every roll-up in them is an answer of `schemas.places.rollup`."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Any

from sqlalchemy import Connection, delete, insert
from sqlalchemy.dialects.postgresql import insert as upsert

from schemas.places import Following, Loading, Places
from sinks.ledger import tables_places as tables

Row = dict[str, Any]


def units(places: Places, today: date) -> Iterator[Row]:
    """Every unit, with its place on today's map."""
    for unit in places.units.values():
        now = places.on(unit.id, today)
        yield {
            "id": unit.id, "vintage": unit.vintage, "code": unit.code, "level": unit.level.value, "name": unit.name,
            "type": unit.type, "parent": unit.parent_id, "valid_from": unit.valid_from,
            "valid_until": unit.valid_until, "commune": now.commune and now.commune.id,
            "province": now.province and now.province.id, "unresolved": now.unresolved and now.unresolved.value,
        }  # fmt: skip


def successions(places: Places) -> Iterator[Row]:
    """What became of each unit."""
    for heirs in places.successions.values():
        for row in heirs:
            yield {"from_unit": row.from_id, "to_unit": row.to_id, "share": row.share.value,
                   "effective": row.effective, "decision": row.decision, "decided": row.decided}  # fmt: skip


def unit_places(places: Places) -> Iterator[Row]:
    """Where every unit is on every day; and for each successor of a split one, where villages are that went there."""
    for unit in places.units:
        for went_to in ("", *places.parts(unit)):
            for step in places.steps(unit, went_to or None):
                where = step.place
                yield {
                    "unit": unit, "went_to": went_to,
                    "since": "-infinity" if step.since == date.min else step.since,
                    "until": "infinity" if step.until == date.max else step.until,
                    "commune": where.commune and where.commune.id, "district": where.district and where.district.id,
                    "province": where.province and where.province.id,
                    "unresolved": where.unresolved and where.unresolved.value,
                }  # fmt: skip


def write_loadings(connection: Connection, loaded: Following) -> None:
    """Replaces what is said of loadings by what holds now."""
    connection.execute(delete(tables.loadings))
    connection.execute(delete(tables.loaded_decisions))
    for loading in loaded.loadings.values():
        why = "; ".join(f"line {fault.line}: {fault.reason}" for fault in loaded.set_aside.get(loading.loading, ()))
        connection.execute(insert(tables.loadings), {
            "loading": loading.loading, "written": loading.written, "undone": loading.undone, "refused": why or None})
        if rows := list(_decisions(loading)):
            connection.execute(insert(tables.loaded_decisions), rows)


def _decisions(loading: Loading) -> Iterator[Row]:
    for row in loading.successions:
        yield {"loading": loading.loading, "line": row.line, "subject": row.former, "decision": row.decision,
               "decided": row.decided, "effective": row.effective, "successor": row.successor,
               "share": row.share.value}  # fmt: skip
    for unit in loading.units:
        yield {"loading": loading.loading, "line": unit.line, "subject": unit.unit, "decision": unit.decision,
               "decided": unit.decided, "effective": unit.valid_from, "successor": None, "share": None}  # fmt: skip


def ensure_rollup(connection: Connection, places: Places, map: str) -> None:
    """Makes `rollups` have a map: `was` and `now` are always there, a date (YYYY-MM-DD) is added.

    Raises:
        ValueError: the map is neither of the two nor a date.
    """
    del places  # the places of all days are there already; see `unit_places`
    if map not in ("was", "now"):
        day = {"map": map, "day": date.fromisoformat(map)}
        connection.execute(upsert(tables.asked_maps).values(day).on_conflict_do_nothing())
