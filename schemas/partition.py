"""Which partition a key lies in: murmur2, as Kafka's own producers have it, so that every client agrees."""

from __future__ import annotations

from kafka.partitioner.default import murmur2


def partition_of(key: bytes, partitions: int) -> int:
    """The partition of a key among `partitions` (Java's `Utils.toPositive(murmur2(key)) % n`)."""
    hashed: int = murmur2(key)
    return (hashed & 0x7FFFFFFF) % partitions
