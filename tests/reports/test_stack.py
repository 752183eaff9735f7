"""As a user plays it: a season through real Kafka into the ledger's own process, registers from their file, reports."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import create_engine, text
from sqlalchemy.pool import NullPool

from schemas.programmes import names
from schemas.programmes.hiding import published
from schemas.programmes.report import decode
from schemas.settings import Settings
from schemas.topics import FIELD_TOPICS, REGISTERS
from tests.ledger.process import Ledger as Process
from tests.ledger.process import environment, installed, ledger_of, until
from tests.reports.conftest import PARTITIONS, SEED, Ledger


@pytest.fixture
def settings(bootstrap: str, topic_prefix: str, database: str) -> Settings:
    """An installation with empty topics and an empty ledger."""
    return installed(bootstrap, topic_prefix, database, PARTITIONS)


@pytest.fixture
def process(settings: Settings, tmp_path: Path) -> Iterator[Process]:
    """A ledger that is stopped after the test."""
    with ledger_of(settings, tmp_path / "ledger.log") as made:
        yield made


def fieldtally(settings: Settings, *arguments: str) -> str:
    """What a command prints; it must succeed."""
    done = subprocess.run([sys.executable, "-P", "-m", "infra.cli", *arguments], capture_output=True, text=True,
                          check=False, env={**os.environ, **environment(settings)})  # fmt: skip
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_a_season_through_kafka_gives_the_sources_figures(
    settings: Settings, process: Process, played: Ledger, tmp_path: Path
) -> None:
    file = tmp_path / "registers.csv"
    process.start()
    fieldtally(settings, "simulate", "--programmes", "--seed", str(SEED), "--registers", str(file))
    fieldtally(settings, "registers", "import", str(file))
    with played.engine.connect() as connection:
        wanted = connection.scalar(text("SELECT sum(next_offset) FROM positions"))

    until(lambda: process.process.running and fully_read(settings) >= wanted, process.log)
    for programme in names():
        report = decode(fieldtally(settings, "report", programme, "--to", "json").encode())
        assert report.rows == published(played.report(programme)).rows
        assert report.lines == published(played.report(programme)).lines


def fully_read(settings: Settings) -> int:
    """How many records of field topics and registers the ledger has read."""
    statement = "SELECT sum(next_offset) FROM positions WHERE topic = ANY (:topics)"
    with create_engine(settings.database_url, poolclass=NullPool).connect() as connection:
        read = connection.scalar(text(statement), {"topics": [*FIELD_TOPICS, REGISTERS]})
    return int(read or 0)
