"""What a log must come to, from the simulator's naive oracle, asked for many prefixes of one small log."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from typing import Any, NamedTuple
from unittest.mock import patch

from producers.simulator import naive_check
from producers.simulator.naive_fields import instant
from producers.simulator.oracle import Oracle
from schemas.topics import FIELD_TOPICS
from tests.simulation.tiny_events import ELSEWHERE, PARTITIONS, UNITS, Tiny

_read = lru_cache(maxsize=4096)(naive_check.read)  # each record is recounted for many prefixes; reading is slow
KNOWN = frozenset({*UNITS, ELSEWHERE})


class Tally(NamedTuple):
    """What one unit must show; without any event all is empty or 0."""

    counters: dict[str, dict[str, int]]
    conservation: dict[str, int]
    holes: dict[str, int]
    marks: dict[tuple[str, str], dict[str, int]]
    latest_event: int | None


class Recount:
    """The log of each field topic of partition 0; a log that was replaced needs another `Recount`."""

    def __init__(self, logs: Sequence[Sequence[Tiny]]) -> None:
        self._logs = logs
        self._known: dict[tuple[str, tuple[int, ...]], Tally] = {}

    def unit(self, unit: str, positions: Sequence[int]) -> Tally:
        """The unit's figures when each topic's log is counted up to a position."""
        key = unit.encode()
        ours = [[r for r in log[:end] if r.key == key] for log, end in zip(self._logs, positions, strict=True)]
        counts = unit, tuple(map(len, ours))
        found = self._known.get(counts)
        if found is None:
            found = self._known[counts] = _tally(unit, [r for log in ours for r in log])
        return found

    def rejected(self, positions: Sequence[int]) -> set[bytes]:
        """Keys of the rejected topic: origins of all records that are no event, up to the positions."""
        origins = set()
        with patch.object(naive_check, "read", _read):
            for topic, (log, end) in enumerate(zip(self._logs, positions, strict=True)):
                oracle = Oracle(KNOWN, PARTITIONS)
                for offset, record in enumerate(log[:end]):
                    fate = oracle.feed(FIELD_TOPICS[topic], record.key, record.value, 0)
                    if fate == "conflict" or fate.startswith("rejected"):
                        origins.add(f"{FIELD_TOPICS[topic]}:0:{offset}".encode())
        return origins


def _tally(unit: str, records: Sequence[Tiny]) -> Tally:
    oracle = Oracle(KNOWN, PARTITIONS)
    latest: int | None = None
    before, naive_check.read = naive_check.read, _read
    try:
        for record in records:
            if oracle.feed(FIELD_TOPICS[record.topic], record.key, record.value, 0) == "event":
                event: Any = _read(record.value)[0]
                at = instant(event)
                latest = at if latest is None or at > latest else latest
    finally:
        naive_check.read = before
    expected = oracle.result()
    return Tally(
        expected.counters.get(unit, {}),
        {name: value for name, value in expected.conservation.get(unit, {}).items() if value},
        {name: value for name, value in expected.holes.get(unit, {}).items() if value},
        {(source, topic): figures for (source, topic, _), figures in expected.streams.items()},
        latest,
    )
