"""Imports that are cut off, killed, or begun twice at once: the next one finishes them, and all counts once."""

from __future__ import annotations

import random
import signal
import subprocess
import sys
from contextlib import closing, suppress
from pathlib import Path

import pytest
from kafka import KafkaConsumer, TopicPartition

from infra.instance import REPO
from producers.errors import ProducersError
from producers.forms.register import Register
from producers.reading import read
from schemas.settings import Settings
from schemas.topics import FIELD_TOPICS
from tests.forms.commands import command, counted, imported, many, odd
from tests.forms.support import KEY, History, mapping, write_csv
from tests.forms.test_history import alone


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
    assert [record.value for record in read(settings, FIELD_TOPICS)].count(dead.log[0].value) == 1


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
        for _ in range(2):
            with pytest.raises(ProducersError, match="Another import of the form ho-tro has begun"):
                first.write(step.record for step in late.take(form, many(5)).steps)
    found, expected = counted(settings)
    assert found == alone(tmp_path, many(4))
    assert odd(expected) == 0
