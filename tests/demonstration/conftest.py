"""The demo in a home of its own, which has the programs of the real one."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from infra.instance import Instance, home

PATIENCE_S = 400  # far above what is ever needed


class Demo:
    """The command in a home of its own, which has the programs of the real one."""

    def __init__(self, folder: Path) -> None:
        self.home = folder
        for name in ("venv", "java", "kafka", "debs"):
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
