"""The command line: the whole installation up and down, and faults as one sentence."""

from __future__ import annotations

import json
import os
import resource
import signal
import socket
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest

from infra.cli.common import settings
from infra.errors import InfraError
from infra.instance import Instance
from infra.stack.ports import HOST, is_free
from infra.stack.services import WISHED_PORTS
from schemas.settings import Settings
from tests.stack.waiting import until

RUNNING = ("kafka", "postgres", "prometheus", "counter-1", "ledger", "gauges", "gateway", "reconcile",
           "board")


def fieldtally(
    *arguments: str, stdout: int = subprocess.PIPE, **environment: str
) -> subprocess.CompletedProcess[str]:
    clean = {name: value for name, value in os.environ.items() if not name.startswith("FIELDTALLY_")}
    kept = {name: value for name, value in os.environ.items() if name == "FIELDTALLY_HOME"}
    return subprocess.run([sys.executable, "-P", "-m", "infra.cli", *arguments], stdout=stdout, stderr=subprocess.PIPE,
                          encoding="utf-8", check=False, stdin=subprocess.DEVNULL,
                          env={**clean, **kept, **environment}, cwd="/")


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """An installation that came up while foreign programs held every wished port."""
    target = tmp_path_factory.mktemp("up")
    with ExitStack() as busy:
        for port in filter(is_free, WISHED_PORTS.values()):
            busy.enter_context(socket.create_server((HOST, port)))
        done = fieldtally("up", FIELDTALLY_INSTANCE=str(target), FIELDTALLY_PARTITIONS="2")
        assert done.returncode == 0, done.stdout + done.stderr
        yield str(target)
    fieldtally("down", FIELDTALLY_INSTANCE=str(target))


def status(folder: str) -> tuple[int, dict[str, Any]]:
    done = fieldtally("status", "--json", FIELDTALLY_INSTANCE=folder)
    assert done.stdout, done.stderr
    return done.returncode, json.loads(done.stdout)


def pid_of(folder: str, name: str) -> int | None:
    (found,) = (process["pid"] for process in status(folder)[1]["processes"] if process["name"] == name)
    assert found is None or isinstance(found, int)
    return found


def test_up_starts_everything_on_other_ports_when_the_wished_ones_are_busy(folder: str) -> None:
    until(lambda: status(folder)[0] == 0, "everything runs and answers")
    found = status(folder)[1]
    assert tuple(process["name"] for process in found["processes"]) == RUNNING
    assert found["servers"] == dict.fromkeys(RUNNING[:3])
    assert found["topics"] == []
    assert found["pipeline"]["alerts"] == []
    assert set(Instance(Path(folder)).read()["ports"].values()).isdisjoint(WISHED_PORTS.values())


def test_commands_find_the_running_installation_and_its_settings(folder: str) -> None:
    done = fieldtally("topics", FIELDTALLY_INSTANCE=folder)
    assert done.returncode == 0, done.stderr
    assert "field.points.v1" in done.stdout
    assert "created" not in done.stdout


def test_a_second_up_says_that_it_is_already_up(folder: str) -> None:
    before = pid_of(folder, "kafka")
    done = fieldtally("up", FIELDTALLY_INSTANCE=folder)
    assert (done.returncode, pid_of(folder, "kafka")) == (0, before)
    assert done.stdout.startswith("Already up")


def test_a_service_that_was_killed_is_started_again_and_its_restart_is_counted(folder: str) -> None:
    before = pid_of(folder, "gauges")
    assert before
    os.kill(before, signal.SIGKILL)
    until(lambda: pid_of(folder, "gauges") not in (None, before), "the gauges are started again")
    page = f"http://{HOST}:{Instance(Path(folder)).read()['ports']['supervisor']}/metrics"
    with urllib.request.urlopen(page, timeout=5) as answer:
        lines = answer.read().decode().splitlines()
    assert any(line.startswith('fieldtally_restarts_total{service="gauges"} ') and not line.endswith(" 0.0")
               for line in lines)


def test_a_broker_that_was_killed_is_started_again(folder: str) -> None:
    before = pid_of(folder, "kafka")
    assert before
    os.kill(before, signal.SIGKILL)
    until(lambda: pid_of(folder, "kafka") not in (None, before), "Kafka is started again")
    until(lambda: status(folder)[0] == 0, "everything runs and answers")


def test_a_process_that_was_stopped_by_hand_stays_stopped_until_up(folder: str) -> None:
    assert fieldtally("down", "board", FIELDTALLY_INSTANCE=folder).stdout.startswith("Stopped board:")
    assert pid_of(folder, "board") is None
    assert fieldtally("up", FIELDTALLY_INSTANCE=folder).stdout.startswith("Started board.")
    assert pid_of(folder, "board")
    unknown = fieldtally("down", "bord", FIELDTALLY_INSTANCE=folder)
    assert unknown.returncode == 1
    assert "There is no process bord: take of kafka, postgres," in unknown.stderr


def test_down_stops_everything_and_a_second_down_says_so(folder: str) -> None:
    assert fieldtally("down", FIELDTALLY_INSTANCE=folder).stdout == "Stopped.\n"
    code, found = status(folder)
    assert (code, found["up"]) == (1, False)
    again = fieldtally("down", FIELDTALLY_INSTANCE=folder)
    assert again.returncode == 0
    assert again.stdout.startswith("Nothing is up")


def test_up_with_another_partition_count_is_refused_and_leaves_nothing_running(folder: str) -> None:
    done = fieldtally("up", FIELDTALLY_INSTANCE=folder, FIELDTALLY_PARTITIONS="3")
    assert done.returncode == 1
    assert "has 2 partitions, FIELDTALLY_PARTITIONS says 3" in done.stderr
    assert Instance(Path(folder)).read()["processes"] == {}


@pytest.mark.parametrize(("arguments", "environment", "said"), [
    (["topics"], {"FIELDTALLY_BOOTSTRAP": f"{HOST}:1"}, "Kafka does not answer: start the stack with `fieldtally up`"),
    (["status"], {"FIELDTALLY_PARTITIONS": "many"}, "FIELDTALLY_PARTITIONS is wrong"),
])
def test_a_foreseeable_fault_is_one_sentence_and_status_1(
        tmp_path: Path, arguments: list[str], environment: dict[str, str], said: str) -> None:
    done = fieldtally(*arguments, FIELDTALLY_INSTANCE=str(tmp_path), **environment)
    assert done.returncode == 1
    assert said in done.stderr
    assert len(done.stderr.splitlines()) == 1


@pytest.mark.parametrize(("arguments", "missing"), [
    (["simulate", "--events=1"], "FIELDTALLY_BOOTSTRAP"),
    (["places", "list"], "FIELDTALLY_BOOTSTRAP"),
    (["findings"], "FIELDTALLY_DATABASE_URL"),
    (["setup"], "FIELDTALLY_BOOTSTRAP and FIELDTALLY_DATABASE_URL"),
])
def test_a_command_never_takes_what_answers_at_the_default_addresses_for_an_installation_that_is_down(
        tmp_path: Path, arguments: list[str], missing: str) -> None:
    done = fieldtally(*arguments, FIELDTALLY_INSTANCE=str(tmp_path))
    assert done.returncode == 1
    assert done.stderr == (f"The installation in {tmp_path} is not up: `fieldtally up` starts it; for servers of your "
                           f"own, set {missing}.\n")


def test_the_default_addresses_hold_where_no_installation_was_made_or_named(
        tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in [name for name in os.environ if name.startswith("FIELDTALLY_")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("FIELDTALLY_HOME", str(tmp_path))
    assert settings(ledger=True) == Settings()
    (tmp_path / "main").mkdir()
    with pytest.raises(InfraError, match="is not up"):
        settings()
    monkeypatch.setenv("FIELDTALLY_BOOTSTRAP", "kafka:9092")
    assert settings().bootstrap == "kafka:9092"


def test_a_full_disk_under_the_output_is_one_sentence(tmp_path: Path) -> None:
    with Path("/dev/full").open("w") as full:
        done = fieldtally("status", stdout=full.fileno(), FIELDTALLY_INSTANCE=str(tmp_path))
    assert done.returncode == 1
    assert done.stderr == "The disk of the output is full: make room and give the command again.\n"


def test_a_file_that_would_grow_beyond_the_limit_is_one_sentence_and_leaves_what_was_there(tmp_path: Path) -> None:
    file = tmp_path / "households.csv"
    file.write_text("of last year")
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (4096, before[1]))
    try:
        done = fieldtally("simulate", "--events=1", f"--registers={file}", f"--to-file={tmp_path / 'events'}")
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
    assert (done.returncode, done.stderr) == (1, f"{file} cannot be written: File too large.\n")
    assert [(each.name, each.read_text()) for each in tmp_path.iterdir()] == [("households.csv", "of last year")]


def test_an_output_that_is_closed_does_no_harm(tmp_path: Path) -> None:
    command = [sys.executable, "-P", "-m", "infra.cli", "status"]
    done = subprocess.run(["sh", "-c", 'exec "$@" >&-', "sh", *command], stderr=subprocess.PIPE, encoding="utf-8",
                          check=False, env=os.environ | {"FIELDTALLY_INSTANCE": str(tmp_path)}, cwd="/")
    assert (done.returncode, done.stderr) == (1, "")


def test_a_folder_in_place_of_a_file_is_one_sentence(tmp_path: Path) -> None:
    done = fieldtally("places", "load", str(tmp_path), FIELDTALLY_INSTANCE=str(tmp_path))
    assert (done.returncode, done.stderr) == (1, f"{tmp_path} is a folder; a file is needed.\n")


def test_vietnamese_is_written_whatever_the_environment_says_of_encodings(tmp_path: Path) -> None:
    folder = tmp_path / "Lạc Dương"
    done = fieldtally("status", FIELDTALLY_INSTANCE=str(folder), PYTHONIOENCODING="latin-1")
    assert done.returncode == 1, done.stderr
    assert done.stdout == f"Nothing is up in {folder}: `fieldtally up` starts it.\n"


def test_wrong_usage_is_status_2() -> None:
    assert fieldtally("up", "--counters=0").returncode == 2
    assert fieldtally("fly").returncode == 2


def test_status_of_what_is_not_up_is_1_and_says_what_to_do(tmp_path: Path) -> None:
    done = fieldtally("status", FIELDTALLY_INSTANCE=str(tmp_path))
    assert done.returncode == 1
    assert "`fieldtally up` starts it" in done.stdout


def test_a_start_that_fails_says_why(tmp_path: Path) -> None:
    home = tmp_path / "home"
    home.mkdir()
    done = fieldtally("up", FIELDTALLY_HOME=str(home), FIELDTALLY_INSTANCE="empty")
    assert done.returncode == 1
    assert done.stderr.splitlines()[-1].endswith("run infra/install.")
