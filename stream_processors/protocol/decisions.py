"""The small decisions of an owner: does the proof hold, may a unit be shown, what does a checkpoint hold."""

from __future__ import annotations

from collections.abc import Iterable
from enum import Enum, auto
from typing import NamedTuple

from schemas.totals import dominates
from stream_processors.core.partition import Partition
from stream_processors.core.state import TOPICS
from stream_processors.protocol.records import Book


class Proof(Enum):
    """Whether the inherited state is known to be whole (design, rule 4)."""

    PENDING = auto()
    HOLDS = auto()
    FAILS = auto()


def join(these: list[int], those: list[int]) -> list[int]:
    """The component-wise higher of two positions."""
    return [max(a, b) for a, b in zip(these, those, strict=True)]


def reached_by_all(positions: Iterable[list[int]]) -> list[int]:
    """The positions that a replay must pass until every inherited state covers the same log."""
    reached = [0] * TOPICS
    for each in positions:
        reached = join(reached, each)
    return reached


def proof(partition: Partition, to_pass: list[int]) -> Proof:
    """Once the replay has passed every inherited state: each record below the positions is accounted for, or not."""
    if not dominates(partition.positions, to_pass):
        return Proof.PENDING
    return Proof.HOLDS if partition.records_accounted() == sum(partition.positions) else Proof.FAILS


def may_show(positions: list[int], shown: list[int] | None) -> bool:
    """Whether a total may be published: its positions dominate all that was ever shown of this unit (rule 5)."""
    return shown is None or dominates(positions, shown)


class Plan(NamedTuple):
    """What a checkpoint covers, all taken at one instant, its beginning (rule 6)."""

    positions: list[int]
    rejected: int
    anchors: list[int]
    units: list[bytes]


def nothing_new(partition: Partition, saved: Book) -> bool:
    """Whether the last book still says all: then an idle partition writes nothing."""
    return not partition.unsaved and not partition.rejections and partition.positions == saved.positions


def begin_checkpoint(partition: Partition) -> Plan:
    """Take positions, counts and the changed units, and empty the set now: what changes from here on is the next's."""
    units = sorted(partition.unsaved)
    partition.unsaved.clear()
    return Plan(list(partition.positions), partition.rejected, list(partition.anchors), units)


def removable(old_keys: list[bytes], own_key: bytes) -> list[bytes]:
    """Keys of a unit's earlier states, once the own record is delivered; never the own one."""
    return [key for key in old_keys if key != own_key]
