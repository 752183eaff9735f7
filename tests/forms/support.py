"""What the tests of forms share: a small form, its rows as a person's answers, and its exports."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from pathlib import Path
from random import Random
from typing import Any

from producers.forms.loading import load as load_mapping
from producers.forms.mapping import Mapping as FormMapping
from producers.forms.plan import Plan, plan
from producers.forms.reading import Reader, Reading
from schemas.imports import ImportedRecord, decode_record, encode
from schemas.places import load
from schemas.pseudonym import household_code

EXAMPLES = Path(__file__).parents[2] / "producers" / "forms" / "examples"
KEY = b"a key of the tests, which is no installation's"
NOW = datetime(2026, 7, 1, 12, 30, tzinfo=UTC)
KNOWN = load().known
COLUMNS = ("id", "xa", "ma", "ngay", "loai", "gia", "dien", "sim", "iccid")
HOUSEHOLD = household_code("2025-07:24848", 7)
FORM = """
form: ho-tro
record: id
values: {co-khong: {co: true, khong: false}}
events:
  ho-tro:
    type: support.delivered
    when: {loai: [san_xuat, nha_o]}
    unit: {column: xa, vintage: "2025-07"}
    subject: {kind: household, column: ma}
    time: {column: ngay}
    data:
      organisation: commune-people-committee
      purpose: {column: loai, values: {san_xuat: production, nha_o: housing}}
      value: {column: gia, thousands: "."}
  khao-sat:
    type: household.surveyed
    when: {dien: "*"}
    unit: {column: xa, vintage: "2025-07"}
    subject: {kind: household, column: ma}
    time: {column: ngay}
    data:
      organisation: community-technology-team
      household_class: {column: dien, values: {ngheo: poor, khac: other}}
      needs_telecom: true
      has_telecom: {column: sim, values: co-khong}
      owns_smartphone: {column: sim, values: co-khong}
      has_internet: false
  sim:
    type: sim.handed-out
    when: {sim: co}
    unit: {column: xa, vintage: "2025-07"}
    subject: {kind: household, column: ma}
    time: {column: ngay}
    data: {organisation: enterprise, recipient: household, iccid: {column: iccid, pseudonym: iccid}, plan: 4g}
"""


def row(**answers: str) -> dict[str, str]:
    """A row that is a support, a survey and a SIM; `answers` change it."""
    return {
        "id": "r1", "xa": "24848", "ma": HOUSEHOLD, "ngay": "2026-03-01T08:12:04+07:00", "loai": "san_xuat",
        "gia": "1.500.000", "dien": "ngheo", "sim": "co", "iccid": "8984048000000000017",
    } | answers  # fmt: skip


def mapping(folder: Path, text: str = FORM) -> FormMapping:
    """The mapping in a text."""
    path = folder / "mapping.yaml"
    path.write_text(text, encoding="utf-8")
    return load_mapping(path)


def write_csv(path: Path, rows: Iterable[Mapping[str, str]], columns: Iterable[str] = COLUMNS) -> Path:
    """An export as CSV."""
    with path.open("w", encoding="utf-8", newline="") as out:
        writer = csv.DictWriter(out, list(columns))
        writer.writeheader()
        writer.writerows(rows)
    return path


def write_xlsx(path: Path, header: Iterable[str], rows: Iterable[Iterable[Any]], title: str = "data") -> Path:
    """An export as a spreadsheet; a cell may be a number or a date."""
    from openpyxl import Workbook

    book = Workbook()
    sheet = book.worksheets[0]
    sheet.title = title
    for cells in (header, *rows):
        sheet.append(list(cells))
    book.save(path)
    return path


def read(form: FormMapping, rows: Iterable[Mapping[str, str]], key: bytes = KEY) -> list[Reading]:
    """The rows as read, from line 2 on."""
    reader = Reader(form, key, KNOWN, NOW)
    return [reader.read(line, cells) for line, cells in enumerate(rows, start=2)]


class History:
    """A register in memory that takes what plans say, and the log of all that they would publish."""

    def __init__(self, seed: int = 1) -> None:
        self.held: dict[str, ImportedRecord] = {}
        self.log: list[Any] = []
        self._rng = Random(seed)

    def take(self, form: FormMapping, rows: Iterable[Mapping[str, str]]) -> Plan:
        """Import rows."""
        made = plan(read(form, rows), self.held, form, NOW, self._rng)
        self.held |= {step.record.record: decode_record(encode(step.record)) for step in made.steps}
        self.log += [event for step in made.steps for event in step.events]
        return made
