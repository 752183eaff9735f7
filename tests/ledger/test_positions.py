"""Where the ledger reads on, what of a batch is new, and when it must not go on."""

from __future__ import annotations

import pytest

from sinks.ledger.errors import LedgerError
from sinks.ledger.positions import Extent, Partition, Position, behind, check, fresh
from tests.ledger.conftest import Record

POINTS, TOTALS = Partition("field.points.v1", 3), Partition("commune.totals.v1", 3)


def records(*offsets: int) -> list[Record]:
    return [Record(offset, b"", b"") for offset in offsets]


@pytest.mark.parametrize("offset", [0, 7, 9])
def test_a_log_that_has_all_from_the_position_on_is_read_on(offset: int) -> None:
    check(POINTS, Position(offset, "a"), Extent("a", 0, 9))


@pytest.mark.parametrize(
    ("position", "extent", "sentence"),
    [
        (Position(4, "a"), Extent("a", 5, 9), r"was cut: it begins at offset 5, and .* has not read 4 to 4\."),
        (Position(0, "a"), Extent("a", 2, 9), r"was cut: it begins at offset 2, and .* has not read 0 to 1\."),
        (Position(10, "a"), Extent("a", 0, 9), r"was replaced or shortened: it ends before offset 9"),
        (Position(4, "a"), Extent("b", 0, 9), r"was replaced: it has the id b"),
    ],
)
def test_a_log_that_was_cut_or_replaced_is_named(position: Position, extent: Extent, sentence: str) -> None:
    with pytest.raises(LedgerError, match=f"partition 3 of field.points.v1 {sentence}"):
        check(POINTS, position, extent)


def test_records_below_the_stored_position_are_another_ledgers_and_left_out() -> None:
    assert fresh(POINTS, 5, records(3, 4, 5, 6)) == records(5, 6)
    assert fresh(POINTS, 9, records(3, 4)) == []


@pytest.mark.parametrize(("offsets", "missing"), [((6, 7), 5), ((5, 7), 6), ((4, 5, 8), 6)])
def test_a_gap_in_a_log_that_keeps_every_record_is_named(offsets: tuple[int, ...], missing: int) -> None:
    with pytest.raises(LedgerError, match=f"has no record at offset {missing} "):
        fresh(POINTS, 5, records(*offsets))


def test_a_compacted_log_may_have_gaps() -> None:
    assert fresh(TOTALS, 5, records(4, 8, 11)) == records(8, 11)


def test_the_lag_is_added_up_by_topic() -> None:
    ends = {POINTS: 9, Partition("field.points.v1", 4): 2, TOTALS: 5}
    assert behind({POINTS: 4, Partition("field.points.v1", 4): 3, TOTALS: 5}, ends) == {
        "field.points.v1": 5, "commune.totals.v1": 0,
    }  # fmt: skip
