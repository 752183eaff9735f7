"""The database is what the definitions say, and its SQL speaks of the contract's topics, types and measures."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import date

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext

from infra.stack import Stack
from schemas.events.catalogue import ROOT_TYPES
from schemas.instant import day_of
from schemas.measures import LEDGER_MEASURES, MEASURES, Additivity
from schemas.places import load
from schemas.topics import FIELD_TOPICS
from sinks.ledger.migrations import upgrade
from sinks.ledger.store import Store
from sinks.ledger.tables_steps import steps
from tests.ledger.conftest import Sql


def test_the_migrations_make_the_tables_that_are_defined(sql: Sql) -> None:
    with sql.engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, steps.metadata) == []


def test_two_may_upgrade_at_once_and_again(stack: Stack) -> None:
    stack.postgres.execute("CREATE DATABASE upgraded")
    with ThreadPoolExecutor(2) as pool:
        list(pool.map(upgrade, [stack.postgres.url("upgraded")] * 2))
    upgrade(stack.postgres.url("upgraded"))
    stack.postgres.execute("DROP DATABASE upgraded")


def test_positions_are_in_the_order_of_the_contracts_topics(sql: Sql) -> None:
    numbers = [sql("SELECT topic_number(:topic)", topic=topic)[0][0] for topic in FIELD_TOPICS]
    assert numbers == list(range(1, len(FIELD_TOPICS) + 1))


def test_every_sum_distinct_and_union_measure_has_its_rule_and_no_other(sql: Sql) -> None:
    def of(*wanted: Additivity) -> set[str]:
        return {name for name, measure in LEDGER_MEASURES.items() if measure.additivity in wanted}

    by_surveys = {"households_surveyed"}  # distinct, but decided by surveys that are kept by root
    assert {name for (name,) in sql("SELECT measure FROM sum_rules")} == of(Additivity.SUM)
    assert {name for (name,) in sql("SELECT measure FROM presence_rules")} == (
        of(Additivity.DISTINCT, Additivity.UNION) - by_surveys
    )
    types = "SELECT type FROM sum_rules WHERE live UNION SELECT type FROM presence_rules WHERE live"
    assert {name for (name,) in sql(types)} == set(ROOT_TYPES) - {"household.surveyed"}
    live = "SELECT measure FROM sum_rules WHERE live UNION SELECT measure FROM presence_rules WHERE live"
    assert {name for (name,) in sql(live)} <= set(MEASURES)
    assert {name for (name,) in sql("SELECT type FROM sum_rules WHERE measure = 'facts'")} == set(ROOT_TYPES)


def test_the_day_of_an_instant_is_the_contracts(sql: Sql) -> None:
    first, last = -62_135_596_800_000, 253_402_275_599_999
    for instant in (first, -1, 0, 61_199_999, 61_200_000, 1_790_000_000_123, last):
        [(day,)] = sql("SELECT day_of(:instant)", instant=instant)
        assert day == day_of(instant)
    assert day_of(61_200_000) == date(1970, 1, 2)


@pytest.mark.usefixtures("store")
def test_units_and_measures_are_loaded_once_and_anew_when_the_contract_changes(sql: Sql, database: str) -> None:
    places = load()
    assert sql("SELECT count(*) FROM units") == [(len(places.units),)]
    assert sql("SELECT count(*) FROM successions") == [(sum(map(len, places.successions.values())),)]
    assert sql("SELECT decision, decided FROM successions WHERE from_unit = '2025-03:24848'") == [
        ("1671/NQ-UBTVQH15", date(2025, 6, 16))
    ]
    assert sql("SELECT count(*) FROM measures") == [(len(LEDGER_MEASURES),)]
    assert sql("SELECT commune, province, unresolved FROM units WHERE id = '2025-03:24847'") == [
        ("2025-07:24848", "2025-07:68", None)]  # fmt: skip
    sql("DELETE FROM units")
    Store(database, places, 3).close()
    assert sql("SELECT count(*) FROM units") == [(0,)]  # the same version is not loaded again
    sql("UPDATE dimensions SET digest = 'older'")
    Store(database, places, 3).close()
    assert sql("SELECT count(*) FROM units") == [(len(places.units),)]
