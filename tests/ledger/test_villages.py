"""What is counted of a split commune goes where the registers say that its villages went, each subject to one place."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import insert

from schemas.measures import MEASURES, Additivity
from schemas.places import Following, load
from schemas.places.loading import encode
from schemas.programmes import Programme, read
from schemas.programmes.report import Report
from schemas.programmes.terms import LEDGER as LATEST
from schemas.pseudonym import household_code
from schemas.totals import encode as encode_total
from sinks.ledger.following.follow import snapshot
from sinks.ledger.positions import Partition
from sinks.ledger.store import Store
from sinks.ledger.tables_registers import register_entries
from sinks.reports.figures import compute
from tests.gauges.support import total
from tests.ledger.agreement import counters
from tests.ledger.conftest import MemoryLog, Record, Sql, write
from tests.ledger.made import event, fact, revision
from tests.ledger.random_log import RandomLog
from tests.ledger.villages import COLUMNS, UNION, Country, Registered, random_country
from tests.places.loads import SPLIT, loaded

OLD, ELDER, HEIR, OTHER_HEIR = "2025-07:24848", "2025-03:24847", "2027-01:24848", "2027-01:24849"
LAST = date(2045, 1, 1)


def programme(country: Country, place: str, columns: Mapping[str, str] = COLUMNS) -> Programme:
    """One row and one column for each indicator, over all of a place."""
    rows = "\n".join(f'  - {{id: {name}, title: {{vi: {name}, en: {name}}}, value: "{value}", source: d}}'
                     for name, value in columns.items())  # fmt: skip
    text = f"""\
name: villages
version: 1
title: {{vi: Thon, en: Villages}}
places: ["{place}"]
documents: [{{id: d, title: {{vi: Van ban, en: Document}}}}]
rows:
{rows}
columns: [{", ".join(columns)}]
"""
    return read(text.encode(), "villages.yaml", country.places)


def lines_of(report: Report) -> dict[str, dict[str | None, int]]:
    """Each column by the commune of its line; None for unresolved lines together."""
    found: dict[str, dict[str | None, int]] = {column: {} for column in report.columns}
    for line in report.lines:
        for column, value in zip(report.columns, line.values, strict=True):
            if value.count:
                found[column][line.place] = found[column].get(line.place, 0) + value.count
    return found


def register(sql: Sql, country: Country) -> None:
    """Puts the registers into the ledger."""
    rows: list[dict[str, Any]] = [
        {"kind": "household", "unit": each.unit, "code": each.subject.partition("/")[2], "valid_from": each.since,
         "valid_until": each.until, "village": each.village} for each in country.entries
    ]  # fmt: skip
    villages = [{"kind": "village", "unit": village.partition("/")[0], "code": village, "valid_from": date(2025, 7, 1),
                 "went_to": heir} for village, heir in country.went.items()]  # fmt: skip
    with sql.engine.begin() as connection:
        connection.execute(insert(register_entries), rows)
        connection.execute(insert(register_entries), villages)


def say_totals(store: Store, sql: Sql) -> None:
    """What the counter would say of all units by now."""
    units = [unit for (unit,) in sql("SELECT DISTINCT unit FROM streams")]
    totals = [total(unit, of) for unit, of in counters(sql, units, None).items()]
    partition = Partition("commune.totals.v1", 0)
    store.positions({partition: "log-1"})
    write(store, {partition: [Record(n, b"", encode_total(each)) for n, each in enumerate(totals)]})


def by_commune(rows: list[Any]) -> dict[str | None, int]:
    """Rows of SQL's roll-ups added up by commune."""
    found: Counter[str | None] = Counter()
    for row in rows:
        found[row.commune] += int(row.value)
    return +found


def split(store: Store, went: dict[str, str]) -> Country:
    """The committed map, on which one commune is split from 2027 on."""
    there = Following(load())
    there.take([encode(loaded(load(), *SPLIT, name="split"))])
    store.adopt(there.places, there)
    return Country(there.places, went=went)


@pytest.fixture(params=[0, 5])
def country(request: pytest.FixtureRequest, store: Store, sql: Sql) -> Country:
    """A random country with so many decisions before the last, with all that was recorded in it, in the ledger."""
    seed = random.randrange(10**6)
    print("seed", seed)
    made, log = random_country(seed, request.param, 400), MemoryLog()
    store.adopt(made.places, Following(made.places))
    log.put(made.puts())
    for batch in log.batches(seed, 100):
        write(store, batch)
    register(sql, made)
    return made


def maps(country: Country) -> list[tuple[str, date | None]]:
    """Names of maps, with the day of each; None for that of each event."""
    last = country.places.turns[-1]
    return [("was", None), *((day.isoformat(), day) for day in (last - timedelta(days=1), last, LAST))]


def test_every_figure_of_a_report_stands_where_its_village_went_and_adds_up_on_every_map(
    country: Country, database: str
) -> None:
    wanted = programme(country, "2025-07:68")
    for until in (LAST, date(2029, 6, 30)):
        for map, on in maps(country):
            with snapshot(database) as connection:
                report = compute(connection, wanted, until=until, map=map)
                assert report.lines == compute(connection, wanted, until=until, map=map, recounted=True).lines
            found = lines_of(report)
            for column in set(COLUMNS) - set(UNION):
                placed = country.placed(column, on, until, report.as_of.day)
                assert found[column] == placed, (map, until, column)
                [row] = [row for row in report.rows if row.row.id == column]
                assert sum(found[column].values()) == (row.value.count or 0)
            resolved = {key: value for key, value in found["rounds"].items() if key}
            assert resolved == {key: value for key, value in country.rounds(on, until).items() if key}


def test_every_figure_in_sql_stands_where_its_village_went_and_adds_up_on_every_map(
    country: Country, store: Store, sql: Sql
) -> None:
    say_totals(store, sql)
    counted = {name: value.partition("[")[0] for name, value in COLUMNS.items() if "." not in value}
    for map, on in maps(country):
        totals = sql("SELECT * FROM totals_by_place(:map)", map=map)
        rows = [row for row in totals if row.kind == "poor" or row.measure != "households_in_need"]
        days = sql("SELECT * FROM sums_by_place(:map)", map=map)
        for column in counted.keys() - UNION:
            is_sum = MEASURES[counted[column]].additivity is Additivity.SUM
            placed = country.placed(column, on, LAST, LAST)
            if is_sum:
                assert by_commune([row for row in days if row.measure == counted[column]]) == placed, (map, column)
            if on or not is_sum:
                assert by_commune([row for row in rows if row.measure == counted[column]]) == placed, (map, column)


def test_each_household_of_a_split_commune_counts_once_by_its_register_or_else_by_its_latest_standing_event(
    store: Store, sql: Sql, database: str
) -> None:
    country = split(store, went={f"{OLD}/01": HEIR, f"{OLD}/02": OTHER_HEIR})
    by_register, against_events, later, by_event, corrected, voided, silent, nowhere = (
        f"household/{household_code(OLD, number)}" for number in range(8)
    )
    country.entries = [
        Registered(OLD, by_register, date(2026, 1, 1), None, f"{OLD}/01"),
        Registered(OLD, against_events, date(2026, 1, 1), None, f"{OLD}/01"),
        Registered(OLD, later, date(2026, 1, 1), date(2028, 1, 1), f"{OLD}/01"),
        Registered(OLD, later, date(2028, 1, 1), None, f"{OLD}/02"),
        Registered(OLD, nowhere, date(2026, 1, 1), None, f"{OLD}/03"),  # of which the registers say no more
        Registered(OLD, voided, date(2026, 1, 1), None, None),
    ]
    register(sql, country)

    def leaflet(household: str, village: int | None) -> dict[str, Any]:
        return fact(household, {"leaflet": "l-1"} | ({"village": f"{OLD}/{village:02d}"} if village else {}))

    told = [(by_register, None), (against_events, 2), (later, None), (by_event, 2), (by_event, 2), (corrected, 2),
            (voided, 1), (voided, 2), (silent, None), (nowhere, 1)]  # fmt: skip
    name, log = "leaflet.distributed", MemoryLog()
    log.put(event("outreach", name, seq, leaflet(*each)) for seq, each in enumerate(told, 1))
    log.put([revision("outreach", name, 11, 6, leaflet(corrected, 2), leaflet(corrected, 1)),
             revision("outreach", name, 12, 8, leaflet(voided, 2))])  # fmt: skip
    for batch in log.batches(1, 5):
        write(store, batch)
    wanted = programme(country, "2025-07:68")
    # Each household stands in one place: by the register 01, 01, 01 and then 02, 03; by events 02, 01, 01, none.
    homes = {"2026-12-31": {OLD: 8}, "2027-01-01": {HEIR: 5, OTHER_HEIR: 1, None: 2},
             "2028-01-01": {HEIR: 4, OTHER_HEIR: 2, None: 2}}  # fmt: skip
    # A leaflet goes by the village that its event names, or else by its household's.
    leaflets = {"2026-12-31": {OLD: 9}, "2027-01-01": {HEIR: 5, OTHER_HEIR: 3, None: 1},
                "2028-01-01": {HEIR: 4, OTHER_HEIR: 4, None: 1}}  # fmt: skip
    for map, expected in homes.items():
        with snapshot(database) as connection:
            found = lines_of(compute(connection, wanted, map=map))
        assert (found["leaflet_homes"], found["leaflets"]) == (expected, leaflets[map]), map
        rows = sql("SELECT * FROM totals_by_place(:map) WHERE commune IS NOT NULL OR unresolved = 'split'", map=map)
        for measure, placed in (("households_with_leaflet", expected), ("leaflets", leaflets[map])):
            assert by_commune([row for row in rows if row.measure == measure]) == placed, map


@pytest.mark.parametrize("seed", [20261128, None])
def test_whatever_is_revised_repeated_and_out_of_order_has_one_place_and_the_same_sum_on_every_map(
    store: Store, sql: Sql, database: str, seed: int | None
) -> None:
    seed = random.randrange(10**6) if seed is None else seed
    print("seed", seed)
    country = split(store, went={f"{unit}/{village:02d}": heir for unit in (OLD, ELDER)
                                 for village, heir in enumerate((HEIR, OTHER_HEIR))})  # fmt: skip
    home = f"household/{household_code(OLD, 0)}"
    country.entries = [Registered(OLD, home, date(2026, 1, 1), None, f"{OLD}/01")]
    register(sql, country)
    log = MemoryLog()
    log.put(RandomLog(seed).records(1500))
    for batch in log.batches(seed, 300):
        write(store, batch)
    say_totals(store, sql)
    columns = {name: name for name, each in MEASURES.items() if each.additivity is not Additivity.UNION}
    columns |= {name: f"ledger.{name}" for name in LATEST}
    wanted = programme(country, '2025-03:68", "2025-07:68', columns)
    totals = Counter[str]()
    for row in sql("SELECT measure, sum(value) AS value FROM unit_totals GROUP BY 1"):
        totals[row.measure] = int(row.value)
    for map in ("was", "2026-12-31", "2027-01-01"):
        summed = Counter[str]()
        for row in sql("SELECT * FROM totals_by_place(:map)", map=map):
            assert row.value > 0 or MEASURES[row.measure].additivity is Additivity.SUM, row
            summed[row.measure] += int(row.value)
        assert summed == totals, map
        with snapshot(database) as connection:
            report = compute(connection, wanted, map=map)
            assert report.lines == compute(connection, wanted, map=map, recounted=True).lines
        found = lines_of(report)
        for row in report.rows:
            assert sum(found[row.row.id].values()) == row.value.count, (map, row.row.id)
            if row.row.id in LATEST or MEASURES[row.row.id].additivity is not Additivity.SUM:
                assert min(found[row.row.id].values(), default=1) > 0, (map, row.row.id)
        resolved = {place for placed in found.values() for place in placed} & {HEIR, OTHER_HEIR}
        assert bool(resolved) == (map == "2027-01-01")
