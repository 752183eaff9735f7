"""Records that were no events only because the map had no such unit: read and judged again when it has more units.

The counter sends back what it had parked; but what it came to only with the new map it counts where it lies, and so
must the ledger, which may have been quicker.
"""

from __future__ import annotations

import time
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing

from kafka import KafkaConsumer, TopicPartition
from kafka.consumer.fetcher import ConsumerRecord
from sqlalchemy import Connection, select

from schemas.settings import Settings
from sinks.bus import SILENCE_S, consumer
from sinks.ledger.errors import LedgerError
from sinks.ledger.intake import UNKNOWN, Lines
from sinks.ledger.log import GROUP
from sinks.ledger.positions import Partition
from sinks.ledger.tables import uncounted

AT_ONCE = 5_000  # records in memory
GAP = 2_000  # offsets; what lies nearer is read through
TAKE_OUT = """
DELETE FROM uncounted u USING unnest(%s::text[], %s::smallint[], %s::bigint[]) AS n (topic, partition, log_offset)
WHERE u.topic = n.topic AND u.partition = n.partition AND u.log_offset = n.log_offset"""
Wanted = Mapping[Partition, Sequence[int]]


def places_of(connection: Connection) -> Iterator[Wanted]:
    """Where such records lie, some thousands at a time."""
    columns = uncounted.c.topic, uncounted.c.partition, uncounted.c.log_offset
    rows = connection.execute(select(*columns).where(uncounted.c.reason == UNKNOWN).order_by(*columns)).all()
    for start in range(0, len(rows), AT_ONCE):
        wanted: dict[Partition, list[int]] = defaultdict(list)
        for row in rows[start : start + AT_ONCE]:
            wanted[Partition(row.topic, row.partition)].append(row.log_offset)
        yield wanted


def fetch(settings: Settings, wanted: Wanted) -> dict[Partition, list[ConsumerRecord]]:
    """The records at some offsets, ascending in each partition.

    Raises:
        LedgerError: a record that was there does not come.
        kafka.errors.KafkaError: the broker does not answer.
    """
    found: dict[Partition, list[ConsumerRecord]] = {}
    with closing(consumer(settings, client_id=GROUP)) as client:
        for partition, offsets in wanted.items():
            at = TopicPartition(settings.topic(partition.topic), partition.number)
            client.assign([at])
            found[partition] = _records(client, at, offsets)
    return found


def _records(client: KafkaConsumer, at: TopicPartition, offsets: Sequence[int]) -> list[ConsumerRecord]:
    found: list[ConsumerRecord] = []
    heard = time.monotonic()
    client.seek(at, offsets[0])
    while len(found) < len(offsets):
        if offsets[len(found)] - client.position(at) > GAP:
            client.seek(at, offsets[len(found)])
        for record in client.poll(timeout_ms=200).get(at, ()):
            heard = time.monotonic()
            if len(found) < len(offsets) and record.offset == offsets[len(found)]:
                found.append(record)
        if time.monotonic() - heard > SILENCE_S:
            raise LedgerError(f"Kafka does not send the record at offset {offsets[len(found)]} of {at.topic}, "
                              f"partition {at.partition}: look at its log.")
    return found


def moved(lines: Mapping[Partition, Lines]) -> tuple[list[list[object]], list[Lines]]:
    """Of records judged again those that are events now: their places in columns, and their lines."""
    staged = [line for some in lines.values() for line in some.staged]
    places = [line.split("\t", 3)[:3] for line in staged]
    columns: list[list[object]] = [[p[0] for p in places], [int(p[1]) for p in places], [int(p[2]) for p in places]]
    return columns, [Lines(staged=staged)]
