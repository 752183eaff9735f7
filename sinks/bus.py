"""Kafka as the sinks read it: no offsets of a group are resumed from, and a log that was cut is a fault."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from kafka import KafkaConsumer, TopicPartition

from schemas.settings import Settings

CLIENT = {"request_timeout_ms": 10_000, "reconnect_backoff_max_ms": 1_000, "bootstrap_timeout_ms": 5_000}
SILENCE_S = 30.0  # without a record that is known to be there, the broker has a fault
Offsets = dict[TopicPartition, int]


def consumer(settings: Settings, **more: Any) -> KafkaConsumer:
    """A consumer of partitions that are assigned to it and read from where they are sought; `more` of its settings.

    Raises:
        kafka.errors.KafkaTimeoutError: the broker does not answer.
    """
    return KafkaConsumer(
        bootstrap_servers=settings.bootstrap.split(","),
        enable_auto_commit=False,
        auto_offset_reset="none",  # a log that was cut or replaced is a fault, not a reason to skip
        allow_auto_create_topics=False,
        metrics_enabled=False,
        **(CLIENT | more),
    )


def offsets_of(ask: Callable[[list[TopicPartition]], Offsets], partitions: list[TopicPartition]) -> Offsets:
    """What a client's `beginning_offsets` or `end_offsets` answer of partitions, one without a leader waited for.

    Raises:
        kafka.errors.KafkaTimeoutError: a partition stays without a leader, or the broker does not answer.
    """
    while True:
        try:
            return ask(partitions)
        except KeyError as error:  # kafka-python's word for one among others that has no leader, or was only just made
            ask([error.args[0]])  # of one alone it waits for the leader
