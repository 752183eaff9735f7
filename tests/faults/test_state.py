"""The counter's own state is lost or damaged: noticed at start, rebuilt from the log, silent until caught up."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice
from typing import NamedTuple

import pytest

from infra.stack import Stack
from producers.simulator import Record, season
from tests.faults.conftest import Place, make_place
from tests.faults.kill_loop import await_caught_up
from tests.faults.load import Load
from tests.faults.proxy import Proxy
from tests.faults.site import Counter
from tests.faults.states import WRONGS, Wrong, generations, log_ends, spoken_too_early
from tests.faults.truth import judge, recount

FIRST, MORE = 6_000, 500


class Counted(NamedTuple):
    """A counter that has counted the first records of a season, and the rest of it."""

    place: Place
    counter: Counter
    records: Iterator[Record]


@pytest.fixture(scope="module")
def counted(faulty: tuple[Stack, Proxy], tmp_path_factory: pytest.TempPathFactory) -> Iterator[Counted]:
    """One log for all the wrongs, one after the other."""
    with make_place(*faulty, tmp_path_factory.mktemp("state")) as place:
        records = season(11, FIRST + MORE * len(WRONGS))
        Load(place.bus.settings, islice(records, FIRST), FIRST).finish()
        counter = place.site.counter()
        counter.begin()
        yield Counted(place, counter, records)


@pytest.mark.parametrize("wrong", WRONGS, ids=lambda wrong: wrong.__name__)
def test_state_that_is_lost_or_damaged_is_rebuilt_from_the_log_in_silence(counted: Counted, wrong: Wrong) -> None:
    (_, _, bus, _), counter, records = counted
    await_caught_up(bus, [counter])
    counter.kill()
    before, rebuilt = generations(bus), counter.log.read_text().count("is counted anew")
    wrong(bus)
    Load(bus.settings, islice(records, MORE), MORE).finish()
    ends = log_ends(bus)
    counter.begin()
    await_caught_up(bus, [counter])
    after = generations(bus)
    assert counter.log.read_text().count("is counted anew") > rebuilt, "the wrong must be noticed and named"
    assert any(after[number] > before[number] for number in before), "the generation must rise"
    assert spoken_too_early(bus, before, ends) == []
    verdict = judge(bus, recount(bus))
    assert verdict.mismatches == 0, verdict
