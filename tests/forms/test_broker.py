"""Imports into a real Kafka, as a person runs them, week after week."""

from __future__ import annotations

from pathlib import Path

import pytest

from producers.errors import ProducersError
from producers.reading import read
from producers.simulator.log import recount_log
from schemas.pseudonym import household_code
from schemas.settings import Settings
from schemas.topics import FIELD_TOPICS
from tests.forms.commands import UNITS, command, counted, imported, many, odd, run
from tests.forms.support import COLUMNS, EXAMPLES, FORM, row, write_csv, write_xlsx
from tests.forms.test_history import alone
from tests.places.loads import SPLIT, sheet


def test_week_after_week_only_what_is_new_or_changed_is_published(settings: Settings, tmp_path: Path) -> None:
    rows = many(50)
    first = imported(tmp_path, rows[:40])
    assert first.exit_code == 0, first.output
    assert "Published and confirmed: 120 new, 0 corrected, 0 voided" in first.output
    assert "rows/s" in first.output
    again = imported(tmp_path, rows[:40])
    assert "0 new, 0 corrected, 0 voided. Rows: 40 unchanged" in again.output
    rows[3]["gia"], rows[4]["loai"] = "9.000", "khong"
    third = imported(tmp_path, rows[1:])
    assert "30 new, 1 corrected, 1 voided. Rows: 37 unchanged" in third.output
    assert "1 record imported before is not in this file" in third.output
    assert "0 new, 0 corrected, 0 voided. Rows: 49 unchanged" in imported(tmp_path, rows[1:]).output
    found, expected = counted(settings)
    assert found == alone(tmp_path, rows)
    assert expected.records == 120 + 30 + 2
    assert odd(expected) == 0


def test_a_dry_run_says_what_would_come_and_leaves_everything_as_it_is(settings: Settings, tmp_path: Path) -> None:
    imported(tmp_path, many(5))
    before = len(list(read(settings, FIELD_TOPICS)))
    dry = imported(tmp_path, [*many(6), row(id="bad", ngay="sau Tết", sim="khong", dien="")], "--dry-run")
    assert dry.exit_code == 1
    assert "Would publish: 3 new" in dry.output
    assert "Không đọc được thời gian / A time that cannot be read" in dry.output
    assert "sau Tết" not in dry.output
    assert "8,ho-tro,ngay,bad-time" in (tmp_path / "export.csv.rejected.csv").read_text(encoding="utf-8-sig")
    assert len(list(read(settings, FIELD_TOPICS))) == before
    assert "Would publish: 18 new" in imported(tmp_path, many(6), "--dry-run", "--offline").output


def test_an_export_that_is_no_table_publishes_nothing_of_it(settings: Settings, tmp_path: Path) -> None:
    file = write_csv(tmp_path / "export.csv", many(2_500))
    file.write_bytes(file.read_bytes() + b"1,2\n")
    done = run(command(file))
    assert isinstance(done.exception, ProducersError)
    assert "line 2502: 2 cells, but the header has 9" in str(done.exception)
    assert list(read(settings, FIELD_TOPICS)) == []


def test_the_same_rows_as_a_spreadsheet_are_the_same_records(settings: Settings, tmp_path: Path) -> None:
    imported(tmp_path, many(30))
    sheet = write_xlsx(tmp_path / "export.xlsx", COLUMNS, [one.values() for one in many(31)])
    done = run(command(sheet))
    assert "3 new, 0 corrected, 0 voided. Rows: 30 unchanged" in done.output
    assert counted(settings)[0] == alone(tmp_path, many(31))


@pytest.mark.parametrize(("name", "events"), [("odk-central", 5), ("kobotoolbox", 2)])
def test_the_examples_in_the_repo_can_be_imported(settings: Settings, name: str, events: int) -> None:
    form = str(EXAMPLES / f"{name}.yaml")
    done = run(["import", str(EXAMPLES / f"{name}.csv"), "-m", form])
    assert done.exit_code == 0, done.output
    assert recount_log(settings, UNITS).records == events


def test_forms_that_share_a_partition_do_not_see_each_other(settings: Settings, tmp_path: Path) -> None:
    names = [f"form-{letter}" for letter in "abcd"]
    for name in names:
        (tmp_path / "form.yaml").write_text(FORM.replace("form: ho-tro", f"form: {name}"), encoding="utf-8")
        done = imported(tmp_path, many(3))
        assert "9 new" in done.output, done.output
    values = [record.value or b"" for record in read(settings, FIELD_TOPICS)]
    sources = {value.split(b'"source":"')[1].split(b'"')[0] for value in values}
    assert sources == {f"/imports/{name}".encode() for name in names}


def test_another_key_is_refused_before_anything_counts_twice(
    settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    imported(tmp_path, many(3))
    (tmp_path / "other").write_text("another key of the tests, long enough to be one")
    monkeypatch.setenv("FIELDTALLY_PSEUDONYM_KEY_FILE", str(tmp_path / "other"))
    done = imported(tmp_path, many(3))
    assert "was imported under another pseudonym key" in str(done.exception)
    monkeypatch.setenv("FIELDTALLY_PSEUDONYM_KEY_FILE", "")
    assert "Set FIELDTALLY_PSEUDONYM_KEY_FILE" in str(imported(tmp_path, many(3)).exception)
    assert recount_log(settings, UNITS).records == 9


def test_a_unit_that_was_loaded_onto_the_map_can_be_imported(settings: Settings, tmp_path: Path) -> None:
    (tmp_path / "form.yaml").write_text(FORM.replace('"2025-07"', '"2027-01"'), encoding="utf-8")
    rows = [row(xa="24849", ma=household_code("2027-01:24849", 7))]
    assert "Đơn vị chưa biết / A unit that the map of places does not have (yet)" in imported(tmp_path, rows).output
    (tmp_path / "split.csv").write_bytes(sheet(*SPLIT))
    assert run(["places", "load", str(tmp_path / "split.csv")]).exit_code == 0
    assert "3 new" in imported(tmp_path, rows).output
    assert {record.key for record in read(settings, FIELD_TOPICS)} == {b"2027-01:24849"}


def test_a_broker_without_the_topic_or_no_broker_is_said_in_a_sentence(
    settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FIELDTALLY_TOPIC_PREFIX", f"{settings.topic_prefix}none.")
    for more in ((), ("--dry-run",)):
        said = str(imported(tmp_path, many(1), *more).exception)
        assert f"has no topic {settings.topic_prefix}none.imports.records.v1: `fieldtally topics` creates it" in said
    monkeypatch.setenv("FIELDTALLY_TOPIC_PREFIX", settings.topic_prefix)
    monkeypatch.setenv("FIELDTALLY_PARTITIONS", "4")
    assert "has 3 partitions" in str(imported(tmp_path, many(1)).exception)
    monkeypatch.setenv("FIELDTALLY_BOOTSTRAP", "127.0.0.1:1")
    said = str(imported(tmp_path, many(1), "--wait", "0").exception)
    assert "Kafka at 127.0.0.1:1 does not answer" in said
