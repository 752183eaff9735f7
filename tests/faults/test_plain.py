"""The kills are hard enough to show: a plain Faust table goes wrong under them."""

from __future__ import annotations

from random import Random

from producers.simulator import NO_FAULTS, season
from tests.faults import plain_loop
from tests.faults.conftest import Place
from tests.faults.load import Load
from tests.faults.plain_loop import PlainFaust

RECORDS, KILLS = 16_000, 3
TOPICS = ("field.handouts.v1",)


def test_a_plain_faust_table_goes_wrong_under_the_same_kills(place: Place, seed: int) -> None:
    Load(place.bus.settings, season(seed, RECORDS, NO_FAULTS), RECORDS).finish()
    plain = PlainFaust(place.bus.settings, place.site.folder, TOPICS)
    place.site.services.append(plain)
    error = plain_loop.run(place.bus, plain, Random(seed), KILLS, (0.5, 1.5))
    print(error)
    assert error.wrong > 0
