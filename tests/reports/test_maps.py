"""Three roll-ups of the same numbers: no row depends on the map, and the lines of every map add up to the same."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from schemas.measures import MEASURES, Additivity
from schemas.places import load as load_places
from schemas.programmes import load, parse_period, read
from schemas.programmes.expression import parse, terms
from schemas.programmes.report import Report
from sinks.reports.errors import ReportsError
from tests.reports.conftest import Ledger, count
from tests.reports.test_time import event, phone

MAPS = ("was", "now", "2023-06-30", "2025-03-01", "2025-07-01")


def sums(report: Report) -> dict[str, int]:
    """Each column added up over the lines; union measures cannot be."""
    found = {}
    for number, column in enumerate(report.columns):
        [row] = [row for row in load(report.programme).rows if row.id == column]
        named = [term for part in parse(row.value or "") for term in terms(part)]
        assert all(MEASURES[term.name].additivity is not Additivity.UNION for term in named)
        found[column] = sum(line.values[number].count or 0 for line in report.lines)
    return found


@pytest.mark.parametrize("programme", ["lao-cai", "lac-duong"])
@pytest.mark.parametrize("season", ["played", "other"])
def test_every_map_has_the_same_rows_and_its_lines_the_same_sums(
    programme: str, season: str, request: pytest.FixtureRequest
) -> None:
    ledger: Ledger = request.getfixturevalue(season)
    reports = {chart: ledger.report(programme, map=chart) for chart in MAPS}
    now = reports["now"]
    for chart, report in reports.items():
        assert [row.value for row in report.rows] == [row.value for row in now.rows], chart
        assert sums(report) == {column: count(now, column) for column in now.columns}, chart


def test_the_117_points_sum_to_117_on_any_day(played: Ledger) -> None:
    for days in range(0, 1_300, 400):
        chart = (date(2023, 1, 1) + timedelta(days=days)).isoformat()
        assert sums(played.report("lao-cai", map=chart))["points"] == 117


def test_as_it_was_lao_cai_has_its_nine_districts_and_today_its_48_communes(played: Ledger) -> None:
    was, now = (played.report("lao-cai", map=chart) for chart in ("was", "now"))
    points = {line.place: line.values[0].count for line in was.lines if line.values[0].count}
    assert points == {"2023:080": 3, "2023:084": 7, "2023:087": 14, "2023:085": 18, "2023:082": 19, "2023:083": 15,
                      "2023:088": 14, "2023:089": 17, "2023:086": 10}  # fmt: skip
    assert len(now.lines) == 48
    assert {line.above.vi for line in now.lines if line.above} == {"Tỉnh Lào Cai"}
    assert all(line.unresolved is None for line in (*was.lines, *now.lines))


def test_todays_map_is_todays_whatever_the_days_that_count(played: Ledger) -> None:
    for asked in ({"until": date(2023, 12, 31)}, {"period": parse_period("2023")}):
        report = played.report("lac-duong", **asked)
        assert {line.place for line in report.lines if line.place} == {
            "2025-07:24846", "2025-07:24848", "2025-07:24853"}, asked  # fmt: skip


def test_old_codes_under_reused_numbers_are_never_mixed_up(played: Ledger) -> None:
    was, now = (played.report("lac-duong", map=chart) for chart in ("was", "now"))
    column = was.columns.index("surveyed")
    before = {line.place: line.values[column].count for line in was.lines}
    after = {line.place: line.values[column].count for line in now.lines}
    assert before["2025-03:24848"] == 1_000  # Đạ Nhim alone
    assert after["2025-07:24848"] == 500 + 1_000 + 1_534  # Đạ Chais, Đạ Nhim, Đạ Sar: Xã Lạc Dương
    assert after["2025-07:24846"] == 2_900 + 1_100
    assert after["2025-07:24853"] == 650
    names = {line.place: line.name.vi for line in (*was.lines, *now.lines)}
    assert (names["2025-03:24848"], names["2025-07:24848"]) == ("Xã Đạ Nhim", "Xã Lạc Dương")


def test_a_districts_own_figures_stand_unresolved_on_todays_map_and_say_why(played: Ledger) -> None:
    now = played.report("lac-duong", map="now")
    [unresolved] = [line for line in now.lines if line.unresolved]
    assert unresolved.unresolved == "above-commune"
    assert unresolved.name.en == "Unresolved: Unit above the commune level"
    assert {line.unresolved for line in now.lines} == {None, "above-commune"}


def test_a_household_served_in_may_and_in_august_2025_counts_once(small: Ledger) -> None:
    before = small.report("lac-duong")
    small.add([event("handouts", "smartphone.handed-out", 1, phone(1, "2025-05-20")),
               event("handouts", "smartphone.handed-out", 2, phone(2, "2025-08-20"))])  # fmt: skip
    for chart in ("was", "now", "2025-06-30"):
        after = small.report("lac-duong", map=chart)
        assert (count(after, "smartphones") or 0) - (count(before, "smartphones") or 0) == 2
        assert (count(after, "smartphone_share") or 0) - (count(before, "smartphone_share") or 0) == 1


def test_no_map_is_refused(small: Ledger) -> None:
    with pytest.raises(ReportsError, match="`later` is no map: write was, now, or a day such as 2025-06-30"):
        small.report("lao-cai", map="later")


def test_a_round_held_in_every_commune_is_one_round_in_each_and_in_all_together(played: Ledger) -> None:
    data = b"""\
name: rounds
version: 1
title: {vi: Dot, en: Rounds}
places: ["2025-03:675"]
documents: [{id: d, title: {vi: Van ban, en: Document}}]
rows:
  - {id: rounds, title: {vi: Dot, en: Rounds}, value: outreach_rounds, source: d}
columns: [rounds]
"""
    for chart, lines in (("was", 7), ("now", 4)):
        report = played.report(read(data, "rounds.yaml", load_places()), map=chart)
        assert [line.values[0].count for line in report.lines] == [3] * lines  # the district's own is a line too
        assert count(report, "rounds") == 3
