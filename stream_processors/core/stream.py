"""One stream (source, topic, unit): which numbers were seen, a short check of the last ids, what else is known."""

from __future__ import annotations

from zlib import crc32

import msgspec

from stream_processors.core import intervals

CHECKED = 64  # the last numbers of a stream whose ids can be told apart (design, "The event")
REFUSED_MAX = 1000  # rejected numbers remembered per stream, so that rubbish cannot grow the state


class Stream(msgspec.Struct, array_like=True, gc=False):
    """`checks` is a ring of 32-bit checks of ids, four bytes each, at (seq - 1) mod 64."""

    index: int
    topic: int
    source: str
    seen: intervals.Intervals
    checks: bytearray
    refused: set[int]
    withdrawn: set[int]
    revisions: set[int]

    def root(self, seq: int) -> int:
        """An identity of this stream as one number, unique in the unit."""
        return self.index << 31 | seq


def new_stream(index: int, topic: int, source: str) -> Stream:
    """A stream of which nothing was seen yet."""
    return Stream(index, topic, source, [0], bytearray(), set(), set(), set())


def mark(stream: Stream, seq: int, event_id: str) -> bool:
    """Mark a number as seen with its id; False if it was seen before."""
    if not intervals.add(stream.seen, seq):
        return False
    if seq > intervals.highest(stream.seen) - CHECKED:
        at = (seq - 1) % CHECKED * 4
        checks = stream.checks
        if len(checks) < at + 4:
            checks.extend(bytes(at + 4 - len(checks)))
        checks[at : at + 4] = crc32(event_id.encode()).to_bytes(4, "big")
    stream.refused.discard(seq)
    return True


def conflicts(stream: Stream, seq: int, event_id: str) -> bool:
    """Whether a number seen before came with another id then; an older one than the last 64 cannot be told."""
    if seq <= intervals.highest(stream.seen) - CHECKED:
        return False
    at = (seq - 1) % CHECKED * 4
    return stream.checks[at : at + 4] != crc32(event_id.encode()).to_bytes(4, "big")


def refuse(stream: Stream, seq: int) -> bool:
    """Remember that a record with this number was rejected; True if that is news."""
    if intervals.contains(stream.seen, seq) or seq in stream.refused or len(stream.refused) >= REFUSED_MAX:
        return False
    stream.refused.add(seq)
    return True
