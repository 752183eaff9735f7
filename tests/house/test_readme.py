"""The README names every setting, command and file as they are."""

from __future__ import annotations

import ast
import inspect
import re
from pathlib import Path

import typer

from infra.cli import app
from infra.instance import REPO
from schemas.settings import PREFIX, Settings

README = (REPO / "README.md").read_text(encoding="utf-8")


def section(title: str) -> str:
    """The text under a heading."""
    return README.split(f"\n## {title}\n")[1].split("\n## ")[0]


def settings_as_defined() -> list[tuple[str, str, str]]:
    """Variable, default and meaning of each setting, in the order of their definition."""
    [definition] = ast.parse(inspect.getsource(Settings)).body
    assert isinstance(definition, ast.ClassDef)
    meanings = [
        (field.target.id, text.value.value)
        for field, text in zip(definition.body, definition.body[1:], strict=False)
        if isinstance(field, ast.AnnAssign) and isinstance(field.target, ast.Name)
        and isinstance(text, ast.Expr) and isinstance(text.value, ast.Constant) and isinstance(text.value.value, str)
    ]
    default = Settings()
    return [(PREFIX + name.upper(), str(getattr(default, name)), meaning) for name, meaning in meanings]


def test_the_table_of_settings_is_the_settings() -> None:
    rows = re.findall(r"^\| `(FIELDTALLY_\w+)` \| (?:`(.*?)`)? ?\| (.*) \|$", section("Settings"), re.MULTILINE)
    assert rows == settings_as_defined()
    assert len(rows) == len(Settings.__struct_fields__)


def test_every_command_is_in_the_table_of_commands_and_no_other() -> None:
    named = [name for cells in re.findall(r"^\| (`.*?`) \|", section("Commands"), re.MULTILINE)
             for name in re.findall(r"`([a-z]+)`", cells)]
    assert sorted(named) == sorted(typer.main.get_group(app).commands)


def test_every_path_that_is_named_is_there() -> None:
    named = set(re.findall(r"`((?:schemas|producers|stream_processors|sinks|infra|tests)/[\w./]*)`", README))
    named |= {path.removeprefix("./") for path in re.findall(r"\./infra/\w+", README)}
    assert len(named) > 15
    assert not {path for path in named if not Path(REPO, path).exists()}


def test_every_code_block_is_a_picture_or_is_run() -> None:
    """`tests/demonstration/test_newcomer.py` runs the last one line by line; CI runs `infra/test`, which runs this."""
    picture, scripts, newcomer = re.findall(r"^```\n(.*?)^```$", README, re.MULTILINE | re.DOTALL)
    assert "─►" in picture
    assert re.findall(r"^\S+", scripts, re.MULTILINE) == ["./infra/demo", "./infra/test"]
    assert newcomer in section("Ten minutes")
    assert newcomer.startswith("./infra/demo ")


def test_it_is_one_page() -> None:
    assert len(README.splitlines()) <= 155
