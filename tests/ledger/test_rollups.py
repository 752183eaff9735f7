"""The three roll-ups in SQL: the answers of the one roll-up, looked up, with the same sum on every map."""

from __future__ import annotations

import random
from collections import Counter
from datetime import date, timedelta
from typing import Any

import msgspec
import pytest

from schemas.places import Following, load
from schemas.places.loading import encode
from schemas.totals import encode as encode_total
from sinks.ledger.place_rows import ensure_rollup
from sinks.ledger.positions import Partition
from sinks.ledger.store import Store
from tests.gauges.support import total
from tests.ledger.conftest import MemoryLog, Record, Sql, write
from tests.ledger.made import event, fact
from tests.ledger.random_log import Put
from tests.places.loads import MERGER, NEW_YEAR, SPLIT, loaded

UNITS = ("2025-03:24847", "2025-03:24848", "2025-03:24850", "2025-07:24848", "2025-07:24853", "2025-07:24846")
MAPS = ("was", "now", "2025-06-30", "2025-07-01", "2026-12-31", "2027-01-01", "2024-05-05")


def activity(seq: int, unit: str, day: date, visitors: int, village: int | None = None) -> Put:
    """So many visitors at a point of a unit, on a day; in a village of it if given."""
    there = {"village": f"{unit}/{village:02d}"} if village is not None else {}
    return event("points", "point.activity-held", seq, fact(f"point/{unit.replace(':', '.')}-P1", {
        "topic": "health", "language": "vi", "activity": "learning", "visitors": visitors, **there,
    }, f"{day}T08:00:00+07:00"))  # fmt: skip


def day_of(map: str, today: date) -> date | None:
    """The day whose map is meant."""
    return None if map == "was" else today if map == "now" else date.fromisoformat(map)


@pytest.fixture
def map_after(store: Store) -> Following:
    """The map with a merger from 2027 on, in the database too."""
    there = Following(load())
    there.take([encode(loaded(load(), *MERGER, name="merger"))])
    store.adopt(there.places, there)
    return there


@pytest.mark.parametrize("seed", [20261122, 7])
def test_sums_follow_the_events_day_or_one_map_and_are_the_same_on_every_map(
    store: Store, sql: Sql, map_after: Following, seed: int
) -> None:
    rng, log = random.Random(seed), MemoryLog()
    events = [(rng.choice(UNITS), date(2025, 3, 1) + timedelta(days=rng.randint(0, 800)), rng.randint(1, 9))
              for _ in range(300)]  # fmt: skip
    log.put(activity(seq, *each) for seq, each in enumerate(events, 1))
    for batch in log.batches(seed, 100):
        write(store, batch)
    [(today,)] = sql("SELECT today()")
    for map in MAPS:
        wanted: Counter[tuple[Any, ...]] = Counter()
        for unit, day, visitors in events:
            place = map_after.places.on(unit, day_of(map, today) or day)
            ids = (each and each.id for each in (place.commune, place.district, place.province))
            wanted[(*ids, place.unresolved and place.unresolved.value, day)] += visitors
        rows = sql("SELECT * FROM sums_by_place(:map) WHERE measure = 'point_visits'", map=map)
        found = {(r.commune, r.district, r.province, r.unresolved, r.day): int(r.value) for r in rows}
        assert found == dict(wanted), map
        assert sum(found.values()) == sum(visitors for _, _, visitors in events)
    unresolved = {r.unresolved for r in sql("SELECT unresolved FROM sums_by_place('was')")}
    assert unresolved == {None, "later-than-the-map"}, "what happened before its unit began"


@pytest.mark.parametrize("seed", [20261122])
def test_every_place_of_every_day_in_the_tables_is_the_roll_ups(sql: Sql, map_after: Following, seed: int) -> None:
    rng, places = random.Random(seed), map_after.places
    rows = sql("SELECT * FROM unit_places WHERE went_to = ''")
    by_unit: dict[str, list[Any]] = {}
    for row in rows:
        by_unit.setdefault(row.unit, []).append(row)
    assert by_unit.keys() == places.units.keys()
    for unit in [*rng.sample(sorted(by_unit), 500), *UNITS, "2027-01:24848"]:
        for day in (date.min, date(2025, 2, 28), date(2025, 6, 30), date(2025, 7, 1), NEW_YEAR, date(9999, 12, 30)):
            [row] = [row for row in by_unit[unit] if row.since <= day < row.until]
            place = places.on(unit, day)
            units = (each and each.id for each in (place.commune, place.district, place.province))
            assert (row.commune, row.district, row.province) == tuple(units), (unit, day)
            assert row.unresolved == (place.unresolved and place.unresolved.value)


def test_what_is_known_of_villages_of_a_split_commune_goes_where_they_went_and_the_rest_stays_open(
    store: Store, sql: Sql
) -> None:
    there = Following(load())
    there.take([encode(loaded(load(), *SPLIT, name="split"))])
    store.adopt(there.places, there)
    old, elder, day = "2025-07:24848", "2025-03:24847", date(2026, 5, 1)
    went = {f"{old}/01": "2027-01:24848", f"{old}/02": "2027-01:24849", f"{elder}/01": "2027-01:24849"}
    for village, unit in went.items():
        sql("INSERT INTO register_entries (code, valid_from, kind, unit, went_to)"
            " VALUES (:village, '2025-07-01', 'village', :of, :unit)",
            village=village, unit=unit, of=village.partition("/")[0])  # fmt: skip
    log = MemoryLog()
    log.put([activity(1, old, day, 100), activity(2, old, day, 20, 1), activity(3, old, day, 3, 2),
             activity(4, old, day, 4000, 9), activity(5, elder, day, 50_000, 1)])  # fmt: skip
    for batch in log.batches(1, 5):
        write(store, batch)
    question = "SELECT commune, unresolved, value FROM sums_by_place(:map) WHERE measure = 'point_visits'"
    assert {row[:2]: int(row.value) for row in sql(question, map="2027-01-01")} == {
        (None, "split"): 4100, ("2027-01:24848", None): 20, ("2027-01:24849", None): 50_003}  # fmt: skip
    for map in ("was", "2026-12-31"):
        assert {row[:2]: int(row.value) for row in sql(question, map=map)} == {(old, None): 54_123}
    sql("UPDATE register_entries SET went_to = '2025-07:24846' WHERE unit = :elder", elder=elder)  # none of its heirs
    assert {row[:2]: int(row.value) for row in sql(question, map="2027-01-01")}[None, "split"] == 54_100


def test_a_rollup_by_registration_has_one_line_for_each_unit_and_map(
    store: Store, sql: Sql, map_after: Following
) -> None:
    with sql.engine.begin() as connection:
        for map in MAPS:
            ensure_rollup(connection, map_after.places, map)
        with pytest.raises(ValueError, match="yesterday"):
            ensure_rollup(connection, map_after.places, "yesterday")
    counts = sql("SELECT map, count(*), count(DISTINCT unit) FROM rollups GROUP BY 1")
    assert {map: (lines, units) for map, lines, units in counts} == dict.fromkeys(
        MAPS, (len(map_after.places.units),) * 2)  # fmt: skip
    [was] = sql("SELECT commune, district FROM rollups WHERE map = 'was' AND unit = '2025-03:24848'")
    assert was == ("2025-03:24848", "2025-03:675")
    totals = [total(unit, {"households_with_leaflet": {"": 7}}) for unit in (*UNITS, "2025-03:675")]
    store.positions({Partition("commune.totals.v1", 0): "log-1"})
    write(store, {Partition("commune.totals.v1", 0): [Record(n, b"", encode_total(t)) for n, t in enumerate(totals)]})
    for map in MAPS:
        rows = sql("SELECT commune, district, unresolved, value FROM totals_by_place(:map)", map=map)
        assert sum(row.value for row in rows) == 7 * len(totals), map
        assert ("above-commune" in {row.unresolved for row in rows}), map
    merged = sql("SELECT value, units FROM totals_by_place('2027-01-01') WHERE commune = '2027-01:24848'")
    assert merged == [(7 * 5, 5)]


def test_loadings_stand_in_sql_with_their_decisions_and_an_undone_one_leaves_its_units(
    store: Store, sql: Sql, map_after: Following
) -> None:
    assert sql("SELECT loading, undone, refused FROM loadings") == [("merger", False, None)]
    assert sql("SELECT line, subject, decision, decided, effective, successor FROM loaded_decisions ORDER BY 1, 2") == [
        (2, "2025-07:24848", "12/NQ", date(2026, 11, 1), NEW_YEAR, "2027-01:24848"),
        (2, "2027-01:24848", "12/NQ", date(2026, 11, 1), NEW_YEAR, None),
        (3, "2025-07:24853", "12/NQ", date(2026, 11, 1), NEW_YEAR, "2027-01:24848")]  # fmt: skip
    assert sql("SELECT valid_until FROM units WHERE id = '2025-07:24848'") == [(NEW_YEAR,)]
    map_after.take([encode(msgspec.structs.replace(map_after.loadings["merger"], undone=True))])
    store.adopt(map_after.places, map_after)
    assert sql("SELECT loading, undone FROM loadings") == [("merger", True)]
    assert sql("SELECT valid_until FROM units WHERE id = '2025-07:24848'") == [(None,)]
    assert sql("SELECT count(*) FROM units WHERE id = '2027-01:24848'") == [(0,)]
    log = MemoryLog()
    log.put([activity(1, "2027-01:24848", NEW_YEAR, 5)])
    for batch in log.batches(1, 1):
        write(store, batch)
    assert sql("SELECT reason FROM uncounted") == [], "its events still count"
    assert sql("SELECT unresolved, value FROM sums_by_place('now') WHERE measure = 'point_visits'") == [
        ("unknown-unit", 5)]  # fmt: skip
