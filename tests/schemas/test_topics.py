"""Topics: one definition, whose families are those of the event types, and whose limits nest."""

from __future__ import annotations

from schemas import topics
from schemas.events.catalogue import EVENT_TYPES
from schemas.topics import TOPICS

BY_NAME = {topic.name: topic for topic in TOPICS}


def test_names_are_unique_and_fit_kafka() -> None:
    assert len(BY_NAME) == len(TOPICS)
    assert all(len(name) < 200 and name.replace(".", "").isalnum() for name in BY_NAME)


def test_every_family_has_event_types_and_every_event_type_a_family() -> None:
    assert {event.family for event in EVENT_TYPES} == set(topics.FAMILIES)


def test_the_log_is_kept_for_ever_and_never_compacted() -> None:
    for name in (*topics.FIELD_TOPICS, topics.REJECTED):
        config = BY_NAME[name].config()
        assert (config["cleanup.policy"], config["retention.ms"], config["retention.bytes"]) == ("delete", "-1", "-1")


def test_what_holds_one_record_per_key_is_compacted() -> None:
    for name in (topics.TOTALS, topics.STREAMS, topics.STATE):
        assert BY_NAME[name].config()["cleanup.policy"] == "compact"
    assert BY_NAME[topics.STATE].config()["message.timestamp.type"] == "LogAppendTime"


def test_every_record_that_comes_can_be_set_aside() -> None:
    limits = {name: int(topic.config()["max.message.bytes"]) for name, topic in BY_NAME.items()}
    for name in topics.FIELD_TOPICS:
        assert topics.EVENT_BYTES_MAX < limits[name] < limits[topics.REJECTED]
    for topic in TOPICS:
        assert "segment.bytes" not in topic.config() or int(topic.config()["segment.bytes"]) > limits[topic.name]
