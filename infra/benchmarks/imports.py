"""How fast exports of forms are imported: rows per second of the first export, of next week's, and of a spreadsheet."""

from __future__ import annotations

import csv
import os
import platform
import secrets
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory

import psutil
from rich.console import Console
from rich.table import Table

from infra.topics import ensure
from producers import forms
from producers.forms.loading import load as load_mapping
from producers.forms.plan import Plan
from producers.forms.register import Register
from producers.forms.run import Import, carry_out, planned
from producers.publisher import Publisher
from schemas.places import load
from schemas.pseudonym import household_code
from schemas.settings import Settings

MAPPING = Path(forms.__file__).with_name("examples") / "odk-central.yaml"
UNITS = ("2025-07:24846", "2025-07:24848", "2025-07:24853")
CHANGED, NEW = 0.01, 0.02  # of next week's rows


def measure(settings: Settings, rows: int, seed: int, console: Console) -> None:
    """Write a synthetic export through the shipped example of ODK Central, import it, and print what was measured."""
    ensure(settings)
    rng, key = Random(seed), secrets.token_bytes(32)
    header = MAPPING.with_suffix(".csv").read_text(encoding="utf-8").splitlines()[0].split(",")
    first = [_row(header, number, rng) for number in range(rows)]
    later = [_changed(header, row) if rng.random() < CHANGED else row for row in first]
    later += [_row(header, number, rng) for number in range(rows, int(rows * (1 + NEW)))]
    table = Table("what", "rows", "events", "s", "rows/s", box=None, pad_edge=False)
    with TemporaryDirectory() as folder:
        week_1, week_2 = (_written(Path(folder) / f"{name}.csv", header, of) for name, of in enumerate((first, later)))
        sheet = _sheet(Path(folder) / "export.xlsx", header, later)
        _timed(table, "the CSV reader alone (reference)", lambda: (_read(week_1), 0))
        _timed(table, "first export", lambda: _imported(settings, week_1, key))
        _timed(table, f"next week's: {NEW:.0%} new, {CHANGED:.0%} changed", lambda: _imported(settings, week_2, key))
        _timed(table, "the same as XLSX: nothing new", lambda: _imported(settings, sheet, key))
    console.print(table)
    memory = psutil.Process().memory_info().rss / 2**20
    console.print(f"{memory:,.0f} MB in this process at the end; Python {platform.python_version()}, "
                  f"{os.cpu_count()} cores, seed {seed}.")  # fmt: skip


def _timed(table: Table, title: str, what: Callable[[], tuple[int, int]]) -> None:
    started = time.monotonic()
    rows, events = what()
    seconds = time.monotonic() - started
    table.add_row(title, f"{rows:,}", f"{events:,}", f"{seconds:.1f}", f"{rows / seconds:,.0f}")


def _read(path: Path) -> int:
    with path.open(encoding="utf-8", newline="") as file:
        return sum(1 for _ in csv.reader(file)) - 1


def _imported(settings: Settings, path: Path, key: bytes) -> tuple[int, int]:
    """Rows read and events published, all confirmed."""
    mapping = load_mapping(MAPPING)
    what = Import(path, mapping, key, load().known, datetime.now(UTC))
    with Register(settings, mapping.form, key, writing=True) as register, Publisher(settings) as publisher:
        made: Plan = planned(what, register.records, lambda _: None)
        carry_out(made, register, publisher, lambda _: None)
    return made.rows, sum(made.changes.values())


def _row(header: list[str], number: int, rng: Random) -> list[str]:
    """A survey; half of them are a SIM hand-out too."""
    unit, sim = UNITS[number % len(UNITS)], rng.random() < 0.5
    day = f"2026-{rng.randint(1, 6):02}-{rng.randint(1, 28):02}"
    told = {
        "SubmissionDate": f"{day}T09:00:00.000Z", "end": f"{day}T1{number % 10}:{number % 60:02}:02.000+07:00",
        "KEY": f"uuid:{rng.getrandbits(128):032x}", "ho-ma_ho": household_code(unit, number), "ho-thon": "3",
        "ho-dien_ho": rng.choice(["ngheo", "can_ngheo", "khac"]), "sim-trao_sim": "co" if sim else "khong",
        "sim-nguoi_nhan": "ho" if sim else "", "sim-iccid": str(8984048000000000000 + number) if sim else "",
    }  # fmt: skip
    telecom = {name: rng.choice(["co", "khong"]) for name in header if name.startswith("vien_thong-")}
    return [{**told, **telecom}.get(name, "") for name in header]


def _changed(header: list[str], row: list[str]) -> list[str]:
    place = header.index("vien_thong-internet")
    return [*row[:place], "khong" if row[place] == "co" else "co", *row[place + 1 :]]


def _written(path: Path, header: list[str], rows: list[list[str]]) -> Path:
    with path.open("w", encoding="utf-8", newline="") as out:
        csv.writer(out).writerows([header, *rows])
    return path


def _sheet(path: Path, header: list[str], rows: list[list[str]]) -> Path:
    from openpyxl import Workbook

    book = Workbook(write_only=True)
    sheet = book.create_sheet()
    for cells in (header, *rows):
        sheet.append(cells)
    book.save(path)
    return path
