"""`fieldtally simulate` and `fieldtally import`, as a person runs them."""

from __future__ import annotations

import re
import signal
import subprocess
import sys
from codecs import BOM_UTF8
from collections.abc import Mapping
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from infra.cli import app
from infra.topics import ensure
from producers.reading import read
from producers.simulator import Shape, recount, season
from producers.simulator.log import recount_log
from schemas.places import Unit
from schemas.settings import Settings
from schemas.topics import FIELD_TOPICS

SHAPE = Shape(partitions=3)  # as in `settings` below: which record lies in a wrong partition is a part of the season


def run(*arguments: object) -> Result:
    return CliRunner().invoke(app, [str(argument) for argument in arguments])


@pytest.fixture
def settings(bootstrap: str, topic_prefix: str, monkeypatch: pytest.MonkeyPatch) -> Settings:
    """An installation of this test's own, which the environment names."""
    monkeypatch.setenv("FIELDTALLY_BOOTSTRAP", bootstrap)
    monkeypatch.setenv("FIELDTALLY_TOPIC_PREFIX", topic_prefix)
    monkeypatch.setenv("FIELDTALLY_PARTITIONS", "3")
    chosen = Settings(bootstrap=bootstrap, topic_prefix=topic_prefix, partitions=3)
    ensure(chosen)
    return chosen


def test_a_simulated_season_is_in_the_log_as_its_seed_says(settings: Settings, units: Mapping[str, Unit]) -> None:
    done = run("simulate", "--seed", 9, "--events", 800)
    assert done.exit_code == 0, done.output
    assert "800 records confirmed" in done.output
    assert recount_log(settings, units).counters == recount(season(9, 800, shape=SHAPE), units).counters


def test_a_season_goes_through_a_file_and_a_dry_run_publishes_nothing(
    settings: Settings, units: Mapping[str, Unit], tmp_path: Path
) -> None:
    file = tmp_path / "season.jsonl"
    assert run("simulate", "--seed", 9, "--events", 500, "--to-file", file).exit_code == 0
    assert run("import", "--dry-run", file).exit_code == 0
    assert recount_log(settings, units).records == 0
    done = run("import", file)
    assert done.exit_code == 0, done.output
    assert recount_log(settings, units).counters == recount(season(9, 500, shape=SHAPE), units).counters


def test_an_import_with_a_refused_line_says_so_and_exits_with_1(settings: Settings, tmp_path: Path) -> None:
    del settings
    file = tmp_path / "season.jsonl"
    run("simulate", "--events", 50, "--to-file", file)
    with file.open("ab") as out:
        out.write(b"no event\n")
    done = run("import", file)
    assert done.exit_code == 1
    assert "1 line refused (1 undecodable)" in done.output
    assert "events published and confirmed" in done.output


@pytest.mark.parametrize("command", ["findings", "holes", "reconcile"])
@pytest.mark.parametrize("unit", ["24848", "2025-07:99999", "xx"])
def test_a_unit_that_no_map_has_is_refused(settings: Settings, command: str, unit: str,
                                           monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FIELDTALLY_DATABASE_URL", settings.database_url)
    done = run(command, "--unit", unit)
    assert done.exit_code == 2
    assert f"There is no unit {unit}" in done.output


def test_both_programmes_are_as_long_as_they_are() -> None:
    done = run("simulate", "--programmes", "--events", 5)
    assert done.exit_code == 2
    assert "not both" in done.output


def test_a_file_with_a_byte_order_mark_is_imported_whole(tmp_path: Path) -> None:
    file = tmp_path / "season.jsonl"
    run("simulate", "--events", 50, "--to-file", file)
    file.write_bytes(BOM_UTF8 + file.read_bytes())
    done = run("import", "--dry-run", file)
    assert done.exit_code == 0, done.output


@pytest.mark.parametrize("content", [b"", BOM_UTF8, b"\n \n"])
def test_a_file_without_an_event_is_told(tmp_path: Path, content: bytes) -> None:
    file = tmp_path / "empty.jsonl"
    file.write_bytes(content)
    done = run("import", "--dry-run", file)
    assert (done.exit_code, str(done.exception)) == (1, f"{file} holds no event.")


def test_ctrl_c_even_twice_says_how_many_records_are_confirmed(settings: Settings) -> None:
    line = (sys.executable, "-P", "-m", "infra.cli", "simulate", "--events=100000", "--rate=500")
    with subprocess.Popen(line, stderr=subprocess.PIPE, text=True) as process:
        assert process.stderr is not None
        while not any(read(settings, FIELD_TOPICS)):
            assert process.poll() is None
        process.send_signal(signal.SIGINT)
        process.send_signal(signal.SIGINT)
        said = process.stderr.read()
    assert process.returncode == 130
    [confirmed] = re.findall(r"Stopped; ([0-9,]+) of 100,000 records are confirmed", said)
    assert 0 < int(confirmed.replace(",", "")) <= sum(1 for _ in read(settings, FIELD_TOPICS))
