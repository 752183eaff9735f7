"""The decisions behind the committed map: each succession names its own, and what no source gives stays empty."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import date
from importlib.resources import files

from schemas.places import Level, Places, Succession, committed
from schemas.places.dated import dated
from schemas.places.decided import DECISIONS_FILE, decided, parse_decisions
from tests.places.loads import MERGER, loaded

STANDING_COMMITTEE = [f"{number}/NQ-UBTVQH15" for number in range(1654, 1688)]
ASSEMBLY = "202/2025/QH15"


def successions(places: Places, vintage: str, level: Level) -> Iterator[Succession]:
    """Those whose successor is of a vintage and level."""
    rows = (row for heirs in places.successions.values() for row in heirs)
    return (row for row in rows if row.to_vintage == vintage and places.units[row.to_id].level is level)


def test_the_communes_of_july_2025_were_decided_by_one_resolution_for_each_province(places: Places) -> None:
    rows = list(successions(places, "2025-07", Level.COMMUNE))
    found = {(places.province_of(row.to_id).code, row.decision) for row in rows}
    assert sorted(number or "" for _, number in found) == STANDING_COMMITTEE
    assert len({province for province, _ in found}) == len(STANDING_COMMITTEE)
    assert {("68", "1671/NQ-UBTVQH15"), ("15", "1673/NQ-UBTVQH15")} <= found
    assert {row.decided for row in rows} == {date(2025, 6, 16)}


def test_the_assembly_decided_of_the_provinces_that_others_joined_and_of_no_other(places: Places) -> None:
    rows = list(successions(places, "2025-07", Level.PROVINCE))
    joined = {row.to_code for row in rows if row.to_code in {each.to_code for each in rows if each is not row}}
    assert {row.to_code for row in rows if row.decision == ASSEMBLY} == joined
    assert {row.decision for row in rows if row.to_code not in joined} == {None}


def test_ta_chai_joined_bac_ha_by_a_resolution_and_of_the_rest_of_lao_cai_none_is_known(places: Places) -> None:
    rows = list(successions(places, "2025-03", Level.COMMUNE))
    assert {row.from_code: (row.decision, row.decided) for row in rows if row.decision} == dict.fromkeys(
        ("02872", "02839"), ("1197/NQ-UBTVQH15", date(2024, 9, 28))
    )


def test_every_decision_speaks_of_a_succession(places: Places) -> None:
    decisions = parse_decisions(files("schemas.places").joinpath(DECISIONS_FILE).read_bytes())
    rows = [row for heirs in places.successions.values() for row in heirs]
    for place in decisions:
        alone = {place: decisions[place]}
        assert any(row.decision for row in decided(rows, places.units.values(), alone)), place


def test_a_succession_that_was_loaded_has_the_decision_of_its_loading(places: Places) -> None:
    loading = loaded(places, *MERGER)
    first = loading.successions[0]
    [row] = dated(places, [loading]).places.successors(first.former)
    assert (row.decision, row.decided) == (first.decision, first.decided)


def test_records_of_before_the_decisions_were_known_can_still_be_read(places: Places) -> None:
    part = next(part for part in committed.parts(places) if part.committed == "2025-03/68")
    old = json.loads(committed.encode(part))
    for row in old["successions"]:
        del row["decision"], row["decided"]
    assert {row.decision for row in committed.decode(json.dumps(old).encode()).successions} == {None}
