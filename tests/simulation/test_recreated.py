"""Scripted histories in which the state topic was deleted and made anew; Z, O, N are successive owners."""

from __future__ import annotations

import pytest

from schemas.topics import STATE, TOTALS
from tests.simulation.broken import broken
from tests.simulation.losses import recreate
from tests.simulation.showing_mutants import TOLD_BY_EPOCH_ALONE
from tests.simulation.stage import A, Stage
from tests.simulation.takeover_mutants import EPOCH_ABOVE_STOPS, GENERATION_WITHOUT_TIME
from tests.simulation.tiny_events import UNITS
from tests.simulation.watch import check_totals
from tests.simulation.world import WrongError

pytestmark = pytest.mark.usefixtures("remembered")


def _total_of_a_recreated_epoch() -> None:
    stage = Stage({A: 4})
    z = stage.owner("Z")
    stage.count(z, {A: 4})
    stage.until_in_the_air(z, "publish", TOTALS)
    recreate(stage.world)
    o = stage.owner("O")
    assert o.owner.state_topic.epoch == z.owner.state_topic.epoch
    stage.grow(A, 1)
    stage.count(o, {A: 5})
    o.finish("publish")
    stage.lands(z)
    z.stop("killed")
    o.finish("publish")
    o.finish("publish")
    check_totals(stage.world, stage.watch, UNITS[:1])


def test_f6_a_total_of_before_the_state_topic_was_recreated_is_foreign_though_its_epoch_is_the_own_one() -> None:
    _total_of_a_recreated_epoch()


def test_f6_by_the_epoch_alone_it_would_stay_the_last_word() -> None:
    with broken(TOLD_BY_EPOCH_ALONE), pytest.raises(WrongError, match="late reader"):
        _total_of_a_recreated_epoch()


def _generation_after_all_was_lost() -> None:
    stage = Stage({A: 6})
    z = stage.owner("Z")
    stage.count(z, {A: 6})
    stage.until_in_the_air(z, "publish", TOTALS)
    recreate(stage.world)
    stage.new_log(A, 3)
    o = stage.owner("O", new_log=True)
    stage.count(o, {A: 3})
    o.finish("publish")
    stage.lands(z)
    z.stop("killed")
    o.finish("publish")
    o.finish("publish")
    check_totals(stage.world, stage.watch, UNITS[:1])


def test_f8_a_generation_is_never_used_twice_though_nothing_is_left_of_it_but_totals_in_flight() -> None:
    _generation_after_all_was_lost()


def test_f8_without_the_brokers_time_two_logs_share_a_generation() -> None:
    with broken(GENERATION_WITHOUT_TIME), pytest.raises(WrongError, match="reader"):
        _generation_after_all_was_lost()


def _book_of_a_higher_epoch_in_a_recreated_topic() -> None:
    stage = Stage({A: 4})
    for name in ("V", "W", "X"):  # each claim makes the next epoch higher
        stage.owner(name).stop("killed")
    z = stage.owner("Z")
    stage.count(z, {A: 4})
    stage.until_in_the_air(z, "checkpoint", STATE)
    recreate(stage.world)
    z.finish("checkpoint")  # its states and its book land in the new topic
    assert len(stage.world.topics[STATE].records) < z.owner.state_topic.epoch
    stage.ends_well(stage.owner("N"))


def test_f9_a_book_of_an_epoch_above_the_own_claim_leads_to_a_recount() -> None:
    _book_of_a_higher_epoch_in_a_recreated_topic()


def test_f9_if_it_stopped_the_start_no_worker_could_ever_begin() -> None:
    with broken(EPOCH_ABOVE_STOPS), pytest.raises(AssertionError, match="state topic"):
        _book_of_a_higher_epoch_in_a_recreated_topic()


def test_a_worker_whose_state_topic_is_shorter_than_it_saw_ends_with_a_sentence() -> None:
    stage = Stage({A: 2})
    z = stage.owner("Z")
    stage.count(z, {A: 2})
    z.finish("checkpoint")
    recreate(stage.world)
    stage.grow(A, 1)
    stage.count(z, {A: 3})
    z.finish("checkpoint")
    assert z.end == "DistrustError: The state topic was recreated while this worker ran. Start the counter again."
    stage.ends_well(stage.owner("N"))
