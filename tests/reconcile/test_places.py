"""A unit that nobody knew is loaded while all runs: its parked events come back, and every side has it by then."""

from __future__ import annotations

import itertools
import re
import time
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import msgspec
import pytest
from sqlalchemy import create_engine, text
from sqlalchemy.pool import NullPool
from typer.testing import CliRunner

from infra.bus import Newest, connect
from infra.cli import app
from infra.errors import InfraError
from infra.reconcile.page import Page, fetch
from infra.reconcile.round import reconcile
from infra.stack import Stack
from infra.stack.ports import HOST
from producers import reading
from producers.office.places import current_map, publish_committed
from producers.simulator import Record
from schemas.places import committed, load
from schemas.pseudonym import household_code
from schemas.settings import Settings
from schemas.topics import PLACES
from tests.ledger.made import event, fact
from tests.places.loads import sheet
from tests.reconcile.conftest import PATIENCE_S, installation, play
from tests.services import environment_of, service

_NUMBERS = itertools.count(1)
BEFORE, NEW = "2025-07:24848", "2026-01:24848"
SUMS = "SELECT commune, unresolved, value FROM sums_by_place('now') WHERE measure = 'leaflets'"
RENAMED = sheet("|9/NQ,2025-12-01,2026-01-01,2025-07:24848,2026-01:24848,whole,commune,Xã Lạc Dương Mới,2025-07:68")


@pytest.fixture
def running(installed: Settings, tmp_path: Path) -> Iterator[Settings]:
    """An installation with its services."""
    publish_committed(installed)
    with ExitStack() as services:
        for command in ("counter", "ledger", "gauges"):
            services.enter_context(service(command, installed, tmp_path))
        yield installed


@pytest.fixture
def installed(stack: Stack, migrated: str, tmp_path: Path) -> Iterator[Settings]:
    """An installation without any service."""
    name = f"mapped{next(_NUMBERS)}"
    stack.postgres.execute(f"CREATE DATABASE {name} TEMPLATE {migrated}")
    yield installation(stack, name, name, tmp_path)
    stack.postgres.execute(f"DROP DATABASE {name} WITH (FORCE)")


def test_the_topic_has_the_whole_committed_map_written_once_and_takes_decisions_on_top(installed: Settings) -> None:
    assert publish_committed(installed) == len(list(committed.parts(load())))
    assert publish_committed(installed) == 0
    newest = reading.newest(installed, PLACES)
    assert committed.assembled(map(committed.decode, newest.values())) == load()
    there = current_map(installed)
    assert there.places is load()
    assert list(there.complaints()) == []


def leaflets(unit: str, source: str, count: int) -> list[Record]:
    """So many leaflets under a unit, each to a household of its own."""
    made = [
        event("outreach", "leaflet.distributed", seq, fact(f"household/{code}", {"leaflet": "l-1"}), source=source)
        for seq in range(1, count + 1)
        if (code := household_code(unit, seq))
    ]
    return [Record(put.topic, put.key, put.value, None, [], "event") for put in made]


def places(settings: Settings, *arguments: str) -> str:
    """What `fieldtally places` says."""
    done = CliRunner().invoke(app, ["places", *arguments], env=environment_of(settings), catch_exceptions=False)
    assert done.exit_code == 0, done.output
    return done.output


def total_of(settings: Settings, unit: str) -> int:
    """The leaflets in the live total of a unit."""
    with connect(settings) as bus:
        newest = Newest(bus)
        newest.read_on()
    total = newest.totals.get(unit)
    return total.counters.get("leaflets", {}).get("", 0) if total is not None else 0


def await_leaflets(settings: Settings, unit: str, count: int) -> None:
    """Waits until the live total of a unit has so many leaflets."""
    deadline = time.monotonic() + PATIENCE_S
    while (found := total_of(settings, unit)) != count:
        assert time.monotonic() < deadline, f"{unit} has {found} leaflets"
        time.sleep(0.2)


def await_answer(settings: Settings, question: str, wanted: list[tuple[object, ...]]) -> None:
    """Waits until SQL answers so."""
    engine, deadline = create_engine(settings.database_url, poolclass=NullPool), time.monotonic() + PATIENCE_S
    while True:
        with engine.connect() as sql:
            found = sorted(map(tuple, sql.execute(text(question))), key=str)
        if found == wanted:
            return
        assert time.monotonic() < deadline, found
        time.sleep(0.2)


def agreed(settings: Settings) -> Page:
    """The page of the gauges, once all of them have the map of now, and log, ledger, totals and page agree."""
    deadline = time.monotonic() + PATIENCE_S
    while not (report := reconcile(settings, patience_s=PATIENCE_S)).agrees:
        assert time.monotonic() < deadline, (report.failures, report.differences[:5])
        time.sleep(0.2)
    page = fetch(f"http://{HOST}:{settings.gauges_port}/metrics")
    assert isinstance(page, Page)
    return page


def test_a_unit_loaded_while_all_runs_counts_what_was_parked_and_undone_it_still_counts(
    running: Settings, tmp_path: Path
) -> None:
    play(running, [*leaflets(BEFORE, "/tablets/a", 3), *leaflets(NEW, "/tablets/b", 2)])
    await_leaflets(running, BEFORE, 3)
    page = agreed(running)
    assert {commune for commune, _ in page.communes} == {BEFORE}
    assert total_of(running, NEW) == 0, "nobody knows the unit yet"

    (tmp_path / "bad.csv").write_bytes(RENAMED + b"9/NQ,2025-12-01,2026-01-01,2025-07:00001,2026-01:24848,whole,,,\n")
    refused = CliRunner().invoke(app, ["places", "load", str(tmp_path / "bad.csv")], env=environment_of(running))
    assert isinstance(refused.exception, InfraError)
    why = r"bad\.csv, line 3: the map has no unit 2025-07:00001.*\nNothing was loaded\."
    assert re.search(why, str(refused.exception))
    (tmp_path / "rename.csv").write_bytes(RENAMED)
    listed = places(running, "list", "--committed")
    assert "0 loadings" in listed
    assert re.search(r"1671/NQ-UBTVQH15 +2025-06-16 +2025-07-01 +Tỉnh Lâm Đồng", listed)
    assert "can be loaded" in places(running, "load", str(tmp_path / "rename.csv"), "--dry-run")
    assert "5 units" in places(running, "diff", str(tmp_path / "rename.csv"))
    assert "is loaded" in places(running, "load", str(tmp_path / "rename.csv"))
    assert "already" in places(running, "load", str(tmp_path / "rename.csv"))
    await_leaflets(running, NEW, 2)
    assert {commune for commune, _ in agreed(running).communes} == {NEW}, "both units are that commune today"
    assert reconcile(running, patience_s=PATIENCE_S, deep=True).agrees, "record by record too"
    await_answer(running, SUMS, [(NEW, None, 5)])

    assert "is undone" in places(running, "undo", "rename")
    assert "undone" in places(running, "list")
    play(running, leaflets(NEW, "/tablets/c", 1))
    await_leaflets(running, NEW, 3)
    assert {commune for commune, _ in agreed(running).communes} == {BEFORE, "unresolved"}
    await_answer(running, SUMS, [(BEFORE, None, 3), (None, "unknown-unit", 3)])


def test_a_ledger_that_is_counted_anew_after_a_loading_agrees_as_well(
    running: Settings, stack: Stack, migrated: str, tmp_path: Path
) -> None:
    twice = [*leaflets(NEW, "/tablets/b", 2), *leaflets(NEW, "/tablets/b", 1)]
    play(running, [*leaflets(BEFORE, "/tablets/a", 3), *twice])
    await_leaflets(running, BEFORE, 3)
    agreed(running)
    (tmp_path / "rename.csv").write_bytes(RENAMED)
    places(running, "load", str(tmp_path / "rename.csv"))
    await_leaflets(running, NEW, 2)
    agreed(running)
    stack.postgres.execute(f"CREATE DATABASE anew TEMPLATE {migrated}")
    fresh = msgspec.structs.replace(running, database_url=stack.postgres.url("anew"))
    with service("ledger", fresh, tmp_path):
        report = reconcile(fresh, patience_s=PATIENCE_S, deep=True)
    stack.postgres.execute("DROP DATABASE anew WITH (FORCE)")
    assert report.agrees, (report.failures, report.differences[:5])


def test_what_the_ledger_read_before_a_loading_and_the_counter_after_it_counts_in_both(
    installed: Settings, tmp_path: Path
) -> None:
    (tmp_path / "rename.csv").write_bytes(RENAMED)
    play(installed, [*leaflets(BEFORE, "/tablets/a", 3), *leaflets(NEW, "/tablets/b", 2)])
    with service("ledger", installed, tmp_path):
        await_answer(installed, "SELECT count(*) FROM uncounted WHERE reason = 'unknown-unit'", [(2,)])
        places(installed, "load", str(tmp_path / "rename.csv"))
        await_answer(installed, "SELECT count(*) FROM uncounted", [(0,)])
        with service("counter", installed, tmp_path), service("gauges", installed, tmp_path):
            await_leaflets(installed, NEW, 2)
            agreed(installed)
            assert reconcile(installed, patience_s=PATIENCE_S, deep=True).agrees
