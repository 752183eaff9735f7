"""The map of a report is that of the ledger, also when decisions were loaded onto it."""

from __future__ import annotations

from schemas.places import load
from sinks.ledger.store import Store
from sinks.reports.chart import map_of
from tests.reports.conftest import PARTITIONS, Ledger, count
from tests.reports.loaded import MERGED, merger


def test_the_committed_map_is_not_read_again(small: Ledger) -> None:
    with small.engine.connect() as connection:
        assert map_of(connection) is load()


def test_a_map_that_decisions_changed_is_read_from_the_ledger_whole(small: Ledger) -> None:
    places = merger()
    Store(small.url, places, PARTITIONS).close()
    with small.engine.connect() as connection:
        found = map_of(connection)
    assert found.units == {unit.id: unit for unit in places.units.values()}
    assert {key: set(rows) for key, rows in found.successions.items()} == {
        key: set(rows) for key, rows in places.successions.items()}  # fmt: skip
    assert found.digest == places.digest


def test_after_a_merger_rows_stay_and_the_lines_of_its_communes_become_one(small: Ledger) -> None:
    before = small.report("lac-duong")
    Store(small.url, merger(), PARTITIONS).close()
    after = small.report("lac-duong", map=MERGED.isoformat())
    assert [row.value for row in after.rows] == [row.value for row in before.rows]
    assert count(before, "surveyed") == sum(line.values[0].count or 0 for line in after.lines)
    assert {line.place for line in after.lines if line.place} == {"2027-01:24848", "2025-07:24846"}
