"""`fieldtally report` as a user runs it: forms, files, a programme of one's own, and what cannot be reported."""

from __future__ import annotations

import json
import os
import resource
import subprocess
import sys
from pathlib import Path

import pytest

from schemas.programmes.report import decode
from tests.reports.conftest import Ledger


def command(ledger: Ledger, *arguments: str) -> subprocess.CompletedProcess[str]:
    """`fieldtally report` as a user runs it."""
    asked = [sys.executable, "-P", "-m", "infra.cli", "report", *arguments]
    environment = {**os.environ, "FIELDTALLY_DATABASE_URL": ledger.url}
    return subprocess.run(asked, capture_output=True, text=True, check=False, env=environment)


def test_the_command_prints_json_that_is_the_report(played: Ledger) -> None:
    done = command(played, "lao-cai", "--as-of", "2025-01-31", "--map", "was", "--period", "2023-2030", "--to", "json")
    assert done.returncode == 0, done.stderr
    report = decode(done.stdout.encode())
    assert (report.programme, report.as_of.map) == ("lao-cai", "was")
    assert json.loads(done.stdout)["rows"][0]["value"]["count"] == 117


def test_the_command_writes_files_and_prints_tables(played: Ledger, tmp_path: Path) -> None:
    for form, start in (("xlsx", b"PK"), ("html", b"<!doctype html>"), ("csv", "\ufeff".encode()), ("json", b"{")):
        out = tmp_path / f"report.{form}"
        done = command(played, "lac-duong", "--to", form, "--out", str(out))
        assert done.returncode == 0, done.stderr
        assert out.read_bytes().startswith(start)
    table = command(played, "lac-duong", "--language", "en")
    assert table.returncode == 0, table.stderr
    assert "Information poverty" in table.stdout


def test_a_report_that_does_not_fit_leaves_the_one_that_was_there(played: Ledger, tmp_path: Path) -> None:
    out = tmp_path / "report.json"
    out.write_text("of last year")
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (4096, before[1]))
    try:
        done = command(played, "lac-duong", "--to", "json", "--out", str(out))
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
    assert (done.returncode, done.stderr) == (1, f"{out} cannot be written: File too large.\n")
    assert [(each.name, each.read_text()) for each in tmp_path.iterdir()] == [("report.json", "of last year")]


def test_a_programme_of_ones_own_is_a_file_alone(played: Ledger, tmp_path: Path) -> None:
    own = tmp_path / "own.yaml"
    own.write_text("""\
name: own
version: 1
title: {vi: Riêng, en: Own}
places: ["2025-03:24848"]
documents: [{id: d, title: {vi: Văn bản, en: Document}}]
rows:
  - id: leaflets
    title: {vi: Hộ nhận tờ rơi, en: Households with a leaflet}
    value: households_with_leaflet / register.households
    targets: [{value: 50, unit: "%", period: "2023"}]
columns: [leaflets]
""")
    done = command(played, str(own), "--to", "json")
    assert done.returncode == 0, done.stderr
    [row] = decode(done.stdout.encode()).rows
    assert (row.value.count, row.value.of) == (1_000, 1_000)
    assert row.shares[0].percent == 200


@pytest.mark.parametrize(("arguments", "said"), [
    (("nowhere",), "There is no programme `nowhere`; there are lac-duong, lao-cai."),
    (("own.yaml",), "own.yaml cannot be read: No such file or directory."),
    (("lao-cai", "--map", "soon"), "`soon` is no map"),
    (("lao-cai", "--period", "soon"), "`soon` is no period"),
    (("lao-cai", "--to", "xlsx"), "A workbook needs a file"),
    (("lao-cai", "--out", "x"), "A table is for a terminal"),
    (("lao-cai", "--out", "/nowhere/x.csv", "--to", "csv"), "/nowhere/x.csv cannot be written"),
])  # fmt: skip
def test_what_cannot_be_reported_is_said_in_a_sentence(played: Ledger, arguments: tuple[str, ...], said: str) -> None:
    done = command(played, *arguments)
    assert done.returncode in (1, 2)
    assert said in " ".join(done.stderr.replace("│", " ").split())
    assert "Traceback" not in done.stderr
