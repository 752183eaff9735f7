"""As of when: what was heard of units and tablets, and what is missing, kept along the way, equals a recount."""

from __future__ import annotations

import json
import random
from datetime import date

from alembic import command
from alembic.config import Config
from sqlalchemy import create_engine

from infra.stack import Stack
from schemas.instant import epoch_ms, iso_ms
from sinks.ledger.migrations import upgrade
from sinks.ledger.store import Store
from tests.ledger.agreement import conservation
from tests.ledger.conftest import Sql
from tests.ledger.made import OTHER, UNIT, leaflet
from tests.ledger.random_log import UNITS
from tests.ledger.test_counting import played
from tests.ledger.test_events import written

HEARD = """SELECT h.stream, h.events, h.highest, h.latest_event, h.latest_receipt FROM heard h ORDER BY 1"""
RECOUNT = "SELECT stream, count(*), max(seq), max(instant), max(received) FROM events GROUP BY 1 ORDER BY 1"


def test_what_was_heard_equals_a_recount_in_batches_of_any_size(store: Store, sql: Sql) -> None:
    played(store, random.randrange(10**6), 3000, 200)
    assert sql(HEARD) == sql(RECOUNT)


def test_holes_of_units_are_those_of_the_conservation(store: Store, sql: Sql) -> None:
    played(store, random.randrange(10**6), 3000, 200)
    recounted = conservation(sql, list(UNITS), None)
    for unit in UNITS:
        [row] = sql("SELECT * FROM as_of(ARRAY[:unit], '2026-03-01', 30)", unit=unit)
        wanted = recounted[unit]
        assert (row.events, row.missing, row.rejected) == (wanted["events"], wanted["missing"], wanted["rejected"])
    [all_] = sql("SELECT * FROM as_of(NULL, '2026-03-01', 30)")
    assert all_.missing == sum(figures["missing"] for figures in recounted.values())


def test_the_view_of_all_units_says_of_each_what_is_said_when_it_is_asked_alone(store: Store, sql: Sql) -> None:
    played(store, random.randrange(10**6), 2000, 200)
    alone = "SELECT u.unit, a.* FROM unnest(CAST(:units AS text[])) AS u (unit), as_of(ARRAY[u.unit], today(), 30) AS a"
    assert sql("SELECT * FROM unit_as_of ORDER BY unit") == sql(f"{alone} ORDER BY 1", units=sorted(UNITS))


def test_a_tablet_that_serves_two_units_counts_once_and_an_old_one_not_as_heard(store: Store, sql: Sql) -> None:
    far = f"household/{OTHER.replace(':', '.')}-0000-0"
    written(
        store, leaflet(1), leaflet(1, far), leaflet(1, source="/tablets/b"), leaflet(1, source="/offices/o"),
        leaflet(1, far, source="/imports/form"),
    )  # fmt: skip

    def tablets(units: list[str], day: date) -> tuple[int, int]:
        [row] = sql("SELECT tablets, tablets_heard FROM as_of(:units, :day, 30)", units=units, day=day)
        return row.tablets, row.tablets_heard

    assert tablets([UNIT, OTHER], date(2026, 3, 30)) == (2, 2)
    assert tablets([OTHER], date(2026, 3, 30)) == (1, 1)
    assert tablets([UNIT], date(2026, 3, 31)) == (2, 0)
    assert sql("SELECT count(*) FROM unit_as_of") == [(2,)]


def test_of_units_without_events_nothing_is_known(store: Store, sql: Sql) -> None:
    del store
    [row] = sql("SELECT * FROM as_of(ARRAY['2025-07:24853'], '2026-03-01', 30)")
    assert tuple(row) == (0, None, None, 0, 0, 0, 0)


def test_a_database_of_before_knows_what_was_heard_once_it_is_upgraded(stack: Stack) -> None:
    stack.postgres.execute("CREATE DATABASE of_before")
    url = stack.postgres.url("of_before")
    engine = create_engine(url)
    config = Config()
    config.set_main_option("script_location", "sinks.ledger:migrations")
    with engine.begin() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, "0002")
        connection.exec_driver_sql(
            "INSERT INTO events (stream, seq, log_offset, id, type, part, subject, instant, received, data) "
            "SELECT 7, seq, seq, gen_random_uuid(), 'leaflet.distributed', 'original', 'x', 10 * seq, 20 * seq, '{}' "
            "FROM unnest(ARRAY[1, 2, 5]) AS seq"
        )
    upgrade(url)
    with engine.connect() as connection:
        assert connection.exec_driver_sql(HEARD).all() == [(7, 3, 5, 50, 100)]
    engine.dispose()
    stack.postgres.execute("DROP DATABASE of_before")


def test_a_receipt_beyond_the_year_9999_at_0700_is_read_as_the_last_of_it(
    store: Store, sql: Sql
) -> None:
    late = leaflet(1)
    told = json.loads(late.value or b"") | {"receivedat": "9999-12-31T23:59:59Z"}
    written(store, late._replace(value=json.dumps(told).encode()))
    [row] = sql("SELECT * FROM event_log")
    [as_of] = sql("SELECT * FROM as_of(NULL, '2026-03-01', 30)")
    for received in (row.received, as_of.latest_receipt):
        assert iso_ms(epoch_ms(received)) == "9999-12-31T16:59:59.999Z"
