"""The naive oracle: what must come out of a log, recounted from its records with plain dictionaries.

Feed records in the order of the log (per partition; partitions may interleave in any way), then ask for the result.
Nothing is kept up to date: everything is added up at the end. It shares no code with the counter, the ledger or
`schemas.wire`; about 500 bytes of memory per event.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Container, Iterable
from sys import intern
from typing import Any

from producers.simulator import naive_check as naive
from producers.simulator.expected import Expected
from producers.simulator.naive_count import Effect, Fact, effects_of
from producers.simulator.naive_fields import instant
from producers.simulator.naive_unit import Revision, Seen, Unit, add_unit
from producers.simulator.record import Record

Stream = tuple[str, str, str]  # source, topic, unit
REMEMBERED = 64  # numbers of a stream whose ids the counter can still tell apart (design, "The event")


class Oracle:
    """Recounts the records of the field topics; `known` are the units of the map as `vintage:code`."""

    def __init__(self, known: Container[str], partitions: int = 12) -> None:
        self._known, self._partitions = known, partitions
        self._streams: dict[Stream, dict[int, Seen]] = defaultdict(dict)
        self._highest: Counter[Stream] = Counter()
        self._claims: dict[Stream, set[int]] = defaultdict(set)
        self._revisions: dict[str, dict[tuple[str, str, int], list[Revision]]] = defaultdict(lambda: defaultdict(list))
        self._rejected: Counter[str] = Counter()
        self._duplicates: Counter[str] = Counter()
        self._conflicts: Counter[str] = Counter()
        self._old_conflicts: Counter[str] = Counter()
        self._records = 0
        self._interned: dict[tuple[Effect, ...], tuple[Effect, ...]] = {}

    def feed(self, topic: str, key: bytes | None, value: bytes | None, partition: int | None = None) -> str:
        """Take one record: 'event', 'duplicate', 'conflict', 'old-conflict' or 'rejected:<reason>'.

        `topic` has no prefix; `partition` None stands for the key's own.
        """
        self._records += 1
        event, reason = naive.read(value)
        placed = naive.unplaced(key, partition, self._partitions, self._known)
        reason = reason or placed or naive.misplaced(event, key, topic)
        if reason:
            self._rejected[reason] += 1
            claim = naive.claimed(value)
            if claim is not None and key is not None and not placed:
                self._claims[claim[0], topic, key.decode()].add(claim[1])
            return f"rejected:{reason}"
        stream = intern(event["source"]), intern(topic), intern(event["unit"])
        first = self._streams[stream].get(event["seq"])
        if first is None:
            self._take(stream, event)
            return "event"
        if first.id == event["id"]:
            self._duplicates[stream[2]] += 1
            return "duplicate"
        if event["seq"] > self._highest[stream] - REMEMBERED:
            self._conflicts[stream[2]] += 1
            self._rejected["conflict"] += 1
            return "conflict"
        self._old_conflicts[stream[2]] += 1
        self._duplicates[stream[2]] += 1  # the counter takes it for one
        return "old-conflict"

    def result(self) -> Expected:
        """Everything, added up now."""
        expected = Expected(
            records=self._records, rejected=dict(self._rejected), old_conflicts=dict(self._old_conflicts)
        )
        units: dict[str, list[Stream]] = defaultdict(list)
        for stream in self._streams:
            units[stream[2]].append(stream)
        for unit, streams in sorted(units.items()):
            add_unit(expected, unit, self._unit(unit, streams))
        return expected

    def _take(self, stream: Stream, event: dict[str, Any]) -> None:
        source, topic, unit = stream
        name, seq, data = event["type"], event["seq"], event["data"]
        self._highest[stream] = max(self._highest[stream], seq)
        if name == "stream.withdrawn":
            self._streams[stream][seq] = Seen(event["id"], "withdrawn", None)
            return
        if "root" not in data:
            self._streams[stream][seq] = Seen(event["id"], "original", self._fact(name, event))
            return
        self._streams[stream][seq] = Seen(event["id"], "revision", None)
        root, about = data["root"], naive.root_type(name)
        new = self._fact(about, data["new"]) if "new" in data else None
        revision = Revision(data["revision"], instant(event), source, seq, self._fact(about, data["original"]), new)
        self._revisions[unit][intern(root["source"]), topic, root["seq"]].append(revision)

    def _fact(self, name: str, fact: dict[str, Any]) -> Fact:
        effects = effects_of(name, fact["subject"], fact["data"])
        return Fact(intern(fact["subject"]), instant(fact), self._interned.setdefault(effects, effects))

    def _unit(self, unit: str, streams: list[Stream]) -> Unit:
        return Unit(
            seen={stream[:2]: self._streams[stream] for stream in streams},
            revisions=self._revisions.get(unit, {}),
            claims={stream[:2]: self._claims.get(stream, set()) for stream in streams},
            duplicates=self._duplicates[unit],
            conflicts=self._conflicts[unit],
        )


def recount(records: Iterable[Record], known: Container[str], partitions: int = 12) -> Expected:
    """What must come out of records in the order in which they are published."""
    oracle = Oracle(known, partitions)
    for record in records:
        oracle.feed(record.topic, record.key, record.value, record.partition)
    return oracle.result()
