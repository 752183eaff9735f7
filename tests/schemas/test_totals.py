"""How a reader chooses between totals, and what a total may say."""

from __future__ import annotations

import itertools
import random
from collections.abc import Callable
from typing import Any

import msgspec
import pytest

from schemas.measures import COUNTERS
from schemas.settings import Settings
from schemas.topics import FIELD_TOPICS
from schemas.totals import (
    Conservation,
    Holes,
    StreamMark,
    Total,
    decode_mark,
    decode_total,
    dominates,
    encode,
    supersedes,
)
from tests.schemas.validators import validator

LAWFUL = {
    "events": 10, "originals": 6, "standing": 3, "corrected": 2, "voided": 1, "revisions": 3, "winning": 3,
    "outranked": 0, "waiting": 0, "orphaned": 0, "withdrawn": 1, "duplicates": 4, "conflicts": 0,
}  # fmt: skip


def _of_all(first: list[int]) -> list[int]:
    """Positions of all topics, of which some are of interest."""
    return [*first, *[0] * (len(FIELD_TOPICS) - len(first))]


def _total(generation: int, positions: list[int]) -> Total:
    return Total(
        unit="2025-07:24848",
        generation=generation,
        epoch=7,
        rules="0123456789abcdef",
        positions=_of_all(positions),
        counters={"leaflets": {"": 3}, "sims_handed_out": {"pupil": 2}},
        conservation=Conservation(**LAWFUL),
        holes=Holes(missing=1),
    )


def _mark(generation: int, positions: list[int]) -> StreamMark:
    return StreamMark(
        source="/tablets/a", topic=FIELD_TOPICS[0], unit="2025-07:24848", generation=generation,
        positions=_of_all(positions),
        highest=9, seen=7, missing=[(3, 4)], rejected=[], withdrawn=[(8, 8)], holes=Holes(missing=2, withdrawn=1),
    )  # fmt: skip


@pytest.mark.parametrize(
    ("new", "old", "taken"),
    [
        ((1, [0, 0]), None, True),
        ((1, [5, 5]), (1, [5, 5]), True),
        ((1, [5, 6]), (1, [5, 5]), True),
        ((1, [6, 4]), (1, [5, 5]), False),
        ((1, [9, 4]), (1, [5, 5]), False),
        ((1, [4, 5]), (1, [5, 5]), False),
        ((2, [0, 0]), (1, [5, 5]), True),
        ((1, [9, 9]), (2, [0, 0]), False),
    ],
)
@pytest.mark.parametrize("made", [_total, _mark])
def test_the_higher_generation_wins_and_within_one_only_dominance(
    made: Callable[..., Any], new: tuple[int, list[int]], old: tuple[int, list[int]] | None, taken: bool
) -> None:
    assert supersedes(made(*new), made(*old) if old else None) is taken


def test_readers_end_at_a_total_that_no_other_supersedes_whatever_the_order(dice: random.Random) -> None:
    owners = [_total(dice.randrange(2), [dice.randrange(3), dice.randrange(3)]) for _ in range(4)]
    last = _total(1, [3, 3])
    for order in itertools.permutations([*owners, last]):
        held = None
        for total in order:
            held = total if supersedes(total, held) else held
        assert held == last


@pytest.mark.parametrize("wrong", [{"positions": [1, 2]}, {"unit": "2025-07:2484\0"}])
def test_what_cannot_be_compared_or_stored_is_no_total(wrong: dict[str, Any]) -> None:
    with pytest.raises(msgspec.ValidationError, match="no positions of a unit"):
        decode_total(msgspec.json.encode(msgspec.to_builtins(_total(1, [])) | wrong))


def test_positions_of_different_lengths_are_a_bug_and_no_answer() -> None:
    with pytest.raises(ValueError, match="longer"):
        dominates([1], [1, 2])


@pytest.mark.parametrize("name", ["events", "originals", "standing", "revisions", "winning", "waiting", "withdrawn"])
def test_a_figure_that_is_off_by_one_breaks_a_law(name: str) -> None:
    assert Conservation(**LAWFUL).broken_laws() == []
    assert Conservation(**LAWFUL | {name: LAWFUL[name] + 1}).broken_laws()


@pytest.mark.parametrize("name", ["duplicates", "conflicts"])
def test_records_beside_the_events_break_no_law(name: str) -> None:
    assert Conservation(**LAWFUL | {name: 99}).broken_laws() == []


def test_totals_and_marks_come_back_equal_and_satisfy_their_contracts() -> None:
    positions = [10, 0, 3, 4, 5, 6, 7, 8]
    total, mark = _total(1_790_000_000_000, positions), _mark(3, positions)
    assert decode_total(encode(total)) == total
    assert decode_mark(encode(mark)) == mark
    assert validator("commune.totals").is_valid(msgspec.json.decode(encode(total)))
    assert validator("commune.streams").is_valid(msgspec.json.decode(encode(mark)))


def test_every_counter_has_a_name_that_the_contract_of_totals_allows() -> None:
    counters: dict[str, dict[str, int]] = {}
    for counter in COUNTERS:
        counters.setdefault(counter.measure, {})[counter.kind] = 1
    total = msgspec.structs.replace(_total(1, [0] * 8), counters=counters)
    assert validator("commune.totals").is_valid(msgspec.json.decode(encode(total)))


def test_a_reader_ignores_fields_that_it_does_not_know() -> None:
    later = msgspec.json.decode(encode(_total(1, [0]))) | {"forecast": 1}
    assert decode_total(msgspec.json.encode(later)) == _total(1, [0])


@pytest.mark.parametrize("name", ["generation", "epoch"])
def test_a_negative_figure_is_no_total(name: str) -> None:
    wrong = msgspec.json.decode(encode(_total(1, [0]))) | {name: -1}
    with pytest.raises(msgspec.ValidationError):
        decode_total(msgspec.json.encode(wrong))


def test_a_mark_is_keyed_by_its_stream() -> None:
    assert _mark(1, []).key() == b"/tablets/a field.points.v1 2025-07:24848"


def test_a_prefix_is_put_before_the_name_of_a_topic() -> None:
    assert Settings(topic_prefix="t1.").topic("commune.totals.v1") == "t1.commune.totals.v1"
