"""A season on an installation of its own, counted by the real services and scraped by the real Prometheus."""

from __future__ import annotations

import json
import os
import sys
import time
import urllib.parse
import urllib.request
from collections import Counter
from collections.abc import Callable, Collection, Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from kafka import KafkaProducer
from sqlalchemy import create_engine, text
from sqlalchemy.pool import NullPool

from infra.reconcile.round import reconcile
from infra.stack import Stack
from infra.stack.ports import HOST, choose
from infra.stack.process import Process, Program
from infra.topics import ensure
from producers.simulator import Shape, season
from producers.simulator.registered import registers
from schemas.gateway.records import Contact, ContactStream
from schemas.gateway.records import encode as encode_contact
from schemas.partition import partition_of
from schemas.registers import encode
from schemas.settings import Settings
from schemas.topics import CONTACTS, REGISTERS
from tests.reconcile.conftest import play
from tests.services import environment_of

PARTITIONS, RECORDS, SEED, PATIENCE_S = 3, 8_000, 11, 300.0
COMMUNE, PROVINCE = "2025-07:24848", "68"
"""Xã Lạc Dương in Lâm Đồng: the named commune whose figures every panel must have."""
LATE = 7  # records that come when counter and ledger have ended, so that a lag can be seen
CONTACTED = ((1, 0, 0), (20, -2_000, 3), (90, 0, 1), (2, 400_000, 5))
"""Days since the last contact of a tablet, skew in ms, events that wait. One is silent, one has a wrong clock."""
Rows = list[tuple[Any, ...]]


@dataclass
class Played:
    """The installation: asks its Postgres as the ledger's owner or as Grafana, and its Prometheus."""

    settings: Settings
    prometheus: str
    counters: Counter[tuple[str, str | None, str | None, str, str]] = field(default_factory=Counter)
    """Recounted from the events: by unit, current commune, province (unit), measure and kind."""
    conservation: list[dict[str, Any]] = field(default_factory=list)
    """Where the records of each unit went, recounted, with its commune and province."""

    def ledger(self, statement: str, role: str | None = None, **parameters: Any) -> Rows:
        """Rows of SQL, as the owner or as another role."""
        engine = create_engine(self.settings.database_url, poolclass=NullPool)
        with engine.connect() as connection:
            if role is not None:
                connection.execute(text(f"SET ROLE {role}"))
            return [tuple(row) for row in connection.execute(text(statement), parameters)]

    def promql(self, expr: str) -> list[tuple[dict[str, str], float]]:
        """The newest figures of a query, with their labels."""
        query = urllib.parse.urlencode({"query": expr})
        with urllib.request.urlopen(f"{self.prometheus}/api/v1/query?{query}", timeout=30) as answer:
            result = json.load(answer)["data"]["result"]
        return [(each["metric"], float(each["value"][1])) for each in result]

    def await_promql(self, expr: str, holds: Callable[[list[float]], bool]) -> None:
        """Waits until a query's values hold."""
        deadline = time.monotonic() + PATIENCE_S
        while not holds(seen := [value for _, value in self.promql(expr)]):
            assert time.monotonic() < deadline, (expr, seen)
            time.sleep(0.2)

    def count(self, measure: str, kinds: Collection[str] = (), *, commune: str | None = None,
              units: Collection[str] | None = None) -> int:
        """A measure's recount, of some kinds or all, in a commune, some units or everywhere."""
        return sum(value for (unit, there, _, name, kind), value in self.counters.items()
                   if name == measure and (not kinds or kind in kinds) and commune in (None, there)
                   and (units is None or unit in units))

    def kept(self, figure: str, *, commune: str | None = None, province: str | None = None) -> list[int]:
        """A figure of conservation, of each unit of a commune or province that has it."""
        return [row[figure] for row in self.conservation if row[figure] is not None
                and commune in (None, row["commune"]) and province in (None, row["province"])]


def _process(settings: Settings, folder: Path, *words: str) -> Process:
    line = (sys.executable, "-P", "-m", "infra.cli", *words)
    return Process(Program(words[0], line, folder / f"{words[0]}.log", environment_of(settings)))


@pytest.fixture(scope="package")
def played(stack: Stack, migrated: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Played]:
    """The season, counted and compared; after it a few records that nobody counts."""
    folder = tmp_path_factory.mktemp("operators")
    stack.postgres.execute(f"CREATE DATABASE operated TEMPLATE {migrated}")
    ports = [choose([])]
    for _ in range(3):
        ports.append(choose([], ports))
    settings = Settings(
        bootstrap=stack.addresses.bootstrap, database_url=stack.postgres.url("operated"), partitions=PARTITIONS,
        topic_prefix=f"operators{os.getpid()}.", gauges_port=ports[0], counter_port=ports[1], ledger_port=ports[2],
        reconcile_port=ports[3], metrics_host=HOST, data_dir=str(folder), checkpoint_s=0.5)
    ensure(settings, 1)
    for job, port in zip(("gauges", "counter", "ledger", "reconcile"), ports, strict=True):
        stack.prometheus.scrape(job, [f"{HOST}:{port}"])
    stack.start(kafka=False, postgres=False, prometheus=True)
    made = Played(settings, stack.prometheus.url)
    processes = {name: _process(settings, folder, *words) for name, words in {
        "gauges": ("gauges",), "counter": ("counter",), "ledger": ("ledger",),
        "reconcile": ("reconcile", "--watch=10", "--json")}.items()}
    with ExitStack() as running:
        for process in processes.values():
            running.callback(process.kill)
            process.spawn()
        made.await_promql("up == 1", lambda values: len(values) >= len(processes))
        _play(settings)
        report = reconcile(settings, patience_s=PATIENCE_S)
        assert report.agrees, (report.failures, report.differences[:5])
        _settle(made)
        processes["counter"].stop()
        processes["ledger"].stop()
        play(settings, list(season(SEED + 1, LATE, shape=Shape(partitions=PARTITIONS))))
        made.await_promql('fieldtally:lag_records{service="counter"}', lambda values: values == [LATE])
        yield made
    stack.postgres.execute("DROP DATABASE operated WITH (FORCE)")


def _play(settings: Settings) -> None:
    """Registers, and the season's records in two halves, so that a rate can be seen."""
    producer = KafkaProducer(bootstrap_servers=settings.bootstrap, acks="all")
    for entry in registers(SEED):
        producer.send(settings.topic(REGISTERS), encode(entry), entry.key(),
                      partition=partition_of(entry.unit.encode(), PARTITIONS))
    for number, (days, skew, waiting) in enumerate(CONTACTED):
        at = datetime.now(UTC) - timedelta(days=days)
        streams = [ContactStream(topic="handouts", unit=COMMUNE, highest=9, waiting=waiting)]
        contact = Contact(source=f"/tablets/{number:043}", at=at, sentat=at, skewms=skew, streams=streams)
        producer.send(settings.topic(CONTACTS), encode_contact(contact), contact.key())
    producer.close()
    play(settings, list(season(SEED, RECORDS, shape=Shape(partitions=PARTITIONS, households_per_commune=20))))


def _settle(made: Played) -> None:
    """Recounts the ledger, and waits until Prometheus has the same and its rules have run."""
    names = ("commune", "province", "events", "corrected", "voided", "duplicates", "conflicts", "withdrawn", "missing",
             "rejected", "latest_event", "latest_receipt")  # fmt: skip
    found = made.ledger(f"SELECT {', '.join(names)} FROM (SELECT u.commune, u.province, c.* FROM conservation c "
                        "JOIN units u ON u.id = c.unit) AS kept")
    made.conservation += [dict(zip(names, row, strict=True)) for row in found]
    events = sum(made.kept("events"))
    made.await_promql("sum(fieldtally_events_total)", lambda values: values == [events])
    made.await_promql("sum(fieldtally_reconcile_agreed_timestamp_seconds)", lambda values: bool(values and values[0]))
    made.await_promql("fieldtally:lag_records", lambda values: values == [0, 0])  # the last checkpoint is made
    made.counters.update({tuple(key): int(value) for *key, value in made.ledger(
        "SELECT c.unit, u.commune, u.province, c.measure, c.kind, c.value FROM ledger_counters_at((SELECT "
        "array_agg(DISTINCT unit) FROM streams), NULL) AS c JOIN units u ON u.id = c.unit")})

