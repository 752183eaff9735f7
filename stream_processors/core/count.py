"""One event onto one unit's state: the join at the heart of the counter.

The result depends only on the set of events, not on their order nor on repetition:
a root contributes O - carried(W) + new(W), or new(W) while O is unseen (design, "Counting").
"""

from __future__ import annotations

from enum import Enum, auto
from typing import Any

import msgspec

from schemas.events.catalogue import ORIGINAL, ROOT_TYPES, WIRE_TYPE_OF, WITHDRAWN
from schemas.events.envelope import Envelope, Fact
from schemas.instant import decided_ms, epoch_ms, instant_ms
from stream_processors.core import intervals
from stream_processors.core.kept import give, keep, kept_fact
from stream_processors.core.presence import change
from stream_processors.core.rules import RULES, Rules
from stream_processors.core.state import Register, UnitState
from stream_processors.core.stream import Stream, conflicts, mark

_encode = msgspec.json.Encoder().encode  # msgpack knows no time whose UTC lies outside the years 1 to 9999


def _fact_type(name: str) -> Any:
    generic: Any = Fact
    return generic[ROOT_TYPES[name].subject, ROOT_TYPES[name].data]


_DECODE_FACT = {name: msgspec.json.Decoder(_fact_type(name)).decode for name in ROOT_TYPES}
_PART_AND_RULES = {
    envelope: (wire.part, wire.root.name if wire.root else "", RULES[wire.root.name] if wire.root else None)
    for envelope, wire in WIRE_TYPE_OF.items()
}


class Outcome(Enum):
    """What became of a valid record."""

    COUNTED = auto()
    DUPLICATE = auto()
    CONFLICT = auto()


COUNTED, DUPLICATE, CONFLICT = Outcome.COUNTED, Outcome.DUPLICATE, Outcome.CONFLICT


class _Seen(Enum):
    """What is known of a root."""

    NOT_YET = auto()
    ORIGINAL = auto()
    WITHDRAWN = auto()
    REVISION = auto()


def count(state: UnitState, topic: int, event: Envelope) -> Outcome:
    """Add a valid event of this unit, in log order per stream; the first record of an identity wins."""
    stream = state.by_source[topic].get(event.source) or state.stream(topic, event.source)
    seq = event.seq
    rose = mark(stream, seq, event.id)
    if rose is None:
        if conflicts(stream, seq, event.id):
            state.tallies.conflicts += 1
            return CONFLICT
        state.tallies.duplicates += 1
        return DUPLICATE
    state.touched.add(stream.index)
    state.expected += rose
    received = epoch_ms(event.receivedat)
    instant = decided_ms(epoch_ms(event.time), received, event.skewms)
    if state.latest_event is None or instant > state.latest_event:
        state.latest_event = instant
    if state.latest_receipt is None or received > state.latest_receipt:
        state.latest_receipt = received
    part, root_type, rules = _PART_AND_RULES[type(event)]
    if part == ORIGINAL:
        assert rules is not None, "every original has its row in the table of measures"
        state.tallies.originals += 1
        _original(state, stream, event, instant, rules)
    elif part == WITHDRAWN:
        state.tallies.withdrawn += 1
        stream.noted().withdrawn.add(seq)
        _root_arrives(state, stream.root(seq), _Seen.WITHDRAWN)
    else:
        state.tallies.revisions += 1
        stream.noted().revisions.add(seq)
        _root_arrives(state, stream.root(seq), _Seen.REVISION)
        _revise(state, topic, event, instant, root_type)
    return COUNTED


def _original(state: UnitState, stream: Stream, event: Envelope, instant: int, rules: Rules) -> None:
    root = stream.root(event.seq)
    subject = _short(state, event.subject)
    _contribute(state, rules, event.subject, subject, instant, event.data, +1)
    if state.registers and root in state.registers:
        _root_arrives(state, root, _Seen.ORIGINAL)
    elif rules.kept:
        keep(state, root, kept_fact(rules, subject, instant, event.data))


def _revise(state: UnitState, topic: int, event: Envelope, instant: int, root_type: str) -> None:
    revision = event.data
    stream = state.stream(topic, revision.root.source)
    root = stream.root(revision.root.seq)
    new = getattr(revision, "new", None)
    register = Register(
        revision.revision,
        instant,
        event.source,
        event.seq,
        root_type,
        _encode(revision.original),
        None if new is None else _encode(new),
    )
    standing = state.registers.get(root)
    if standing is not None and standing.rank > register.rank:
        return
    seen = _seen(stream, revision.root.seq)
    if standing is not None:
        _effect(state, standing, seen, -1)
    state.registers[root] = register
    _effect(state, register, seen, +1)
    _keep_standing(state, root, register, seen)


def _root_arrives(state: UnitState, root: int, seen: _Seen) -> None:
    """A revision waited for this root: what it adds depends on what the root turned out to be."""
    register = state.registers.get(root)
    if register is not None:
        _effect(state, register, _Seen.NOT_YET, -1)
        _effect(state, register, seen, +1)
        _keep_standing(state, root, register, seen)


def _seen(stream: Stream, seq: int) -> _Seen:
    if not intervals.contains(stream.seen, seq):
        return _Seen.NOT_YET
    if stream.is_withdrawn(seq):
        return _Seen.WITHDRAWN
    return _Seen.REVISION if stream.is_revision(seq) else _Seen.ORIGINAL


def _effect(state: UnitState, register: Register, seen: _Seen, sign: int) -> None:
    """Add (+1) or take away (-1) what a winning revision changes, given what is known of its root."""
    tallies = state.tallies
    if seen is _Seen.NOT_YET:
        tallies.waiting += sign
    elif seen is not _Seen.ORIGINAL:
        tallies.orphaned += sign
    elif register.new is None:
        tallies.voided += sign
    else:
        tallies.corrected += sign
    if register.new is not None and seen is not _Seen.REVISION:
        _contribute_fact(state, register.type, register.new, sign)
    if seen is _Seen.ORIGINAL:
        _contribute_fact(state, register.type, register.carried, -sign)


def _keep_standing(state: UnitState, root: int, register: Register, seen: _Seen) -> None:
    rules = RULES[register.type]
    if register.new is None or seen is _Seen.REVISION or not rules.kept:
        keep(state, root, None)
        return
    fact = _DECODE_FACT[register.type](register.new)
    keep(state, root, kept_fact(rules, _short(state, fact.subject), _instant(fact), fact.data))


def _contribute_fact(state: UnitState, root_type: str, stored: bytes, sign: int) -> None:
    fact = _DECODE_FACT[root_type](stored)
    _contribute(state, RULES[root_type], fact.subject, _short(state, fact.subject), _instant(fact), fact.data, sign)


def _instant(fact: Any) -> int:
    return instant_ms(fact.time, fact.receivedat, fact.skewms)


def _short(state: UnitState, subject: str) -> str:
    """A subject's code without its kind and place, which are the same for all of a unit."""
    return subject[subject.index("/") + len(state.unit) + 2 :]


def _contribute(state: UnitState, rules: Rules, subject: str, short: str, instant: int, data: Any, sign: int) -> None:
    """Add or take away what a fact counts; facts that are kept by root are not of this kind."""
    sums = state.sums
    for counters, kind, amount in rules.sums:
        counter = counters[getattr(data, kind) if kind else ""]
        sums[counter] = sums.get(counter, 0) + (sign * getattr(data, amount) if amount else sign)
    for rule in rules.distincts:
        if rule.where and not all(getattr(data, name) for name in rule.where):
            continue
        if rule.subject and not subject.startswith(rule.subject):
            continue
        change(state, rule.slots[getattr(data, rule.kind) if rule.kind else ""], short, sign)
    if rules.given:
        give(state, short, instant, sign)
