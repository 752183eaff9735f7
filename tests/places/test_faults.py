"""What a file of decisions is refused for: each reason with its line, and nothing of the file taken."""

from __future__ import annotations

import re
from unicodedata import normalize

import pytest

from producers.office.decisions import read
from schemas.places import Places
from tests.places.loads import HEAD, MERGER, NOW, SPLIT, sheet

NEW = "commune,Xã Lạc Dương Mới,2025-07:68"
REFUSED = {
    "unknown code": (("2027-01-01,2025-07:00001,2027-01:24848,whole," + NEW,), 2, "the map has no unit 2025-07:00001"),
    "new unit not described": (("2027-01-01,2025-07:24848,2027-01:24848,whole,,,",), 2, "does not describe it"),
    "wrong vintage": (
        ("2027-01-01,2025-03:24848,2027-01:24848,whole," + NEW,),
        2,
        r"Xã Đạ Nhim ended already on 2025-07-01.*the code names 2025-07:24848 Xã Lạc Dương",
    ),
    "bare code": (
        ("2027-01-01,24848,2027-01:24848,whole," + NEW,),
        2,
        "'24848' is no unit as vintage:code; it could be 2025-03:24848 Xã Đạ Nhim, 2025-07:24848 Xã Lạc Dương",
    ),
    "ambiguous name": (("2027-01-01,Xã Hòa Bình,2027-01:24848,whole," + NEW,), 2, "Hòa Bình.*it could be.*and .* more"),
    "name that contradicts the map": (
        ("2027-01-01,2025-07:24848,2025-07:24853,whole,,Xã Lạc Dương,",),
        2,
        "the name of 2025-07:24853 is Xã Đam Rông 4 on the map, and Xã Lạc Dương here",
    ),
    "two names for one new unit": (
        (MERGER[0], MERGER[1].replace("whole,,,", "whole,commune,Xã Khác,2025-07:68")),
        3,
        "in line 2, and Xã Khác here",
    ),
    "impossible date": (("2027-02-30,2025-07:24848,2027-01:24848,whole," + NEW,), 2, "'2027-02-30' is no date"),
    "date in another form": (("01/01/2027,2025-07:24848,2027-01:24848,whole," + NEW,), 2, "'01/01/2027' is no date"),
    "effective before decided": (("2026-10-31,2025-07:24848,2025-07:24853,whole,,,",), 2, "before it was decided"),
    "no date": ((",2025-07:24848,2025-07:24853,whole,,,",), 2, "effective '' is no date"),
    "vintage after the first day": (("2027-01-01,2025-07:24848,2028-01:24848,whole," + NEW,), 2, "later than its"),
    "unit that has not begun": (
        ("|1/NQ,2024-01-01,2025-06-30,2025-07:24848,2025-07:24853,whole,,,",),
        2,
        "begins on 2025-07-01 and cannot end on 2025-06-30",
    ),
    "successor that is gone": (
        ("2027-01-01,2025-07:24848,2025-03:24846,whole,,,",),
        2,
        "from the beginning until 2025-07-01, so not on 2027-01-01",
    ),
    "cycle": (
        ("2027-01-01,2025-07:24848,2025-07:24853,whole,,,", "2027-01-01,2025-07:24853,2025-07:24848,whole,,,"),
        2,
        "cyclic",
    ),
    "cycle of one": (("2027-01-01,2025-07:24848,2025-07:24848,whole,,,",), 2, "cyclic"),
    "cycle through the map": (("2027-01-01,2025-07:24848,2025-03:24847,whole,,,",), 2, "cyclic"),
    "overlapping days": ((SPLIT[0], SPLIT[1].replace("2027-01-01", "2027-02-01")), 3, "successions overlap"),
    "whole and part": ((SPLIT[0].replace("part", "whole"), SPLIT[1]), 3, "wholly to one unit, and also elsewhere"),
    "the same twice": ((SPLIT[0], SPLIT[1], SPLIT[1]), 4, "stands in line 3 already|in line 2"),
    "a part alone": ((SPLIT[0],), 2, "where did the rest go"),
    "share missing": (("2027-01-01,2025-07:24848,2025-07:24853,,,,",), 2, "neither whole nor part"),
    "share without successor": (("2027-01-01,2025-07:24848,,part,,,",), 2, "needs both"),
    "level": (("2027-01-01,2025-07:24848,2025-07:68,whole,,,",), 2, "is a commune and 2025-07:68 a province"),
    "no such level": ((MERGER[0].replace("commune", "ward"),), 2, "the level 'ward' is none of"),
    "digits": ((MERGER[0].replace("2027-01:24848", "2027-01:248"),), 2, "has not the 5 digits of a commune"),
    "parent missing": ((MERGER[0].replace("2025-07:68", ""),), 2, "a commune needs a parent"),
    "parent unknown": ((MERGER[0].replace("2025-07:68", "2025-07:99"),), 2, "no unit 2025-07:99.*parent"),
    "parent below": ((MERGER[0].replace("2025-07:68", "2025-07:24846"),), 2, "is a commune, which is not above"),
    "parent gone": ((MERGER[0].replace("2025-07:68", "2025-03:68"),), 2, "Tỉnh Lâm Đồng is on the map .* so not on"),
    "type missing": ((MERGER[0].replace("Xã Lạc Dương Mới", "Lạc Dương"),), 2, "does not begin with its type"),
    "code that is in use": (
        ("2027-01-01,,2027-01:24848," + "," + NEW,),
        2,
        "the code 24848 would name two units at once",
    ),
    "nothing named": (("2027-01-01,,,,,,",), 2, "neither `from` nor `to`"),
    "decision missing": (("|,2026-11-01,2027-01-01,2025-07:24848,2025-07:24853,whole,,,",), 2, "number of the"),
    "decision that no reader takes": (
        (f"|{'1' * 121}/NQ,2026-11-01," + MERGER[0],), 2, "the decision has 124 characters, and may have 120"),
    "name that no reader takes": (
        (MERGER[0].replace("Mới", "M" * 200),), 2, "the name has 213 characters, and may have 120"),
    "character that no database takes": (
        ("|12\0/NQ,2026-11-01," + MERGER[0],), 2, r"the decision '12\\x00/NQ' has a character that cannot be printed"),
    "too few cells": (("2027-01-01,2025-07:24848",), 2, "has not the 9 cells"),
    "quote": (('2027-01-01,"2025-07:24848"x,,,,,',), 2, "is no CSV"),
}


@pytest.mark.parametrize(("rows", "line", "reason"), REFUSED.values(), ids=REFUSED)
def test_a_file_is_refused_with_line_and_reason(places: Places, rows: tuple[str, ...], line: int, reason: str) -> None:
    _, faults = read(sheet(*rows), places, "trial", NOW)
    assert faults
    told = "\n".join(f"{fault.line}: {fault.reason}" for fault in faults)
    assert faults[0].line == line, told
    assert re.search(reason, told), told


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"", "the columns are missing"),
        (HEAD.replace("from", "von").encode(), "the columns are decision.*must be decision"),
        (HEAD.replace(",", ";").encode(), "must be"),
        (HEAD.encode() + b"\n", "no rows"),
        ("\n".join([HEAD, "Quyết định"]).encode("utf-16"), "no UTF-8"),
    ],
)
def test_a_malformed_sheet_is_refused(places: Places, data: bytes, reason: str) -> None:
    _, faults = read(data, places, "trial", NOW)
    assert [fault.line for fault in faults] == [1]
    assert re.search(reason, faults[0].reason), faults


def test_all_faults_of_a_file_are_told_at_once(places: Places) -> None:
    bad = "2027-01-01,2025-07:00001,2025-07:24853,whole,,,", "2027-01-01,2025-07:00002,2025-07:24853,whole,,,"
    _, faults = read(sheet(*bad), places, "trial", NOW)
    assert [fault.line for fault in faults] == [2, 3]


def test_a_name_in_decomposed_unicode_is_the_same_name(places: Places) -> None:
    rows = [normalize("NFD", row) for row in MERGER]
    loading, faults = read(sheet(*rows), places, "trial", NOW)
    assert faults == []
    assert loading.units[0].name == "Xã Lạc Dương Mới"
