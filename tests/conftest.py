"""What tests share: one real stack for the session, a fresh database per test, topic names of a test's own."""

from __future__ import annotations

import contextlib
import itertools
import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from kafka import KafkaAdminClient
from xdist.remote import Producer
from xdist.scheduler import LoadScopeScheduling

from infra.stack import Stack

pytest_plugins = ["tests.browser"]
_NUMBERS = itertools.count(1)


INSTALLATIONS = {"stack", "demonstration"}  # their tests start whole installations, which wish for the same ports


class ByFile(LoadScopeScheduling):
    """Where workers share the tests, those of a file stay together, and those that cannot run side by side.

    Not by marks: with pytest 9.2, pytest-xdist 3.8 loses the groups that marks name.
    """

    def _split_scope(self, nodeid: str) -> str:
        file = nodeid.partition("::")[0]
        return "installations" if Path(file).parent.name in INSTALLATIONS else file


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Producer) -> ByFile:
    """Asked by pytest-xdist, whatever `--dist` says."""
    return ByFile(config, log)


@pytest.fixture(scope="session")
def stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    """Real Kafka and Postgres in a temporary folder on free ports, started on first use, beside whatever is up."""
    with Stack(tmp_path_factory.mktemp("stack")).start() as running:
        yield running


@pytest.fixture
def bootstrap(stack: Stack) -> str:
    """The `host:port` of the session's Kafka."""
    return stack.addresses.bootstrap


@pytest.fixture
def topic_prefix(bootstrap: str) -> Iterator[str]:
    """A prefix that no other test has; topics that carry it are deleted after the test."""
    prefix = f"t{os.getpid()}-{next(_NUMBERS)}."
    yield prefix
    with contextlib.closing(KafkaAdminClient(bootstrap_servers=bootstrap)) as admin:
        if mine := [name for name in admin.list_topics() if name.startswith(prefix)]:
            admin.delete_topics(mine)


@pytest.fixture(scope="session")
def migrated(stack: Stack) -> str:
    """The name of a database with all migrations, which `database` copies."""
    from sinks.ledger.migrations import upgrade

    stack.postgres.execute("CREATE DATABASE migrated")
    upgrade(stack.postgres.url("migrated"))
    return "migrated"


@pytest.fixture
def database(stack: Stack, migrated: str) -> Iterator[str]:
    """The SQLAlchemy URL of a fresh, migrated database, dropped after the test."""
    name = f"test_{next(_NUMBERS)}"
    stack.postgres.execute(f"CREATE DATABASE {name} TEMPLATE {migrated}")
    yield stack.postgres.url(name)
    stack.postgres.execute(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")
