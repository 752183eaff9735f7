"""Which topics are facts, in what order their ends are taken, and which record lies at each offset of a restored log.

Facts are all topics but those that services write from them. What is derived is not saved: a counter that finds an
empty state counts the restored log anew, under the broker's time as generation, which is above all that was shown.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import NamedTuple

from schemas.topics import ACTIONS, CONTACTS, FIELD_TOPICS, REJECTED, STATE, STREAMS, TOPICS, TOTALS, Topic

DERIVED = frozenset({TOTALS, STREAMS, STATE, CONTACTS})  # contacts: tablets state them again
FACTS = {topic.name: topic for topic in TOPICS if topic.name not in DERIVED}


class Fact(NamedTuple):
    """A record of the log; `timestamp` in ms."""

    offset: int
    timestamp: int
    key: bytes | None
    value: bytes | None
    headers: list[tuple[str, bytes]]

    def same(self, other: Fact) -> bool:
        """Whether both are the same record, wherever they lie."""
        return self[1:] == other[1:]


def in_order() -> list[Topic]:
    """The topics in the order in which their ends are taken.

    Rejections and decisions come before the log, so that what they point at is in the backup. The registers come after
    it: a form's record whose events are saved must be known, or its next import would count them twice.
    """
    ranks = {REJECTED: 0, ACTIONS: 0, **dict.fromkeys(FIELD_TOPICS, 1)}
    return sorted(FACTS.values(), key=lambda topic: ranks.get(topic.name, 2))


def restoring_order() -> list[Topic]:
    """The topics in the order in which they are written back.

    The log comes last: a counter that is running already then knows all units, and adds no rejection between others.
    """
    return sorted(FACTS.values(), key=lambda topic: topic.name in FIELD_TOPICS)


def filled(facts: Iterable[Fact], end: int) -> Iterator[Fact]:
    """What lies at every offset below `end` of a restored log.

    Compaction and transactions leave offsets without a record, and a producer cannot skip any. In their place stands
    the record that follows (at the end: the one before), which changes nothing for who keeps the last of each key.
    """
    at, last = 0, None
    for last in facts:
        while at <= last.offset:
            yield last._replace(offset=at)
            at += 1
    while last is not None and at < end:
        yield last._replace(offset=at)
        at += 1
