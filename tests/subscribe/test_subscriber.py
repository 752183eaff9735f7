"""Every subscriber's copy equals Postgres: the example, and Kafka's own console consumer with the example's rule."""

from __future__ import annotations

import json
import os
import random
import re
import sqlite3
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import create_engine, text
from sqlalchemy.pool import NullPool
from typer.testing import CliRunner

from infra.bus import connect
from infra.cli import app
from infra.instance import REPO
from infra.stack import tools
from producers.simulator import Record
from schemas.settings import Settings
from schemas.topics import TOTALS
from tests.reconcile.conftest import PATIENCE_S, play
from tests.subscribe.conftest import Part

EXAMPLES = REPO / "infra" / "examples"
Copy = dict[str, tuple[int, list[int], dict[str, Any]]]


class Subscriber:
    """The example as its README runs it, on a copy of its own."""

    def __init__(self, settings: Settings, copy: Path) -> None:
        self.copy = copy
        self.command = [sys.executable, str(EXAMPLES / "subscriber.py"), f"--copy={copy}",
                        f"--bootstrap={settings.bootstrap}", f"--topic={settings.topic(TOTALS)}"]

    def run(self, *options: str, lines: str | None = None) -> Copy:
        """Runs it to its end; the copy then."""
        subprocess.run([*self.command, *options], check=True, input=lines, text=True, timeout=PATIENCE_S, cwd="/")
        return self.held()

    def held(self) -> Copy:
        if not self.copy.exists():
            return {}
        with sqlite3.connect(self.copy) as sql:
            totals = [json.loads(total) for total, in sql.execute("SELECT total FROM totals")]
        return {each["unit"]: (each["generation"], each["positions"], each["counters"]) for each in totals}


def ledgers(settings: Settings) -> Copy:
    """The totals in Postgres."""
    engine = create_engine(settings.database_url, poolclass=NullPool)
    with engine.connect() as sql:
        rows = sql.execute(text("SELECT unit, generation, positions, counters FROM totals"))
        return {row.unit: (row.generation, row.positions, row.counters) for row in rows}


def lines(settings: Settings) -> list[str]:
    """Every record of the totals' topic, as the console consumer prints it."""
    with connect(settings) as bus:
        places = bus.places([TOTALS])
        return [(record.value or b"").decode() for _, record in bus.read(bus.beginnings(places), bus.ends(places))]


@pytest.fixture(scope="module")
def played(installed: Settings, third: Part, tmp_path_factory: pytest.TempPathFactory) -> Subscriber:
    """A subscriber that followed the first third to its end, was killed in the second, and was down for the last."""
    subscriber = Subscriber(installed, tmp_path_factory.mktemp("subscriber") / "totals.sqlite")
    third(0)
    assert subscriber.run("--once") == ledgers(installed)
    before = subscriber.held()
    with subprocess.Popen(subscriber.command) as process:
        third(1)
        deadline = time.monotonic() + PATIENCE_S
        while subscriber.held() == before:
            assert time.monotonic() < deadline, "nothing came"
            time.sleep(0.05)
        process.kill()
    third(2)
    return subscriber


def test_a_copy_that_was_killed_and_down_equals_postgres_corrections_and_voids_included(
    installed: Settings, played: Subscriber
) -> None:
    assert played.run("--once") == ledgers(installed)
    engine = create_engine(installed.database_url, poolclass=NullPool)
    with engine.connect() as sql:
        revisions = dict(map(tuple, sql.execute(text("SELECT part, count(*) FROM events GROUP BY 1"))))
    assert revisions["corrected"] > 20
    assert revisions["voided"] > 20


def test_a_replay_from_zero_changes_nothing_and_a_copy_from_zero_is_the_same(
    installed: Settings, played: Subscriber, tmp_path: Path
) -> None:
    held = played.run("--once", "--from-start")
    assert held == ledgers(installed)
    assert Subscriber(installed, tmp_path / "fresh.sqlite").run("--once") == held


def test_a_late_total_of_a_counter_that_lost_its_partition_takes_nothing_back(
    installed: Settings, played: Subscriber
) -> None:
    late = json.loads(lines(installed)[0])
    wanted = ledgers(installed)
    assert late["positions"] < wanted[late["unit"]][1]
    play(installed, [Record(TOTALS, late["unit"].encode(), json.dumps(late).encode(), None, [], "late")])
    assert played.run("--once") == wanted


def test_the_order_of_totals_does_not_matter(installed: Settings, played: Subscriber, tmp_path: Path) -> None:
    wanted, said = played.run("--once"), lines(installed)
    seed = random.randrange(10**6)
    random.Random(seed).shuffle(said)
    assert Subscriber(installed, tmp_path / "shuffled.sqlite").run("--lines", lines="\n".join(said)) == wanted, seed


def test_the_recipe_for_the_console_consumer_gives_the_same_copy(
    installed: Settings, played: Subscriber, tmp_path: Path
) -> None:
    recipe = re.findall(r"```\n(.*?)```", (EXAMPLES / "README.md").read_text(), re.DOTALL)[1]
    told = (recipe.replace("127.0.0.1:9092", installed.bootstrap).replace(TOTALS, installed.topic(TOTALS))
            .replace("python infra/examples", f"{sys.executable} {EXAMPLES}"))  # fmt: skip
    script = tmp_path / "kafka-console-consumer.sh"  # as Kafka ships it, but on the jars that are here
    java = f"{tools.java()} -Dorg.apache.logging.log4j.level=OFF -cp '{tools.kafka_jars()}/*'"
    script.write_text(f'#!/bin/sh\nexec {java} org.apache.kafka.tools.consumer.ConsoleConsumer "$@"\n')
    script.chmod(0o755)
    done = subprocess.run(["sh"], input=told, text=True, check=False, cwd=tmp_path, capture_output=True,
                          env={**os.environ, "PATH": f"{tmp_path}:{os.environ['PATH']}"}, timeout=PATIENCE_S)
    assert done.returncode == 0, done.stderr
    assert Subscriber(installed, tmp_path / "totals.sqlite").held() == played.run("--once") == ledgers(installed)


def test_counters_are_there_for_sql(installed: Settings, played: Subscriber) -> None:
    played.run("--once")
    with sqlite3.connect(played.copy) as sql:
        counters = sql.execute("SELECT unit, measure, kind, value FROM counters").fetchall()
    assert sorted(counters) == sorted((unit, measure, kind, value)
                                      for unit, (_, _, totals) in ledgers(installed).items()
                                      for measure, kinds in totals.items() for kind, value in kinds.items())


def test_a_broker_without_the_production_profile_says_that_it_keeps_no_rules(bootstrap: str, tmp_path: Path) -> None:
    asked = ["access", "subscriber", "anybody", f"--client={tmp_path / 'anybody.json'}"]
    done = CliRunner().invoke(app, asked, env={"FIELDTALLY_BOOTSTRAP": bootstrap})
    assert "This broker keeps no rules" in str(done.exception)
