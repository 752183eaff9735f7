"""`fieldtally import` as a person runs it, many rows for it, and what the log holds afterwards."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from typer.testing import CliRunner, Result

from infra.cli import app
from producers.simulator.expected import Expected
from producers.simulator.log import recount_log
from schemas.places import load
from schemas.pseudonym import household_code
from schemas.settings import Settings
from tests.forms.support import row, write_csv

UNITS = load().units


def command(file: Path, *more: str) -> list[str]:
    return ["import", str(file), "--mapping", str(file.parent / "form.yaml"), *more]


def run(arguments: list[str]) -> Result:
    return CliRunner().invoke(app, arguments)


def imported(folder: Path, rows: Iterable[Mapping[str, str]], *more: str) -> Result:
    return run(command(write_csv(folder / "export.csv", rows), *more))


def many(number: int) -> list[dict[str, str]]:
    """Rows of as many households, each a support, a survey and a SIM."""
    units = ["24848", "24846", "24853", "02647"]
    return [
        row(id=f"r{index}", xa=units[index % 4], ma=household_code(f"2025-07:{units[index % 4]}", index),
            iccid=str(8984048000000000000 + index), loai="san_xuat" if index % 3 else "nha_o")
        for index in range(number)
    ]  # fmt: skip


def counted(settings: Settings) -> tuple[Mapping[Any, Any], Expected]:
    """The counters that are not 0, and all that comes out of the log."""
    expected = recount_log(settings, UNITS)
    return {key: value for key, value in expected.counters.items() if value}, expected


def odd(expected: Expected) -> int:
    """Records of the log that are not each an event of its own, in order."""
    return sum(unit["conflicts"] + unit["waiting"] + unit["orphaned"] for unit in expected.conservation.values())
