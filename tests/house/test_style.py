"""The linter and the type checker find nothing, so that a reader need not wonder."""

from __future__ import annotations

import subprocess
import sys

from infra.instance import REPO


def run(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run([sys.executable, "-m", *arguments], cwd=REPO, capture_output=True, text=True, check=False)


def test_ruff_finds_nothing() -> None:
    done = run("ruff", "check", ".")
    assert done.returncode == 0, done.stdout


def test_mypy_in_strict_mode_finds_nothing() -> None:
    done = run("mypy")
    assert done.returncode == 0, done.stdout
