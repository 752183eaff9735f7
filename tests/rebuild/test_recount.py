"""A recount beside totals that move on: each unit is compared over the very records that its total covers."""

from __future__ import annotations

import random
from pathlib import Path

import msgspec
import pytest

from schemas.places import load
from stream_processors.protocol.takeover import DistrustError
from stream_processors.rebuild.recount import Difference, Recount
from stream_processors.rebuild.saved import Shelf
from tests.rebuild.conftest import NOTHING, PARTITIONS, between, ends_of, live, log_of, somewhere


def recount() -> Recount:
    return Recount(0, PARTITIONS, load().known)


def test_every_unit_is_compared_at_its_totals_positions_wherever_they_lie_and_agrees(rng: random.Random) -> None:
    log = log_of(rng)
    ends = ends_of(log)
    anew, at = recount(), NOTHING
    for _ in range(3):
        upto = somewhere(rng, at, ends)
        totals = live(log, somewhere(rng, at, upto))
        assert list(anew.take(between(log, at, upto), totals)) == []
        at = upto
    assert list(anew.take(between(log, at, ends), live(log, ends))) == []
    assert anew.compared == {total.unit for total in live(log, ends)}
    assert anew.whole()


def test_a_total_that_lacks_records_counted_already_waits_for_a_newer_one(rng: random.Random) -> None:
    log = log_of(rng)
    ends, anew = ends_of(log), recount()
    list(anew.take(between(log, NOTHING, ends)))
    half = [end // 2 for end in ends]
    behind = {state.unit for key, state in anew.partition.states.items() if any(
        last > at for last, at in zip(anew.last[key], half, strict=True))}  # fmt: skip
    assert behind, "half of the log must lack something"
    assert list(anew.take({}, live(log, half))) == []
    assert not anew.compared & behind
    assert list(anew.take({}, live(log, ends))) == []
    assert behind <= anew.compared


def test_exactly_what_differs_is_told(rng: random.Random) -> None:
    log = log_of(rng)
    ends, anew = ends_of(log), recount()
    totals = live(log, ends)
    told = rng.choice([total for total in totals if total.counters])
    measure = rng.choice(sorted(told.counters))
    kind = rng.choice(sorted(told.counters[measure]))
    value = told.counters[measure][kind]
    wrong = {**told.counters, measure: {**told.counters[measure], kind: value + 3}, "made_up": {"": 7}}
    shown = [msgspec.structs.replace(total, counters=wrong) if total is told else total for total in totals]
    expected = [Difference(told.unit, measure, kind, value + 3, value), Difference(told.unit, "made_up", "", 7, 0)]
    assert sorted(anew.take(between(log, NOTHING, ends), shown)) == sorted(expected)


def test_a_recount_that_was_broken_off_goes_on_and_comes_to_the_same(rng: random.Random, tmp_path: Path) -> None:
    log = log_of(rng)
    ends = ends_of(log)
    upto, shelf, first = somewhere(rng, NOTHING, ends), Shelf(tmp_path / "kept", "rules map"), recount()
    list(first.take(between(log, NOTHING, upto)))
    shelf.save(first)
    second = shelf.load(0, PARTITIONS, load().known)
    assert second.partition.positions == upto
    starts = [second.intake.seek_back(second.partition, topic) for topic in range(len(ends))]
    assert list(second.take(between(log, starts, ends), live(log, ends))) == []
    assert second.compared == {total.unit for total in live(log, ends)}
    assert second.whole()


def test_a_log_that_was_rewritten_under_a_broken_off_recount_is_noticed(rng: random.Random, tmp_path: Path) -> None:
    log = log_of(rng)
    ends, shelf, first = ends_of(log), Shelf(tmp_path, "rules map"), recount()
    list(first.take(between(log, NOTHING, ends)))
    shelf.save(first)
    topic = max(log, key=lambda name: len(log[name]))
    log[topic][-1] = log[topic][-1]._replace(value=b"another")
    second = shelf.load(0, PARTITIONS, load().known)
    with pytest.raises(DistrustError, match="rewritten"):
        list(second.take(between(log, [max(0, end - 1) for end in ends], ends)))


@pytest.mark.parametrize("spoil", [lambda data: data[:-1], lambda data: b"\0" + data[1:], lambda _: b""],
                         ids=["cut off", "changed", "empty"])  # fmt: skip
def test_a_damaged_file_and_one_of_other_rules_count_as_none(rng: random.Random, tmp_path: Path, spoil: object) -> None:
    log, shelf, first = log_of(rng), Shelf(tmp_path, "rules map"), recount()
    list(first.take(between(log, NOTHING, ends_of(log))))
    shelf.save(first)
    assert Shelf(tmp_path, "other rules").load(0, PARTITIONS, load().known).partition.positions == NOTHING
    [path] = tmp_path.iterdir()
    path.write_bytes(spoil(path.read_bytes()))  # type: ignore[operator]  # one of the three above
    assert shelf.load(0, PARTITIONS, load().known).partition.positions == NOTHING
