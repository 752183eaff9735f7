"""What tests record on tablets, and what they then find in Kafka."""

from __future__ import annotations

from contextlib import closing
from typing import Any

import msgspec
from kafka import KafkaConsumer, TopicPartition

from producers.tablet_client.outbox import Number
from producers.tablet_client.tablet import Tablet
from schemas.settings import Settings
from tests.gateway.process import UNIT

HOUSEHOLD = f"household/{UNIT.replace(':', '.')}-K7M2-9"


def sim(tablet: Tablet, number: int = 1, unit: str = UNIT) -> Number:
    """Record that a SIM was handed out; the number is its own."""
    subject = f"household/{unit.replace(':', '.')}-K7M2-9"
    return tablet.record("sim.handed-out", unit, subject, {
        "recipient": "household", "iccid": f"898404{number:013d}", "plan": "4g"})  # fmt: skip


def card(tablet: Tablet, unit: str = UNIT) -> Number:
    """Record that a bank card was issued."""
    return tablet.record("card.issued", unit, f"household/{unit.replace(':', '.')}-K7M2-9", {"bank": "vietinbank"})


def records(settings: Settings, topic: str) -> list[Any]:
    """All records of a topic now, in the order of each partition."""
    consumer = KafkaConsumer(bootstrap_servers=settings.bootstrap, enable_auto_commit=False, group_id=None,
                             auto_offset_reset="earliest")  # fmt: skip
    with closing(consumer):
        partitions = [TopicPartition(settings.topic(topic), number) for number in range(settings.partitions)]
        consumer.assign(partitions)
        ends = consumer.end_offsets(partitions)
        found: list[Any] = []
        while any(consumer.position(each) < ends[each] for each in partitions):
            for batch in consumer.poll(timeout_ms=1_000).values():
                found += batch
        return found


def events(settings: Settings, topic: str, tablet: Tablet) -> list[dict[str, Any]]:
    """What lies in a topic of this tablet now."""
    found = [msgspec.json.decode(record.value) for record in records(settings, topic)]
    return [each for each in found if each["source"] == tablet.key.source]
