"""A register's file: what its rows become, and that a file with a fault is refused whole, with line and reason."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from producers.office.registers import Row, history, merge, read
from schemas.places import load
from schemas.pseudonym import household_code
from schemas.registers import Entry, Version, decode, encode

UNIT, OLD = "2025-07:24848", "2025-03:24848"
HOME = household_code(UNIT, 77)
HEAD = "kind,unit,code,valid_from,valid_until,class,eligible,need,village,went_to"


def rows_of(*lines: str, head: str = HEAD) -> list[Row]:
    rows, faults = read("\n".join((head, *lines)).encode(), load())
    assert faults == []
    return rows


def refused(*lines: str, head: str = HEAD) -> list[tuple[int, str]]:
    _, faults = read("\n".join((head, *lines)).encode(), load())
    return [(fault.line, fault.reason) for fault in faults]


def merged(held: dict[bytes, bytes], *lines: str) -> list[Entry]:
    changed, faults = merge(held, rows_of(*lines))
    assert faults == []
    return changed


def kept(entries: list[Entry]) -> dict[bytes, bytes]:
    return {entry.key(): encode(entry) for entry in entries}


def test_a_household_a_point_and_a_village_are_read_with_what_is_known_of_them() -> None:
    home, point, village = merged(
        {},
        f"household,{UNIT},{HOME},2025-07-01,,poor,ethnic-minority,yes,{UNIT}/03,",
        f"point,{UNIT},2025-07.24848-P1,2025-07-01,2026-01-01,commune-region-3,,,,",
        f"village,{UNIT},{UNIT}/03,2025-07-01,,,,,,",
    )
    assert home.versions == [
        Version(valid_from=date(2025, 7, 1), class_="poor", eligible="ethnic-minority", need=True, village=f"{UNIT}/03")
    ]
    assert (point.kind, point.versions[0].valid_until) == ("point", date(2026, 1, 1))
    assert village.key() == f"{UNIT} {UNIT}/03".encode()
    assert all(decode(encode(entry)) == entry for entry in (home, point, village))


def test_columns_that_are_not_needed_may_be_left_out_and_a_byte_order_mark_does_no_harm() -> None:
    rows, faults = read(f"\ufeffcode,unit,kind,valid_from\r\n{HOME},{UNIT},household,2025-07-01\r\n".encode(), load())
    assert faults == []
    assert [row.code for row in rows] == [HOME]


def test_the_same_file_twice_changes_nothing() -> None:
    lines = f"household,{UNIT},{HOME},2025-07-01,,poor,,yes,,", f"household,{UNIT},{HOME},2026-01-01,,other,,no,,"
    assert merged(kept(merged({}, *lines)), *lines) == []


def test_a_later_version_closes_the_one_before_it() -> None:
    first = kept(merged({}, f"household,{UNIT},{HOME},2025-07-01,,poor,,yes,,"))
    [entry] = merged(first, f"household,{UNIT},{HOME},2026-01-01,,near-poor,,yes,,")
    assert [(v.valid_from, v.valid_until, v.class_) for v in entry.versions] == [
        (date(2025, 7, 1), date(2026, 1, 1), "poor"), (date(2026, 1, 1), None, "near-poor"),
    ]  # fmt: skip


def test_news_from_between_two_versions_may_come_late() -> None:
    earlier, later = f"household,{UNIT},{HOME},2025-07-01,,poor,,,,", f"household,{UNIT},{HOME},2026-06-01,,other,,,,"
    held = kept(merged({}, earlier, later))
    [entry] = merged(held, f"household,{UNIT},{HOME},2026-01-01,,near-poor,,,,")
    assert [(v.valid_until, v.class_) for v in entry.versions] == [
        (date(2026, 1, 1), "poor"), (date(2026, 6, 1), "near-poor"), (None, "other"),
    ]  # fmt: skip


def test_a_version_that_overlaps_another_is_refused_with_the_line() -> None:
    held = kept(merged({}, f"household,{UNIT},{HOME},2025-07-01,2026-06-01,poor,,yes,,"))
    changed, faults = merge(held, rows_of(f"household,{UNIT},{HOME},2026-01-01,,other,,no,,"))
    assert changed == []
    assert [fault.line for fault in faults] == [2]
    assert "overlaps" in faults[0].reason


def test_a_village_of_a_split_commune_may_say_where_it_went() -> None:
    heir = load().successors(split_commune())[0].to_id
    [entry] = merged({}, f"village,{split_commune()},{split_commune()}/01,2025-03-01,,,,,,{heir}")
    assert entry.versions[0].went_to == heir


def split_commune() -> str:
    places = load()
    return next(unit for unit in sorted(places.units) if len(places.successors(unit)) > 1)


@pytest.mark.parametrize(("line", "reason"), [
    (f"person,{UNIT},{HOME},2025-07-01,,,,,,", "the kind 'person' is none of household, point, village"),
    (f"household,2025-07:99999,{HOME},2025-07-01,,,,,,", "the map has no unit '2025-07:99999'"),
    (f"household,24848,{HOME},2025-07-01,,,,,,", "the map has no unit '24848' (write vintage:code"),
    (f"household,{OLD},{HOME},2025-07-01,,,,,,", "registered under another unit than 2025-03:24848"),
    (f"household,{UNIT},Nguyen Van A,2025-07-01,,,,,,", "the code has not the form of a household"),
    (f"household,{UNIT},2025-07.24848-K7M2-0,2025-07-01,,,,,,", "the check character of the code is wrong"),
    (f"household,{UNIT},{HOME},2025-02-30,,,,,,", "valid_from '2025-02-30' is no date"),
    (f"household,{UNIT},{HOME},20250701,,,,,,", "valid_from '20250701' is no date"),
    (f"household,{UNIT},{HOME},2025-07-01,2025-07-01,,,,,", "is not after valid_from"),
    (f"household,{UNIT},{HOME},2024-01-01,,,,,,", "is a unit from 2025-07-01 on"),
    (f"household,{UNIT},{HOME},2025-07-01,,rich,,,,", "'rich' is no class of a household"),
    (f"village,{UNIT},{UNIT}/01,2025-07-01,,poor,,,,", "'poor' is no class of a village"),
    (f"household,{UNIT},{HOME},2025-07-01,,,everybody,,,", "'everybody' is no eligible group"),
    (f"household,{UNIT},{HOME},2025-07-01,,,,perhaps,,", "need 'perhaps' is neither yes nor no"),
    (f"household,{UNIT},{HOME},2025-07-01,,,,,{OLD}/01,", "of the village, the code is registered under another"),
    (f"household,{UNIT},{HOME},2025-07-01,,,,,,{UNIT}", "only a village can have went_to"),
    (f"village,{UNIT},{UNIT}/01,2025-07-01,,,,,,2025-07:24846", "2025-07:24846 is no successor of 2025-07:24848"),
    (f"household,{UNIT}", "has not the 10 cells of the head"),
    (f"household,{UNIT},{HOME},2025-07-01,,,,,,,,", "has not the 10 cells of the head"),
])  # fmt: skip
def test_a_line_that_cannot_be_taken_is_named_with_its_reason(line: str, reason: str) -> None:
    good = f"village,{UNIT},{UNIT}/09,2025-07-01,,,,,,"
    [(number, said)] = refused(good, line)
    assert number == 3
    assert reason in said


def test_a_line_that_is_no_csv_is_named_by_the_line_in_which_its_row_begins() -> None:
    good = f"village,{UNIT},{UNIT}/09,2025-07-01,,,,,,"
    assert [number for number, _ in refused('"village"x', good)] == [2]
    assert [number for number, _ in refused(good, f'village,{UNIT},"{UNIT}/08', good)] == [3]


def test_all_that_is_wrong_with_a_line_is_told_at_once() -> None:
    said = refused(f"household,{UNIT},Nguyen Van A,2025-02-30,soon,rich,,perhaps,{OLD}/01,{UNIT}")
    assert [number for number, _ in said] == [2] * 7


def test_two_lines_about_the_same_entry_and_day_are_refused() -> None:
    line = f"household,{UNIT},{HOME},2025-07-01,,,,,,"
    assert refused(line, line) == [(3, "line 2 states the same entry from the same day")]


@pytest.mark.parametrize(("data", "reason"), [
    (b"kind,unit,code\n", "the column valid_from is missing"),
    (b"kind,unit,code,valid_from,name\n", "the column 'name' is none of"),
    (b"kind,unit,code,valid_from,class,class\n", "the column class stands there twice"),
    (b"", "the column kind is missing"),
    (b"kind,unit,code,valid_from\n" + b"x" * 200_000, "the line is no CSV (field larger than"),
    (b"x" * 200_000, "the line is no CSV (field larger than"),
    (b'kind,unit,code,valid_from\nhousehold,"2025', "the line is no CSV (unexpected end of data)"),
    ("kind,unit,code,valid_from\nhousehold,\xff".encode("latin-1"), "the file is no UTF-8"),
])  # fmt: skip
def test_a_malformed_sheet_is_refused(data: bytes, reason: str) -> None:
    rows, faults = read(data, load())
    assert rows == []
    assert reason in faults[0].reason


DAYS = st.integers(1, 28).map(lambda day: date(2026, 1, day))
VERSIONS = st.builds(
    Version, valid_from=DAYS, valid_until=st.none(), class_=st.sampled_from(["poor", "near-poor", "other"])
)


@given(st.lists(VERSIONS, max_size=6, unique_by=lambda version: version.valid_from), st.randoms())
def test_open_versions_give_the_same_history_in_any_order_of_files(versions: list[Version], dice: object) -> None:
    shuffled = list(versions)
    dice.shuffle(shuffled)  # type: ignore[attr-defined]  # hypothesis hands over a random.Random
    at_once = history([], versions)
    one_by_one: list[Version] = []
    for version in shuffled:
        one_by_one = history(one_by_one, [version])
    for day in (date(2026, 1, number) for number in range(1, 32)):
        assert holding(one_by_one, day) == holding(at_once, day)


def holding(versions: list[Version], day: date) -> str | None:
    """The class that holds on a day."""
    return next((v.class_ for v in versions if v.valid_from <= day < (v.valid_until or date.max)), None)


def test_a_head_alone_is_told() -> None:
    assert refused() == [(1, "there is no row below the head")]
