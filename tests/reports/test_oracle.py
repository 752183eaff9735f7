"""No circle: of another season, with other figures and daily life, every row is what the naive oracle expects."""

from __future__ import annotations

import random
from collections.abc import Callable

from producers.simulator import Expected
from schemas.places import load
from tests.reports.conftest import Ledger, count, row

LAC_DUONG = {f"2025-03:{code}" for code in ("24846", "24847", "24848", "24850", "24862", "24865", "675")} | {
    "2025-07:24848"}  # fmt: skip


def lao_cai() -> set[str]:
    """Old Lào Cai's units of 2023 and 2025-03 by their codes, and today's communes by succession."""
    places = load()
    old = {unit.id for unit in places.units.values() if unit.vintage in ("2023", "2025-03")
           and places.province_of(unit.id).id in ("2023:10", "2025-03:10")}  # fmt: skip
    return old | {now.id for unit in old if (now := places.current(unit).commune) is not None}


Naive = Callable[[Expected, set[str]], int]


def of(measure: str, *kinds: str) -> Naive:
    """A measure's counters of some kinds (all without any) added up over units."""
    return lambda expected, units: sum(expected.sum(measure, kind, units) for kind in kinds or (None,))


ROWS: dict[str, dict[str, Naive]] = {
    "lao-cai": {
        "points": of("points_approved"), "points_in_communes": of("points_approved", "commune-region-3"),
        "points_suitable": of("points_suitable"), "points_connected": of("points_connected"),
        "devices_installed": of("devices_installed"), "activities": of("point_activities"),
        "devices_in_place": lambda e, u: of("devices_installed")(e, u) - of("devices_removed")(e, u),
        "visits": of("point_visits"), "households_with_media": of("households_with_media"),
        "wanted_activities": of("point_activities", "ethnic-affairs-law", "poor-household-benefits", "health",
                                "education", "gender-equality", "legal-aid", "vocational-training", "job-placement",
                                "science", "agriculture"),
        "media_products": of("media_delivered"),
        "access": of("households_in_need_with_access", "poor", "near-poor"),
    },
    "lac-duong": {
        "training_reach": of("training_reach"), "rounds_reach": of("outreach_reach"), "leaflets": of("leaflets"),
        "leaflet_households": of("households_with_leaflet"), "cards": of("cards_issued"),
        "accounts": of("accounts_opened"), "smartphones": of("smartphones_handed_out"),
        "smartphones_pupils": of("smartphones_handed_out", "pupil"), "sims": of("sims_handed_out"),
        "surveyed": of("households_surveyed"), "smartphone_share": of("households_with_smartphone"),
        "connected_share": of("households_connected"), "contributions": of("contributions_vnd"),
        "contributions_housing": of("contributions_vnd", "housing"), "support": of("support_delivered_vnd"),
        "media": of("media_delivered"), "outreach_security": of("outreach_sessions", "payment-security"),
        "training_sessions": of("training_sessions", "using-the-internet", "cashless-payment"),
    },
}  # fmt: skip


def test_every_counted_row_is_what_the_oracle_expects(other: Ledger) -> None:
    for programme, units in (("lao-cai", lao_cai()), ("lac-duong", LAC_DUONG)):
        report = other.report(programme)
        found = {name: count(report, name) for name in ROWS[programme]}
        assert found == {name: naive(other.expected, units) for name, naive in ROWS[programme].items()}
        assert sum(value or 0 for value in found.values()) > 0


def test_where_no_register_is_loaded_surveys_are_the_denominator_and_the_row_says_so(other: Ledger) -> None:
    access = row(other.report("lao-cai"), "access")
    assert access.value.of == of("households_in_need", "poor", "near-poor")(other.expected, lao_cai())
    assert "households_in_need[poor, near-poor]" in access.basis
    assert not row(other.report("lao-cai"), "media_reach").value.known


def test_other_figures_than_the_sources_come_out(other: Ledger) -> None:
    assert count(other.report("lao-cai"), "points") != 117
    assert count(other.report("lac-duong"), "contributions") != 6_000_000_000


def test_a_day_with_few_events_counts_only_those(other: Ledger) -> None:
    from datetime import date, timedelta

    day = date(2023, 1, 2) + timedelta(days=random.Random(7).randrange(900, 1_200))
    until, all_days = other.report("lac-duong", until=day), other.expected.days
    wanted = sum(value for (unit, on, measure, _), value in all_days.items()
                 if unit in LAC_DUONG and measure == "cards_issued" and on <= day.isoformat())  # fmt: skip
    assert count(until, "cards") == wanted
