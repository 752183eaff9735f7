"""`fieldtally demo` as a user stops it: one at a time, and nothing stays when it is told to go."""

from __future__ import annotations

import signal
import subprocess

import pytest

from infra.instance import Instance
from tests.demonstration.conftest import PATIENCE_S, Demo


def test_a_second_demo_at_the_same_time_is_refused_with_a_sentence(demo: Demo) -> None:
    held = Instance(demo.home / "demo").lock()
    try:
        done = demo.run("demo")
    finally:
        held.release()
    assert done.returncode == 1
    assert "Another demo is under way" in done.stderr


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_demo_that_is_interrupted_stops_all_that_it_started(demo: Demo, number: signal.Signals) -> None:
    command, environment = demo.command("demo", "--events=1000000")
    with subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
                          stdin=subprocess.DEVNULL, cwd="/") as process:
        assert process.stdout is not None
        heard: list[str] = []
        for line in process.stdout:
            # Once: a line is printed again when the signal falls into its printing, and a second signal kills.
            if line.startswith("Up after") and not any(earlier.startswith("Up after") for earlier in heard):
                process.send_signal(number)
            heard.append(line)
        assert process.wait(PATIENCE_S) == 130, "".join(heard)
    assert not demo.installation.is_up
    recorded = demo.installation.read()
    assert recorded["state"] == "down"
    assert not recorded["processes"]
