"""Following in many transactions, in the background, and anew: it ends as following at once does."""

from __future__ import annotations

import random
from typing import Any

import pytest
from psycopg2.errors import UndefinedTable
from sqlalchemy import create_engine
from sqlalchemy.pool import NullPool

from sinks.ledger.following import background, follow
from sinks.ledger.following.background import Follower
from sinks.ledger.following.follow import follow_all, forget
from sinks.ledger.store import Store
from sinks.ledger.tables_steps import TABLES
from tests.ledger.conftest import MemoryLog, Sql, write
from tests.ledger.random_log import RandomLog
from tests.stack.waiting import until

RECORDS = 400
Rows = dict[str, list[tuple[Any, ...]]]


def followed(sql: Sql) -> Rows:
    """What reports read: steps of all subjects, by month too, and those of each subject that is looked at by itself."""
    return {
        "steps": sql("SELECT * FROM steps WHERE value <> 0 ORDER BY 1, 2, 3, 4, 5"),
        "per_month": sql("SELECT * FROM per_month WHERE value <> 0 ORDER BY 1, 2, 3, 4"),
        "irregular": sql("SELECT family, subject, unit FROM subject_steps WHERE NOT regular ORDER BY 1, 2, 3"),
    }


def forget_all(database: str) -> None:
    with create_engine(database, poolclass=NullPool).begin() as connection:
        forget(connection)


@pytest.fixture
def written(store: Store) -> None:
    """A random log in the ledger, of which nothing was followed."""
    seed = random.randrange(10**6)
    print("seed", seed)
    log = MemoryLog()
    log.put(RandomLog(seed, subjects=10).records(RECORDS))
    for batch in log.batches(seed, RECORDS // 5):
        write(store, batch)


@pytest.mark.usefixtures("written")
def test_following_in_many_transactions_ends_as_following_in_one(
    sql: Sql, database: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert follow_all(database) == 1
    at_once = followed(sql)
    assert at_once["steps"]
    assert at_once["per_month"]
    forget_all(database)
    monkeypatch.setattr(follow, "AT_ONCE", RECORDS // 20)
    assert follow_all(database) > 5
    assert followed(sql) == at_once


@pytest.mark.usefixtures("written")
def test_what_was_followed_wrongly_is_made_anew_and_right_once_it_is_forgotten(sql: Sql, database: str) -> None:
    follow_all(database)
    right = followed(sql)
    sql("UPDATE steps SET value = value + 1")
    sql("DELETE FROM per_month")
    assert follow_all(database) == 0  # it sees nothing new
    forget_all(database)
    assert not any(sql(f"SELECT FROM {table.name}") for table in TABLES if table.name != "revised")
    follow_all(database)
    assert followed(sql) == right


@pytest.mark.usefixtures("written")
def test_the_follower_does_the_same_beside_the_ledger(sql: Sql, database: str) -> None:
    with Follower(database) as follower:
        follower.when_idle()
        until(lambda: sql("SELECT FROM followed"), "its transaction is there")
    beside = followed(sql)
    assert follow_all(database) == 0
    forget_all(database)
    follow_all(database)
    assert followed(sql) == beside


@pytest.mark.usefixtures("written")
def test_another_that_follows_is_left_to_it(sql: Sql, database: str) -> None:
    with create_engine(database, poolclass=NullPool).begin() as other:
        other.exec_driver_sql(f"SELECT pg_advisory_xact_lock({follow.LOCK})")
        assert follow_all(database) == 0
    assert sql("SELECT FROM followed") == []
    assert follow_all(database) == 1


def test_a_fault_of_the_follower_comes_up_at_the_next_call(
    sql: Sql, database: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(background, "EVERY_S", 0.0)
    sql("ALTER TABLE followed RENAME TO gone")
    with Follower(database) as follower:
        follower.when_idle()  # it begins, and cannot know yet
        with pytest.raises(UndefinedTable, match="followed"):
            until(lambda: follower.when_idle() is not None, "the fault comes up")
