"""One stream (source, topic, unit): which numbers were seen, a short check of the last ids, what else is known."""

from __future__ import annotations

from zlib import crc32

import msgspec

from stream_processors.core import intervals

CHECKED = 64  # the last numbers of a stream whose ids can be told apart (design, "The event")
REFUSED_MAX = 1000  # rejected numbers remembered per stream, so that rubbish cannot grow the state


class Special(msgspec.Struct, array_like=True, gc=False):
    """Numbers that are not those of originals; most streams have none, and then no such thing."""

    refused: set[int]
    withdrawn: set[int]
    revisions: set[int]


class Stream(msgspec.Struct, array_like=True, gc=False):
    """`checks` is a ring of 32-bit checks of ids, four bytes each, at (seq - 1) mod 64."""

    index: int
    topic: int
    source: str
    seen: intervals.Intervals
    checks: bytearray
    special: Special | None = None

    def root(self, seq: int) -> int:
        """An identity of this stream as one number, unique in the unit."""
        return self.index << 31 | seq

    def noted(self) -> Special:
        """The special numbers, to be added to."""
        if self.special is None:
            self.special = Special(set(), set(), set())
        return self.special

    def is_withdrawn(self, seq: int) -> bool:
        """Whether this number was withdrawn."""
        return self.special is not None and seq in self.special.withdrawn

    def is_revision(self, seq: int) -> bool:
        """Whether this number is that of a correction or a void."""
        return self.special is not None and seq in self.special.revisions


def new_stream(index: int, topic: int, source: str) -> Stream:
    """A stream of which nothing was seen yet."""
    return Stream(index, topic, source, [0], bytearray())


def mark(stream: Stream, seq: int, event_id: str) -> int | None:
    """Mark a number as seen with its id: how far the highest number rose, or None if this one was seen before."""
    seen = stream.seen
    before = seen[0]
    if seq == before + 1 and len(seen) == 1:  # a healthy stream goes on
        seen[0] = highest = seq
        rose = 1
    else:
        before = intervals.highest(seen)
        if not intervals.add(seen, seq):
            return None
        highest = intervals.highest(seen)
        rose = highest - before
    if seq > highest - CHECKED:
        _remember(stream.checks, seq, event_id)
    if stream.special is not None:
        stream.special.refused.discard(seq)
    return rose


def _remember(checks: bytearray, seq: int, event_id: str) -> None:
    at = (seq - 1) % CHECKED * 4
    check = crc32(event_id.encode()).to_bytes(4, "big")
    if at == len(checks):
        checks += check
        return
    if at > len(checks):
        checks += bytes(at + 4 - len(checks))
    checks[at : at + 4] = check


def conflicts(stream: Stream, seq: int, event_id: str) -> bool:
    """Whether a number seen before came with another id then; an older one than the last 64 cannot be told."""
    if seq <= intervals.highest(stream.seen) - CHECKED:
        return False
    at = (seq - 1) % CHECKED * 4
    return stream.checks[at : at + 4] != crc32(event_id.encode()).to_bytes(4, "big")


def refuse(stream: Stream, seq: int) -> bool:
    """Remember that a record with this number was rejected; True if that is news."""
    refused = stream.special.refused if stream.special is not None else ()
    if intervals.contains(stream.seen, seq) or seq in refused or len(refused) >= REFUSED_MAX:
        return False
    stream.noted().refused.add(seq)
    return True


def refused_below_highest(stream: Stream) -> list[int]:
    """The holes of this stream that are known to be rejected records, in order."""
    if stream.special is None:
        return []
    highest = intervals.highest(stream.seen)
    return sorted(seq for seq in stream.special.refused if seq < highest)
