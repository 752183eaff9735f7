"""The scripts for a fresh machine: harmless again and again, from any folder, also beside one another."""

from __future__ import annotations

import os
import subprocess
from importlib.metadata import distributions
from pathlib import Path

import pytest

from infra.instance import REPO

SCRIPTS = ("infra/install", "infra/test", "infra/demo", ".ci/run")


@pytest.mark.parametrize("script", SCRIPTS)
def test_a_script_is_executable_and_plain_shell(script: str) -> None:
    assert os.access(REPO / script, os.X_OK)
    assert (REPO / script).read_text().startswith("#!/bin/sh\n")
    checked = subprocess.run(["sh", "-n", REPO / script], capture_output=True, text=True, check=False)
    assert (checked.returncode, checked.stderr) == (0, "")


def test_installing_again_is_silent_from_any_folder_and_beside_another_run(tmp_path: Path) -> None:
    runs = [subprocess.Popen([REPO / "infra" / "install"], cwd=tmp_path, stdout=subprocess.PIPE,
                             stderr=subprocess.STDOUT, text=True) for _ in range(3)]
    assert [(run.communicate()[0], run.returncode) for run in runs] == [("", 0)] * 3


def test_ci_runs_what_a_developer_runs() -> None:
    assert "infra/test" in (REPO / ".ci" / "run").read_text()


def test_every_installed_package_is_pinned() -> None:
    pinned = set((REPO / "infra" / "constraints.txt").read_text().lower().split())
    here = {f"{dist.name}=={dist.version}".lower() for dist in distributions()
            if dist.name.lower() not in ("fieldtally", "pip", "setuptools")}
    assert here <= pinned
