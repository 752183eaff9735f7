"""Rare histories, move by move; Z, O, N, M are successive owners. Letters and numbers are those of the model checks."""

from __future__ import annotations

from collections.abc import Iterator
from random import Random

import pytest

from schemas.topics import REJECTED, STATE, TOTALS
from tests.simulation.broken import broken
from tests.simulation.protocol_mutants import FORGOTTEN_AHEAD, NO_CLAIM_CHECK
from tests.simulation.recount import remembering
from tests.simulation.tiny_events import UNITS, Field, Tiny, known
from tests.simulation.watch import Watch, check_end
from tests.simulation.worker import Worker
from tests.simulation.world import World, WrongError

A, B = 4, 6  # two field topics


class _Steady(Random):
    """Lets every append land as a whole."""

    def random(self) -> float:
        return 0.0


class Stage:
    """A world in which only what the script says happens."""

    def __init__(self, records: dict[int, int]) -> None:
        self.watch = Watch()
        self.world = World(_Steady(1), self.watch)
        self.world.field = [[] for _ in range(8)]
        self.watch.new_era(self.world.field)
        for topic, number in records.items():
            self.grow(topic, number)

    def grow(self, topic: int, number: int) -> None:
        """More valid events of one unit, each of which counts."""
        field, log = Field(Random(topic * 1000 + number), [topic], 1), self.world.field[topic]
        wanted = len(log) + number
        while len(log) < wanted:
            made: Tiny = field.make()
            positions = [0] * 8
            positions[topic] = len(log) + 1
            before = self.watch.recounts[0].unit(UNITS[0], [*positions[:topic], len(log), *positions[topic + 1 :]])
            log.append(made)
            self.watch.recounts[0] = type(self.watch.recounts[0])(self.world.field)
            after = self.watch.recounts[0].unit(UNITS[0], positions)
            if made.key is None or not known(made.key.decode()) or before.conservation == after.conservation:
                log.pop()

    def member(self, name: str) -> Worker:
        """The group gives the partition to this one."""
        self.world.member = name
        return Worker(self.world, name, "1")

    def owner(self, name: str) -> Worker:
        """A member that took over."""
        worker = self.member(name)
        while not worker.counting and not worker.end:
            worker.step("take over")
        return worker

    def count(self, worker: Worker, positions: dict[int, int]) -> None:
        """Let it count up to these positions."""
        for topic, position in positions.items():
            while worker.next[topic] < position and not worker.end:
                worker.take(topic, 1)
                while "take over" in worker.tasks:  # the proof failed
                    worker.step("take over")

    def until_in_the_air(self, worker: Worker, task: str, topic: str) -> None:
        """Step a task until it has sent something to a topic that has not landed."""
        if task != "take over":
            worker.start(task)
        while not any(f.sender == worker.name and f.topic == topic for f in self.world.flights):
            worker.step(task)

    def lands(self, worker: Worker) -> None:
        """What a worker has in the air lands."""
        for flight in [f for f in self.world.flights if f.sender == worker.name]:
            self.world.land(flight, len(flight.messages))

    def ends_well(self, worker: Worker) -> None:
        """It counts, shows and saves all, a successor takes over, and every figure is right."""
        for name in (worker, None):
            last = name or self.owner("the last")
            self.count(last, {topic: len(log) for topic, log in enumerate(self.world.field)})
            for _ in range(2):
                last.finish("publish")
                last.finish("checkpoint")
            assert not last.end, last.end
            assert last.owner.proven
            check_end(self.world, self.watch, UNITS[:1])
            last.stop("done")


@pytest.fixture(autouse=True)
def _remember() -> Iterator[None]:
    with remembering():
        yield


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
