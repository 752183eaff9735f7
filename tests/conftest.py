"""What tests share: one real stack for the session, a fresh database per test, topic names of a test's own."""

from __future__ import annotations

import contextlib
import itertools
import os
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest
from kafka import KafkaAdminClient
from xdist.remote import Producer
from xdist.scheduler import LoadScopeScheduling

from infra.stack import Stack

pytest_plugins = ["tests.browser"]
_NUMBERS = itertools.count(1)


TOGETHER = {
    **dict.fromkeys(("stack", "demonstration"), "installations"),  # whole ones, which wish for the same ports
    **{folder: folder for folder in ("operators", "reconcile", "reports", "tablet")},  # one season for all of a folder
}


def together(nodeid: str) -> str:
    """What runs in one process, one after the other: the tests of a file, or of folders."""
    file = nodeid.partition("::")[0]
    return TOGETHER.get(Path(file).parent.name, file)


class Together(LoadScopeScheduling):
    """Where workers share the tests, it is by what runs together.

    Not by marks: with pytest 9.2, pytest-xdist 3.8 loses the groups that marks name.
    """

    def _split_scope(self, nodeid: str) -> str:
        return together(nodeid)


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Producer) -> Together:
    """Asked by pytest-xdist, whatever `--dist` says."""
    config.option.loadscopereorder = False  # it would begin with the files of most tests, which are the short ones
    return Together(config, log)


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Folders that run together first, then the files of few tests, so that no worker is left with a long one alone.

    A test of a whole system is long and has few beside it; a file of many tests holds short ones, which fill the end.
    """
    tests = Counter(together(item.nodeid) for item in items)
    folders = set(TOGETHER.values())

    def place(item: pytest.Item) -> tuple[bool, int, str]:
        mine = together(item.nodeid)
        return mine not in folders, tests[mine], mine

    items.sort(key=place)


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
    """The name of a ledger's database with all migrations, and with the map loaded, which takes longer than a test.

    `database` copies it, as does whoever wants a ledger that starts at once.
    """
    from schemas.places import load
    from sinks.ledger.migrations import upgrade
    from sinks.ledger.store import Store

    stack.postgres.execute("CREATE DATABASE migrated")
    upgrade(stack.postgres.url("migrated"))
    Store(stack.postgres.url("migrated"), load(), partitions=1).close()
    return "migrated"


@pytest.fixture
def database(stack: Stack, migrated: str) -> Iterator[str]:
    """The SQLAlchemy URL of a fresh, migrated database, dropped after the test."""
    name = f"test_{next(_NUMBERS)}"
    stack.postgres.execute(f"CREATE DATABASE {name} TEMPLATE {migrated}")
    yield stack.postgres.url(name)
    stack.postgres.execute(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")
