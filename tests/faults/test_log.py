"""The log itself is cut or replaced: the counter ends with a sentence, and counts a new log only when told to."""

from __future__ import annotations

import pytest

from producers.simulator import Record, season
from schemas.topics import FIELD_TOPICS
from tests.faults.conftest import Place
from tests.faults.kill_loop import await_caught_up
from tests.faults.load import Load
from tests.faults.site import Counter
from tests.faults.truth import judge, recount

RECORDS = 3_000


def publish(place: Place, records: list[Record]) -> None:
    Load(place.bus.settings, records, len(records)).finish()


def counted(place: Place, records: list[Record]) -> Counter:
    """A counter that has counted these records and was killed."""
    publish(place, records)
    counter = place.site.counter()
    counter.begin()
    await_caught_up(place.bus, [counter])
    counter.kill()
    return counter


def test_a_log_cut_before_it_was_counted_is_named(place: Place, seed: int) -> None:
    records = list(season(seed, 2 * RECORDS))
    counter = counted(place, records[:RECORDS])
    publish(place, records[RECORDS:])
    place.bus.cut(place.bus.ends())
    counter.begin()
    assert counter.await_end(60) > 0
    assert counter.said("records are gone uncounted. Restore the log from a backup.")


def test_a_replaced_log_is_named_and_counted_anew_only_when_told_to(place: Place, seed: int) -> None:
    records = list(season(seed, RECORDS))
    counter = counted(place, records)
    place.bus.recreate(*FIELD_TOPICS)
    counter.begin()
    assert counter.await_end(60) > 0
    assert counter.said("the log was cut or recreated")
    publish(place, records[::-1] + records)  # no topic is shorter: positions alone do not show that this is another log
    counter.begin()
    assert counter.await_end(60) > 0
    assert counter.said("the log was rewritten")
    counter.begin(new_log=True)
    await_caught_up(place.bus, [counter])
    verdict = judge(place.bus, recount(place.bus), replaced_log=True)
    assert verdict.mismatches == 0, verdict


@pytest.mark.parametrize("topics", [FIELD_TOPICS[-1:], FIELD_TOPICS], ids=["one of them", "all"])
def test_topics_deleted_under_a_running_counter_are_named(place: Place, seed: int, topics: tuple[str, ...]) -> None:
    publish(place, list(season(seed, RECORDS)))
    counter = place.site.counter()
    counter.begin()
    await_caught_up(place.bus, [counter])
    place.bus.remove(*topics)
    assert counter.await_end(60) > 0
    assert counter.said(f"Kafka has no topic {place.bus.settings.topic(topics[0])}. If it was deleted")
