"""A season has the shape of the two source documents, whatever goes wrong in it (programme.md, S1 and S2)."""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from collections.abc import Mapping
from datetime import date, datetime, timedelta
from itertools import islice

import pytest

from producers.simulator import NO_FAULTS, recount, season
from producers.simulator.figures import POINTS_BY_DISTRICT
from schemas.places import Unit
from tests.producers.conftest import Played

LAC_DUONG = {"2025-03:24846", "2025-03:24847", "2025-03:24848", "2025-03:24850", "2025-03:24862", "2025-03:24865"}
DISTRICT = {"2025-03:675"}


def test_lao_cai_has_117_points_69_in_communes_and_48_in_villages(played: Played) -> None:
    expected = played.expected
    assert expected.sum("points_approved") == 117
    assert expected.sum("points_approved", "commune-region-3") == 69
    assert expected.sum("points_approved", "difficult-village") == 48
    assert expected.sum("points_suitable") == 117
    assert expected.sum("points_connected") == 117


def test_the_points_lie_in_the_old_districts_as_the_decision_says(played: Played, units: Mapping[str, Unit]) -> None:
    by_district: Counter[str] = Counter()
    for unit, counters in played.expected.counters.items():
        points = sum(counters.get("points_approved", {}).values())
        if points:
            by_district[str(units[unit].parent)] += points
    assert by_district == {"080": 3, "084": 7, "087": 14, "085": 18, "082": 19, "083": 15, "088": 14, "089": 17,
                           "086": 10}  # fmt: skip
    assert by_district == POINTS_BY_DISTRICT


def test_of_poor_and_near_poor_households_in_need_97_percent_have_access(played: Played) -> None:
    expected = played.expected
    in_need = expected.sum("households_in_need", "poor") + expected.sum("households_in_need", "near-poor")
    measure = "households_in_need_with_access"
    with_access = expected.sum(measure, "poor") + expected.sum(measure, "near-poor")
    assert with_access / in_need == pytest.approx(0.97, abs=0.005)


def test_lac_duong_has_7684_households_surveyed_and_each_has_its_leaflet(played: Played) -> None:
    expected = played.expected
    assert expected.sum("households_surveyed", units=LAC_DUONG) == 7_684
    assert expected.sum("households_with_leaflet", units=LAC_DUONG) == 7_684
    assert expected.sum("leaflets", units=LAC_DUONG) == 7_684
    assert expected.sum("households_in_need", "poor", LAC_DUONG) == 448
    assert expected.sum("households_in_need", "near-poor", LAC_DUONG) == 492


def test_three_rounds_reach_more_than_1000_people(played: Played) -> None:
    rounds = {
        event["data"]["round"]
        for event in played.originals
        if event["type"] == "outreach.session-held" and event["unit"] in LAC_DUONG | DISTRICT
    }
    assert rounds == {1, 2, 3}
    assert 1_000 < played.expected.sum("outreach_reach", units=LAC_DUONG | DISTRICT) < 1_500


def test_hundreds_of_phones_and_sims_are_handed_out_and_six_billion_dong_come_in(played: Played) -> None:
    expected = played.expected
    assert 200 <= expected.sum("smartphones_handed_out", units=LAC_DUONG) < 1_000
    assert 200 <= expected.sum("sims_handed_out", units=LAC_DUONG) < 1_000
    assert expected.sum("contributions_vnd", units=DISTRICT) == 6_000_000_000


def test_events_of_all_19_types_and_units_of_three_vintages_and_levels_occur(played: Played) -> None:
    assert len({event["type"] for event in played.originals}) == 19
    units = played.expected.counters.keys()
    assert {unit.partition(":")[0] for unit in units} == {"2023", "2025-03", "2025-07"}
    assert {len(unit.partition(":")[2]) for unit in units} == {2, 3, 5}


def test_hundreds_of_tablets_come_back_after_days_with_what_they_recorded(played: Played) -> None:
    sources = {event["source"] for event in played.originals}
    assert len(sources) > 200
    assert all(source.startswith("/simulator/2023/") for source in sources)
    bursts = Counter((event["source"], event["receivedat"][:10]) for event in played.originals)
    assert max(bursts.values()) > 20
    behind = [
        datetime.fromisoformat(event["receivedat"]) - datetime.fromisoformat(event["time"])
        for event in played.originals
        if abs(event["skewms"]) < 5 * 60_000
    ]
    assert sum(delay > timedelta(days=7) for delay in behind) > 100


def test_some_clocks_are_wrong_by_minutes_and_some_by_years(played: Played) -> None:
    skews = {event["source"]: abs(event["skewms"]) for event in played.originals}
    assert sum(skew <= 5 * 60_000 for skew in skews.values()) > len(skews) / 2
    assert any(5 * 60_000 < skew < 86_400_000 for skew in skews.values())
    assert any(skew > 300 * 86_400_000 for skew in skews.values())


def test_every_kind_of_fault_occurs(played: Played) -> None:
    assert {record.fate for record in played.records} == {
        "original", "corrected", "voided", "withdrawn", "duplicate", "conflict",
        "rejected:undecodable", "rejected:wrong-shape", "rejected:out-of-range", "rejected:bad-seq",
        "rejected:oversize", "rejected:no-value", "rejected:wrong-key", "rejected:wrong-partition",
        "rejected:wrong-topic", "rejected:wrong-subject", "rejected:foreign-root", "rejected:unknown-unit",
        "rejected:unknown-type", "rejected:future-version",
    }  # fmt: skip
    verdicts = Counter(played.verdicts)
    assert min(verdicts["duplicate"], verdicts["conflict"], verdicts["old-conflict"]) > 0
    figures: Counter[str] = Counter()
    for conservation in played.expected.conservation.values():
        figures.update(conservation)
    assert all(figures.values()), "each of the 13 figures of conservation stands for something that happened"
    assert all(sum(holes[kind] for holes in played.expected.holes.values()) for kind in ("missing", "rejected"))


def test_some_voids_come_before_their_original(played: Played) -> None:
    seen: set[tuple[object, ...]] = set()
    early = 0
    for record in played.records:
        if record.fate in ("original", "voided"):
            event = json.loads(record.value or b"")
            seen.add((event["source"], record.topic, event["unit"], event["seq"]))
            if record.fate == "voided":
                root = event["data"]["root"]
                early += (root["source"], record.topic, root["unit"], root["seq"]) not in seen
    assert early > 20


def test_some_records_reach_the_log_weeks_after_others_that_were_received_later(played: Played) -> None:
    newest, latest = "", 0
    for event in played.originals:
        days_behind = (date.fromisoformat(newest or "2023-01-01") - date.fromisoformat(event["receivedat"][:10])).days
        latest = max(latest, days_behind)
        newest = max(newest, event["receivedat"][:10])
    assert latest > 14


def test_about_one_record_in_ten_is_a_duplicate(played: Played) -> None:
    share = Counter(played.verdicts)["duplicate"] / len(played.records)
    assert share == pytest.approx(0.1, abs=0.02)


def test_a_season_has_exactly_as_many_records_as_were_asked_for() -> None:
    assert [sum(1 for _ in season(5, number)) for number in (1, 200, 3_000)] == [1, 200, 3_000]


def test_the_same_seed_gives_the_same_bytes_and_another_seed_others() -> None:
    assert list(season(11, 2_000)) == list(season(11, 2_000))
    assert list(season(11, 200)) != list(season(12, 200))


def test_a_season_is_made_while_it_is_read() -> None:
    assert len(list(islice(season(1, 10**7), 1_000))) == 1_000


def test_without_faults_every_stream_is_dense_and_every_record_an_original(units: Mapping[str, Unit]) -> None:
    records = list(season(3, 5_000, NO_FAULTS))
    assert {record.fate for record in records} == {"original"}
    streams: dict[tuple[object, ...], list[int]] = defaultdict(list)
    for record in records:
        event = json.loads(record.value or b"")
        streams[event["source"], record.topic, event["unit"]].append(event["seq"])
    assert all(numbers == list(range(1, len(numbers) + 1)) for numbers in streams.values())
    assert all(not holes["missing"] for holes in recount(records, units).holes.values())
