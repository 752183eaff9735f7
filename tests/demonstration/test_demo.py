"""`fieldtally demo` as a user runs it: it passes, it leaves what was asked, and it goes when it is told."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from infra.instance import Instance, home
from producers.tablet_client.outbox import Outbox
from producers.tablet_client.tablet import Tablet
from producers.tablet_client.transport import Http

PATIENCE_S = 400  # far above what is ever needed


class Demo:
    """The command in a home of its own, which has the programs of the real one."""

    def __init__(self, folder: Path) -> None:
        self.home = folder
        for name in ("java", "kafka", "debs"):
            if (home() / name).exists():
                (folder / name).symlink_to(home() / name)
        self.installation = Instance(folder / "demo" / "installation")

    def command(self, *arguments: str) -> tuple[list[str], dict[str, str]]:
        clean = {name: value for name, value in os.environ.items() if not name.startswith("FIELDTALLY_")}
        # What the environment says of another installation must not matter.
        misleading = {"FIELDTALLY_BOOTSTRAP": "127.0.0.1:1", "FIELDTALLY_HOME": str(self.home)}
        return [sys.executable, "-P", "-m", "infra.cli", *arguments], {**clean, **misleading}

    def run(self, *arguments: str, **more: str) -> subprocess.CompletedProcess[str]:
        command, environment = self.command(*arguments)
        return subprocess.run(command, env={**environment, **more}, capture_output=True, text=True, check=False,
                              stdin=subprocess.DEVNULL, cwd="/", timeout=PATIENCE_S)

    def down(self) -> subprocess.CompletedProcess[str]:
        return self.run("down", FIELDTALLY_INSTANCE="demo/installation")


@pytest.fixture
def demo(tmp_path: Path) -> Iterator[Demo]:
    made = Demo(tmp_path)
    yield made
    made.down()


def test_the_demo_kills_the_counter_and_every_counter_is_exact_and_what_is_kept_stays(demo: Demo) -> None:
    done = demo.run("demo", "--events=3000", "--seed=5", "--keep")
    assert done.returncode == 0, done.stdout + done.stderr
    said = " ".join(done.stdout.split())
    assert said.count("The counter was killed (SIGKILL)") == 2
    assert "The supervisor started the counter again 2 times." in said
    assert "; 0 mismatches." in said
    assert "All agree." in said
    assert "Tất cả / All" in said
    assert demo.installation.is_up
    page = re.search(r"Tablets (http://127\.0\.0\.1:[0-9]+/) \(mã mời / invitation: ([0-9A-Z-]{12}),", said)
    assert page, said
    assert Tablet(Outbox(), Http(page[1])).enrol(page[2]) == ["2025-07:24848"]

    again = demo.run("demo")
    assert again.returncode == 1
    assert "`FIELDTALLY_INSTANCE=demo/installation fieldtally down` stops it." in again.stderr
    assert demo.down().stdout.strip() == "Stopped."
    assert not demo.installation.is_up


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
