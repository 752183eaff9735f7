"""A set of dense numbers as `[high, s1, e1, s2, e2, …]`: all of 1..high, and the ranges s..e-1 above it.

A healthy stream is one number for ever, however long it lives; each gap costs two more.
"""

from __future__ import annotations

from bisect import bisect_left

Intervals = list[int]


def add(seen: Intervals, seq: int) -> bool:
    """Put `seq` (1 or more) in; False if it was in already."""
    high = seen[0]
    if seq == high + 1 and len(seen) == 1:
        seen[0] = seq
        return True
    if seq <= high:
        return False
    at = bisect_left(seen, seq + 1, 1)  # the first bound above seq; an even place is an end, so seq lies inside
    if at % 2 == 0:
        return False
    joins_left = at > 1 and seen[at - 1] == seq
    joins_right = at < len(seen) and seen[at] == seq + 1
    if joins_left and joins_right:
        del seen[at - 1 : at + 1]
    elif joins_left:
        seen[at - 1] = seq + 1
    elif joins_right:
        seen[at] = seq
    else:
        seen[at:at] = [seq, seq + 1]
    if len(seen) > 1 and seen[1] == seen[0] + 1:
        seen[0] = seen[2] - 1
        del seen[1:3]
    return True


def contains(seen: Intervals, seq: int) -> bool:
    """Whether `seq` is in."""
    return seq <= seen[0] or bisect_left(seen, seq + 1, 1) % 2 == 0


def highest(seen: Intervals) -> int:
    """The highest number in, 0 for none."""
    return seen[-1] - 1 if len(seen) > 1 else seen[0]


def count(seen: Intervals) -> int:
    """How many numbers are in."""
    return seen[0] + sum(seen[i + 1] - seen[i] for i in range(1, len(seen), 2))


def gaps(seen: Intervals) -> list[tuple[int, int]]:
    """The numbers below the highest that are not in, as (first, last) pairs in order."""
    starts = [seen[0] + 1, *(seen[i] for i in range(2, len(seen), 2))]
    return [(start, seen[i] - 1) for start, i in zip(starts, range(1, len(seen), 2), strict=False)]
