"""What a counter says of an assignment that it must not take over (design, rule 8)."""

from __future__ import annotations

import pytest

from schemas.settings import Settings
from schemas.topics import FIELD_TOPICS
from stream_processors.counter.assignment import check_assignment
from stream_processors.protocol.takeover import DistrustError

SETTINGS = Settings(partitions=3, topic_prefix="t.")
NAMES = [SETTINGS.topic(topic) for topic in FIELD_TOPICS]
THERE = dict.fromkeys(NAMES, 3)
OF_TWO = {(name, number) for name in NAMES for number in (0, 2)}


def test_the_same_partitions_of_all_topics_are_taken_over() -> None:
    assert check_assignment(SETTINGS, OF_TWO, THERE) == {0, 2}


def test_a_counter_beyond_the_number_of_partitions_has_none() -> None:
    assert check_assignment(SETTINGS, set(), THERE) == set()


def test_a_partition_that_lacks_one_topic_is_refused() -> None:
    with pytest.raises(DistrustError, match=f"assigned {2 * len(NAMES) - 1} topic-partitions of 2 numbers, not all"):
        check_assignment(SETTINGS, OF_TWO - {(NAMES[1], 2)}, THERE)


@pytest.mark.parametrize("assignment", [OF_TWO, set()], ids=["of some", "of none"])
def test_a_topic_that_is_gone_or_of_another_size_is_named_whatever_is_assigned(
    assignment: set[tuple[str, int]],
) -> None:
    with pytest.raises(DistrustError, match=f"Kafka has no topic {NAMES[4]}"):
        check_assignment(SETTINGS, assignment, {name: 3 for name in NAMES if name != NAMES[4]})
    with pytest.raises(DistrustError, match=f"{NAMES[4]} has 6 partitions, but FIELDTALLY_PARTITIONS says 3"):
        check_assignment(SETTINGS, assignment, THERE | {NAMES[4]: 6})
