"""What the page shows of communes is a function of the newest totals of units."""

from __future__ import annotations

import random
from collections import Counter
from datetime import timedelta

import pytest

from schemas.measures import COUNTERS, MEASURES, Additivity
from schemas.metrics import CONSERVATION_METRICS, LABELS, MEASURE_METRICS
from schemas.places import Level
from schemas.totals import Holes, Total
from sinks.gauges.board import Board
from sinks.gauges.errors import GaugesError
from tests.gauges.support import (
    LAC_DUONG,
    MERGED,
    PLACES,
    conservation,
    page_of,
    random_total,
    samples,
    shown,
    text_of,
    total,
    value,
)
from tests.places.loads import MERGER, NEW_YEAR, after

IN_LAC_DUONG = {"commune": LAC_DUONG, "province": "68"}
UNITS = sorted(PLACES.units)


def leaflets(*totals: Total) -> float | None:
    """The leaflets of today's Xã Lạc Dương after these totals."""
    return value(samples(text_of(page_of(totals))), "fieldtally_leaflets", **IN_LAC_DUONG)


def test_a_later_total_replaces_an_earlier_one() -> None:
    assert leaflets(total(LAC_DUONG, {"leaflets": {"": 5}}, 1), total(LAC_DUONG, {"leaflets": {"": 7}}, 2)) == 7


def test_a_total_whose_positions_are_lower_anywhere_is_refused() -> None:
    board = Board(PLACES)
    assert board.take(total(LAC_DUONG, {"leaflets": {"": 5}}, 10))
    behind_in_one = total(LAC_DUONG, {"leaflets": {"": 4}}, 99, positions=[99, 99, 99, 99, 99, 99, 99, 9])
    before = shown(board)
    assert not board.take(behind_in_one)
    assert shown(board) == before


def test_a_total_of_a_higher_generation_is_taken_whatever_its_positions() -> None:
    older, newer = total(LAC_DUONG, {"leaflets": {"": 5}}, 10), total(LAC_DUONG, {"leaflets": {"": 4}}, 1, generation=2)
    assert leaflets(older, newer) == 4
    assert leaflets(newer, older) == 4


def test_units_that_merged_are_shown_as_the_one_commune_of_today() -> None:
    found = samples(
        text_of(page_of(total(unit, {"leaflets": {"": n}}) for n, unit in enumerate((*MERGED, LAC_DUONG), 1)))
    )
    assert value(found, "fieldtally_leaflets", **IN_LAC_DUONG) == 1 + 2 + 3 + 4
    assert {dict(labels)["commune"] for name, labels in found if name == "fieldtally_leaflets"} == {LAC_DUONG}
    assert value(found, "fieldtally_commune_info", name="Xã Lạc Dương", **IN_LAC_DUONG) == 1


def test_the_latest_event_of_a_commune_is_the_latest_of_its_units() -> None:
    page = page_of(total(unit, latest_event=1000 * n, latest_receipt=None) for n, unit in enumerate(MERGED, 1))
    found = samples(text_of(page))
    assert value(found, "fieldtally_latest_event_timestamp_seconds", **IN_LAC_DUONG) == 3
    assert value(found, "fieldtally_latest_receipt_timestamp_seconds", **IN_LAC_DUONG) is None


@pytest.mark.parametrize(
    ("unit", "province"),
    [
        ("2025-07:68", "68"),  # a province
        ("2025-03:672", "68"),  # a district, which went where its province went
        ("2025-03:99999", "unresolved"),  # a unit of a later map
    ],
)
def test_a_unit_that_is_no_commune_of_today_is_unresolved_in_its_province(unit: str, province: str) -> None:
    found = samples(text_of(page_of([total(unit, {"contributions_vnd": {"housing": 6_000_000_000}})])))
    labels = {"commune": "unresolved", "province": province, "kind": "housing"}
    assert value(found, "fieldtally_contributions_vnd", **labels) == 6_000_000_000


def test_a_split_commune_is_unresolved() -> None:
    split = next(u for u in UNITS if len({s.to_id for s in PLACES.successors(u)}) > 1 and len(u.partition(":")[2]) == 5)
    found = samples(text_of(page_of([total(split, {"leaflets": {"": 3}})])))
    assert [dict(labels)["commune"] for name, labels in found if name == "fieldtally_leaflets"] == ["unresolved"]


def test_a_counter_that_falls_to_zero_shows_zero_and_one_that_never_was_above_shows_nothing() -> None:
    found = samples(text_of(page_of([total(LAC_DUONG, {"cards_issued": {"vbsp": 2}}, 1)], [total(LAC_DUONG, {}, 2)])))
    assert value(found, "fieldtally_cards_issued", kind="vbsp", **IN_LAC_DUONG) == 0
    assert value(found, "fieldtally_cards_issued", kind="bidv", **IN_LAC_DUONG) is None
    assert value(found, "fieldtally_leaflets", **IN_LAC_DUONG) is None


@pytest.mark.parametrize("seed", range(5))
def test_communes_sum_to_units_for_every_measure_and_conservation_figure(seed: int) -> None:
    print(f"seed {seed}")
    rng = random.Random(seed)
    totals = [random_total(rng, unit) for unit in rng.sample(UNITS, 300)]
    expected: Counter[tuple[str, str]] = Counter()
    for each in totals:
        for measure, kinds in each.counters.items():
            expected.update({(MEASURE_METRICS[measure].name, kind): amount for kind, amount in kinds.items()})
        for name, metric in CONSERVATION_METRICS.items():
            expected[metric.name, ""] += getattr(each.conservation, name)
        for name in Holes.__struct_fields__:
            expected["fieldtally_stream_holes", name] += getattr(each.holes, name)
    found: Counter[tuple[str, str]] = Counter()
    counted = {metric.name for metric in (*MEASURE_METRICS.values(), *CONSERVATION_METRICS.values())}
    for (name, labels), amount in samples(text_of(page_of(totals))).items():
        if name in counted | {"fieldtally_stream_holes"}:
            found[name, dict(labels).get("kind", "")] += int(amount)
    assert +found == +expected


@pytest.mark.parametrize("seed", range(5))
def test_the_page_does_not_depend_on_the_order_or_repetition_of_totals(seed: int) -> None:
    print(f"seed {seed}")
    rng = random.Random(seed)
    units = rng.sample(UNITS, 40)
    newest = [random_total(rng, unit, at=9) for unit in units]
    history = [random_total(rng, unit, at=rng.randint(1, 8)) for unit in units for _ in range(3)] + newest * 2
    rng.shuffle(history)
    shuffled, plain = Board(PLACES), Board(PLACES)
    for each in history:
        shuffled.take(each)
    for each in newest:
        plain.take(each)
    assert shown(shuffled) == shown(plain)


def test_labels_are_bounded_by_the_map_and_the_code_lists() -> None:
    rng = random.Random(7)
    found = samples(text_of(page_of(random_total(rng, unit) for unit in rng.sample(UNITS, 500))))
    communes = {u.id for u in PLACES.units.values() if u.is_current and u.level is Level.COMMUNE} | {"unresolved"}
    provinces = {u.code for u in PLACES.units.values() if u.is_current and u.level is Level.PROVINCE} | {"unresolved"}
    kinds = {counter.kind for counter in COUNTERS} | set(Holes.__struct_fields__)
    bounds = {"commune": communes, "province": provinces, "kind": kinds}
    for _, labels in found:
        assert {name for name, _ in labels} <= set(LABELS)
        assert all(text in bounds[name] for name, text in labels if name in bounds)


def test_a_union_measure_is_never_shown() -> None:
    union = {m.name for m in MEASURES.values() if m.additivity is Additivity.UNION}
    assert union
    assert not union & set(MEASURE_METRICS)
    with pytest.raises(GaugesError, match="upgrade the gauges"):
        page_of([total(LAC_DUONG, {measure: {"": 1} for measure in union})])


def test_only_the_lines_that_changed_are_rendered() -> None:
    board = Board(PLACES)
    rng = random.Random(3)
    for unit in (LAC_DUONG, "2025-07:24846", "2025-07:24853"):
        board.take(random_total(rng, unit, at=1))
    board.render()
    before = {chunks[0]: chunks for chunks in board.chunks()}
    board.take(total("2025-07:24846", {}, 2))
    board.render()
    board.take(total("2025-07:24846", {"leaflets": {"": 8}}, 3, conservation=conservation(events=1, originals=1)))
    assert board.render() == 3  # leaflets, events, originals
    assert board.render() == 0
    board.take(total("2025-07:24846", {"leaflets": {"": 8}}, 4, conservation=conservation(events=1, originals=1)))
    assert board.render() == 0
    for chunks in board.chunks():
        if "24846" not in chunks[0].decode():
            assert all(new is old for new, old in zip(chunks, before[chunks[0]], strict=True))


def test_on_another_map_or_day_every_figure_stands_under_the_commune_of_that_map() -> None:
    merged = after(PLACES, *MERGER)
    rng = random.Random(11)
    totals = [random_total(rng, unit) for unit in (*MERGED, LAC_DUONG, "2025-07:24853", "2025-07:24846", "2025-03:675")]
    for day in (NEW_YEAR - timedelta(days=1), NEW_YEAR):
        turned, fresh = Board(PLACES), Board(merged, day)
        for each in totals:
            assert turned.take(each)
            assert fresh.take(each)
        turned.render()
        turned.remap(merged, day)
        assert shown(turned) == shown(fresh)
        assert turned.provinces == fresh.provinces
        communes = {line.partition('commune="')[2].partition('"')[0] for line in shown(turned)}
        assert communes == {"unresolved", "2025-07:24846"} | (
            {"2027-01:24848"} if day == NEW_YEAR else {"2025-07:24848", "2025-07:24853"})  # fmt: skip
