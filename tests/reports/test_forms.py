"""One report in five forms and two languages; numbers in the reader's form."""

from __future__ import annotations

import csv
import io
import re
from datetime import date
from decimal import Decimal
from xml.etree import ElementTree

import pytest
from msgspec.structs import replace
from openpyxl import load_workbook
from rich.console import Console

from schemas.programmes.hiding import published
from schemas.programmes.report import Report, Value
from sinks.reports.as_csv import COLUMNS, as_csv
from sinks.reports.as_html import as_html
from sinks.reports.as_table import as_table
from sinks.reports.as_xlsx import as_xlsx
from sinks.reports.charts import Bar, Mark, bars
from sinks.reports.sheet import sheet
from sinks.reports.words import LANGUAGES, WORDS, figure, number
from tests.reports.conftest import Ledger

HEADS = ("indicator", "reported", "source", "computed", "part", "whole", "unit", "target", "period", "share", "points",
         "note")  # fmt: skip


@pytest.fixture(scope="module", params=["lao-cai", "lac-duong"])
def report(played: Ledger, request: pytest.FixtureRequest) -> Report:
    """A programme's report as it is published."""
    return published(played.report(request.param))


@pytest.mark.parametrize(("value", "decimals", "vi", "en"), [
    (131_393, None, "131.393", "131,393"), (Decimal("66.74"), None, "66,74", "66.74"), (0, 2, "0,00", "0.00"),
    (6_000_000_000, None, "6.000.000.000", "6,000,000,000"), (Decimal("98.665"), 2, "98,67", "98.67"),
    (Decimal("1234.5"), 1, "1.234,5", "1,234.5"), (-26, None, "-26", "-26"),
])  # fmt: skip
def test_numbers_have_the_readers_form(value: Decimal | int, decimals: int | None, vi: str, en: str) -> None:
    assert (number(value, "vi", decimals), number(value, "en", decimals)) == (vi, en)


def test_a_figure_keeps_its_qualifier_and_unit() -> None:
    assert figure(97, "%", "vi", "~") == "khoảng 97 %"
    assert figure(1_000, "person", "en", ">") == "over 1,000 people"
    assert figure(92, "%", "vi", "<") == "gần 92 %"


def test_every_word_is_in_both_languages() -> None:
    assert all(title.vi and title.en for title in WORDS.values())


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_terminal_shows_every_row_and_line(report: Report, language: str) -> None:
    console = Console(width=400, record=True, file=io.StringIO())
    console.print(*as_table(sheet(report, language), console.width), sep="\n")
    text = console.export_text()
    for row in report.rows:
        assert (row.row.title.vi if language == "vi" else row.row.title.en) in text
    for line in report.lines:
        assert (line.place or line.name.vi) in text or line.unresolved


@pytest.mark.parametrize("width", [80, 160])
def test_a_narrow_terminal_cuts_no_figure_and_no_code(report: Report, width: int) -> None:
    console = Console(width=width, record=True, file=io.StringIO())
    drawn = sheet(report, "vi")
    console.print(*as_table(drawn, console.width), sep="\n")
    text = console.export_text()
    assert "…" not in text
    assert max(map(len, text.splitlines())) <= width
    shown = text.split()
    for row in drawn.rows:
        for cell in (row.reported, row.computed, row.target, row.share):
            assert all(word in shown for word in cell.split()), cell
    for table in (drawn.places, *drawn.tables):
        for cell in (cell for row in table.rows for cell in row[min(2, table.figures) :] if table.figures < len(row)):
            assert all(word in shown for word in cell.text.split()), cell


def test_lac_duong_in_vietnamese(played: Ledger) -> None:
    drawn = {row.title: row for row in sheet(published(played.report("lac-duong")), "vi").rows}
    assert drawn["Diện tích tự nhiên"].reported == "131.393 ha, 31/12/2023 [1]"
    assert drawn["Tỷ lệ người dân tộc thiểu số trong dân số"].computed == "66,74 % (21.517 / 32.240)"
    assert drawn["Điện thoại thông minh đã trao"].reported == "hàng trăm, 31/12/2023 [1]"
    assert drawn["Vận động xã hội hóa"].target == "khoảng 6.000.000.000 đồng"
    assert drawn["Vận động xã hội hóa"].share == "100,0 %"
    assert drawn["Hộ nghèo"].note == "tính trên sổ đăng ký"


def test_a_reported_figure_names_its_document_and_a_map_its_day_in_the_readers_form(played: Ledger) -> None:
    drawn = sheet(published(played.report("lao-cai", map="2025-06-30")), "vi")
    [named] = [text for label, text in drawn.facts if label == "Bản đồ hành chính"]
    assert named == "nơi đăng ký, theo đơn vị ngày 30/06/2025"
    reported = {row.title: row.reported for row in drawn.rows}
    assert reported["Huyện Bảo Yên"] == "14 điểm [2]"
    assert drawn.sources[1].startswith("[2] Quyết định 2541/QĐ-UBND")


def test_the_header_of_an_earlier_day_has_the_day_of_the_latest_event_that_counts(played: Ledger) -> None:
    for until, latest in ((date(2023, 10, 21), "20/10/2023"), (None, "11:08, 31/05/2025")):
        facts = dict(sheet(played.report("lao-cai", until=until), "vi").facts)
        assert facts["Sự kiện mới nhất được tính"] == latest


def test_a_share_above_the_whole_says_why(played: Ledger) -> None:
    report = played.report("lac-duong")
    rows = tuple(replace(each, value=Value(count=110, of=100)) if each.row.id == "smartphone_share" else each
                 for each in report.rows)  # fmt: skip
    notes = {row.title: row.note for row in sheet(replace(report, rows=rows), "vi").rows}
    assert "đã đếm nhiều hơn số trong mẫu số" in notes["Hộ có điện thoại thông minh"]
    assert sum("đã đếm nhiều hơn" in note for note in notes.values()) == 1


def test_lao_cai_in_english(played: Ledger) -> None:
    rows = sheet(published(played.report("lao-cai")), "en").rows
    [index] = [number for number, row in enumerate(rows) if row.reported.startswith("about 97 %")]
    relative, points = rows[index : index + 2]
    assert relative.reported == "about 97 %, 30 June 2023 [1]"
    assert relative.computed == "97.01 % (2,949 / 3,040)"
    assert (relative.target, points.target) == ("about 77.0 %, 2023", "about 71 %, 2023")
    assert "+26.0 percentage points" in points.share
    assert points.title == ""


def test_csv_has_plain_numbers(report: Report) -> None:
    drawn = as_csv(report, "vi")
    assert drawn.startswith("\ufeff".encode())
    rows = list(csv.DictReader(io.StringIO(drawn.decode("utf-8-sig"))))
    assert tuple(rows[0]) == COLUMNS
    results = {row["id"]: row for row in rows if row["table"] == "result"}
    assert results.keys() == {row.row.id for row in report.rows}
    for row in report.rows:
        cells = results[row.row.id]
        assert cells["count"] == ("" if row.value.count is None else str(row.value.count))
        assert cells["state"] in ("shown", "hidden", "unknown")
        assert cells["reported_source"] == (row.row.reported.source if row.row.reported else "")
        assert cells["programme"] == report.programme
        assert (cells["latest_event"], cells["tablets"]) == (report.as_of.latest_event, str(report.as_of.tablets))
    documents = [row["id"] for row in rows if row["table"] == "document"]
    assert documents == [document.id for document in report.documents]
    places = [row for row in rows if row["table"] == "place"]
    assert len(places) == len(report.lines) * len(report.columns)


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_workbook_has_results_places_and_sources(report: Report, language: str) -> None:
    book = load_workbook(io.BytesIO(as_xlsx(sheet(report, language))))
    results, places, *tables, sources = book.worksheets
    assert len(tables) == len(report.lists) + bool(report.kits) + bool(report.actors)
    titles = [str(cell.value) for cell in results["A"]]
    for row in report.rows:
        assert (row.row.title.vi if language == "vi" else row.row.title.en) in titles
    numbers = [cell.value for line in places.iter_rows(min_row=2, min_col=4) for cell in line]
    wanted = [value.count for line in report.lines for value in line.values]
    assert [value for value in numbers if isinstance(value, int)] == [value for value in wanted if value is not None]
    assert len(list(sources.iter_rows())) >= len(report.documents)


def test_every_figure_of_a_workbook_is_a_number_with_its_qualifier_in_its_format(played: Ledger) -> None:
    pages = {name: load_workbook(io.BytesIO(as_xlsx(sheet(published(played.report(name)), "vi")))).worksheets
             for name in ("lao-cai", "lac-duong")}  # fmt: skip
    rows = {row[0].value: dict(zip(HEADS, row, strict=True)) for each in pages.values() for row in each[0].iter_rows()
            if len(row) == len(HEADS)}  # fmt: skip
    purposes = [rows[title]["computed"].value for title in ("Cho internet miễn phí", "Vận động xã hội hóa")]
    assert purposes[1] == 6_000_000_000
    assert isinstance(purposes[0], int)
    access = rows["Hộ nghèo, cận nghèo có nhu cầu được tiếp cận viễn thông, internet"]
    assert (access["reported"].value, access["reported"].number_format) == (0.97, '"khoảng "#,##0%')
    assert (access["computed"].value, access["part"].value, access["whole"].value) == (0.970066, 2_949, 3_040)
    assert access["target"].value == 0.77
    assert access["share"].number_format == "#,##0.0%"
    [givers] = [page for page in pages["lac-duong"] if page.title == "Đóng góp theo bên đóng góp"]
    assert sum(row[1].value for row in givers.iter_rows(min_row=2, max_row=7)) == 6_000_000_000


def test_bars_of_different_shares_differ_and_one_that_is_cut_says_so() -> None:
    def widths(*lengths: float) -> list[float]:
        drawn = bars("t", [Bar("b", "", length) for length in lengths], Mark("target", 1.0), longest=2.0)
        return [float(bar.get("width") or -1) for bar in ElementTree.fromstring(drawn).findall("rect")]

    assert widths(1.26, 1.366) == [pytest.approx(340 * 1.26 / 1.366, abs=0.1), 340.0]
    assert widths(0.5, 7.0) == [85.0, 340.0]
    assert [bars("t", [Bar("b", "", each)], longest=2.0).count("<path") for each in (2.0, 2.1)] == [0, 1]
    long = bars("t", [Bar("một nhãn rất dài " * 10, "", 1.0)])
    assert long.count("<tspan") > 1
    assert "…" not in long


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_page_stands_by_itself_with_charts_and_without_scripts(report: Report, language: str) -> None:
    page = as_html(sheet(report, language)).decode()
    charts = re.findall(r"<svg.*?</svg>", page)
    assert len(charts) == 2
    for chart in charts:
        drawing = ElementTree.fromstring(chart)
        assert drawing.findall("rect")
        assert all(float(bar.get("width") or -1) >= 0 for bar in drawing.findall("rect"))
    assert "@page { size: A4" in page
    assert not re.search(r"<script|https?://|src=|@import|url\(", page)
    assert f'<html lang="{language}">' in page


def test_a_title_cannot_break_a_page(played: Ledger) -> None:
    drawn = sheet(played.report("lao-cai"), "vi")
    broken = drawn._replace(title="<script>alert(1)</script>", facts=(('"><b>', "&"),))
    page = as_html(broken).decode()
    assert "<script>" not in page
    assert "&lt;script&gt;" in page
    assert "<td>&quot;&gt;&lt;b&gt;</td><td>&amp;</td>" in page
