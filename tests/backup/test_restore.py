"""A lost broker is restored from its backup, a lost Postgres is rebuilt from Kafka alone, and nothing differs."""

from __future__ import annotations

from collections.abc import Iterable

from infra.backup.facts import FACTS, Fact
from schemas.topics import ACTIONS
from tests.backup.conftest import Place


def test_a_broker_that_is_lost_comes_back_at_the_same_offsets_and_everything_agrees(place: Place) -> None:
    folder = place.folder / "backup"
    before = place.agreed("first", during=lambda: place.run("backup", folder))
    assert before.agrees, (before.failures, before.differences[:5])
    facts, ends, totals = place.facts(), place.ends(), place.totals()
    assert {at.partition("[")[0] for at in ends} == {topic for topic in FACTS if topic != ACTIONS}

    place.lose_the_broker()
    said = place.run("restore", folder)
    assert "lie at the offsets that they had" in said
    assert place.ends() == ends
    restored = place.facts()
    for at, wanted in facts.items():
        if at.startswith("field."):
            assert restored[at] == wanted, at
        there = {fact.offset: fact for fact in restored[at]}
        assert all(there[fact.offset] == fact for fact in wanted), at
        assert newest(restored[at]) == newest(wanted), at
    assert "lie at the offsets that they had" in place.run("restore", folder), "once more changes nothing"
    assert place.ends() == ends

    after = place.agreed(place.empty_database("second"))
    assert after.agrees, (after.failures, after.differences[:5])
    anew = place.totals()
    assert anew.keys() == totals.keys()
    for unit, total in totals.items():
        assert (anew[unit].counters, anew[unit].positions, anew[unit].conservation) == (
            total.counters, total.positions, total.conservation), unit  # fmt: skip
        assert anew[unit].generation > total.generation, "every reader takes what was counted anew"


def test_a_postgres_that_is_lost_is_rebuilt_from_kafka_alone(place: Place) -> None:
    report = place.agreed(place.empty_database("third"))
    assert report.agrees, (report.failures, report.differences[:5])
    assert report.compared["totals and ledger"] > 500


def newest(facts: Iterable[Fact]) -> dict[bytes | None, Fact]:
    """What a reader keeps who keeps the last record of each key."""
    return {fact.key: fact._replace(offset=0) for fact in facts}
