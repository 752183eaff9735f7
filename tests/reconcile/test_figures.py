"""Comparisons are pure: both key sets, both ways; communes are the sums of their units."""

from __future__ import annotations

import random

import pytest

from infra.bus import uncovered
from infra.reconcile.figures import of_page, of_total, types_behind
from infra.reconcile.page import parse
from infra.reconcile.report import Report, differences
from schemas.measures import COUNTS, MEASURES, Additivity
from tests.gauges.support import MERGED, PLACES, page_of, random_total, text_of, total


def test_a_figure_that_one_side_lacks_is_a_difference_whichever_side_it_is() -> None:
    left = {("leaflets", ""): 1, ("accounts_opened", "other"): 2}
    right = {("leaflets", ""): 1, ("points_connected", ""): 3}
    found = [(each.figure, each.kind, each.left, each.right) for each in differences("sides", "unit", left, right)]
    assert found == [("accounts_opened", "other", 2, None), ("points_connected", "", None, 3)]


def test_a_report_agrees_only_without_differences_and_failures() -> None:
    report = Report()
    report.take("sides", "unit", {("leaflets", ""): 1}, {("leaflets", ""): 1})
    assert report.agrees
    assert report.compared == {"sides": 1}
    assert not Report(failures=["The ledger lags."]).agrees
    report.take("sides", "unit", {("leaflets", ""): 1}, {})
    assert not report.agrees


@pytest.mark.parametrize("seed", range(20))
def test_the_page_of_random_totals_is_what_is_expected_of_them(seed: int) -> None:
    rng = random.Random(seed)
    units = sorted({*rng.sample(sorted(PLACES.units), 60), *MERGED})
    totals = [random_total(rng, unit) for unit in units]
    assert parse(text_of(page_of(totals))).communes == of_page(PLACES, totals), f"seed {seed}"


def test_a_counter_of_zero_is_as_one_that_is_absent() -> None:
    assert of_total(total(MERGED[0], {"leaflets": {"": 0}})) == of_total(total(MERGED[0]))


def test_every_live_measure_names_the_types_that_feed_it() -> None:
    for measure in MEASURES.values():
        if measure.additivity is not Additivity.UNION:
            assert types_behind(measure.name), measure.name
            assert set(types_behind(measure.name)) <= set(COUNTS)
    assert types_behind("duplicates") == ()


def test_a_total_covers_a_unit_only_when_it_is_beyond_its_last_record() -> None:
    held = {MERGED[0]: total(MERGED[0], at=5)}
    assert not uncovered(held, {MERGED[0]: {0: 4, 7: 0}})
    assert uncovered(held, {MERGED[0]: {0: 4, 7: 5}, MERGED[1]: {2: 0}}) == {MERGED[0]: {7: 5}, MERGED[1]: {2: 0}}
