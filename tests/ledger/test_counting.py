"""The ledger's figures are those of the oracle, whatever comes, in whatever order, at any positions."""

from __future__ import annotations

import random

import pytest

from schemas.partition import partition_of
from schemas.topics import FIELD_TOPICS
from sinks.ledger.positions import Partition
from sinks.ledger.store import Store
from tests.ledger.agreement import assert_agrees, assert_kept_figures_agree
from tests.ledger.conftest import MemoryLog, Sql, write
from tests.ledger.random_log import PARTITIONS, UNITS, RandomLog


def played(store: Store, seed: int, records: int, largest: int) -> MemoryLog:
    """A random log, all of it written in batches of at most `largest` records."""
    print("seed", seed)
    log = MemoryLog()
    log.put(RandomLog(seed).records(records))
    for batch in log.batches(seed, largest):
        write(store, batch)
    return log


@pytest.mark.parametrize(("largest", "records"), [(1, 300), (40, 3000), (3000, 6000)])
def test_counters_days_and_conservation_equal_the_oracle_in_batches_of_any_size(
    store: Store, sql: Sql, largest: int, records: int
) -> None:
    log = played(store, random.randrange(10**6), records, largest)
    expected = log.oracle().result()
    assert_agrees(sql, expected)
    assert_kept_figures_agree(sql, expected)


def test_a_recount_at_positions_equals_an_oracle_that_read_only_so_far(store: Store, sql: Sql) -> None:
    log = played(store, random.randrange(10**6), 4000, 500)
    for upto in (700, 2500):
        ends = {partition: record.offset + 1 for partition, record in log.order[:upto]}
        positions = {
            unit: [ends.get(Partition(topic, partition_of(unit.encode(), PARTITIONS)), 0) for topic in FIELD_TOPICS]
            for unit in UNITS
        }
        assert_agrees(sql, log.oracle(upto).result(), positions)
