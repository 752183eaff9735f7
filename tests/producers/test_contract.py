"""Simulator, oracle and contract agree on every record: what is valid, and if not, why."""

from __future__ import annotations

import json
import random
from collections.abc import Mapping

from producers.simulator import Faults, Oracle, Record, season
from producers.simulator import naive_check as naive
from schemas import wire
from schemas.partition import partition_of
from schemas.places import Unit
from schemas.rejected import Refusal
from tests.producers.conftest import Played
from tests.schemas.golden import EXAMPLES
from tests.schemas.mutations import mutated


def refusal(record: Record, units: Mapping[str, Unit]) -> str:
    """What the contract says of a record: '' or `rejected:<reason>`."""
    event = wire.decode(record.value)
    if isinstance(event, Refusal):
        return f"rejected:{event.reason}"
    partition = partition_of(record.key or b"", 12) if record.partition is None else record.partition
    found = wire.unplaced(record.key, partition, 12, units.__contains__) or wire.misplaced(
        event, record.key, record.topic
    )
    return f"rejected:{found.reason}" if found else ""


def meant(record: Record) -> str:
    return record.fate if record.fate.startswith("rejected:") else ""


def test_the_contract_takes_every_valid_record_and_refuses_all_rubbish_under_its_reason(
    played: Played, units: Mapping[str, Unit]
) -> None:
    wrong = [(meant(r), refusal(r, units)) for r in played.records if refusal(r, units) != meant(r)]
    assert not wrong


def test_the_oracle_takes_every_valid_record_and_refuses_all_rubbish_under_its_reason(played: Played) -> None:
    pairs = zip(played.records, played.verdicts, strict=True)
    wrong = [(meant(r), verdict) for r, verdict in pairs if meant(r) != verdict and (meant(r) or ":" in verdict)]
    assert not wrong


def test_contract_and_oracle_read_the_same_claims_in_rejected_records(played: Played) -> None:
    for record in played.records:
        if meant(record):
            claim = wire.claimed(record.value)
            assert naive.claimed(record.value) == (None if claim is None else (claim.source, claim.seq))


def test_rubbish_of_any_season_gets_the_reason_that_is_meant(units: Mapping[str, Unit], dice: random.Random) -> None:
    for record in season(dice.randrange(10**6), 4_000, Faults(rubbish=0.5)):
        assert refusal(record, units) == meant(record), record


def test_contract_and_naive_check_give_changed_events_the_same_reason(dice: random.Random) -> None:
    """But for events with several faults, where the contract names the first and the naive check a wrong shape."""
    for _ in range(2_000):
        value = json.dumps(mutated(dice.choice(EXAMPLES), dice)).encode()
        answer = wire.decode(value)
        reasons = naive.read(value)[1], answer.reason if isinstance(answer, Refusal) else ""
        assert reasons[0] == reasons[1] or reasons == ("wrong-shape", "out-of-range"), value


def test_conservation_holds_for_every_unit_and_every_record_is_accounted_for(played: Played) -> None:
    expected = played.expected
    assert expected.accounted() == expected.records == len(played.records)
    for c in expected.conservation.values():
        assert c["events"] == c["originals"] + c["revisions"] + c["withdrawn"]
        assert c["originals"] == c["standing"] + c["corrected"] + c["voided"]
        assert c["revisions"] == c["winning"] + c["outranked"]
        assert c["winning"] == c["corrected"] + c["voided"] + c["waiting"] + c["orphaned"]


def test_without_conflicts_the_result_depends_on_the_set_of_events_alone(
    units: Mapping[str, Unit], dice: random.Random
) -> None:
    faults = Faults(conflicts=0, late=0.05, corrections=0.1, voids=0.1)
    records = [record for record in season(dice.randrange(10**6), 3_000, faults) if record.fate != "duplicate"]
    results = []
    for order in (records, records[::-1], dice.sample(records, len(records))):
        oracle = Oracle(units)
        for record in order:
            oracle.feed(record.topic, record.key, record.value, record.partition)
        results.append(oracle.result())
    assert results[0].counters == results[1].counters == results[2].counters
    assert results[0].days == results[1].days == results[2].days
    assert results[0].conservation == results[1].conservation == results[2].conservation
