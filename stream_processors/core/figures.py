"""What a unit's state says: its totals, and the marks of its streams."""

from __future__ import annotations

from schemas.measures import COUNTERS
from schemas.topics import FIELD_TOPICS
from schemas.totals import Conservation, Holes, StreamMark, Total
from stream_processors.core import intervals
from stream_processors.core.state import UnitState
from stream_processors.core.stream import Stream, refused_below_highest

LISTED_MAX = 100  # intervals of one class listed in a stream's mark


def total(state: UnitState, generation: int, epoch: int, rules: str) -> Total:
    """The unit's totals at its positions. Counters below 0 show as 0, and those at 0 are left out."""
    counters: dict[str, dict[str, int]] = {}
    for values in (state.sums, state.counts):
        for index, value in values.items():
            if value > 0:
                counter = COUNTERS[index]
                counters.setdefault(counter.measure, {})[counter.kind] = value
    return Total(
        unit=state.unit,
        generation=generation,
        epoch=epoch,
        rules=rules,
        positions=list(state.positions),
        counters=counters,
        conservation=conservation(state),
        holes=holes(state),
        latest_event=state.latest_event,
        latest_receipt=state.latest_receipt,
    )


def conservation(state: UnitState) -> Conservation:
    """Where every record of the unit went."""
    t = state.tallies
    return Conservation(
        events=state.events,
        originals=t.originals,
        standing=t.originals - t.corrected - t.voided,
        corrected=t.corrected,
        voided=t.voided,
        revisions=t.revisions,
        winning=len(state.registers),
        outranked=t.revisions - len(state.registers),
        waiting=t.waiting,
        orphaned=t.orphaned,
        withdrawn=t.withdrawn,
        duplicates=t.duplicates,
        conflicts=t.conflicts,
    )


def holes(state: UnitState) -> Holes:
    """The unit's holes by class, over all its streams."""
    rejected = sum(len(refused_below_highest(state.streams[index])) for index in state.refusing)
    return Holes(missing=state.expected - state.events - rejected, rejected=rejected, withdrawn=state.tallies.withdrawn)


def mark(state: UnitState, stream: Stream, generation: int) -> StreamMark:
    """What was seen of one stream, at the unit's positions."""
    top = intervals.highest(stream.seen)
    rejected = refused_below_highest(stream)
    missing = _without(intervals.gaps(stream.seen), rejected)
    withdrawn = sorted(stream.special.withdrawn) if stream.special else []
    return StreamMark(
        source=stream.source,
        topic=FIELD_TOPICS[stream.topic],
        unit=state.unit,
        generation=generation,
        positions=list(state.positions),
        highest=top,
        seen=intervals.count(stream.seen),
        missing=missing[:LISTED_MAX],
        rejected=_ranges(rejected)[:LISTED_MAX],
        withdrawn=_ranges(withdrawn)[:LISTED_MAX],
        holes=Holes(
            missing=sum(last - first + 1 for first, last in missing), rejected=len(rejected), withdrawn=len(withdrawn)
        ),
    )


def _ranges(numbers: list[int]) -> list[tuple[int, int]]:
    ranges: list[tuple[int, int]] = []
    for number in numbers:
        if ranges and ranges[-1][1] == number - 1:
            ranges[-1] = (ranges[-1][0], number)
        else:
            ranges.append((number, number))
    return ranges


def _without(gaps: list[tuple[int, int]], numbers: list[int]) -> list[tuple[int, int]]:
    """Gaps less the numbers (sorted, each within a gap)."""
    left: list[tuple[int, int]] = []
    at = 0
    for first, last in gaps:
        while at < len(numbers) and numbers[at] <= last:
            if numbers[at] > first:
                left.append((first, numbers[at] - 1))
            first = numbers[at] + 1
            at += 1
        if first <= last:
            left.append((first, last))
    return left
