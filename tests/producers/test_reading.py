"""Logs read back from a real broker while a partition has no leader yet: each room has a reader of its own."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import closing
from threading import Thread

import pytest
from kafka import KafkaAdminClient, KafkaConsumer, TopicPartition
from kafka.errors import KafkaTimeoutError

from producers import reading
from sinks import bus

Ask = Callable[[list[TopicPartition]], dict[TopicPartition, int]]
Offsets = Callable[[Ask, list[TopicPartition]], dict[TopicPartition, int]]
EACH_ROOM = pytest.mark.parametrize("offsets_of", [reading.offsets_of, bus.offsets_of], ids=["producers", "sinks"])


class Broker:
    """A topic that is there, one that is not, and a client that knows neither."""

    def __init__(self, bootstrap: str, prefix: str) -> None:
        self.admin = KafkaAdminClient(bootstrap_servers=bootstrap)
        self.client = KafkaConsumer(bootstrap_servers=bootstrap)
        self.there, self.later = (TopicPartition(f"{prefix}{name}", 0) for name in ("there", "later"))
        self.make(self.there)

    def make(self, partition: TopicPartition) -> None:
        self.admin.create_topics({partition.topic: {"num_partitions": 1, "replication_factor": 1}})
        self.admin.wait_for_topics([partition.topic])


@pytest.fixture
def broker(bootstrap: str, topic_prefix: str) -> Iterator[Broker]:
    """A broker that was asked for nothing yet."""
    broker = Broker(bootstrap, topic_prefix)
    with closing(broker.admin), closing(broker.client):
        yield broker


@EACH_ROOM
def test_a_partition_that_gets_its_leader_after_it_was_asked_for_is_waited_for(
    broker: Broker, offsets_of: Offsets
) -> None:
    making = Thread(target=broker.make, args=[broker.later])

    def ask(partitions: list[TopicPartition]) -> dict[TopicPartition, int]:
        try:
            return broker.client.end_offsets(partitions)
        except KeyError:
            making.start()
            raise

    assert offsets_of(ask, [broker.there, broker.later]) == {broker.there: 0, broker.later: 0}
    making.join()


@EACH_ROOM
def test_a_partition_that_stays_without_a_leader_is_not_waited_for_for_ever(
    broker: Broker, offsets_of: Offsets
) -> None:
    def ask(partitions: list[TopicPartition]) -> dict[TopicPartition, int]:
        return broker.client.beginning_offsets(partitions, timeout_ms=500)

    with pytest.raises(KafkaTimeoutError):
        offsets_of(ask, [broker.there, broker.later])
