"""One small installation, counted by the real services, which the tests then falsify in copies."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from pathlib import Path

import msgspec
import pytest

from infra.reconcile.round import reconcile
from infra.stack import Stack
from infra.stack.ports import HOST, choose
from infra.topics import ensure
from producers.publisher import Publisher, publish
from producers.simulator import Record, Shape, season
from schemas.settings import Settings
from tests.services import service

PARTITIONS, RECORDS, EARLY, SEED = 3, 3_000, 1_000, 11
PATIENCE_S = 120.0  # far above what is ever needed
Change = Callable[..., Settings]


def installation(stack: Stack, name: str, database: str, folder: Path) -> Settings:
    """Settings of an installation of its own on the session's servers, with its topics."""
    settings = Settings(
        bootstrap=stack.addresses.bootstrap, database_url=stack.postgres.url(database), partitions=PARTITIONS,
        topic_prefix=f"reconcile{os.getpid()}-{name}.", counter_port=0, ledger_port=0, gauges_port=choose([]),
        metrics_host=HOST, data_dir=str(folder / name), checkpoint_s=0.5)
    ensure(settings, 1)
    return settings


def play(settings: Settings, records: list[Record]) -> None:
    """Publishes records and returns when the broker has them."""
    with Publisher(settings) as publisher:
        publish(publisher, records)


@pytest.fixture(scope="package")
def counted(stack: Stack, migrated: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Settings]:
    """A season that log, ledger, totals and gauges agree on; only the gauges still run.

    The database `early` is the ledger when it had read a third of the log.
    """
    folder = tmp_path_factory.mktemp("reconcile")
    stack.postgres.execute(f"CREATE DATABASE counted TEMPLATE {migrated}")
    settings = installation(stack, "counted", "counted", folder)
    records = list(season(SEED, RECORDS, shape=Shape(partitions=PARTITIONS, households_per_commune=20)))
    with service("gauges", settings, folder):
        for part, copy in ((records[:EARLY], "early"), (records[EARLY:], "whole")):
            play(settings, part)
            with service("counter", settings, folder), service("ledger", settings, folder):
                report = reconcile(settings, patience_s=PATIENCE_S)
                assert report.agrees, (report.failures, report.differences[:5])
            stack.postgres.execute(f"CREATE DATABASE {copy} TEMPLATE counted")
        yield settings
    for name in ("counted", "early", "whole"):
        stack.postgres.execute(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")


@pytest.fixture
def with_ledger(stack: Stack, counted: Settings) -> Iterator[Change]:
    """`with_ledger("whole", "DELETE …")`: the installation with a copy of a ledger that was changed by statements."""
    made: list[str] = []

    def change(template: str, *statements: str) -> Settings:
        name = f"falsified_{len(made)}"
        stack.postgres.execute(f"CREATE DATABASE {name} TEMPLATE {template}")
        made.append(name)
        for statement in statements:
            stack.postgres.execute(statement, name)
        return msgspec.structs.replace(counted, database_url=stack.postgres.url(name))

    yield change
    for name in made:
        stack.postgres.execute(f"DROP DATABASE {name} WITH (FORCE)")
