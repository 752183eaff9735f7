"""Two counters that take partitions from each other under load."""

from __future__ import annotations

from random import Random

from producers.simulator import season
from tests.faults.conftest import Place
from tests.faults.kill_loop import await_caught_up
from tests.faults.load import Load
from tests.faults.truth import judge, recount
from tests.faults.zombie_loop import ZombieLoop

RECORDS, SHARE_S = 20_000, 40.0


def test_a_counter_woken_after_its_session_and_one_that_comes_and_goes_spoil_nothing(place: Place, seed: int) -> None:
    counters = [place.site.counter("a"), place.site.counter("b")]
    load = Load(place.bus.settings, season(seed, RECORDS), RECORDS)
    loop = ZombieLoop(counters, load, Random(seed), SHARE_S)
    loop.begin()
    loop.zombies(2)
    loop.comings_and_goings(2)
    load.finish()
    await_caught_up(place.bus, counters)
    print(loop.rounds, [counter.exits for counter in counters])
    verdict = judge(place.bus, recount(place.bus))
    print(verdict)
    assert loop.rounds.counted_meanwhile > 0
    assert verdict.mismatches == 0
