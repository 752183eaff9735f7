"""A process is never mistaken for another, and none outlives its owner."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from infra.errors import InfraError
from infra.instance import REPO, Instance
from infra.stack.process import Identity, Process, Program, end, identify
from tests.stack.waiting import until

ORPHAN = """
import sys, time
from pathlib import Path
from infra.stack.process import Process, Program
child = Process(Program("child", ("sleep", "1000"), Path(sys.argv[1])))
child.spawn()
print(child.identity.pid, flush=True)
time.sleep(1000)
"""


def me() -> Identity:
    found = identify(os.getpid())
    assert found is not None
    return found


def test_a_process_keeps_its_identity() -> None:
    assert me() == me()
    assert me().alive


@pytest.mark.parametrize("change", [{"started": 1}, {"boot": "another"}])
def test_another_process_with_the_same_pid_is_not_the_recorded_one(change: dict[str, str | int]) -> None:
    assert not replace(me(), **change).alive  # type: ignore[arg-type]  # the parameters name fields of the right type


def test_a_foreign_process_that_took_over_a_pid_is_not_ended() -> None:
    with subprocess.Popen(["sleep", "1000"]) as foreign:
        identity = identify(foreign.pid)
        assert identity
        end(replace(identity, started=identity.started - 1))
        assert foreign.poll() is None
        foreign.kill()


def test_a_process_that_ended_and_was_not_collected_counts_as_ended() -> None:
    with subprocess.Popen(["true"]) as child:
        os.waitid(os.P_PID, child.pid, os.WEXITED | os.WNOWAIT)
        assert identify(child.pid) is None


def test_a_child_does_not_outlive_an_owner_that_was_killed(tmp_path: Path) -> None:
    command = [sys.executable, "-c", ORPHAN, str(tmp_path / "log")]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=REPO) as owner:
        assert owner.stdout
        child = identify(int(owner.stdout.readline()))
        assert child
        owner.send_signal(signal.SIGKILL)
        until(lambda: not child.alive, "the child gets the stop signal at its owner's death")


def test_a_program_that_is_not_there_is_a_sentence(tmp_path: Path) -> None:
    with pytest.raises(InfraError, match=r"cannot be started.*infra/install"):
        Process(Program("ghost", ("/nowhere/ghost",), tmp_path / "log")).spawn()


def test_an_instance_is_owned_by_one(tmp_path: Path) -> None:
    instance = Instance(tmp_path)
    assert not instance.is_up
    lock = instance.lock()
    assert instance.is_up
    with pytest.raises(InfraError, match="already up"):
        instance.lock()
    lock.release()
    assert not instance.is_up


def test_a_damaged_record_counts_as_none(tmp_path: Path) -> None:
    instance = Instance(tmp_path)
    instance.record.write_text('{"ports": {"kaf')
    assert instance.read() == {}
