"""A season of each programme reproduces, from events and registers alone, every figure that the sources give.

The figures are those of the two documents, written here once more by hand: the season's and the programmes' own files
are not asked. `about`: what the source gives with a qualifier is compared as precisely as the source gives it.
"""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from schemas.programmes import load
from tests.reports.conftest import Ledger, count, row


@pytest.mark.parametrize(("name", "figure"), [
    ("points", 117), ("points_in_communes", 69), ("points_in_villages", 48),
    ("points_city", 3), ("points_si_ma_cai", 7), ("points_bao_yen", 14), ("points_bac_ha", 18), ("points_bat_xat", 19),
    ("points_muong_khuong", 15), ("points_sa_pa", 14), ("points_van_ban", 17), ("points_bao_thang", 10),
    ("wanted_topics", 10),
])  # fmt: skip
def test_lao_cai_counts(played: Ledger, name: str, figure: int) -> None:
    report = played.report("lao-cai")
    assert count(report, name) == figure
    assert row(report, name).row.reported.value == figure  # type: ignore[union-attr]  # all of these have one


def test_the_nine_districts_and_the_two_classes_sum_to_117(played: Ledger) -> None:
    report = played.report("lao-cai")
    districts = [each for each in report.rows if each.row.within]
    assert len(districts) == 9
    assert sum(each.value.count or 0 for each in districts) == 117 == 69 + 48


def test_about_97_percent_have_access_against_both_readings_of_the_target(played: Ledger) -> None:
    found = row(played.report("lao-cai"), "access")
    assert found.value.percent == pytest.approx(Decimal(97), abs=Decimal("0.05"))
    assert "register.households_in_need[poor, near-poor]" in found.basis
    relative, points = found.shares
    assert relative.target.value == Decimal("77.0")
    assert relative.percent == pytest.approx(Decimal(126), abs=Decimal("0.1"))  # "beats it by nearly 26 %"
    assert points.target.value == 71
    assert points.points == pytest.approx(Decimal(26), abs=Decimal("0.05"))


def test_nearly_92_percent_are_reached_which_is_98_7_percent_of_the_target(played: Ledger) -> None:
    found = row(played.report("lao-cai"), "media_reach")
    assert found.value.percent is not None
    assert Decimal("91.5") < found.value.percent < 92
    [share] = found.shares
    assert share.target.value == Decimal("93.2")
    assert share.percent == pytest.approx(Decimal("98.7"), abs=Decimal("0.05"))


def test_every_point_has_its_site_its_connection_and_its_kit(played: Ledger) -> None:
    report = played.report("lao-cai")
    assert [count(report, name) for name in ("points_suitable", "points_connected")] == [117, 117]
    assert count(report, "devices_installed") == count(report, "devices_in_place") == 117 * 8
    assert count(report, "devices_working") == 117 * 8
    assert count(report, "double_investment") == 0
    [share] = row(report, "points_connected").shares
    assert share.percent == 100


def test_the_funding_of_connections_ends_with_2025(played: Ledger) -> None:
    before = played.report("lao-cai", until=date(2025, 12, 31))
    after = played.report("lao-cai", until=date(2026, 1, 1))
    assert [count(before, name) for name in ("points_online", "points_expired")] == [117, 0]
    assert [count(after, name) for name in ("points_online", "points_expired")] == [0, 117]


@pytest.mark.parametrize(("name", "figure"), [
    ("area", 131_393), ("distance", 12), ("communes", 6), ("villages", 34), ("people", 32_240), ("households", 7_684),
    ("minority_people", 21_517), ("minority_households", 5_063), ("poor", 448), ("near_poor", 492), ("rounds", 3),
    ("leaflet_households", 7_684),
])  # fmt: skip
def test_lac_duong_counts(played: Ledger, name: str, figure: int) -> None:
    report = played.report("lac-duong")
    assert count(report, name) == figure
    assert row(report, name).row.reported.value == figure  # type: ignore[union-attr]  # all of these have one


@pytest.mark.parametrize(("name", "percent", "given"), [
    ("minority_share_of_people", "66.74", "66.74"), ("minority_share_of_households", "65.89", None),
    ("poor_share", "5.83", "5.8"), ("near_poor_share", "6.40", "6.4"), ("leaflet_share", "100.00", None),
])  # fmt: skip
def test_lac_duong_shares(played: Ledger, name: str, percent: str, given: str | None) -> None:
    found = row(played.report("lac-duong"), name)
    assert found.value.percent is not None
    assert f"{found.value.percent:.2f}" == percent
    reported = found.row.reported
    assert (reported and str(reported.value)) == given


def test_counts_of_households_and_villages_come_from_the_register(played: Ledger) -> None:
    report = played.report("lac-duong")
    for name in ("households", "villages", "poor", "near_poor", "poor_share"):
        assert all(term.startswith("register.") for term in row(report, name).basis), name


def test_three_rounds_reach_more_than_1000_people_and_hundreds_of_phones_and_sims_go_out(played: Ledger) -> None:
    report = played.report("lac-duong")
    assert (count(report, "rounds_reach") or 0) > 1_000
    for name in ("smartphones", "sims"):
        assert 200 <= (count(report, name) or 0) < 1_000
        assert row(report, name).row.reported.words.vi == "hàng trăm"  # type: ignore[union-attr]  # they have words
    parts = [count(report, name) for name in ("smartphones_households", "smartphones_pupils")]
    assert sum(filter(None, parts)) == count(report, "smartphones")


def test_each_household_is_to_have_a_smartphone_with_internet(played: Ledger) -> None:
    report = played.report("lac-duong")
    for name in ("smartphone_share", "connected_share"):
        found = row(report, name)
        assert found.value.of == 7_684
        assert 0 < (found.value.count or 0) < 7_684
        [share] = found.shares
        assert share.target.value == 100
        assert share.percent == found.value.percent


def test_contributions_by_purpose_add_up_to_the_6_billion_in_total(played: Ledger) -> None:
    report = played.report("lac-duong")
    parts = [each for each in report.rows if each.row.part_of == "contributions"]
    assert len(parts) == 4
    assert all((each.value.count or 0) > 0 and not each.row.targets for each in parts)
    assert sum(each.value.count or 0 for each in parts) == count(report, "contributions") == 6_000_000_000
    [share] = row(report, "contributions").shares
    assert share.target.qualifier == "~"
    assert share.percent == 100


@pytest.mark.parametrize(("whole", "number"), [("support", 4), ("sims", 2), ("smartphones", 2)])
def test_support_by_purpose_and_handouts_by_recipient_add_up_to_their_totals(
    played: Ledger, whole: str, number: int
) -> None:
    report = played.report("lac-duong")
    parts = [each.value.count or 0 for each in report.rows if each.row.part_of == whole]
    assert len(parts) == number
    assert sum(parts) == count(report, whole)


def test_what_the_source_gives_no_figure_for_stays_empty(played: Ledger) -> None:
    report = played.report("lac-duong")
    for name in ("card_share_by_number", "card_share_by_value", "poverty_target", "minority_rank"):
        found = row(report, name)
        assert not found.value.known
        assert found.row.reported is None or found.row.reported.value is None
    assert count(report, "cards") == 1_200  # an indicator without a baseline
    assert row(report, "poverty_target").shares[0].percent is None


def test_points_lack_their_equipment_until_all_of_it_is_there(played: Ledger) -> None:
    names = ("kits_complete", "kits_incomplete", "kits_exceeded")
    before, after = played.report("lao-cai", until=date(2023, 12, 31)), played.report("lao-cai")
    assert [count(before, name) for name in names] == [0, 117, 0]
    assert [count(after, name) for name in names] == [117, 0, 0]
    halfway = played.report("lao-cai", until=date(2024, 9, 30))
    assert 0 < (count(halfway, "kits_complete") or 0) < 117
    assert sum(count(halfway, name) or 0 for name in names) == 117


@pytest.mark.parametrize(("programme", "name", "measure", "whole"), [
    ("lao-cai", "languages", "point_activities_by_language", "activities"),
    ("lao-cai", "languages", "media_delivered_by_language", "media_products"),
    ("lao-cai", "occupations", "point_activities_by_activity", "activities"),
    ("lao-cai", "wanted_topics", "point_activities", "activities"),
    ("lao-cai", "purpose_topics", "point_activities", "activities"),
    ("lao-cai", "funding", "points_connected_by_funding", "points_connected"),
    ("lao-cai", "funding", "devices_installed_by_funding", "devices_installed"),
    ("lac-duong", "languages", "training_sessions_by_language", "training_sessions"),
    ("lac-duong", "givers", "contributions_vnd_by_giver", "contributions"),
    ("lac-duong", "funding", "smartphones_handed_out_by_funding", "smartphones"),
])  # fmt: skip
def test_a_list_adds_up_to_the_whole(played: Ledger, programme: str, name: str, measure: str, whole: str) -> None:
    report = played.report(programme)
    [found] = [each for each in report.lists if each.id == name]
    values = [entry.values[found.counts.index(measure)].count or 0 for entry in found.entries]
    assert sum(values) == count(report, whole)
    assert found.entries[-1].kind is None


def test_what_the_districts_own_budget_gave_is_counted_beside_what_the_source_says_of_it(played: Ledger) -> None:
    found = row(played.report("lac-duong"), "district_budget")
    assert found.row.reported.words.en == "a large budget"  # type: ignore[union-attr]  # it has words
    assert 0 < (found.value.count or 0) < 6_000_000_000


@pytest.mark.parametrize("programme", ["lao-cai", "lac-duong"])
def test_every_row_of_a_programme_is_in_its_report(played: Ledger, programme: str) -> None:
    report = played.report(programme)
    assert [each.row.id for each in report.rows] == [each.id for each in load(programme).rows]
    counted = [each for each in report.rows if each.row.value and not each.row.value.startswith("outside.")]
    assert all(each.value.known for each in counted)
