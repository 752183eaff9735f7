"""What must have come of the log, recounted by the naive oracle, and what the services made of it, side by side."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from typing import Any, NamedTuple

import msgspec

from producers.simulator import Expected, Oracle
from schemas.places import load
from schemas.rejected import HEADER_KEY, HEADER_REASON, OWN_HEADERS, Headers, Origin
from schemas.topics import FIELD_TOPICS, REJECTED, STREAMS, TOTALS
from schemas.totals import StreamMark, Total, decode_mark, decode_total, supersedes
from tests.faults.broker import Bus


class Rejected(NamedTuple):
    """A record that must be found among the rejected, as it came."""

    reason: str
    key: bytes | None
    value: bytes | None
    headers: Headers


class Truth(NamedTuple):
    """What the log comes to: the oracle's figures, and the rejected records by origin."""

    expected: Expected
    rejected: dict[bytes, Rejected]


def recount(bus: Bus, parked: Mapping[bytes, str] | None = None) -> Truth:
    """Recount the field topics as they are; `parked` are reasons by origin that an older counter gave to records."""
    oracle = Oracle(load().units.keys(), bus.settings.partitions)
    rejected: dict[bytes, Rejected] = {}
    for record in bus.read(*FIELD_TOPICS):
        topic = bus.name(record)
        origin = Origin(topic, record.partition, record.offset).key()
        key, value = record.key, record.value
        if parked and origin in parked:
            key, value = as_seen_before(parked[origin], key, value)
        fate = oracle.feed(topic, key, value, record.partition)
        if fate == "conflict" or fate.startswith("rejected:"):
            reason = fate.removeprefix("rejected:")
            rejected[origin] = Rejected(reason, record.key, record.value, list(record.headers))
    return Truth(oracle.result(), rejected)


def as_seen_before(reason: str, key: bytes | None, value: bytes) -> tuple[bytes | None, bytes]:
    """A record that an older counter parked, changed so that the oracle sees what that counter saw."""
    if reason == "unknown-unit":
        return b"2031-01:99999", value
    body = msgspec.json.decode(value)
    if reason == "unknown-type":
        body["type"] = "unknown.before"
    else:
        body["dataschema"] = f"urn:fieldtally:{body['type']}:99"
    return key, msgspec.json.encode(body)


def newest_totals(bus: Bus) -> dict[str, Total]:
    """Per unit the total that a reader holds at the end."""
    held: dict[str, Total] = {}
    for record in bus.read(TOTALS):
        total = decode_total(record.value)
        if supersedes(total, held.get(total.unit)):
            held[total.unit] = total
    return held


def newest_marks(bus: Bus, totals: Mapping[str, Total]) -> dict[tuple[str, str, str], StreamMark]:
    """Per stream the mark that a reader holds at the end; one of an older generation than its unit's total is void."""
    held: dict[tuple[str, str, str], StreamMark] = {}
    for record in bus.read(STREAMS):
        mark = decode_mark(record.value)
        name = mark.source, mark.topic, mark.unit
        if supersedes(mark, held.get(name)):
            held[name] = mark
    return {name: mark for name, mark in held.items() if mark.generation >= totals[mark.unit].generation}


def differing_totals(expected: Expected, held: Mapping[str, Total]) -> Iterator[str]:
    """Units whose counters, conservation figures or holes differ, or that one side alone has."""
    for unit in sorted(expected.counters.keys() | held.keys()):
        total = held.get(unit)
        if total is None:
            yield f"{unit}: no total"
            continue
        if unit not in expected.counters:  # a unit that only rejected records claim has a total of zeroes
            if total.counters or any(msgspec.to_builtins(total.conservation).values()):
                yield f"{unit}: a total of what never happened"
            continue
        sides: dict[str, tuple[Mapping[str, Any], Mapping[str, Any]]] = {
            "counters": (total.counters, expected.counters[unit]),
            "conservation": (msgspec.to_builtins(total.conservation), expected.conservation[unit]),
            "holes": (msgspec.to_builtins(total.holes), expected.holes[unit]),
        }
        for what, (has, wanted) in sides.items():
            if has != wanted:
                yield f"{unit}: {what} {difference(has, wanted)}"


def differing_marks(expected: Expected, held: Mapping[tuple[str, str, str], StreamMark]) -> Iterator[str]:
    """Streams whose mark differs, or that one side alone has."""
    for name in sorted(expected.streams.keys() | held.keys()):
        mark, wanted = held.get(name), expected.streams.get(name)
        if wanted is None:
            if mark is None or mark.seen:
                yield f"{name}: a mark of a stream that never was"
            continue
        has = {} if mark is None else {"highest": mark.highest, "seen": mark.seen, **msgspec.to_builtins(mark.holes)}
        if has != wanted:
            yield f"{name}: {difference(has, wanted)}"


def differing_rejects(
    wanted: Mapping[bytes, Rejected], found: Iterable[tuple[bytes, bytes | None, Headers]]
) -> Iterator[str]:
    """Rejected records that are missing, of another reason, or not byte for byte what came; and those too many."""
    seen: set[bytes] = set()
    for key, value, headers in found:
        seen.add(key)
        if key not in wanted:
            yield f"{key!r} was rejected, but is an event"
            continue
        said, came = dict(headers), wanted[key]
        if said.get(HEADER_REASON, b"").decode() != came.reason:
            yield f"{key!r} was rejected as {said.get(HEADER_REASON)!r}, not as {came.reason}"
        kept = [(name, content) for name, content in headers if name not in OWN_HEADERS]
        if (value, said.get(HEADER_KEY), kept) != (came.value, came.key, came.headers):
            yield f"{key!r} is not byte for byte what came"
    yield from (f"{key!r} was lost ({wanted[key].reason})" for key in sorted(wanted.keys() - seen))


def rejects(bus: Bus) -> Iterator[tuple[bytes, bytes | None, Headers]]:
    """Every record of the topic of rejects: origin, value, headers."""
    for record in bus.read(REJECTED):
        yield record.key, record.value, list(record.headers)


def difference(has: Mapping[str, Any], wanted: Mapping[str, Any]) -> str:
    """What differs between two mappings, in words."""
    names = sorted(name for name in has.keys() | wanted.keys() if has.get(name) != wanted.get(name))
    return ", ".join(f"{name} is {has.get(name)}, must be {wanted.get(name)}" for name in names)


class Verdict(NamedTuple):
    """What was compared on each side (counters, streams, origins ...) and what differed."""

    compared: dict[str, int]
    differences: dict[str, list[str]]

    @property
    def mismatches(self) -> int:
        """How many differences on all sides."""
        return sum(map(len, self.differences.values()))

    def __str__(self) -> str:
        sides = [
            f"{side}: {compared:,} compared, {len(self.differences[side])} mismatches"
            for side, compared in self.compared.items()
        ]
        return "\n".join(sides + [line for lines in self.differences.values() for line in lines[:5]])


def judge(
    bus: Bus,
    truth: Truth,
    also: Mapping[str, tuple[int, Collection[str]]] | None = None,
    *,
    replaced_log: bool = False,
) -> Verdict:
    """Compare what the counter published with the truth; `also` are other sides: how much was compared, differences.

    With a replaced log the rejects of the old one are still there under the same origins, and are not compared.
    """
    totals = newest_totals(bus)
    marks = newest_marks(bus, totals)
    expected = truth.expected
    counters = sum(len(kinds) for measures in expected.counters.values() for kinds in measures.values())
    sides: dict[str, tuple[int, Collection[str]]] = {
        "totals": (counters, list(differing_totals(expected, totals))),
        "streams": (len(expected.streams), list(differing_marks(expected, marks))),
        "rejected": (len(truth.rejected), list(differing_rejects(truth.rejected, rejects(bus)))),
        **(also or {}),
    }
    if replaced_log:
        del sides["rejected"]
    compared = {side: of for side, (of, _) in sides.items()}
    return Verdict(compared, {side: list(found) for side, (_, found) in sides.items()})
