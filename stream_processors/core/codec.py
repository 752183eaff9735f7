"""A unit's state as bytes and back. What is derived is not stored: it is made anew, so it cannot disagree."""

from __future__ import annotations

from typing import Any

import msgspec

from stream_processors.core import intervals, kept, presence
from stream_processors.core.state import (
    Kept,
    KeptHeadcount,
    KeptLine,
    KeptSurvey,
    Register,
    Tallies,
    UnitState,
)
from stream_processors.core.stream import Stream


class _Stored(msgspec.Struct, array_like=True, gc=False):
    unit: str
    version: int
    positions: list[int]
    tallies: Tallies
    latest_event: int | None
    latest_receipt: int | None
    streams: list[Stream]
    sums: dict[int, int]
    presence: dict[str, bytes]
    given: dict[str, dict[int, int]]
    surveys: dict[int, KeptSurvey]
    headcounts: dict[int, KeptHeadcount]
    lines: dict[int, KeptLine]
    registers: dict[int, Register]


_encode = msgspec.msgpack.Encoder().encode
_decode = msgspec.msgpack.Decoder(_Stored).decode


def encode(state: UnitState) -> bytes:
    """The stored form of a state, as msgpack."""
    of: dict[type[Any], dict[int, Any]] = {KeptSurvey: {}, KeptHeadcount: {}, KeptLine: {}}
    for root, fact in state.kept.items():
        of[type(fact)][root] = fact
    return _encode(
        _Stored(
            state.unit,
            state.version,
            state.positions,
            state.tallies,
            state.latest_event,
            state.latest_receipt,
            state.streams,
            state.sums,
            {subject: _packed(counts) for subject, counts in state.presence.items()},
            state.given,
            of[KeptSurvey],
            of[KeptHeadcount],
            of[KeptLine],
            state.registers,
        )
    )


def decode(body: bytes) -> UnitState:
    """The state in its stored form, with all that is derived made anew.

    Raises:
        msgspec.DecodeError: these bytes are no state.
    """
    stored = _decode(body)
    state = UnitState(stored.unit)
    state.version, state.positions, state.tallies = stored.version, stored.positions, stored.tallies
    state.latest_event, state.latest_receipt = stored.latest_event, stored.latest_receipt
    state.sums, state.given, state.registers = stored.sums, stored.given, stored.registers
    state.presence = {subject: int.from_bytes(c, "little", signed=True) for subject, c in stored.presence.items()}
    all_kept: dict[int, Kept] = {**stored.surveys, **stored.headcounts, **stored.lines}
    state.kept = all_kept
    state.streams = stored.streams
    for stream in stored.streams:
        state.by_source[stream.topic][stream.source] = stream
        state.expected += intervals.highest(stream.seen)
        if stream.special is not None and stream.special.refused:
            state.refusing.add(stream.index)
    presence.recount(state)
    kept.recount(state)
    return state


def _packed(counts: int) -> bytes:
    return counts.to_bytes(counts.bit_length() // 8 + 1, "little", signed=True)
