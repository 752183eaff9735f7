"""What a row's cells become, and what is said of a cell that cannot become anything."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from producers.forms.reading import Reading
from schemas.instant import day_of, instant_ms
from schemas.pseudonym import household_code, pseudonym
from tests.forms.support import FORM, HOUSEHOLD, KEY, mapping, read, row


def reading(folder: Path, text: str = FORM, **answers: str) -> Reading:
    return read(mapping(folder, text), [row(**answers)])[0]


def support(folder: Path, **answers: str) -> Any:
    found = reading(folder, **answers)
    assert found.faults == []
    return found.events["ho-tro"]


@pytest.mark.parametrize(
    ("answers", "column", "reason"),
    [
        ({"id": ""}, "id", "no-record-id"),
        ({"ngay": ""}, "ngay", "empty"),
        ({"ngay": "hôm qua"}, "ngay", "bad-time"),
        ({"ngay": "2026-02-30"}, "ngay", "bad-time"),
        ({"ngay": "1970-01-01T00:00:00Z"}, "ngay", "impossible-time"),
        ({"ngay": "2029-01-01"}, "ngay", "impossible-time"),
        ({"xa": ""}, "xa", "empty"),
        ({"xa": "Đạ Nhim"}, "xa", "bad-unit-code"),
        ({"xa": "248481"}, "xa", "bad-unit-code"),
        ({"xa": "99999", "ma": "K7M2-9"}, "ma", "mistyped-code"),
        ({"xa": "99999", "ma": HOUSEHOLD.rpartition("24848-")[2]}, "xa", "unknown-unit"),
        ({"xa": "24846"}, "ma", "wrong-subject"),
        ({"ma": "Nguyễn Văn A"}, "ma", "bad-subject-code"),
        ({"gia": "0"}, "gia", "out-of-range"),
        ({"gia": "-5"}, "gia", "no-whole-number"),
        ({"gia": "nhiều"}, "gia", "no-whole-number"),
        ({"gia": "120.5"}, "gia", "no-whole-number"),
        ({"gia": "1.05"}, "gia", "no-whole-number"),
        ({"gia": "12.34.5"}, "gia", "no-whole-number"),
        ({"gia": "1.500,5"}, "gia", "no-whole-number"),
        ({"gia": "1500.000"}, "gia", "no-whole-number"),
        ({"gia": "1e3"}, "gia", "no-whole-number"),
        ({"gia": "１２"}, "gia", "no-whole-number"),
    ],
)
def test_a_cell_that_cannot_be_is_named_by_column_and_reason(
    tmp_path: Path, answers: dict[str, str], column: str, reason: str
) -> None:
    found = reading(tmp_path, **{"dien": "", "sim": "khong"} | answers)
    assert [(fault.line, fault.column, fault.reason) for fault in found.faults] == [(2, column, reason)]
    assert "ho-tro" not in found.events
    assert all(answer not in repr(found.faults) for answer in answers.values() if answer)


@pytest.mark.parametrize(("typed", "mark", "value"), [("1.500.000", ".", 1_500_000), ("1500000", ".", 1_500_000),
                                                      ("12,000", ",", 12_000), ("7", "", 7)])  # fmt: skip
def test_an_amount_is_read_with_its_marks_and_without(tmp_path: Path, typed: str, mark: str, value: int) -> None:
    text = FORM.replace('thousands: "."', f'thousands: "{mark}"')
    event = reading(tmp_path, text, gia=typed).events["ho-tro"]
    assert event is not None
    assert event.data.value == value


def test_an_amount_without_a_mark_of_its_own_may_hold_none(tmp_path: Path) -> None:
    found = reading(tmp_path, FORM.replace(', thousands: "."', ""), gia="1.500.000", dien="", sim="khong")
    assert [fault.reason for fault in found.faults] == ["no-whole-number"]


@pytest.mark.parametrize(
    ("answers", "column", "reason"),
    [
        ({"dien": "giau"}, "dien", "no-such-answer"),
        ({"iccid": ""}, "iccid", "empty"),
        ({"iccid": "không nhớ"}, "iccid", "bad-number"),
        ({"iccid": "8.98404800000000E+18"}, "iccid", "lost-digits"),
    ],
)
def test_one_event_of_a_row_that_cannot_be_blocks_no_other(
    tmp_path: Path, answers: dict[str, str], column: str, reason: str
) -> None:
    found = reading(tmp_path, **answers)
    assert [(fault.column, fault.reason) for fault in found.faults] == [(column, reason)]
    assert len(found.events) == 2
    assert found.events["ho-tro"] is not None


@pytest.mark.parametrize("typed", [HOUSEHOLD, HOUSEHOLD.lower(), HOUSEHOLD.rpartition("24848-")[2],
                                   HOUSEHOLD.rpartition("24848-")[2].replace("-", "")])  # fmt: skip
def test_a_household_is_known_by_its_full_code_and_by_what_follows_the_unit(tmp_path: Path, typed: str) -> None:
    assert support(tmp_path, ma=typed).subject == f"household/{HOUSEHOLD}"


def test_letters_that_look_like_digits_are_read_as_digits(tmp_path: Path) -> None:
    code = household_code("2025-07:24848", 1)  # 0001
    assert support(tmp_path, ma=code.replace("-0001", "-OOOI")).subject == f"household/{code}"


def test_zeros_that_a_spreadsheet_dropped_are_put_back(tmp_path: Path) -> None:
    code = household_code("2025-07:02647", 3)
    assert support(tmp_path, xa="2647", ma=code).unit == "2025-07:02647"


def test_a_full_code_tells_the_unit_where_no_column_does(tmp_path: Path) -> None:
    text = FORM.replace('    unit: {column: xa, vintage: "2025-07"}\n', "")
    events = reading(tmp_path, text, xa="").events
    assert [event and event.unit for event in events.values()] == ["2025-07:24848"] * 3
    short = reading(tmp_path, text, xa="", ma=HOUSEHOLD.rpartition("24848-")[2])
    assert {fault.reason for fault in short.faults} == {"bad-subject-code"}


@pytest.mark.parametrize(
    ("form", "typed", "day"),
    [
        ("", "2026-03-01", "2026-03-01"),
        ("", "2026-03-01T23:30:00", "2026-03-01"),
        ("", "2026-03-01T23:30:00Z", "2026-03-02"),
        (', format: "%d/%m/%Y"', "01/03/2026", "2026-03-01"),
        (', format: "%d/%m/%Y"', "2026-03-01T00:00:00", "2026-03-01"),
        (', format: "%d/%m/%Y %H:%M", offset: "+00:00"', "01/03/2026 23:30", "2026-03-02"),
    ],
)
def test_a_time_falls_on_its_day_in_viet_nam(tmp_path: Path, form: str, typed: str, day: str) -> None:
    text = FORM.replace("time: {column: ngay}", f"time: {{column: ngay{form}}}", 1)
    event = reading(tmp_path, text, ngay=typed, dien="", sim="khong").events["ho-tro"]
    assert event is not None
    assert day_of(instant_ms(event.time, event.receivedat, 0)).isoformat() == day


def test_a_number_becomes_the_pseudonym_that_every_publisher_makes(tmp_path: Path) -> None:
    event = reading(tmp_path, iccid=" 8984 0480 0000 0000 017").events["sim"]
    assert event is not None
    assert event.data.iccid == pseudonym("iccid", KEY, "8984048000000000017")


def test_a_session_without_a_code_is_called_by_its_record_for_ever(tmp_path: Path) -> None:
    text = """
form: tap-huan
record: id
events:
  buoi:
    type: training.session-held
    unit: 2025-07:24848
    subject: {kind: session}
    time: {column: ngay}
    data: {organisation: other, topic: health, language: vi, headcount: {column: gia}, village: {column: xa}}
"""
    one, again, other = read(mapping(tmp_path, text), [row(gia="12", xa="3", id=name) for name in ("a", "a", "b")])
    assert one.faults == []
    subjects = [found.events["buoi"].subject for found in (one, again, other) if found.events["buoi"]]
    assert subjects[0] == subjects[1] != subjects[2]
    assert one.events["buoi"].data.village == "2025-07:24848/03"  # type: ignore[union-attr]  # it is there
