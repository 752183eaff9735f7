"""Rare histories, move by move; Z, O, N, M are successive owners. Letters and numbers are those of the model checks."""

from __future__ import annotations

from collections.abc import Coroutine
from typing import Any

import msgspec
import pytest

from schemas.topics import REJECTED, STATE, TOTALS
from stream_processors.protocol.port import Message
from stream_processors.protocol.publication import Publication
from tests.simulation.broken import broken
from tests.simulation.stage import A, B, Stage
from tests.simulation.takeover_mutants import FORGOTTEN_AHEAD, NO_CLAIM_CHECK
from tests.simulation.tiny_events import UNITS, Tiny
from tests.simulation.world import WorldLog, WrongError

pytestmark = pytest.mark.usefixtures("remembered")


def _deposed_book_lands_late() -> None:
    stage = Stage({A: 4})
    z = stage.owner("Z")
    stage.count(z, {A: 2})
    z.finish("checkpoint")
    stage.count(z, {A: 4})
    stage.until_in_the_air(z, "checkpoint", STATE)
    o = stage.member("O")
    stage.until_in_the_air(o, "take over", STATE)  # its claim
    stage.lands(o)
    o.step("take over")
    stage.until_in_the_air(o, "take over", STATE)  # the book that it inherits, of position 2
    z.finish("checkpoint")  # a state and a book of position 4
    n = stage.owner("N")
    assert n.owner.partition.positions[A] == 4
    while not o.counting and not o.end:
        o.step("take over")
    if not o.end:
        stage.count(o, {A: 3})
        o.finish("checkpoint")
    z.stop("killed")
    o.stop("killed")
    n.stop("killed")
    stage.ends_well(stage.owner("M"))


def test_f2_an_owner_whose_claim_was_followed_by_another_writes_nothing_more() -> None:
    _deposed_book_lands_late()


def test_f2_without_the_check_of_the_last_claim_a_unit_falls_behind_the_book() -> None:
    with broken(NO_CLAIM_CHECK), pytest.raises(WrongError, match="proof failed"):
        _deposed_book_lands_late()


def _zombie_outranks_an_unwritten_unit() -> None:
    stage = Stage({A: 4, B: 3})
    z = stage.owner("Z")
    stage.count(z, {A: 2})
    z.finish("checkpoint")
    stage.count(z, {A: 4, B: 3})
    stage.until_in_the_air(z, "checkpoint", STATE)
    o = stage.owner("O")
    stage.count(o, {A: 4, B: 2})
    stage.until_in_the_air(o, "checkpoint", STATE)
    stage.lands(z)
    n = stage.owner("N")
    stage.count(n, {A: 4, B: 3})
    stage.lands(o)
    n.finish("checkpoint")
    n.stop("killed")
    stage.ends_well(stage.owner("M"))


def test_f3_h3_a_unit_inherited_ahead_of_the_book_is_written_under_the_own_epoch() -> None:
    _zombie_outranks_an_unwritten_unit()


def test_f3_h3_without_that_a_late_older_state_outranks_it() -> None:
    with broken(FORGOTTEN_AHEAD), pytest.raises(WrongError, match="proof failed"):
        _zombie_outranks_an_unwritten_unit()


def test_f1_h2_a_state_that_lands_behind_the_claim_is_read_though_compaction_took_the_older_copy() -> None:
    stage = Stage({A: 3})
    z = stage.owner("Z")
    stage.count(z, {A: 2})
    z.finish("checkpoint")
    stage.count(z, {A: 3})
    stage.until_in_the_air(z, "checkpoint", STATE)
    o = stage.member("O")
    stage.until_in_the_air(o, "take over", STATE)
    stage.lands(o)
    stage.lands(z)
    state_log = stage.world.topics[STATE]
    state_log.compact(state_log.end, tombstones=True)
    while not o.counting:
        o.step("take over")
    z.stop("killed")
    stage.ends_well(o)


def test_f4_h4_a_successor_that_knows_less_does_not_show_it() -> None:
    stage = Stage({A: 4})
    z = stage.owner("Z")
    stage.count(z, {A: 4})
    z.finish("publish")
    z.stop("killed")
    o = stage.owner("O")
    o.owner.quiet = [0] * 8  # the rebuild of an empty state is silent anyway; dominance alone must hold it back
    stage.count(o, {A: 2})
    before = stage.world.topics[TOTALS].end
    o.finish("publish")
    assert stage.world.topics[TOTALS].end == before
    stage.ends_well(o)


def test_f5_a_dead_workers_late_claim_costs_a_takeover_and_nothing_else() -> None:
    stage = Stage({A: 3})
    z = stage.member("Z")
    stage.until_in_the_air(z, "take over", STATE)
    z.stop("killed")
    o = stage.owner("O")
    stage.count(o, {A: 3})
    stage.lands(z)
    o.finish("checkpoint")
    assert o.end.startswith("DeposedError")
    stage.ends_well(stage.owner("N"))


def test_h1_a_conflict_found_during_a_checkpoint_is_rejected_before_the_state_that_skips_it() -> None:
    stage = Stage({A: 1})
    twin = stage.world.field[A][0]
    value = (twin.value or b"").replace(b'"01934c1e-0000-7000-8000-', b'"01934c1e-0000-7000-9000-')
    z = stage.owner("Z")
    stage.count(z, {A: 1})
    z.start("checkpoint")
    z.step("checkpoint")  # it looks for claims; what it covers is decided after that
    stage.world.field[A].append(Tiny(A, twin.key, value))
    z.take(A, 1)
    z.finish("checkpoint")
    z.stop("killed")
    assert [r.key for r in stage.world.topics[REJECTED].records] == [b"field.handouts.v1:0:1"]
    stage.ends_well(stage.owner("O"))


def test_a_first_batch_that_is_lost_is_read_again_from_the_anchor_on() -> None:
    stage = Stage({A: 2})
    z = stage.owner("Z")
    stage.count(z, {A: 2})
    z.finish("checkpoint")
    z.stop("killed")
    stage.grow(A, 2)
    o = stage.owner("O")
    o.take(A, 1, dropped=True)
    o.take(A, 1)
    assert o.next[A] == 1
    stage.ends_well(o)


def test_f7_a_lost_state_with_only_refused_numbers_is_noticed_by_the_proof() -> None:
    stage = Stage({A: 1})
    event = msgspec.json.decode(stage.world.field[A][0].value or b"")
    key = UNITS[1].encode()
    event |= {"unit": UNITS[1], "type": "drone.flown", "source": "/tablets/c"}
    stage.world.field[A].append(Tiny(A, key, msgspec.json.encode(event)))
    z = stage.owner("Z")
    stage.count(z, {A: 2})
    z.finish("checkpoint")
    z.stop("killed")
    log = stage.world.topics[STATE]
    log.records = [r for r in log.records if not (r.key or b"").endswith(key)]
    stage.world.happened["states lost"] += 1
    o = stage.owner("O")
    stage.count(o, {A: 2})
    assert stage.world.happened["proofs failed"] == 1
    stage.ends_well(o)


def test_a_process_that_the_group_has_deposed_does_not_take_over() -> None:
    stage = Stage({A: 1})
    z = stage.member("Z")
    o = stage.owner("O")
    while not z.end:
        z.step("take over")
    assert z.end.startswith("DeposedError")
    stage.ends_well(stage.owner("N"))
    assert o.end == ""


@pytest.mark.parametrize("value", [b"no total", msgspec.json.encode({"unit": UNITS[0], "positions": []})])
def test_a_foreign_record_among_the_totals_is_left_out_and_stops_nobody(value: bytes) -> None:
    world = Stage({}).world
    world.topics[TOTALS].add(Message(UNITS[0].encode(), value), 0)
    assert _finished(Publication(WorldLog(world, "Z", 0), "1").read()) == []


def _finished(task: Coroutine[Any, Any, Any]) -> Any:
    """What a task comes to that nothing holds up."""
    while True:
        try:
            task.send(None)
        except StopIteration as ended:
            return ended.value
