"""Faust fetches, and hands the agent one item per topic-partition and fetch: the list of raw records.

Relies on `faust.transport.drivers.aiokafka.Consumer._to_message` reading just the attributes of `Batch`, and on the
public setting `ConsumerScheduler`; the version is pinned, and a test asserts both.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import faust
from aiokafka import ConsumerRecord
from faust.types import TP
from faust.types.transports import SchedulingStrategyT


class Batch:
    """A pseudo-record: the records of one topic-partition and fetch as the value, the last offset as its own."""

    __slots__ = (
        "checksum", "headers", "key", "offset", "partition", "serialized_key_size", "serialized_value_size",
        "timestamp", "timestamp_type", "topic", "value",
    )  # fmt: skip

    def __init__(self, records: list[ConsumerRecord]) -> None:
        last = records[-1]
        self.topic, self.partition, self.offset = last.topic, last.partition, last.offset
        self.timestamp, self.timestamp_type = last.timestamp, last.timestamp_type
        self.headers: list[tuple[str, bytes]] = []
        self.key = self.checksum = None
        self.value = records
        self.serialized_key_size = self.serialized_value_size = 0


class BatchScheduler(SchedulingStrategyT):
    """Faust's hook between fetch and agents."""

    def iterate(self, records: Mapping[TP, list[ConsumerRecord]]) -> Iterator[tuple[TP, Any]]:
        """One batch per topic-partition."""
        for tp, fetched in records.items():
            if fetched:
                yield tp, Batch(fetched)


class RawSchema(faust.Schema[Any, Any]):
    """Keys and values stay as they came: decoding is the core's, and must never raise inside Faust."""

    def loads_key(self, app: Any, message: Any, *, loads: Any = None, serializer: Any = None) -> Any:  # noqa: ARG002
        """The key. The signature is Faust's."""
        return message.key

    def loads_value(self, app: Any, message: Any, *, loads: Any = None, serializer: Any = None) -> Any:  # noqa: ARG002
        """The value: a list of records. The signature is Faust's."""
        return message.value
