"""The counter killed at random moments and between the steps of a checkpoint, under load."""

from __future__ import annotations

from random import Random

from producers.simulator import season
from tests.faults.conftest import Place
from tests.faults.kill_loop import KillLoop, await_caught_up
from tests.faults.load import Load
from tests.faults.points import draw
from tests.faults.truth import judge, recount

RECORDS, KILLS, BETWEEN = 24_000, 8, 4


def test_a_killed_counter_counts_every_event_once(place: Place, seed: int) -> None:
    rng = Random(seed)
    counter = place.site.counter()
    load = Load(place.bus.settings, season(seed, RECORDS), RECORDS)
    kills = KillLoop(place.bus, counter, load, rng, (2.0, 6.0)).run(KILLS, draw(rng, BETWEEN, 1))
    print(kills)
    load.finish()
    counter.begin()
    await_caught_up(place.bus, [counter])
    counter.settle()
    print(f"{counter.skipped} records were skipped as replayed, {counter.read - RECORDS} read again")
    verdict = judge(place.bus, recount(place.bus))
    print(verdict)
    assert kills.counted >= KILLS
    assert kills.between_steps >= BETWEEN
    assert counter.skipped > 0
    assert verdict.mismatches == 0
