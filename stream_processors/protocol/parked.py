"""After an upgrade: what was parked as unknown and has become valid goes back to its topic (harmless if twice)."""

from __future__ import annotations

from schemas import wire
from schemas.rejected import HEADER_KEY, HEADER_REASON, HEADER_RETURNED, HEADER_TOPIC, PARKED, Refusal
from schemas.topics import FIELD_TOPICS, REJECTED
from stream_processors.core.partition import Partition
from stream_processors.protocol.port import Message, PartitionLog, Stored

CHUNK = 200


async def return_parked(log: PartitionLog, partition: Partition, contracts: str) -> int:
    """Send parked records of this partition that are valid now back to where they came from; how many.

    Each is then marked as returned in the rejected topic, so that the next upgrade leaves it alone. One by one, this
    would hold up the checkpoints for minutes, so it goes in chunks: a kill makes at most one of them come twice.
    """
    stored, _ = await log.read(REJECTED, 0, _is_parked)
    latest = {record.key: record for record in stored}
    valid = [(topic, record) for record in latest.values() if (topic := _return_to(record, partition)) is not None]
    mark = (HEADER_RETURNED, contracts.encode())
    for start in range(0, len(valid), CHUNK):
        chunk = valid[start : start + CHUNK]
        for topic in sorted({topic for topic, _ in chunk}):
            back = [record for wanted, record in chunk if wanted == topic]
            await log.append(topic, [Message(dict(record.headers).get(HEADER_KEY), record.value) for record in back])
        await log.append(REJECTED, [Message(record.key, record.value, [*record.headers, mark]) for _, record in chunk])
    return len(valid)


def _is_parked(record: Stored) -> bool:
    return dict(record.headers).get(HEADER_REASON, b"").decode("utf-8", "replace") in PARKED


def _return_to(record: Stored, partition: Partition) -> str | None:
    """The topic of a parked record that is valid now, or None."""
    headers = dict(record.headers)
    if HEADER_RETURNED in headers:
        return None
    topic, key = headers.get(HEADER_TOPIC, b"").decode(), headers.get(HEADER_KEY)
    event = wire.decode(record.value)
    if isinstance(event, Refusal) or topic not in FIELD_TOPICS:
        return None
    refusal = wire.unplaced(key, partition.number, partition.partitions, partition.known)
    return None if refusal or wire.misplaced(event, key, topic) else topic
