"""The publisher against a real broker: everything arrives, once, in order, where it belongs; or a sentence says why."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

import pytest
from kafka import KafkaProducer

from infra.stack import Stack
from infra.stack.ports import choose
from infra.topics import ensure
from producers.errors import ProducersError
from producers.publisher import Publisher, ahead_s, publish
from producers.reading import Kept, read
from producers.simulator import Faults, Record, Shape, recount, season
from producers.simulator.log import recount_log
from schemas.partition import partition_of
from schemas.places import Unit
from schemas.settings import Settings
from schemas.topics import FIELD_TOPICS

PARTITIONS = 3
RUBBISH = Faults(rubbish=0.1)


@pytest.fixture
def settings(bootstrap: str, topic_prefix: str) -> Settings:
    """An installation of this test's own, with its topics."""
    chosen = Settings(bootstrap=bootstrap, topic_prefix=topic_prefix, partitions=PARTITIONS)
    ensure(chosen)
    return chosen


def some(records: int) -> list[Record]:
    return list(season(7, records, RUBBISH, Shape(partitions=PARTITIONS)))


def by_partition(records: Iterable[Record]) -> dict[tuple[str, int], list[tuple[object, ...]]]:
    """What each partition must hold, in its order."""
    found = defaultdict(list)
    for r in records:
        partition = partition_of(r.key or b"", PARTITIONS) if r.partition is None else r.partition
        found[r.topic, partition].append((r.key, r.value, r.headers))
    return found


def in_the_log(records: Iterable[Kept]) -> dict[tuple[str, int], list[tuple[object, ...]]]:
    found = defaultdict(list)
    for r in records:
        found[r.topic, r.partition].append((r.key, r.value, r.headers))
    return found


def test_every_record_arrives_once_in_the_order_and_partition_that_are_meant(settings: Settings) -> None:
    records = some(3_000)
    with Publisher(settings) as publisher:
        assert publish(publisher, records) == 3_000
    assert in_the_log(read(settings, FIELD_TOPICS)) == by_partition(records)


def test_the_clients_own_choice_of_a_partition_is_ours(settings: Settings) -> None:
    keys = {record.key for record in some(300) if record.key}
    topic = settings.topic("field.points.v1")
    with KafkaProducer(bootstrap_servers=settings.bootstrap) as producer:
        sent = {key: producer.send(topic, b"{}", key) for key in keys}
        producer.flush()
    assert {key: future.get().partition for key, future in sent.items()} == {
        key: partition_of(key, PARTITIONS) for key in keys
    }


def test_the_log_recounted_gives_what_the_season_must_give(settings: Settings, units: Mapping[str, Unit]) -> None:
    records = some(2_000)
    with Publisher(settings) as publisher:
        publish(publisher, records)
    assert recount_log(settings, units) == recount(records, units, PARTITIONS)


def test_progress_is_told_up_to_the_last_confirmed_record(settings: Settings) -> None:
    told: list[int] = []
    with Publisher(settings) as publisher:
        publish(publisher, some(1_200), progress=told.append)
    assert told == sorted(told)
    assert told[-1] == 1_200


def test_a_broker_that_crashes_midway_costs_no_record_and_no_order(tmp_path: Path) -> None:
    with Stack(tmp_path).start(postgres=False) as stack:
        settings = Settings(bootstrap=stack.addresses.bootstrap, partitions=PARTITIONS)
        ensure(settings)
        records = some(4_000)

        def through_a_crash() -> Iterator[Record]:
            for number, record in enumerate(records):
                if number == 2_000:
                    stack.kafka.kill()
                    stack.kafka.start()
                yield record

        with Publisher(settings) as publisher:
            assert publish(publisher, through_a_crash()) == 4_000
        assert in_the_log(read(settings, FIELD_TOPICS)) == by_partition(records)


def test_a_record_that_the_broker_refuses_ends_with_a_sentence(settings: Settings) -> None:
    too_large = Record("field.points.v1", b"2025-07:24848", b"x" * 1_200_000, None, [], "original")
    with pytest.raises(ProducersError, match="did not confirm a record"), Publisher(settings) as publisher:
        publish(publisher, [*some(10), too_large])


def test_topics_with_another_number_of_partitions_are_named(settings: Settings) -> None:
    other = Settings(bootstrap=settings.bootstrap, topic_prefix=settings.topic_prefix, partitions=PARTITIONS + 1)
    with pytest.raises(ProducersError, match="has 3 partitions, FIELDTALLY_PARTITIONS says 4"), Publisher(other) as it:
        it.send(some(1)[0])


def test_a_broker_that_does_not_answer_is_waited_for_aloud_and_not_for_ever() -> None:
    nobody = f"127.0.0.1:{choose([])}"
    said: list[str] = []
    with pytest.raises(ProducersError, match=f"Kafka at {nobody} does not answer after"):
        Publisher(Settings(bootstrap=nobody), wait_s=2.5, say=said.append)
    assert said
    assert all(sentence.startswith(f"Kafka at {nobody} does not answer yet; waiting") for sentence in said)


def test_a_rate_is_kept_by_waiting_for_the_lead_and_never_by_hurrying() -> None:
    assert ahead_s(sent=1_000, rate=500, elapsed_s=1.5) == pytest.approx(0.5)
    assert ahead_s(sent=1_000, rate=500, elapsed_s=1.999) == 0
    assert ahead_s(sent=1_000, rate=500, elapsed_s=60) == 0
