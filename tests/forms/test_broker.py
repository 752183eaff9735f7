"""Imports into a real Kafka, as a person runs them, killed, doubled, and repeated."""

from __future__ import annotations

import random
import signal
import subprocess
import sys
from collections.abc import Iterable, Mapping
from contextlib import closing, suppress
from pathlib import Path
from typing import Any

import pytest
from kafka import KafkaConsumer, TopicPartition
from typer.testing import CliRunner, Result

from infra.cli import app
from infra.instance import REPO
from infra.topics import ensure
from producers.errors import ProducersError
from producers.forms.register import Register
from producers.simulator.expected import Expected
from producers.simulator.log import read_log, recount_log
from schemas.places import load
from schemas.pseudonym import household_code
from schemas.settings import Settings
from schemas.topics import FIELD_TOPICS
from tests.forms.support import COLUMNS, EXAMPLES, FORM, KEY, History, mapping, row, write_csv, write_xlsx
from tests.forms.test_history import alone
from tests.places.loads import SPLIT, sheet

UNITS = load().units


@pytest.fixture
def settings(bootstrap: str, topic_prefix: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Settings:
    """An installation of this test's own, with a key, which the environment names."""
    key = tmp_path / "key"
    key.write_bytes(KEY + b"\n")
    chosen = Settings(
        bootstrap=bootstrap, topic_prefix=topic_prefix, partitions=3, pseudonym_key_file=str(key)
    )  # fmt: skip
    for name in ("bootstrap", "topic_prefix", "partitions", "pseudonym_key_file"):
        monkeypatch.setenv(f"FIELDTALLY_{name.upper()}", str(getattr(chosen, name)))
    monkeypatch.setenv("COLUMNS", "200")  # so that no table wraps
    ensure(chosen)
    (tmp_path / "form.yaml").write_text(FORM, encoding="utf-8")
    return chosen


def command(file: Path, *more: str) -> list[str]:
    return ["import", str(file), "--mapping", str(file.parent / "form.yaml"), *more]


def run(arguments: list[str]) -> Result:
    return CliRunner().invoke(app, arguments)


def imported(folder: Path, rows: Iterable[Mapping[str, str]], *more: str) -> Result:
    return run(command(write_csv(folder / "export.csv", rows), *more))


def many(number: int) -> list[dict[str, str]]:
    """Rows of as many households, each a support, a survey and a SIM."""
    units = ["24848", "24846", "24853", "02647"]
    return [
        row(id=f"r{index}", xa=units[index % 4], ma=household_code(f"2025-07:{units[index % 4]}", index),
            iccid=str(8984048000000000000 + index), loai="san_xuat" if index % 3 else "nha_o")
        for index in range(number)
    ]  # fmt: skip


def counted(settings: Settings) -> tuple[Mapping[Any, Any], Expected]:
    """The counters that are not 0, and all that comes out of the log."""
    expected = recount_log(settings, UNITS)
    return {key: value for key, value in expected.counters.items() if value}, expected


class Published:
    """How many records the field topics hold."""

    def __init__(self, settings: Settings) -> None:
        self._places = [TopicPartition(settings.topic(topic), part) for topic in FIELD_TOPICS for part in range(3)]
        self._consumer = KafkaConsumer(bootstrap_servers=settings.bootstrap, group_id=None)

    def __call__(self) -> int:
        return sum(self._consumer.end_offsets(self._places).values())

    def close(self) -> None:
        self._consumer.close()


def kill_at(process: subprocess.Popen[bytes], goal: int, published: Published) -> bool:
    """Kill a process once so many records are published; whether it was still alive then."""
    while process.poll() is None and published() < goal:
        with suppress(subprocess.TimeoutExpired):
            process.wait(timeout=0.02)
    process.send_signal(signal.SIGKILL)
    return process.wait() == -signal.SIGKILL


def odd(expected: Expected) -> int:
    """Records of the log that are not each an event of its own, in order."""
    return sum(unit["conflicts"] + unit["waiting"] + unit["orphaned"] for unit in expected.conservation.values())


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
    before = len(list(read_log(settings)))
    dry = imported(tmp_path, [*many(6), row(id="bad", ngay="sau Tết", sim="khong", dien="")], "--dry-run")
    assert dry.exit_code == 1
    assert "Would publish: 3 new" in dry.output
    assert "Không đọc được thời gian / A time that cannot be read" in dry.output
    assert "sau Tết" not in dry.output
    assert "8,ho-tro,ngay,bad-time" in (tmp_path / "export.csv.rejected.csv").read_text(encoding="utf-8-sig")
    assert len(list(read_log(settings))) == before
    assert "Would publish: 18 new" in imported(tmp_path, many(6), "--dry-run", "--offline").output


def test_an_export_that_is_no_table_publishes_nothing_of_it(settings: Settings, tmp_path: Path) -> None:
    file = write_csv(tmp_path / "export.csv", many(2_500))
    file.write_bytes(file.read_bytes() + b"1,2\n")
    done = run(command(file))
    assert isinstance(done.exception, ProducersError)
    assert "line 2502: 2 cells, but the header has 9" in str(done.exception)
    assert list(read_log(settings)) == []


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


def test_what_was_registered_and_not_sent_is_sent_by_the_next_import(settings: Settings, tmp_path: Path) -> None:
    dead = History()
    made = dead.take(mapping(tmp_path), many(10))
    with Register(settings, "ho-tro", KEY, writing=True) as register:
        register.write(step.record for step in made.steps)
    done = imported(tmp_path, many(12))
    assert "30 events were sent again" in done.output
    assert "6 new, 0 corrected, 0 voided. Rows: 10 unchanged" in done.output
    found, expected = counted(settings)
    assert found == alone(tmp_path, many(12))
    assert expected.records == 36
    assert [record.value for record in read_log(settings)].count(dead.log[0].value) == 1


def test_imports_killed_anywhere_count_everything_once(
    settings: Settings, tmp_path: Path, dice: random.Random
) -> None:
    rows = many(3_000)
    file = write_csv(tmp_path / "export.csv", rows)
    kills = 0
    with closing(Published(settings)) as published:
        for _ in range(4):
            goal = published() + dice.randrange(1, 2_500)
            process = subprocess.Popen([sys.executable, "-m", "infra.cli", *command(file)], cwd=REPO,
                                       stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)  # fmt: skip
            kills += kill_at(process, goal, published)
    assert kills >= 2
    done = imported(tmp_path, rows)
    assert done.exit_code == 0, done.output
    found, expected = counted(settings)
    assert found == alone(tmp_path, rows)
    assert odd(expected) == 0
    assert sum(unit["events"] for unit in expected.conservation.values()) == 9_000
    assert "3,000 unchanged" in imported(tmp_path, rows).output


def test_of_two_imports_of_a_form_the_later_one_goes_on(settings: Settings, tmp_path: Path) -> None:
    form = mapping(tmp_path)
    first = Register(settings, "ho-tro", KEY, writing=True)
    with first:
        first.write(step.record for step in History().take(form, many(3)).steps)
        done = imported(tmp_path, many(4))
        assert "9 events were sent again" in done.output
        late = History()
        late.held = dict(first.records)
        with pytest.raises(ProducersError, match="Another import of the form ho-tro has begun"):
            first.write(step.record for step in late.take(form, many(5)).steps)
    found, expected = counted(settings)
    assert found == alone(tmp_path, many(4))
    assert odd(expected) == 0


def test_forms_that_share_a_partition_do_not_see_each_other(settings: Settings, tmp_path: Path) -> None:
    names = [f"form-{letter}" for letter in "abcd"]
    for name in names:
        (tmp_path / "form.yaml").write_text(FORM.replace("form: ho-tro", f"form: {name}"), encoding="utf-8")
        done = imported(tmp_path, many(3))
        assert "9 new" in done.output, done.output
    sources = {record.value and record.value.split(b'"source":"')[1].split(b'"')[0] for record in read_log(settings)}
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
    assert {record.key for record in read_log(settings)} == {b"2027-01:24849"}


def test_a_broker_without_the_topic_or_no_broker_is_said_in_a_sentence(
    settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FIELDTALLY_TOPIC_PREFIX", f"{settings.topic_prefix}none.")
    for more in ((), ("--dry-run",)):
        said = str(imported(tmp_path, many(1), *more).exception)
        assert f"{settings.topic_prefix}none.imports.records.v1" in said
        assert "`fieldtally topics` creates" in said
    monkeypatch.setenv("FIELDTALLY_BOOTSTRAP", "127.0.0.1:1")
    said = str(imported(tmp_path, many(1), "--wait", "0").exception)
    assert "Kafka at 127.0.0.1:1 does not answer" in said
