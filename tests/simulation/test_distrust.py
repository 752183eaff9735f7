"""A log that ends below what was counted or shown of it is named, whichever record tells; and damage is found."""

from __future__ import annotations

import msgspec
import pytest

from schemas.topics import FIELD_TOPICS
from schemas.totals import Total
from stream_processors.core.partition import Partition
from stream_processors.core.state import TOPICS, UnitState
from stream_processors.protocol import records
from stream_processors.protocol.intake import Intake
from stream_processors.protocol.port import Ends, Stored
from stream_processors.protocol.records import Book, Claim, StateKey, StateRecord
from stream_processors.protocol.takeover import DistrustError, Inheritance, check_ends, inherit, sort_out
from tests.simulation.tiny_events import UNITS

UNIT, NONE = UNITS[0], [0] * TOPICS


def positions(first: int) -> list[int]:
    """So many records of the first topic, none of the others."""
    return [first, *NONE[1:]]


def book(at: int, quiet: int = 0) -> Book:
    """A book of generation 5 and epoch 0."""
    return Book(5, 0, positions(at), 0, NONE, positions(quiet), "rules", "contracts", 0)


def state(at: int) -> StateRecord:
    """A unit's state that covers so many records of the first topic."""
    unit = UnitState(UNIT)
    unit.raise_positions(positions(at))
    return msgspec.msgpack.decode(records.encode_state(unit, positions(at)), type=StateRecord)


def inherited(kept: Book, end: int, *, state_at: int = 0, shown: tuple[Total, ...] = ()) -> Inheritance:
    """What a second claim takes over from a book and one state, from a log whose first topic ends there."""
    encode = msgspec.msgpack.encode
    there = [
        Stored(0, 1, records.CLAIM_KEY, records.encode(Claim("w", "t")), []),
        Stored(1, 1, kept.key(), records.encode(kept), []),
        Stored(2, 1, StateKey(5, 0, UNIT).key(), encode(state(state_at)), []),
        Stored(3, 1, records.CLAIM_KEY, records.encode(Claim("w", "u")), []),
    ]
    return inherit(sort_out(there), shown, Ends(NONE, positions(end)), "rules")


def total(at: int) -> Total:
    """A total of generation 5 at so many records of the first topic."""
    told = {"unit": UNIT, "generation": 5, "epoch": 0, "rules": "rules", "positions": positions(at), "counters": {},
            "conservation": {}, "holes": {}, "latest_event": None, "latest_receipt": None}  # fmt: skip
    numbers = dict.fromkeys(
        ("events", "originals", "standing", "corrected", "voided", "revisions", "winning", "outranked", "waiting",
         "orphaned", "withdrawn", "duplicates", "conflicts", "missing", "rejected"), 0)  # fmt: skip
    return msgspec.convert(told | {"conservation": numbers, "holes": numbers}, Total)


def test_a_log_that_has_all_that_was_counted_and_shown_is_inherited() -> None:
    whole = inherited(book(4, quiet=3), 6, state_at=6, shown=(total(5),))
    assert (whole.rebuild, whole.book.positions, set(whole.states)) == ("", positions(4), {UNIT.encode()})


@pytest.mark.parametrize(
    "cut",
    [
        lambda: inherited(book(7), 6),
        lambda: inherited(book(4), 6, state_at=7),
        lambda: inherited(book(4), 6, shown=(total(7),)),
        lambda: inherited(book(4, quiet=7), 6),
    ],
    ids=["by the book", "by a state", "by a total", "by what was to be reached in silence"],
)
def test_a_log_that_ends_below_what_was_seen_of_it_is_named(cut: object) -> None:
    assert callable(cut)
    with pytest.raises(DistrustError, match=f"{FIELD_TOPICS[0]} ends at 6, but was counted up to 7"):
        cut()


def test_a_state_whose_anchors_were_altered_is_damaged() -> None:
    kept = state(3)
    altered = msgspec.structs.replace(kept, anchors=positions(2))
    key = StateKey(5, 0, UNIT).key()
    assert records.parse(key, msgspec.msgpack.encode(kept))
    with pytest.raises(records.DamagedError, match="checksum differs"):
        records.parse(key, msgspec.msgpack.encode(altered))


@pytest.mark.parametrize("grown", [1, 5, 6, 20], ids=lambda n: f"{n} new records")
def test_a_log_that_was_cut_under_a_running_counter_is_named_once_it_has_grown_again(grown: int) -> None:
    counting, intake = Partition(0, 1, lambda _: True), Intake(NONE, NONE, set())

    def fetched(records: list[Stored]) -> None:
        fresh = intake.admit(counting, 0, records)
        assert fresh is not None
        counting.take(0, fresh)

    log = [Stored(offset, 0, b"", b"%d" % offset, []) for offset in range(10)]
    fetched(log)
    fetched(log[3:8])  # what is only read again is no other log
    cut = [*log[:5], *(Stored(offset, 0, b"", b"new", []) for offset in range(5, 5 + grown))]
    if len(cut) < len(log):  # nothing can be seen of it yet but its end
        fetched(cut)
        with pytest.raises(DistrustError, match=f"ends at {len(cut)}, but was counted up to 10"):
            check_ends(counting.positions, (), Ends(NONE, positions(len(cut))))
        return
    with pytest.raises(DistrustError, match="the record at 9 is not the one that was counted"):
        fetched(cut)


def test_a_log_whose_beginning_is_gone_before_it_was_counted_is_named() -> None:
    with pytest.raises(DistrustError, match="begins at 12, but was counted only up to 10: records are gone uncounted"):
        check_ends(positions(10), (), Ends(positions(12), positions(20)))
