"""What a log must come to, from the simulator's naive oracle, asked for many prefixes of one small log."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any, NamedTuple

from producers.simulator import naive_check, oracle
from schemas.topics import FIELD_TOPICS
from tests.simulation.tiny_events import ELSEWHERE, PARTITIONS, UNITS, Tiny

KNOWN = frozenset({*UNITS, ELSEWHERE})


@contextmanager
def remembering() -> Iterator[None]:
    """Let the oracle remember what it said of each record: in a history it is asked the same for many prefixes."""
    read, unplaced, misplaced, instant = naive_check.read, naive_check.unplaced, naive_check.misplaced, oracle.instant
    alive: list[object] = []  # so that no id is used twice

    def by_value(function: Callable[..., Any]) -> Callable[..., Any]:
        known: dict[Any, Any] = {}

        def remembered(*arguments: Any) -> Any:
            if arguments not in known:
                known[arguments] = function(*arguments)
            return known[arguments]

        return remembered

    def by_identity(function: Callable[..., Any]) -> Callable[..., Any]:
        known: dict[Any, Any] = {}

        def remembered(thing: Any, *arguments: Any) -> Any:
            key = id(thing), *arguments
            if key not in known:
                alive.append(thing)
                known[key] = function(thing, *arguments)
            return known[key]

        return remembered

    naive_check.read, naive_check.unplaced = by_value(read), by_value(unplaced)
    naive_check.misplaced, oracle.instant = by_identity(misplaced), by_identity(instant)
    try:
        yield
    finally:
        naive_check.read, naive_check.unplaced = read, unplaced
        naive_check.misplaced, oracle.instant = misplaced, instant


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
        ours = [
            [r for r in log[:end] if r.key == key] if end else []
            for log, end in zip(self._logs, positions, strict=True)
        ]
        counts = unit, tuple(map(len, ours))
        found = self._known.get(counts)
        if found is None:
            found = self._known[counts] = _tally(unit, [r for log in ours for r in log])
        return found

    def rejected(self, positions: Sequence[int]) -> set[bytes]:
        """Keys of the rejected topic: origins of all records that are no event, up to the positions."""
        origins = set()
        naive = oracle.Oracle(KNOWN, PARTITIONS)
        for topic, (log, end) in enumerate(zip(self._logs, positions, strict=True)):
            for offset, record in enumerate(log[:end]):
                fate = naive.feed(FIELD_TOPICS[topic], record.key, record.value, 0)
                if fate == "conflict" or fate.startswith("rejected"):
                    origins.add(f"{FIELD_TOPICS[topic]}:0:{offset}".encode())
        return origins


def _tally(unit: str, records: Sequence[Tiny]) -> Tally:
    naive = oracle.Oracle(KNOWN, PARTITIONS)
    latest: int | None = None
    for record in records:
        if naive.feed(FIELD_TOPICS[record.topic], record.key, record.value, 0) == "event":
            at = oracle.instant(naive_check.read(record.value)[0])
            latest = at if latest is None or at > latest else latest
    expected = naive.result()
    return Tally(
        expected.counters.get(unit, {}),
        {name: value for name, value in expected.conservation.get(unit, {}).items() if value},
        {name: value for name, value in expected.holes.get(unit, {}).items() if value},
        {(source, topic): figures for (source, topic, _), figures in expected.streams.items()},
        latest,
    )
