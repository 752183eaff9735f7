"""Kafka or Postgres away: the ledger says so, ends, waits at its next start, and nothing is counted twice."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from infra.stack import Stack
from infra.topics import ensure
from producers.publisher import Publisher, publish
from producers.simulator import Shape, season
from producers.simulator.oracle import recount
from schemas.places import load
from schemas.settings import Settings
from tests.ledger.agreement import assert_agrees, assert_kept_figures_agree
from tests.ledger.conftest import Sql
from tests.ledger.process import Ledger, until

PARTITIONS = 3


@pytest.fixture
def own_stack(tmp_path: Path) -> Iterator[Stack]:
    """A stack that the test may break."""
    with Stack(tmp_path / "stack").start() as stack:
        yield stack


def test_it_ends_when_kafka_or_postgres_goes_waits_for_both_and_counts_nothing_twice(
    own_stack: Stack, tmp_path: Path
) -> None:
    seed, records = 11, 4_000
    settings = Settings(bootstrap=own_stack.addresses.bootstrap, database_url=own_stack.addresses.database_url,
                        partitions=PARTITIONS, ledger_port=0)  # fmt: skip
    ensure(settings)
    made = list(season(seed, records, shape=Shape(partitions=PARTITIONS)))
    with Publisher(settings) as publisher:
        publish(publisher, iter(made[:2_000]))
    sql, ledger = Sql(settings.database_url), Ledger(settings, tmp_path / "ledger.log")

    ledger.start()
    ledger.has_read(sql, 2_000)
    own_stack.kafka.kill()
    assert ledger.ended() == 1
    ledger.says("Kafka at")
    ledger.start()
    ledger.says("does not answer, waiting for it")
    own_stack.kafka.start()
    ledger.says("Writing.", times=2)

    own_stack.postgres.kill()
    assert ledger.ended() == 1
    ledger.says("Postgres did not do it")
    with Publisher(settings) as publisher:
        publish(publisher, iter(made[2_000:]))
    ledger.start()
    ledger.says("Postgres cannot be used yet, waiting for it")
    own_stack.postgres.start()
    sql.engine.dispose()
    ledger.has_read(sql, records)
    assert ledger.process.stop() == 0
    expected = recount(made, load().units, PARTITIONS)
    assert_agrees(sql, expected)
    assert_kept_figures_agree(sql, expected)
    sql.engine.dispose()


def test_asked_to_stop_while_it_waits_it_ends_well(tmp_path: Path) -> None:
    settings = Settings(bootstrap="127.0.0.1:9", database_url=f"postgresql+psycopg2://x@/x?host={tmp_path}",
                        ledger_port=0)  # fmt: skip
    ledger = Ledger(settings, tmp_path / "ledger.log")
    ledger.start()
    ledger.says("Postgres cannot be used yet")
    assert ledger.process.stop() == 0
    until(lambda: "Stopped." in ledger.log.read_text(), ledger.log)
