"""Files as people have them: CSV of both form servers, spreadsheets, and files that are no table."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from zipfile import ZipFile

import pytest

from producers.errors import ProducersError
from producers.forms.loading import load
from producers.forms.run import Import, planned
from producers.forms.sheets import rows, size
from tests.forms.support import COLUMNS, EXAMPLES, KEY, KNOWN, NOW, mapping, row, write_csv, write_xlsx


def ignore(_: int) -> None:
    """No progress bar."""


def refused(path: Path, folder: Path) -> str:
    with pytest.raises(ProducersError) as caught:
        list(rows(path, mapping(folder), ignore))
    return str(caught.value)


@pytest.mark.parametrize(("name", "new"), [("odk-central", 5), ("kobotoolbox", 2)])
def test_an_example_export_becomes_events_but_for_the_row_that_a_review_rejected(name: str, new: int) -> None:
    what = Import(EXAMPLES / f"{name}.csv", load(EXAMPLES / f"{name}.yaml"), KEY, KNOWN, NOW)
    made = planned(what, {}, ignore)
    assert (made.faults, made.changes, made.idle) == ([], {"new": new}, 1)


def test_an_edited_kobo_row_is_known_by_its_root_and_refused_without_one(tmp_path: Path) -> None:
    form = load(EXAMPLES / "kobotoolbox.yaml")
    text = (EXAMPLES / "kobotoolbox.csv").read_text(encoding="utf-8-sig")
    first = Import(EXAMPLES / "kobotoolbox.csv", form, KEY, KNOWN, NOW)
    held = {step.record.record: step.record for step in planned(first, {}, ignore).steps}
    edited = text.replace(';"8534f457', ';"00000000').replace('"120"', '"140"')
    path = tmp_path / "edited.csv"
    path.write_text(edited, encoding="utf-8")
    made = planned(Import(path, form, KEY, KNOWN, NOW), held, ignore)
    assert (made.changes, made.gone) == ({"corrected": 1}, [])
    rootless = edited.replace("meta/rootUuid", "meta/deprecatedID")
    path.write_text(rootless, encoding="utf-8")
    made = planned(Import(path, form, KEY, KNOWN, NOW), held, ignore)
    assert {fault.reason for fault in made.faults} == {"replaced-record"}


def test_a_spreadsheet_gives_the_rows_of_the_same_csv(tmp_path: Path) -> None:
    typed = row(ngay="2026-03-01T08:12:04", gia="1500000", xa="24848")
    native = {**typed, "ngay": datetime(2026, 3, 1, 8, 12, 4), "gia": 1_500_000.0, "xa": 24848, "iccid": None}
    form = mapping(tmp_path)
    from_csv = list(rows(write_csv(tmp_path / "a.csv", [typed | {"iccid": ""}]), form, ignore))
    from_xlsx = list(rows(write_xlsx(tmp_path / "a.xlsx", COLUMNS, [native.values()]), form, ignore))
    assert from_csv == from_xlsx


def test_a_number_of_which_a_spreadsheet_lost_digits_is_recognised(tmp_path: Path) -> None:
    cells = {**row(), "iccid": 8984048000000000017}
    path = write_xlsx(tmp_path / "a.xlsx", COLUMNS, [cells.values()])
    made = planned(Import(path, mapping(tmp_path), KEY, KNOWN, NOW), {}, ignore)
    assert [(fault.event, fault.reason) for fault in made.faults] == [("sim", "lost-digits")]


@pytest.mark.parametrize("held", [120.5, 1.05, 1.125, 1500.25, 1.5e15])
def test_a_spreadsheets_number_with_a_fraction_or_lost_digits_is_no_amount(tmp_path: Path, held: float) -> None:
    cells = {**row(dien="", sim="khong"), "gia": held}
    path = write_xlsx(tmp_path / "a.xlsx", COLUMNS, [cells.values()])
    made = planned(Import(path, mapping(tmp_path), KEY, KNOWN, NOW), {}, ignore)
    assert [(fault.column, fault.reason) for fault in made.faults] == [("gia", "no-whole-number")]


def test_a_formula_without_its_value_is_told_and_not_taken_for_an_empty_cell(tmp_path: Path) -> None:
    path = write_xlsx(tmp_path / "a.xlsx", COLUMNS, [row().values(), {**row(), "gia": "=1000*1500"}.values()])
    assert "line 3: column gia has a formula without its value: open the file" in refused(path, tmp_path)


def test_a_formula_in_a_column_that_nothing_needs_does_no_harm(tmp_path: Path) -> None:
    path = write_xlsx(tmp_path / "a.xlsx", [*COLUMNS, "tổng"], [[*row().values(), "=1+1"]])
    assert [found.line for found in rows(path, mapping(tmp_path), ignore)] == [2]


def test_the_header_may_stand_below_a_title_and_on_a_named_sheet(tmp_path: Path) -> None:
    path = write_xlsx(tmp_path / "a.xlsx", ["Báo cáo"], [[], COLUMNS, row().values()], title="Tháng 3")
    text = tmp_path / "mapping.yaml"
    form = mapping(tmp_path)
    text.write_text(text.read_text(encoding="utf-8") + "header: 3\nsheet: Tháng 3\n", encoding="utf-8")
    assert [found.line for found in rows(path, load(text), ignore)] == [4]
    assert form.header == 1
    with pytest.raises(ProducersError, match=r"has no sheet Tháng 3; it has data"):
        list(rows(write_xlsx(tmp_path / "b.xlsx", COLUMNS, []), load(text), ignore))


def test_lines_are_counted_as_an_editor_counts_them(tmp_path: Path) -> None:
    path = write_csv(tmp_path / "a.csv", [row(ma="hai\ndòng"), row(id="r2")])
    assert [found.line for found in rows(path, mapping(tmp_path), ignore)] == [2, 4]


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_the_delimiter_is_seen_in_the_header(tmp_path: Path, delimiter: str) -> None:
    path = tmp_path / "a.csv"
    path.write_text(f"{delimiter.join(COLUMNS)}\n{delimiter.join(row().values())}\n", encoding="utf-8-sig")
    assert [found.cells for found in rows(path, mapping(tmp_path), ignore)] == [row()]


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "has no header in line 1"),
        (b"id,xa\n", r"line 1: there is no column dien, gia"),
        (",".join(COLUMNS).replace("id,", "KEY,", 1).encode(), "line 1: there is no column of record ids (id)"),
        (",".join([*COLUMNS, "ma"]).encode(), "line 1: column ma stands there twice"),
        ((",".join(COLUMNS) + "\n1,2\n").encode(), "line 2: 2 cells, but the header has 9"),
        ((",".join(COLUMNS) + '\n"1"2,' + "," * 7).encode(), "line 2: "),
        ((",".join(COLUMNS) + "\n" + "é," * 8).encode("latin-1"), "line 2 is not UTF-8"),
    ],
)
def test_a_file_that_is_no_table_is_refused_whole_with_its_line(tmp_path: Path, content: bytes, said: str) -> None:
    path = tmp_path / "a.csv"
    path.write_bytes(content)
    assert said in refused(path, tmp_path)


def test_a_damaged_spreadsheet_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "a.xlsx"
    path.write_bytes(b"PK\x03\x04 no more")
    assert "is no XLSX file, or a damaged one" in refused(path, tmp_path)


def test_a_spreadsheet_whose_parts_are_cut_off_or_missing_is_refused(tmp_path: Path) -> None:
    whole, damaged = write_xlsx(tmp_path / "a.xlsx", COLUMNS, [row().values()]), tmp_path / "b.xlsx"
    with ZipFile(whole) as parts:
        content = {name: parts.read(name) for name in parts.namelist()}
    for name in ("xl/worksheets/sheet1.xml", "xl/workbook.xml"):
        with ZipFile(damaged, "w") as parts:
            for part, data in content.items():
                parts.writestr(part, data[: len(data) // 2] if part == name else data)
        assert "is no XLSX file, or a damaged one" in refused(damaged, tmp_path), name
    with ZipFile(damaged, "w") as parts:
        for part in content.keys() - {"xl/worksheets/sheet1.xml"}:
            parts.writestr(part, content[part])
    assert size(damaged) == 0
    assert "has no sheet with cells; it has none" in refused(damaged, tmp_path)
