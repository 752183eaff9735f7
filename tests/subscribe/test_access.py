"""A real broker of the production profile: a subscriber reads its topics and nothing else, a producer reads nothing."""

from __future__ import annotations

import stat
import time
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import msgspec
import pytest
import yaml
from kafka import KafkaAdminClient, KafkaConsumer, KafkaProducer, TopicPartition, errors
from kafka.errors import (
    GroupAuthorizationFailedError,
    KafkaError,
    KafkaTimeoutError,
    NoError,
    TopicAuthorizationFailedError,
)
from kafka.protocol.consumer import FetchRequest

from producers.simulator import Record
from schemas.settings import Settings
from schemas.topics import FIELD_TOPICS, TOPICS, TOTALS
from schemas.totals import encode
from tests.gauges.support import MERGED, total
from tests.reconcile.conftest import PATIENCE_S, play
from tests.stack.waiting import until
from tests.subscribe.guarded import PROFILE, Guarded
from tests.subscribe.test_subscriber import Subscriber

UNIT, EVENTS = "2025-07:24848", FIELD_TOPICS[0]


def show_totals(settings: Settings, size: int = 3) -> None:
    """Publishes totals of three units, as the counter does inside."""
    for at in range(1, size + 1):
        made = {unit: encode(total(unit, {"leaflets": {"": at}}, at)) for unit in MERGED}
        play(settings, [Record(TOTALS, unit.encode(), value, None, [], "total") for unit, value in made.items()])


def readable(guarded: Guarded, client: dict[str, Any]) -> set[str]:
    """The topics whose records the broker hands out to a client that knows their names and simply asks."""
    topic, partition = FetchRequest.FetchTopic, FetchRequest.FetchTopic.FetchPartition
    request = FetchRequest(
        max_version=12, replica_id=-1, max_wait_ms=0, min_bytes=0, max_bytes=1, isolation_level=0, session_id=0,
        session_epoch=-1, forgotten_topics_data=[],
        topics=[topic(topic=each.name, partitions=[partition(partition=0, current_leader_epoch=-1, fetch_offset=0,
                                                             log_start_offset=-1, partition_max_bytes=1)])
                for each in TOPICS],
    )  # fmt: skip
    with KafkaAdminClient(bootstrap_servers=guarded.outside, **client) as asking:
        answer = asking._manager.run(asking._manager.send, request)
    said = {each.topic: errors.for_code(part.error_code) for each in answer.responses for part in each.partitions}
    assert said.keys() == {each.name for each in TOPICS}
    assert set(said.values()) <= {NoError, TopicAuthorizationFailedError}
    return {name for name, error in said.items() if error is NoError}


def refused(error: type[KafkaError], step: Callable[[], Any]) -> None:
    """A step that the broker must refuse so."""
    with pytest.raises(error):
        step()


def test_a_subscriber_reads_its_topic_and_nothing_else(guarded: Guarded, tmp_path: Path) -> None:
    show_totals(guarded.settings)
    client = guarded.admit("subscriber", "youth-union")
    outside = msgspec.structs.replace(guarded.settings, bootstrap=guarded.outside)
    example = Subscriber(outside, tmp_path / "totals.sqlite")
    held = example.run("--once", f"--client={guarded.folder / 'youth-union.json'}")
    assert {unit: counters for unit, (_, _, counters) in held.items()} == {u: {"leaflets": {"": 3}} for u in MERGED}

    with closing(guarded.consumer(client)) as consumer:
        assert set(consumer.topics()) == {TOTALS}, "what it may not read it does not even see"
        refused(TopicAuthorizationFailedError, lambda: consumer.end_offsets([TopicPartition(EVENTS, 0)]))
    assert readable(guarded, client) == {TOTALS}
    with closing(guarded.consumer(client, group_id="fieldtally-counter")) as consumer:
        consumer.subscribe([TOTALS])
        refused(GroupAuthorizationFailedError, lambda: consumer.poll(timeout_ms=10_000))
    with closing(guarded.consumer(client, group_id="youth-union-1")) as consumer:
        consumer.subscribe([TOTALS])
        assert read_all(consumer, 9) == 9
    with closing(guarded.producer(client, enable_idempotence=False)) as producer:
        refused(TopicAuthorizationFailedError, lambda: producer.send(TOTALS, b"{}", b"x", partition=0).get(10))


def test_a_producer_writes_events_and_reads_nothing(guarded: Guarded) -> None:
    client = guarded.admit("producer", "survey-app")
    with closing(guarded.producer(client)) as producer:
        assert producer.send(EVENTS, b"{}", UNIT.encode(), partition=0).get(30).offset == 0
        refused(TopicAuthorizationFailedError, lambda: producer.send(TOTALS, b"{}", b"x", partition=0).get(10))
    assert readable(guarded, client) == set()


def test_nobody_comes_in_without_the_right_password_and_a_user_that_was_removed_is_out(
    guarded: Guarded,
) -> None:
    def stays_out(client: dict[str, Any]) -> None:  # the client tries again until its time is over
        refused(KafkaTimeoutError, lambda: guarded.consumer(client, bootstrap_timeout_ms=3_000))

    client = guarded.admit("subscriber", "for-a-while")
    with closing(guarded.consumer(client)) as consumer:
        assert set(consumer.topics()) == {TOTALS}
    stays_out(client | {"sasl_plain_password": "guessed"})
    stays_out({})
    with closing(guarded.consumer(client)) as consumer:
        assert set(consumer.topics()) == {TOTALS}, "the right one still comes in"
    assert "for-a-while: read commune.totals.v1, read for-a-while-" in guarded.run("list").output
    assert guarded.run("remove", "for-a-while").exit_code == 0
    stays_out(client)
    assert "for-a-while" not in guarded.run("list").output
    gone = guarded.run("remove", "for-a-while")
    assert "Kafka did not change the user for-a-while" in str(gone.exception)


def test_a_subscriber_beyond_its_quota_is_slowed_down_and_one_within_is_not(guarded: Guarded) -> None:
    show_totals(guarded.settings, 20)
    slow = guarded.admit("subscriber", "greedy", "--bytes-per-second=1024")
    quick = guarded.admit("subscriber", "modest", "--bytes-per-second=100000000")
    assert throttled_ms(guarded, slow) > 0
    assert throttled_ms(guarded, quick) == 0


def test_a_producer_of_rubbish_is_slowed_down_and_the_events_of_another_go_on(guarded: Guarded) -> None:
    rubbish = guarded.admit("producer", "broken-app", "--bytes-per-second=1024")
    events = guarded.admit("producer", "good-app", "--bytes-per-second=1024")
    with (closing(guarded.producer(rubbish, linger_ms=0, batch_size=1_024)) as sick,
          closing(guarded.producer(events)) as well):  # fmt: skip
        begun = well.send(EVENTS, b"{}", UNIT.encode(), partition=0).get(30).offset
        sent = [sick.send(EVENTS, b"x" * 1_000, UNIT.encode(), partition=1) for _ in range(100)]
        until(lambda: held_back_ms(sick) > 0, "the broker holds the sender of rubbish back")
        for number in range(1, 4):
            assert well.send(EVENTS, b"{}", UNIT.encode(), partition=0).get(30).offset == begun + number
        assert held_back_ms(well) == 0
        assert not all(each.is_done for each in sent), "its rubbish still waits at the sender"


def held_back_ms(producer: KafkaProducer) -> float:
    """For how long, at most, the broker said that it holds this sender back."""
    found = (group.get("throttle-time-max") for group in producer.metrics().values())
    return max((value for value in found if value is not None and value == value), default=0.0)


def throttled_ms(guarded: Guarded, client: dict[str, Any]) -> float:
    """For how long, at most, the broker said that it holds a client back, until it did or all totals are read."""
    with closing(guarded.consumer(client, fetch_max_bytes=8_192, max_partition_fetch_bytes=8_192)) as consumer:
        consumer.assign([TopicPartition(TOTALS, number) for number in range(guarded.settings.partitions)])
        ends = consumer.end_offsets(list(consumer.assignment()))
        held, deadline = 0.0, time.monotonic() + PATIENCE_S
        while not held and any(consumer.position(each) < end for each, end in ends.items()):
            assert time.monotonic() < deadline
            consumer.poll(timeout_ms=200)
            found = (group.get("throttle-time-max") for group in consumer.metrics().values())
            held = max(value for value in found if value is not None)
        return held


def read_all(consumer: KafkaConsumer, count: int) -> int:
    """Reads until so many records came."""
    deadline, found = time.monotonic() + PATIENCE_S, 0
    while found < count:
        assert time.monotonic() < deadline, f"{found} records came"
        found += sum(map(len, consumer.poll(timeout_ms=500).values()))
    return found


def test_a_password_is_written_for_the_user_alone_and_who_has_none_sees_the_reason(guarded: Guarded) -> None:
    guarded.admit("subscriber", "careful")
    file = guarded.folder / "careful.json"
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    wrong = guarded.run("subscriber", "careful", f"--client={file}", "--topic=counter.state.v1")
    assert "counter.state.v1 is no topic for subscribers: take of " in str(wrong.exception)
    wrong = guarded.run("producer", "Not A Name", f"--client={file}")
    assert "is no name of a user" in str(wrong.exception)


def test_the_container_gets_the_same_profile() -> None:
    """The image of Kafka reads `a.b-c` from KAFKA_A_B___C."""
    said = yaml.safe_load((PROFILE.parent / "compose.yaml").read_text())["services"]["kafka"]["environment"]
    lines = [line.split("=", 1) for line in PROFILE.read_text().splitlines() if line and not line.startswith("#")]
    assert said.keys() == {"KAFKA_" + name.upper().replace("-", "___").replace(".", "_") for name, _ in lines}
    for name, value in lines:
        told = said["KAFKA_" + name.upper().replace("-", "___").replace(".", "_")]
        assert told == value or "$" in value, name
