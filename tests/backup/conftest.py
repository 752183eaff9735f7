"""An installation on a broker of its own, which a test may lose, with every kind of fact in it."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

import msgspec
import pytest
from typer.testing import CliRunner

from infra.backup.facts import FACTS, Fact
from infra.backup.take import fact
from infra.bus import Newest, connect
from infra.cli import app
from infra.reconcile.report import Report
from infra.reconcile.round import reconcile
from infra.stack import Stack
from producers.simulator import Shape, season
from schemas.settings import Settings
from schemas.totals import Total
from sinks.ledger.migrations import upgrade
from tests.forms.commands import many
from tests.forms.support import FORM, write_csv
from tests.places.loads import sheet
from tests.reconcile.conftest import PARTITIONS, PATIENCE_S, installation, play
from tests.registers.test_command import sheet as register
from tests.services import environment_of, service

SEED, RECORDS = 31, 1_200
RENAMED = "|9/NQ,2025-12-01,2026-01-01,2025-07:24848,2026-01:24848,whole,commune,Xã Lạc Dương Mới,2025-07:68"


@dataclass
class Place:
    """The installation and what happens to it."""

    stack: Stack
    settings: Settings
    folder: Path

    def run(self, *arguments: object, settings: Settings | None = None) -> str:
        """What a command says; it must do well."""
        environment = environment_of(settings or self.settings)
        done = CliRunner().invoke(app, list(map(str, arguments)), env=environment, catch_exceptions=False)
        assert done.exit_code == 0, done.output
        return done.output

    def agreed(self, database: str, during: Callable[[], object] = lambda: None) -> Report:
        """A comparison of all sides once services with this ledger have caught up, after `during` while they run."""
        self.settings = msgspec.structs.replace(self.settings, database_url=self.stack.postgres.url(database))
        with ExitStack() as services:
            for command in ("gauges", "counter", "ledger"):
                services.enter_context(service(command, self.settings, self.folder))
            report = reconcile(self.settings, patience_s=PATIENCE_S, deep=True)
            during()
        return report

    def empty_database(self, name: str) -> str:
        """A database with tables and nothing in them."""
        self.stack.postgres.execute(f"CREATE DATABASE {name}")
        upgrade(self.stack.postgres.url(name))
        return name

    def facts(self, settings: Settings | None = None) -> dict[str, list[Fact]]:
        """Every record of every topic of facts, by partition."""
        with connect(settings or self.settings, committed=True) as bus:
            places = bus.places(FACTS)
            found: dict[str, list[Fact]] = {str(place): [] for place in places}
            for place, record in bus.read(bus.beginnings(places), bus.ends(places)):
                found[str(place)].append(fact(record))
            return found

    def ends(self, settings: Settings | None = None) -> dict[str, int]:
        """The end offset of every partition of facts that holds anything."""
        with connect(settings or self.settings) as bus:
            return {str(place): end for place, end in bus.ends(bus.places(FACTS)).items() if end}

    def totals(self) -> dict[str, Total]:
        """The newest totals."""
        with connect(self.settings) as bus:
            newest = Newest(bus)
            newest.read_on()
        return newest.totals

    def lose_the_broker(self) -> None:
        """Kafka is killed and its disk is gone; an empty one comes up."""
        self.stack.kafka.kill()
        shutil.rmtree(self.stack.kafka.folder / "data")
        self.stack.kafka.start()


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Place]:
    """A season, a form's export, a loaded map, a register and an invitation."""
    folder = tmp_path_factory.mktemp("place")
    with Stack(folder / "stack").start() as stack:
        stack.postgres.execute("CREATE DATABASE first")
        upgrade(stack.postgres.url("first"))
        made = Place(stack, installation(stack, "kept", "first", folder), folder)
        (folder / "key").write_text("a key of the tests, of more than 32 characters")
        made.settings = msgspec.structs.replace(made.settings, pseudonym_key_file=str(folder / "key"))
        play(made.settings, list(season(SEED, RECORDS, shape=Shape(partitions=PARTITIONS, households_per_commune=20))))
        (folder / "form.yaml").write_text(FORM)
        made.run("import", write_csv(folder / "export.csv", many(30)), "--mapping", folder / "form.yaml")
        made.run("import", write_csv(folder / "export.csv", many(40)), "--mapping", folder / "form.yaml")
        (folder / "rename.csv").write_bytes(sheet(RENAMED))
        made.run("places", "load", folder / "rename.csv")
        made.run("registers", "import", register(folder, 20))
        made.run("tablet", "invite", "--unit", "2025-07:24848", "--organisation", "youth-union-lac-duong")
        yield made
