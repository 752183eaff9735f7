"""Tiny field records from a seed: all 19 types, revisions, withdrawals, rivals, repeats, conflicts and rubbish."""

from __future__ import annotations

from random import Random
from typing import NamedTuple

import msgspec

from tests.simulation.tiny_payloads import KINDS, TYPES, Json

UNITS = ("2025-07:24842", "2025-07:24843", "2025-07:24844")  # all in partition 0 of 2
ELSEWHERE, UNKNOWN = "2025-07:24840", "2025-07:24845"  # in partition 1; in partition 0, but on no map
PARTITIONS = 2
SOURCES = ("/simulator/7/a", "/simulator/7/b", "/tablets/c")
_encode = msgspec.json.encode


def known(unit: str) -> bool:
    """Whether the map of the simulation has a unit."""
    return unit in UNITS or unit == ELSEWHERE


class Tiny(NamedTuple):
    """A record for a field topic, given by its index."""

    topic: int
    key: bytes | None
    value: bytes | None


class _Root(NamedTuple):
    unit: str
    source: str
    seq: int
    type: str
    fact: Json


class Field:
    """Makes one record after the other; what it made before can be revised, repeated or contradicted."""

    def __init__(self, rng: Random, topics: list[int], units: int) -> None:
        self._rng, self._topics, self._units = rng, topics, UNITS[:units]
        self._next: dict[tuple[int, str, str], int] = {}
        self._holes: list[tuple[int, str, str, int]] = []
        self._roots: dict[int, list[_Root]] = {topic: [] for topic in topics}
        self._made: list[Tiny] = []
        self._ids = 0

    def make(self) -> Tiny:
        """The next record."""
        rng = self._rng
        dice = rng.random()
        if self._made and dice < 0.13:
            return rng.choice(self._made)
        if dice < 0.24:
            made = self._rubbish()
        else:
            topic, unit, source, seq = self._number()
            made = self._valid(topic, unit, source, seq, self._made and dice < 0.29)
        self._made.append(made)
        return made

    def _number(self) -> tuple[int, str, str, int]:
        """A number that was left out before, or the next of a stream; some are left out, some are used twice."""
        rng = self._rng
        if self._holes and rng.random() < 0.35:
            return self._holes.pop(rng.randrange(len(self._holes)))
        stream = rng.choice(self._topics), rng.choice(self._units), rng.choice(SOURCES)
        seq = self._next.get(stream, 1)
        while rng.random() < 0.25:
            self._holes.append((*stream, seq))
            seq += 1 if rng.random() < 0.97 else 70
        self._next[stream] = seq + 1
        return (*stream, seq)

    def _valid(self, topic: int, unit: str, source: str, seq: int, conflict: object) -> Tiny:
        """An event of this number; for a conflict one whose number was used before."""
        rng = self._rng
        if conflict and seq > 1:
            seq -= 1
        dice = rng.random()
        roots = self._roots[topic]
        if dice < 0.06:
            envelope = self._envelope("stream.withdrawn", unit, source, seq, self._fact("", unit))
            envelope["data"] = {"organisation": "other", "reason": "lost"}
        elif dice < 0.36 and roots:
            envelope = self._revision(rng.choice(roots), topic, source, seq)
        elif dice < 0.42:
            ahead = _Root(unit, rng.choice(SOURCES), rng.randrange(1, 5), rng.choice(TYPES[topic]), {})
            envelope = self._revision(ahead, topic, source, seq)
        else:
            name = rng.choice(TYPES[topic])
            fact = self._fact(name, unit)
            roots.append(_Root(unit, source, seq, name, fact))
            envelope = self._envelope(name, unit, source, seq, fact)
        return Tiny(topic, envelope["unit"].encode(), _encode(envelope))

    def _revision(self, root: _Root, topic: int, source: str, seq: int) -> Json:
        rng = self._rng
        original = root.fact if root.fact and rng.random() < 0.9 else self._fact(root.type, root.unit)
        data: Json = {
            "organisation": "other",
            "root": {"source": root.source, "unit": root.unit, "seq": root.seq},
            "revision": rng.choice((1, 1, 2)),
            "reason": "other",
            "original": original,
        }
        name = root.type + ".voided"
        if rng.random() < 0.6:
            name = root.type + ".corrected"
            data["new"] = self._fact(root.type, root.unit)
        if rng.random() < 0.2:  # a later revision may name this one as its root, which leads nowhere
            self._roots[topic].append(_Root(root.unit, source, seq, root.type, original))
        fact = {**self._fact(root.type, root.unit), "data": data}
        return self._envelope(name, root.unit, source, seq, fact)

    def _fact(self, name: str, unit: str) -> Json:
        rng = self._rng
        place = unit.replace(":", ".")
        kind = KINDS.get(name)
        return {
            "subject": kind.subject(rng, place) if kind else f"unit/{place}",
            "time": f"2026-03-0{rng.randrange(1, 4)}T08:00:00+07:00",
            "receivedat": f"2026-03-0{rng.randrange(1, 5)}T11:30:09Z",
            "skewms": rng.choice((0, 0, 1200, 86_400_000)),
            "data": {"organisation": "other", **kind.data(rng)} if kind else {},
        }

    def _envelope(self, name: str, unit: str, source: str, seq: int, fact: Json) -> Json:
        self._ids += 1
        return {
            "specversion": "1.0",
            "type": name,
            "id": f"01934c1e-0000-7000-8000-{self._ids:012x}",
            "source": source,
            "datacontenttype": "application/json",
            "dataschema": f"urn:fieldtally:{name}:1",
            "unit": unit,
            "seq": seq,
            **fact,
        }

    def _rubbish(self) -> Tiny:
        rng = self._rng
        topic, unit, source, seq = self._number()
        name = rng.choice(TYPES[topic])
        event = self._envelope(name, unit, source, seq, self._fact(name, unit))
        key: bytes | None = unit.encode()
        fault = rng.randrange(8)
        if fault == 0:
            return Tiny(topic, key, rng.choice((None, b"\xff", b"{}")))
        if fault == 1:
            key = rng.choice((None, ELSEWHERE.encode(), UNKNOWN.encode(), b"nowhere", rng.choice(UNITS).encode()))
            event["unit"] = key.decode() if key and rng.random() < 0.5 else unit
        elif fault == 2:
            event["seq"] = rng.choice((0, 2**31))
        elif fault == 3:
            event["type"] = "drone.flown"
        elif fault == 4:
            event["dataschema"] = f"urn:fieldtally:{name}:2"
        elif fault == 5:
            event["data"] = {**event["data"], "organisation": "nobody"}
        elif fault == 6:
            event["subject"] = event["subject"].replace("2484", "2485")
        else:
            event["extra"] = 1
        return Tiny(topic, key, _encode(event))
