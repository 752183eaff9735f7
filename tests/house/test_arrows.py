"""Who may import whom, how long a file, a function and a line may be, and what must not stand in the repo."""

from __future__ import annotations

import ast
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from infra.instance import REPO

ROOMS = ("schemas", "producers", "stream_processors", "sinks", "infra", "tests")
MAY_IMPORT = {
    "schemas": {"schemas"},
    "producers": {"producers", "schemas"},
    "stream_processors": {"stream_processors", "schemas"},
    "sinks": {"sinks", "schemas"},
    "infra": set(ROOMS) - {"tests"},
    "tests": set(ROOMS),
}
FILE_LINES, FUNCTION_LINES, LINE_COLUMNS = 250, 60, 120

# In two halves, so that this file does not name what it looks for.
REGISTRY_HOSTS = [name + "." + domain for name, domain in (
    ("pypi", "org"), ("pythonhosted", "org"), ("repo.maven.apache", "org"), ("repo1.maven", "org"),
    ("npmjs", "org"), ("npmjs", "com"), ("deb.debian", "org"), ("proxy.golang", "org"), ("crates", "io"),
    ("docker", "io"), ("ghcr", "io"), ("quay", "io"))]


def tracked() -> list[Path]:
    """Every file of the repo that is, or is about to be, under version control."""
    listed = subprocess.run(["git", "ls-files", "--cached", "--others", "--exclude-standard"], cwd=REPO,
                            capture_output=True, text=True, check=True)
    return [path for name in listed.stdout.splitlines() if (path := REPO / name).is_file()]


PYTHON = [path for path in tracked() if path.suffix == ".py"]


def imported_rooms(path: Path) -> set[str]:
    """The rooms that a file imports from, anywhere in it."""
    names: list[str] = []
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            names += [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}: imports are absolute here"
            names.append(node.module or "")
    return {name.partition(".")[0] for name in names} & set(ROOMS)


def functions(path: Path) -> Iterator[tuple[str, int]]:
    """Each function's name and its number of lines."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield node.name, (node.end_lineno or node.lineno) - node.lineno + 1


@pytest.mark.parametrize("room", ROOMS)
def test_a_room_imports_only_what_its_arrows_allow(room: str) -> None:
    files = [path for path in PYTHON if path.is_relative_to(REPO / room)]
    assert files
    wrong = {str(path.relative_to(REPO)): extra for path in files if (extra := imported_rooms(path) - MAY_IMPORT[room])}
    assert not wrong


def test_a_file_is_one_idea() -> None:
    lengths = {str(path.relative_to(REPO)): len(path.read_text(encoding="utf-8").splitlines()) for path in PYTHON}
    assert not {name: lines for name, lines in lengths.items() if lines > FILE_LINES}


def test_a_function_fits_a_screen() -> None:
    long = {f"{path.relative_to(REPO)}:{name}": lines for path in PYTHON for name, lines in functions(path)
            if lines > FUNCTION_LINES}
    assert not long


def test_a_line_of_code_fits_a_line() -> None:
    long = [f"{path.relative_to(REPO)}:{number}" for path in PYTHON
            for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1) if len(line) > LINE_COLUMNS]
    assert not long


def test_no_registry_host_is_named() -> None:
    found = {str(path.relative_to(REPO)): host for path in tracked() for host in REGISTRY_HOSTS
             if host.encode() in path.read_bytes()}
    assert not found


def test_the_top_level_is_the_fixed_one() -> None:
    top = {path.relative_to(REPO).parts[0] for path in tracked()}
    assert {name for name in top if not name.startswith(".")} == {*ROOMS, "pyproject.toml", "README.md"}
