"""Partitions agree with Kafka's own producers, in Java and in Python."""

from __future__ import annotations

import pytest
from aiokafka.partitioner import DefaultPartitioner as AioKafkaPartitioner
from hypothesis import given, settings
from hypothesis import strategies as st
from kafka.partitioner import DefaultPartitioner, StickyPartitioner, murmur2

from schemas.partition import partition_of

# From Kafka's own UtilsTest.testMurmur2, as signed 32-bit integers.
JAVA = {
    b"21": -973932308,
    b"foobar": -790332482,
    b"a-little-bit-long-string": -985981536,
    b"a-little-bit-longer-string": -1486304829,
    b"lkjh234lh9fiuh90y23oiuhsafujhadof229phr9h19h89h8": -58897971,
    b"abc": 479470107,
}


@pytest.mark.parametrize(("key", "hashed"), JAVA.items())
@pytest.mark.parametrize("partitions", [1, 2, 12, 1000])
def test_a_partition_is_that_of_javas_murmur2(key: bytes, hashed: int, partitions: int) -> None:
    assert murmur2(key) & 0xFFFFFFFF == hashed & 0xFFFFFFFF
    assert partition_of(key, partitions) == (hashed & 0x7FFFFFFF) % partitions


class _Cluster:
    """As much of a cluster's metadata as a partitioner of kafka-python asks for."""

    def __init__(self, partitions: int) -> None:
        self.partitions = set(range(partitions))

    def topics(self) -> set[str]:
        return {"t"}

    def partitions_for_topic(self, _topic: str) -> set[int]:
        return self.partitions

    available_partitions_for_topic = partitions_for_topic


@settings(derandomize=True, deadline=None)
@given(st.binary(max_size=64), st.integers(1, 64))
def test_a_partition_is_that_of_the_python_producers(key: bytes, partitions: int) -> None:
    ours, everything = partition_of(key, partitions), list(range(partitions))
    assert ours == AioKafkaPartitioner()(key, everything, everything)
    for partitioner in (DefaultPartitioner(), StickyPartitioner()):
        assert ours == partitioner.partition("t", key, key, b"", b"", _Cluster(partitions))
