"""Distinct counting: which subjects are there at least once, however often they were added or taken away.

A subject's counts, one signed field of 24 bits per distinct counter, are packed in one integer: a household that
is in five counters costs one entry instead of five. A count may be negative while a root waits or after a revision
that carries a wrong original.
"""

from __future__ import annotations

from stream_processors.core.rules import SLOT_COUNTER
from stream_processors.core.state import UnitState

WIDTH = 24
HALF = 1 << (WIDTH - 1)
MASK = (1 << WIDTH) - 1
_ONE = [1 << WIDTH * slot for slot in range(len(SLOT_COUNTER))]
_SHIFT = [WIDTH * slot for slot in range(len(SLOT_COUNTER))]
_BIAS = [sum(HALF << WIDTH * lower for lower in range(slot + 1)) for slot in range(len(SLOT_COUNTER))]


def field(packed: int, slot: int) -> int:
    """The signed count in one slot; the bias undoes what negative lower fields borrowed from it."""
    return ((packed + _BIAS[slot]) >> _SHIFT[slot] & MASK) - HALF


def change(state: UnitState, slot: int, subject: str, amount: int) -> None:
    """Add to a subject's count in a slot, and keep the number of subjects that are there."""
    packed = state.presence.get(subject, 0)
    before = field(packed, slot)
    after = before + amount
    packed += amount * _ONE[slot]
    if packed:
        state.presence[subject] = packed
    else:
        state.presence.pop(subject, None)
    if before <= 0 < after:
        state.counts[SLOT_COUNTER[slot]] += 1
    elif after <= 0 < before:
        state.counts[SLOT_COUNTER[slot]] -= 1


def recount(state: UnitState) -> None:
    """Make the numbers of subjects anew from the packed counts."""
    for packed in state.presence.values():
        slot = 0
        rest = packed
        while rest:
            low = ((rest + HALF) & MASK) - HALF
            if low > 0:
                state.counts[SLOT_COUNTER[slot]] += 1
            rest = (rest - low) >> WIDTH
            slot += 1
