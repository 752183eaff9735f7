"""A measurement of `fieldtally bench` that is told to end."""

from __future__ import annotations

import os
import signal
import subprocess
import sys

from kafka import KafkaAdminClient
from sqlalchemy import create_engine, text
from sqlalchemy.pool import NullPool

from infra.stack import Stack
from schemas.settings import Settings
from tests.services import environment_of
from tests.stack.waiting import until


def databases(stack: Stack) -> set[str]:
    with create_engine(stack.addresses.database_url, poolclass=NullPool).connect() as connection:
        return set(connection.scalars(text("SELECT datname FROM pg_database")))


def topics(stack: Stack) -> set[str]:
    with KafkaAdminClient(bootstrap_servers=stack.addresses.bootstrap) as admin:
        return set(admin.list_topics())


def test_a_measurement_that_is_told_to_end_takes_its_topics_and_its_database_with_it(stack: Stack) -> None:
    settings = Settings(bootstrap=stack.addresses.bootstrap, database_url=stack.addresses.database_url, partitions=2)
    before = databases(stack), topics(stack)
    with subprocess.Popen([sys.executable, "-P", "-m", "infra.cli", "bench", "live"], stdout=subprocess.DEVNULL,
                          env={**os.environ, **environment_of(settings)}, cwd="/") as process:  # fmt: skip
        until(lambda: f"bench_{process.pid}" in databases(stack), "it has made its database")
        assert any(name.startswith(f"bench-{process.pid}.") for name in topics(stack))
        process.terminate()
        assert process.wait(60) == 128 + signal.SIGTERM
    assert (databases(stack), topics(stack)) == before
