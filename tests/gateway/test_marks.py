"""What a tablet is told of its numbers is what the counter has, and never more."""

from __future__ import annotations

import json
from collections.abc import Iterable
from datetime import UTC, datetime
from random import Random, SystemRandom

import msgspec

from producers.gateway.marks import Marks
from producers.gateway.rejects import PER_SOURCE_MAX, Rejects, Stated
from producers.gateway.sync import sync
from schemas.rejected import HEADER_KEY, HEADER_REASON, HEADER_TOPIC
from schemas.sync import NUMBERS_MAX, stream_of
from schemas.totals import StreamMark, encode
from stream_processors.core import figures
from stream_processors.core.state import UnitState
from stream_processors.core.stream import mark as note
from stream_processors.core.stream import refuse

TABLET, UNIT, TOPIC = "/tablets/abc", "2025-07:24848", "field.handouts.v1"
NOW = datetime(2026, 3, 1, tzinfo=UTC)


def counted(seen: set[int], refused: Iterable[int] = (), generation: int = 1) -> StreamMark:
    """The mark that the counter's own core makes of a stream in which these numbers were seen, and these refused."""
    state = UnitState(UNIT)
    stream = state.stream(4, TABLET)
    for seq in seen:
        note(stream, seq, f"id-{seq}")
    for seq in refused:
        refuse(stream, seq)
    return figures.mark(state, stream, generation)


def test_nothing_is_told_as_seen_that_the_counter_does_not_have() -> None:
    print("seed", seed := SystemRandom().randrange(1_000_000))
    rng = Random(seed)
    for _ in range(300):
        size, kept, spoilt = rng.choice((5, 50, 1500)), rng.choice((0.5, 0.99)), rng.choice((0.1, 0.9))
        seen = {seq for seq in range(1, size) if rng.random() < kept} | {size}
        refused = {seq for seq in range(1, size) if seq not in seen and rng.random() < spoilt}
        told = stream_of(counted(seen, refused))
        purged = {seq for first, last in told.seen for seq in range(first, last + 1)}
        assert purged <= seen
        assert set(told.missing) <= set(range(1, size)) - seen - refused
        assert set(told.rejected) <= refused
        if size <= 50:  # nothing was cut off, so all of it is told
            assert purged == seen
            assert purged | set(told.missing) | set(told.rejected) == set(range(1, size + 1))


def test_a_tail_that_was_stated_and_never_came_is_missing() -> None:
    told = stream_of(counted({1, 2, 4}), stated=7)
    assert (told.highest, told.seen, told.missing) == (7, [(1, 2), (4, 4)], [3, 5, 6, 7])
    assert stream_of(counted({1, 2}), stated=2**31 - 1).missing[-1] == 2 + NUMBERS_MAX


def test_a_late_mark_of_a_counter_that_was_deposed_takes_nothing_back() -> None:
    marks = Marks()
    new = msgspec.structs.replace(counted({1, 2, 3}), positions=[0, 0, 0, 0, 9, 0, 0, 0])
    late = msgspec.structs.replace(counted({1, 2}), positions=[0, 0, 0, 0, 8, 0, 0, 0])
    rebuilt = counted({1, 2, 3, 4}, generation=2)
    assert [marks.take(mark.key(), encode(mark)) for mark in (new, late, rebuilt, new)] == [True, False, True, False]
    assert [mark.highest for mark in marks.of(TABLET)] == [4]
    assert marks.of("/tablets/other") == []


def test_streams_of_others_than_tablets_take_no_memory() -> None:
    marks = Marks()
    other = msgspec.structs.replace(counted({1}), source="/imports/form")
    assert not marks.take(other.key(), encode(other))
    assert marks.streams == 0


def rejection(seq: int, reason: str, event_id: str = "x") -> tuple[bytes, list[tuple[str, bytes]]]:
    """A record of the topic of rejects."""
    value = json.dumps({"source": TABLET, "seq": seq, "id": event_id}).encode()
    return value, [(HEADER_REASON, reason.encode()), (HEADER_TOPIC, TOPIC.encode()), (HEADER_KEY, UNIT.encode())]


def test_a_rejection_is_told_until_its_number_counts_after_all() -> None:
    rejects = Rejects()
    rejects.take(*rejection(2, "out-of-range"))
    told = sync([counted({1, 3}, {2})], rejects.of(TABLET), {}, NOW).rejected
    assert [(one.topic, one.seq, one.code, one.vi) for one in told] == [
        ("handouts", 2, "out-of-range", "Giá trị ngoài giới hạn")
    ]
    assert sync([counted({1, 2, 3})], rejects.of(TABLET), {}, NOW).rejected == []


def test_a_conflict_is_told_though_its_number_counts() -> None:
    rejects = Rejects()
    rejects.take(*rejection(2, "conflict", "mine"))
    answer = sync([counted({1, 2, 3})], rejects.of(TABLET), {}, NOW)
    assert [(one.seq, one.id, one.code) for one in answer.rejected] == [(2, "mine", "conflict")]


def test_what_is_parked_may_still_count_and_is_not_told_as_rejected() -> None:
    rejects = Rejects()
    assert not rejects.take(*rejection(2, "unknown-unit"))
    assert not rejects.take(b"\xff", [(HEADER_REASON, b"undecodable"), (HEADER_TOPIC, TOPIC.encode())])
    assert rejects.of(TABLET) == {}


def test_of_many_rejections_the_latest_are_remembered() -> None:
    rejects = Rejects()
    for seq in range(1, PER_SOURCE_MAX + 11):
        rejects.take(*rejection(seq, "bad-seq"))
        rejects.take(*rejection(seq, "bad-seq"))
    held = rejects.of(TABLET)
    assert len(held) == PER_SOURCE_MAX
    assert next(iter(held)) == Stated(TOPIC, UNIT, 11, "x")
