"""Loads what the contract and the map know of places and measures, so that SQL can roll up and title its figures."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from datetime import date
from itertools import islice
from typing import Any

from sqlalchemy import Connection, delete, insert, select, text
from sqlalchemy.dialects.postgresql import insert as upsert

from schemas.measures import LEDGER_MEASURES
from schemas.places import Places
from sinks.ledger import kits as approved
from sinks.ledger import place_rows
from sinks.ledger import targets as wanted
from sinks.ledger.tables import dimensions, kinds, measures, successions, units
from sinks.ledger.tables_places import unit_places
from sinks.ledger.tables_registers import approved_kits
from sinks.ledger.tables_targets import programme_units, targets

_FORM = 4  # raise it when other columns are made of the same map
_CHUNK = 1000  # rows in memory at a time
# Every point that was ever approved is looked at anew by what follows the events: its kit may be another now.
_POINTS_ANEW = """
INSERT INTO revised
SELECT s.unit, e.type, e.subject, e.instant, e.data, e.stream, e.seq
FROM events e JOIN streams s ON s.id = e.stream
WHERE e.type = 'point.approved' AND e.part = 'original'
UNION ALL
SELECT * FROM revision_effects WHERE type = 'point.approved'"""
Row = dict[str, Any]


def load(connection: Connection, places: Places, today: date) -> bool:
    """Brings units, successions, places, measures and kinds up to date; whether there was anything to do.

    `today` decides what the columns of `units` call current.
    """
    digest = hashlib.sha256(repr((LEDGER_MEASURES, approved.rows(), wanted.rows())).encode()).hexdigest()[:16]
    digest = f"{_FORM} {places.digest} {sum(turn <= today for turn in places.turns)} {digest}"
    connection.execute(upsert(dimensions).values(name="contract", digest="").on_conflict_do_nothing())
    loaded = connection.scalar(select(dimensions.c.digest).with_for_update())
    if loaded == digest:
        return False
    for table, rows in (
        (units, place_rows.units(places, today)), (successions, place_rows.successions(places)),
        (unit_places, place_rows.unit_places(places)), (measures, _measures()), (kinds, _kinds()),
        (approved_kits, iter(approved.rows())), (programme_units, wanted.units(places)), (targets, iter(wanted.rows())),
    ):  # fmt: skip
        connection.execute(delete(table))
        while chunk := list(islice(rows, _CHUNK)):
            connection.execute(insert(table), chunk)
    connection.execute(text(_POINTS_ANEW))
    connection.execute(dimensions.update().values(digest=digest))
    return True


def _measures() -> Iterator[Row]:
    for measure in LEDGER_MEASURES.values():
        yield {"name": measure.name, "additivity": measure.additivity.value, "subject": measure.subject,
               "title_vi": measure.title.vi, "title_en": measure.title.en,
               "has_kinds": measure.kinds is not None}  # fmt: skip


def _kinds() -> Iterator[Row]:
    for measure in LEDGER_MEASURES.values():
        for code, title in (measure.kinds or {}).items():
            yield {"measure": measure.name, "kind": code, "title_vi": title.vi, "title_en": title.en}
