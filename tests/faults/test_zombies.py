"""Two counters that take partitions from each other under load."""

from __future__ import annotations

from random import Random

from tests.faults.conftest import Place
from tests.faults.trials import zombie_trial


def test_a_counter_woken_after_its_session_and_one_that_comes_and_goes_spoil_nothing(place: Place, seed: int) -> None:
    verdict = zombie_trial(place.bus, place.site, Random(seed), 16_000, 2, 2, print)
    assert verdict.mismatches == 0, verdict
