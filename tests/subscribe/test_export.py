"""Daily files: their figures are the oracle's, the same figures give the same bytes, the manifest proves every file."""

from __future__ import annotations

import csv
import hashlib
import io
import json
import subprocess
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pyarrow.parquet as pq
import pytest
from typer.testing import CliRunner, Result

from infra.cli import app
from infra.stack import Stack
from producers.simulator import season
from schemas.settings import Settings
from tests.reports.conftest import Ledger, ledger
from tests.services import environment_of

SEED, RECORDS = 41, 2_500
AFTER_ALL = "2031-01-01"


@pytest.fixture(scope="module")
def played(stack: Stack, migrated: str) -> Iterator[Ledger]:
    with ledger(stack, migrated, season(SEED, RECORDS), None) as made:
        yield made


def export(of: Ledger, folder: Path, day: str, *options: str) -> Result:
    """What the command says."""
    environment = environment_of(Settings(database_url=of.url))
    return CliRunner().invoke(app, ["export", "--day", day, "--out", str(folder), *options], env=environment)


def files(of: Ledger, folder: Path, day: str, *options: str) -> dict[str, bytes]:
    """The files of a day."""
    done = export(of, folder, day, *options)
    assert done.exit_code == 0, done.output
    return {path.name: path.read_bytes() for path in sorted((folder / day).iterdir())}


def counters(content: bytes) -> dict[tuple[str, str, str], int]:
    return {(row["unit"], row["measure"], row["kind"]): int(row["value"])
            for row in csv.DictReader(io.StringIO(content.decode()))}  # fmt: skip


def test_after_the_last_event_the_files_have_every_counter_of_every_unit(played: Ledger, tmp_path: Path) -> None:
    wanted = {(unit, measure, kind): value for unit, measures in played.expected.counters.items()
              for measure, kinds in measures.items() for kind, value in kinds.items()}  # fmt: skip
    found = files(played, tmp_path, AFTER_ALL)
    assert counters(found["to-date.csv"]) == wanted
    assert counters(found["on-day.csv"]) == {}
    units = {row["unit"] for row in csv.DictReader(io.StringIO(found["units.csv"].decode()))}
    assert units >= {unit for unit, _, _ in wanted}


def test_a_day_has_what_happened_on_it_and_what_happened_up_to_it(played: Ledger, tmp_path: Path) -> None:
    days = played.expected.days
    busiest = max({day for _, day, _, _ in days}, key=lambda day: sum(1 for at in days if at[1] == day))
    found = files(played, tmp_path, busiest)
    on_day = {(unit, measure, kind): value for (unit, day, measure, kind), value in days.items() if day == busiest}
    assert counters(found["on-day.csv"]) == on_day
    to_date: dict[tuple[str, str, str], int] = {}
    for (unit, day, measure, kind), value in days.items():
        if day <= busiest:
            to_date[unit, measure, kind] = to_date.get((unit, measure, kind), 0) + value
    sums = {at for at in counters(found["to-date.csv"]) if at[1] in {measure for _, measure, _ in on_day}}
    assert {at: counters(found["to-date.csv"])[at] for at in sums} == {
        at: value for at, value in to_date.items() if at[1] in {measure for _, measure, _ in on_day} and value > 0
    }


@pytest.mark.parametrize("form", ["csv", "parquet"])
def test_the_same_figures_give_the_same_bytes(played: Ledger, tmp_path: Path, form: str) -> None:
    once = files(played, tmp_path / "a", AFTER_ALL, "--to", form)
    assert files(played, tmp_path / "b", AFTER_ALL, "--to", form) == once
    assert files(played, tmp_path / "a", AFTER_ALL, "--to", form) == once


def test_the_manifest_proves_every_file_and_says_what_they_are_true_for(played: Ledger, tmp_path: Path) -> None:
    found = files(played, tmp_path, AFTER_ALL)
    manifest = json.loads(found["manifest.json"])
    for each in manifest["files"]:
        content = found[each["name"]]
        assert (each["bytes"], each["sha256"]) == (len(content), hashlib.sha256(content).hexdigest())
        assert each["rows"] == len(list(csv.DictReader(io.StringIO(content.decode()))))
    assert sum(map(sum, manifest["positions"].values())) == played.expected.records
    checked = subprocess.run(["sha256sum", "--check", "--strict", "SHA256SUMS"], cwd=tmp_path / AFTER_ALL, check=False,
                             capture_output=True, text=True)  # fmt: skip
    assert (checked.returncode, checked.stdout.count(": OK")) == (0, 4), checked.stderr


def test_parquet_holds_what_csv_holds(played: Ledger, tmp_path: Path) -> None:
    text = files(played, tmp_path / "csv", AFTER_ALL)["to-date.csv"]
    files(played, tmp_path / "parquet", AFTER_ALL, "--to", "parquet")
    table = pq.read_table(tmp_path / "parquet" / AFTER_ALL / "to-date.parquet").to_pylist()
    assert {(row["unit"], row["measure"], row["kind"]): row["value"] for row in table} == counters(text)


def test_a_day_before_all_events_is_a_file_without_rows(played: Ledger, tmp_path: Path) -> None:
    found = files(played, tmp_path, date(1999, 1, 1).isoformat(), "--to", "parquet")
    assert pq.read_table(io.BytesIO(found["to-date.parquet"])).num_rows == 0


def test_a_folder_that_cannot_be_written_is_named(played: Ledger, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("no folder")
    done = export(played, tmp_path / "file", AFTER_ALL)
    assert "cannot be written: Not a directory." in str(done.exception)
