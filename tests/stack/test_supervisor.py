"""The supervisor over real child processes, with a clock of the test's own."""

from __future__ import annotations

import signal
from pathlib import Path

import pytest

from infra.instance import Instance
from infra.stack.process import Program
from infra.stack.restarts import Backoff
from infra.stack.supervisor import Service, Supervisor, rotate
from tests.stack.waiting import until


class Clock:
    now = 0.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def instance(tmp_path: Path) -> Instance:
    (tmp_path / "logs").mkdir()
    return Instance(tmp_path)


def service(instance: Instance, script: str, name: str = "service", grace: float = 10.0) -> Service:
    return Service(instance, Program(name, ("sh", "-c", script), instance.logs / f"{name}.log", grace=grace))


def supervise(*services: Service, clock: Clock | None = None) -> tuple[Supervisor, list[dict[str, int]]]:
    """The started supervisor, and the restart counts at each change that it reported."""
    changes: list[dict[str, int]] = []
    supervisor = Supervisor(services, lambda s: changes.append(s.restarts), Backoff(first=1.0), clock or Clock())
    supervisor.start()
    return supervisor, changes


def test_a_service_that_ends_is_started_again_when_its_wait_is_over(instance: Instance) -> None:
    clock, ending = Clock(), service(instance, "echo ran; exit 3")
    supervisor, changes = supervise(ending, clock=clock)
    until(lambda: not ending.running, "the service ends")
    supervisor.tick()
    clock.now = 0.9
    supervisor.tick()
    assert not ending.running
    clock.now = 1.0
    supervisor.tick()
    assert supervisor.restarts == {"service": 1}
    assert changes == [{"service": 0}, {"service": 0}, {"service": 1}]
    until(lambda: ending.program.log.read_text() == "ran\nran\n", "it ran a second time")
    supervisor.stop()


def test_a_service_that_runs_is_left_alone(instance: Instance) -> None:
    clock, running = Clock(), service(instance, "exec sleep 1000")
    supervisor, changes = supervise(running, clock=clock)
    pid = running.pid
    clock.now = 1e6
    supervisor.tick()
    assert running.pid == pid
    assert len(changes) == 1
    supervisor.stop()


def test_a_command_that_is_not_there_is_tried_again_and_keeps_no_other_service_down(instance: Instance) -> None:
    clock, other = Clock(), service(instance, "exec sleep 1000", "other")
    gone = service(instance, "exit 1", "gone")
    supervisor, _ = supervise(gone, other, clock=clock)
    until(lambda: not gone.running, "the service ends")
    supervisor.tick()
    gone.program = Program("gone", ("/nowhere/at-all",), instance.logs / "gone.log")
    clock.now = 1.0
    supervisor.tick()
    assert supervisor.restarts == {"gone": 1, "other": 0}
    assert supervisor.lives["gone"].due == 3.0
    assert other.running
    supervisor.stop()


def test_a_service_that_is_held_stays_stopped_until_it_is_released_and_that_is_no_restart(instance: Instance) -> None:
    clock, held = Clock(), {"service"}
    running = service(instance, "exec sleep 1000")
    supervisor = Supervisor([running], lambda _: None, Backoff(first=1.0), clock, held=lambda: held)
    supervisor.start()
    for clock.now in (0.0, 1.0, 1e6):
        supervisor.tick()
        assert not running.running
    held.clear()
    supervisor.tick()
    assert running.running
    assert supervisor.restarts == {"service": 0}
    supervisor.stop()


def test_stop_asks_with_the_stop_signal_in_reverse_order(instance: Instance, tmp_path: Path) -> None:
    order = tmp_path / "order"
    services = [service(instance, f"trap 'echo {name} >> {order}; exit 0' TERM; touch {tmp_path}/{name}; "
                                  "while :; do sleep 0.05; done", name) for name in ("first", "second")]
    supervisor, _ = supervise(*services)
    until(lambda: (tmp_path / "first").exists() and (tmp_path / "second").exists(), "both have set their traps")
    supervisor.stop()
    assert order.read_text().split() == ["second", "first"]


def test_what_ignores_its_stop_signal_is_killed_with_all_that_it_started(instance: Instance, tmp_path: Path) -> None:
    stubborn = service(instance, f"trap '' TERM; touch {tmp_path}/set; while :; do sleep 0.05; done", grace=0.2)
    supervisor, _ = supervise(stubborn)
    until(lambda: (tmp_path / "set").exists(), "the trap is set")
    supervisor.stop()
    assert stubborn.process
    assert stubborn.process.poll() == -signal.SIGKILL


def test_a_log_that_grew_too_large_is_kept_once_and_begun_anew(tmp_path: Path) -> None:
    log = tmp_path / "log"
    log.write_text("old")
    with log.open("a") as writer:
        rotate(log, bytes_max=2)
        writer.write("new")
    assert (tmp_path / "log.1").read_text() == "old"
    assert log.read_text() == "new"


def test_a_log_within_its_limit_is_left_alone(tmp_path: Path) -> None:
    log = tmp_path / "log"
    log.write_text("old")
    rotate(log, bytes_max=3)
    assert [path.name for path in tmp_path.iterdir()] == ["log"]
