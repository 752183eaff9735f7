"""Services killed at random moments and between the steps of a checkpoint, under load."""

from __future__ import annotations

from random import Random

import pytest

from tests.faults.conftest import Place
from tests.faults.kill_loop import KillLoop
from tests.faults.load import Load
from tests.faults.site import InconclusiveError
from tests.faults.trials import Scale, kill_trial, plain_trial

SHORT = Scale(records=20_000, kills=8, between=4, elsewhere=1, life_s=(1.5, 5.0))


def test_killed_services_count_every_event_once_on_every_side_and_plain_faust_does_not(place: Place, seed: int) -> None:
    rng = Random(seed)
    verdict = kill_trial(place.stack, place.bus, place.site, rng, SHORT, print)
    assert verdict.mismatches == 0, verdict
    plain_trial(place.bus, place.site, rng, 2, ("field.handouts.v1",), print)


def test_kills_that_find_nothing_to_do_prove_nothing(place: Place, seed: int) -> None:
    counter = place.site.counter()
    idle = KillLoop(place.bus, counter, Load(place.bus.settings, [], 0), Random(seed), (0.2, 0.5))
    with pytest.raises(InconclusiveError):
        idle.run(1, [])
