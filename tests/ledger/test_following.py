"""What follows the events says the same as the events, whatever came, in whatever order, at the end of any day."""

from __future__ import annotations

import random
from datetime import date, timedelta
from importlib.resources import files
from typing import Any

import pytest

from schemas.findings import FINDINGS
from schemas.measures import LEDGER_MEASURES, Additivity
from schemas.places import load
from schemas.programmes.expression import FINDING, LEDGER, MEASURE, Term
from schemas.programmes.terms import LEDGER as LATEST
from sinks.ledger.following.follow import follow_all, snapshot
from sinks.ledger.store import Store
from sinks.reports.asking import KEPT, Days, Ledger
from sinks.reports.stretches import FIRST, LAST
from tests.ledger.conftest import MemoryLog, Sql, write
from tests.ledger.random_log import UNITS, RandomLog

AROUND = date(2026, 3, 1)
KITS = """
INSERT INTO approved_kits (host, point, valid_from, kind, number) VALUES
    ('commune-region-3', '', '2023-10-24', 'laptop', 1), ('commune-region-3', '', '2026-03-02', 'printer', 1),
    ('difficult-village', '', '2026-03-01', 'printer', 1), ('difficult-village', '', '2026-03-03', 'webcam', 2),
    ('', :point, '2026-02-28', 'laptop', 1), ('', :point, '2026-02-28', 'printer', 1)"""


def measured(*additivities: Additivity) -> list[Term]:
    """A term for all kinds of each measure, and one for some of its kinds."""
    terms = []
    for measure in LEDGER_MEASURES.values():
        if measure.name not in KEPT and measure.additivity in additivities:
            kinds = tuple(kind for kind in measure.kind_codes if kind)
            terms += [Term(MEASURE, measure.name, some) for some in {(), kinds[:1], kinds[1:3]} if some or not kinds]
            terms += [Term(MEASURE, measure.name, kinds)] if kinds else []
    return sorted(set(terms))


def answers(database: str, units: list[str], days: Days, *, recounted: bool) -> dict[str, list[Any]]:
    """Everything that a report can ask of the ledger."""
    turns = [AROUND - timedelta(days=20), AROUND, AROUND + timedelta(days=1), AROUND + timedelta(days=40)]
    groups = {"all": units, "one": units[:1], "two": units[1:3]}
    with snapshot(database) as connection:
        ledger = Ledger(connection, units, days, recounted=recounted)
        return {
            "as_of": [ledger.as_of(within) for within in (3, 30)],
            "sums": sorted(each for each in ledger.sums(measured(Additivity.SUM), turns) if each[3]),
            "distinct": sorted(ledger.distinct(measured(Additivity.DISTINCT))),
            "unions": sorted(ledger.unions(measured(Additivity.UNION), groups)),
            "kept": sorted(each for each in ledger.kept([Term(MEASURE, name) for name in KEPT]) if each.value),
            "points": sorted(each for each in ledger.points([Term(LEDGER, name) for name in LATEST]) if each.value),
            "findings": sorted(each for each in ledger.findings([Term(FINDING, name.replace("-", "_"))
                                                                 for name in FINDINGS]) if each.value),
        }


def test_a_ledger_from_before_the_breakdowns_counts_what_had_come(store: Store, sql: Sql, database: str) -> None:
    seed = random.randrange(10**6)
    print("seed", seed)
    log = MemoryLog()
    log.put(RandomLog(seed).records(600))
    for batch in log.batches(seed, 600):
        write(store, batch)
    follow_all(database)
    days = Days(FIRST, LAST, AROUND)
    before = answers(database, list(UNITS), days, recounted=False)
    for table, rules in (("per_day", "sum_rules"), ("presence", "presence_rules")):
        sql(f"DELETE FROM {table} WHERE measure IN (SELECT measure FROM {rules} WHERE NOT live)")
    assert sql("SELECT FROM inconsistencies LIMIT 1")
    _, backfill = (files("sinks.ledger.migrations") / "sql" / "breakdowns.sql").read_text().split("-- Of what has come")
    with sql.engine.begin() as connection:
        connection.exec_driver_sql("--" + backfill)
    assert sql("SELECT FROM inconsistencies") == []
    assert answers(database, list(UNITS), days, recounted=False) == before


def test_points_are_judged_anew_when_other_kits_are_approved(store: Store, sql: Sql, database: str) -> None:
    log, days = MemoryLog(), Days(FIRST, LAST, AROUND)
    log.put(RandomLog(7, subjects=2).records(600))
    sql("DELETE FROM approved_kits")
    for batch in log.batches(7, 600):
        write(store, batch)
    before = answers(database, list(UNITS), days, recounted=False)["points"]
    sql("UPDATE dimensions SET digest = 'older'")
    Store(database, load(), 3).close()  # the kits of the programmes
    after = answers(database, list(UNITS), days, recounted=False)["points"]
    assert not any(each.term.name.startswith("kits_") for each in before)
    assert any(each.term.name.startswith("kits_") for each in after)
    assert after == answers(database, list(UNITS), days, recounted=True)["points"]


@pytest.mark.parametrize(("records", "followings", "subjects"), [(300, 20, 2), (1200, 4, 4), (1200, 1, 40)])
def test_every_answer_of_a_report_is_that_of_the_events_up_to_any_day_and_within_any_period(
    store: Store, sql: Sql, database: str, records: int, followings: int, subjects: int
) -> None:
    seed = random.randrange(10**6)
    print("seed", seed)
    rng, log = random.Random(seed), MemoryLog()
    sql("DELETE FROM approved_kits")
    sql(KITS, point=f"point/{next(iter(UNITS)).replace(':', '.')}-1")
    log.put(RandomLog(seed, subjects=subjects).records(records))
    batches = list(log.batches(seed, records // 20))
    often = {rng.randrange(len(batches)) for _ in range(followings)}
    for number, batch in enumerate(batches):
        write(store, batch)
        if number in often:
            follow_all(database)
    days = [AROUND + timedelta(days=rng.randint(-5, 5)) for _ in range(2)]
    asked = [Days(FIRST, LAST, AROUND), *(Days(FIRST, day, day) for day in days)]
    asked += [Days(first, last, last) for first in days for last in days if first <= last]
    for each in asked:
        followed, recounted = (answers(database, list(UNITS), each, recounted=flag) for flag in (False, True))
        for question, answer in recounted.items():
            assert followed[question] == answer, (each, question)
    assert sql("SELECT count(*) FROM revised") == [(0,)]
