"""The field topics read back from Kafka and recounted: what must come out of the real log."""

from __future__ import annotations

from collections.abc import Container

from producers.reading import read
from producers.simulator.expected import Expected
from producers.simulator.oracle import Oracle
from schemas.settings import Settings
from schemas.topics import FIELD_TOPICS


def recount_log(settings: Settings, known: Container[str]) -> Expected:
    """What must come out of the log as it stands now."""
    oracle = Oracle(known, settings.partitions)
    for record in read(settings, FIELD_TOPICS):
        oracle.feed(record.topic, record.key, record.value, record.partition)
    return oracle.result()
