"""A closed period on the real pipeline: a late backlog changes no byte of it, and its restatement is a recount."""

from __future__ import annotations

import json
import random
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from hashlib import sha256
from pathlib import Path

import msgspec
import pytest
from typer.testing import CliRunner, Result

from infra import periods
from infra.cli import app
from infra.stack import Stack
from infra.topics import ensure
from producers.office.periods import differences
from producers.publisher import Publisher
from producers.simulator import Oracle, Record, Shape, season
from schemas import wire
from schemas.events.catalogue import WIRE_TYPE_OF
from schemas.events.envelope import Envelope
from schemas.instant import day_of, instant_ms
from schemas.office import Action
from schemas.places import load
from schemas.programmes import load as programme_of
from schemas.programmes import parse_period
from schemas.programmes.scope import scope
from schemas.settings import Settings
from sinks.ledger.migrations import upgrade
from tests.ledger.conftest import Sql
from tests.ledger.process import Ledger, read, until

PARTITIONS, NAME, PROGRAMME = 3, "2023", "lac-duong"
PERIOD = parse_period(NAME)


def run(*arguments: object) -> Result:
    done = CliRunner().invoke(app, [str(argument) for argument in arguments])
    assert done.exit_code == 0, f"{done.output}{done.exception}"
    return done


@pytest.fixture
def settings(bootstrap: str, topic_prefix: str, database: str, monkeypatch: pytest.MonkeyPatch) -> Settings:
    """An installation of this test's own, which the environment names."""
    chosen = Settings(bootstrap=bootstrap, topic_prefix=topic_prefix, partitions=PARTITIONS, database_url=database,
                      ledger_port=0)  # fmt: skip
    for name in ("bootstrap", "topic_prefix", "partitions", "database_url"):
        monkeypatch.setenv(f"FIELDTALLY_{name.upper()}", str(getattr(chosen, name)))
    ensure(chosen)
    return chosen


@contextmanager
def read_up(settings: Settings, folder: Path, records: int) -> Iterator[Sql]:
    """Lets a ledger read so many records of the field topics; its database."""
    upgrade(settings.database_url)
    ledger, sql = Ledger(settings, folder / f"ledger-{records}.log"), Sql(settings.database_url)
    ledger.start()
    try:
        until(lambda: read(sql) >= records, ledger.log)
        yield sql
    finally:
        ledger.process.stop()
        sql.engine.dispose()


def publish(settings: Settings, records: list[Record]) -> None:
    with Publisher(settings) as publisher:
        for record in records:
            publisher.send(record)


def split() -> tuple[list[Record], list[Record]]:
    """A season without what a third of its tablets recorded in October and November 2023, and that, 40 days late."""
    seed = random.randrange(10**6)
    print("seed", seed)
    in_time, late = [], []
    for record in season(seed, 6_000, shape=Shape(partitions=PARTITIONS)):
        event = wire.decode(record.value)
        if isinstance(event, Envelope) and sum(event.source.encode()) % 3 == 0 and is_autumn(event):
            late.append(record)
        else:
            in_time.append(record)
    assert len(late) > 50
    return in_time, late


def is_autumn(event: Envelope) -> bool:
    return date(2023, 10, 1) <= day(event) < date(2023, 12, 1)


def day(fact: Envelope) -> date:
    return day_of(instant_ms(fact.time, fact.receivedat, fact.skewms))


def bears(event: Envelope) -> bool:
    """Whether an event bears on 2023 by any fact that it states or carries; naive, for what is late here."""
    kind = WIRE_TYPE_OF[type(event)]
    facts = [event] if kind.part == "original" else [event.data.original, getattr(event.data, "new", None)]
    return any(fact is not None and day(fact) <= PERIOD.last for fact in facts)


def test_a_close_stays_as_it_is_and_its_restatement_equals_a_recount_and_lists_the_late_events(
    settings: Settings, stack: Stack, tmp_path: Path
) -> None:
    in_time, late = split()
    publish(settings, in_time)
    with read_up(settings, tmp_path, len(in_time)):
        told = run("period", "close", NAME, "--programme", PROGRAMME, "--by", "lac-duong-people-committee").output
    cited = run("period", "show", NAME, "--programme", PROGRAMME, "--to", "json").output
    assert json.loads(cited)["programme"] == PROGRAMME
    assert date.fromisoformat(json.loads(cited)["as_of"]["map"]) > PERIOD.last  # what was today's map, by its day
    assert f"SHA-256 {sha256(cited.encode()).hexdigest()}." in told

    publish(settings, late)
    with read_up(settings, tmp_path, len(in_time) + len(late)) as sql:
        [(before,)] = sql("SELECT count(*) FROM restated_periods")
        restated = msgspec.json.decode(
            run("period", "restate", NAME, "--programme", PROGRAMME, "--json").output, type=Action
        )
        until(lambda: sql("SELECT FROM restated_periods"), tmp_path / f"ledger-{len(in_time) + len(late)}.log")
        assert before == 0
        assert "nothing differs" in run("period", "restate", NAME, "--programme", PROGRAMME).output
    assert run("period", "show", NAME, "--programme", PROGRAMME, "--to", "json").output == cited
    again = run("period", "show", NAME, "--programme", PROGRAMME, "--restated", "--to", "json").output
    assert again.encode() == bytes(restated.data.report)
    assert set(restated.data.events) == expected_events(in_time, late)
    assert differences(cited.encode(), restated.data.report)
    assert_equals_a_recount(settings, stack, tmp_path, len(in_time) + len(late), restated, cited)


def expected_events(in_time: list[Record], late: list[Record]) -> set[str]:
    """The ids of what came late, is no duplicate or conflict, and bears on the programme's figures of the period."""
    units, oracle = scope(load(), programme_of(PROGRAMME).places), Oracle(load().units, PARTITIONS)
    for record in in_time:
        oracle.feed(record.topic, record.key, record.value, record.partition)
    counted = [r for r in late if oracle.feed(r.topic, r.key, r.value, r.partition) == "event"]
    events = [wire.decode(record.value) for record in counted]
    return {event.id for event in events if isinstance(event, Envelope) and event.unit in units
            and WIRE_TYPE_OF[type(event)].part != "withdrawn" and bears(event)}  # fmt: skip


def assert_equals_a_recount(
    settings: Settings, stack: Stack, folder: Path, records: int, restated: Action, cited: str
) -> None:
    """A new, empty ledger reads the whole log: it has the same figures, and the close as it was published."""
    name = f"recount_{records}"
    stack.postgres.execute(f"CREATE DATABASE {name}")
    recounting = msgspec.structs.replace(settings, database_url=stack.postgres.url(name))
    (folder / "again").mkdir()
    with read_up(recounting, folder / "again", records) as sql:
        frozen, _ = periods.freeze(recounting, PROGRAMME, PERIOD, restated.data.map)
        assert differences(restated.data.report, frozen.report) == []
        until(lambda: sql("SELECT FROM restated_periods"), folder / "again" / f"ledger-{records}.log")
        [(value,)] = sql("SELECT value FROM office_actions WHERE type = 'period.closed'")
        assert cited in value
    stack.postgres.execute(f"DROP DATABASE {name} WITH (FORCE)")


def test_a_period_is_closed_once_and_what_was_left_out_is_closed_by_the_same_command(
    settings: Settings, tmp_path: Path
) -> None:
    records = list(season(7, 800, shape=Shape(partitions=PARTITIONS)))
    publish(settings, records)
    runner = CliRunner()
    never = runner.invoke(app, ["period", "show", "2023-Q1", "--programme", PROGRAMME])
    assert "was never closed" in str(never.exception)
    early = runner.invoke(app, ["period", "close", "2023-Q1", "--patience", "0.3"])
    assert "The ledger has 800 records of the log still to read" in str(early.exception)
    with read_up(settings, tmp_path, len(records)):
        wrong = runner.invoke(app, ["period", "close", "2023-Q1", "--map", "tomorrow"])
        assert "`tomorrow` is no map" in str(wrong.exception)
        run("period", "close", "2023-Q1", "--programme", PROGRAMME)
        rest = run("period", "close", "2023-Q1").output
        assert (rest.count(" is closed "), f"{PROGRAMME} " in rest) == (1, False)
        again = runner.invoke(app, ["period", "close", "2023-Q1"])
        assert "a closed figure stays" in str(again.exception)
        said = run("period", "show", "2023-Q1").output
        assert said.count("Chốt số liệu") == 2
        assert "Dân số" in said
        assert "32.240" in said
        assert_in_every_form(tmp_path)
    unsaid = runner.invoke(app, ["period", "show", "2023-Q1", "--restated"])
    assert "was never restated" in str(unsaid.exception)


def assert_in_every_form(folder: Path) -> None:
    """A closed period is read in all forms of a report and both languages, without the ledger."""
    one = ("period", "show", "2023-Q1", "--programme", PROGRAMME)
    for form, start in (("xlsx", b"PK"), ("html", b"<!doctype html>"), ("csv", "\ufeff".encode()), ("json", b"{")):
        out = folder / f"closed.{form}"
        run(*one, "--to", form, "--language", "en", "--out", out)
        assert out.read_bytes().startswith(start)
    cited, page = (folder / "closed.json").read_bytes(), (folder / "closed.html").read_text()
    assert f"SHA-256 {sha256(cited).hexdigest()}" in page
    assert "32,240</span> people" in page
    both = CliRunner().invoke(app, ["period", "show", "2023-Q1", "--to", "csv", "--out", str(folder / "both.csv")])
    assert both.exit_code == 2
