"""Topics on the broker against their one definition."""

from __future__ import annotations

import msgspec
import pytest
from kafka import KafkaAdminClient
from kafka.admin import ConfigResource, ConfigResourceType

from infra.errors import InfraError
from infra.topics import Difference, Found, alter, compare, ensure, inspect
from schemas.settings import Settings
from schemas.topics import TOPICS
from tests.stack.waiting import until


@pytest.fixture
def settings(bootstrap: str, topic_prefix: str) -> Settings:
    return Settings(bootstrap=bootstrap, topic_prefix=topic_prefix, partitions=2)


def test_missing_topics_are_created_as_defined_and_a_second_time_nothing_is_done(settings: Settings) -> None:
    assert ensure(settings).missing == TOPICS
    again = ensure(settings)
    assert (again.missing, again.differs, again.stop) == ((), (), ())


def test_only_the_missing_ones_are_created(settings: Settings) -> None:
    ensure(settings)
    with KafkaAdminClient(bootstrap_servers=settings.bootstrap) as admin:
        admin.delete_topics([gone := settings.topic(TOPICS[3].name)])
        until(lambda: gone not in admin.list_topics(), "the broker forgets a deleted topic")
    assert ensure(settings).missing == (TOPICS[3],)


def test_another_partition_count_stops_with_what_to_do(settings: Settings) -> None:
    ensure(settings)
    with pytest.raises(InfraError, match=r"has 2 partitions.*so set it to 2"):
        ensure(msgspec.structs.replace(settings, partitions=3))


def test_a_setting_that_differs_is_said_and_left_as_it_is(settings: Settings) -> None:
    ensure(settings)
    name = settings.topic(TOPICS[0].name)
    with KafkaAdminClient(bootstrap_servers=settings.bootstrap) as admin:
        admin.alter_configs([ConfigResource(ConfigResourceType.TOPIC, name, {"retention.ms": "1000"})])
    expected = (Difference(name, "retention.ms", "1000", "-1"),)
    until(lambda: inspect(settings).differs == expected, "the change arrives and is said")
    assert ensure(settings).differs == expected
    assert str(expected[0]) == f"Topic {name} has retention.ms=1000, its definition says -1."


def test_settings_are_altered_when_asked_for_but_not_whether_records_are_compacted_away(settings: Settings) -> None:
    ensure(settings)
    name = settings.topic(TOPICS[0].name)
    with KafkaAdminClient(bootstrap_servers=settings.bootstrap) as admin:
        wrong = {"compression.type": "gzip", "retention.ms": "1000", "cleanup.policy": "compact"}
        admin.alter_configs([ConfigResource(ConfigResourceType.TOPIC, name, wrong)])
    until(lambda: len(inspect(settings).differs) == len(wrong), "the changes arrive")
    left = (Difference(name, "cleanup.policy", "compact", "delete"),)
    assert alter(settings, inspect(settings).differs) == left
    until(lambda: inspect(settings).differs == left, "what was altered arrives")


def test_topics_of_another_installation_are_none_of_ours() -> None:
    settings = Settings(topic_prefix="mine.")
    found = {"other." + TOPICS[0].name: Found(12, {})}
    assert compare(TOPICS, found, settings).missing == TOPICS
