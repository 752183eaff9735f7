"""The broker is killed, and the way to it is cut or hangs, while the counter counts."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager

from producers.simulator import season
from stream_processors.counter.app import FAULT_STATUS
from tests.faults.conftest import Place
from tests.faults.kill_loop import await_caught_up
from tests.faults.load import Load
from tests.faults.site import Counter, await_that
from tests.faults.truth import judge, recount

RECORDS = 12_000


def work_for(seconds: float, load: Load, counter: Counter) -> None:
    """Let the load flow and keep the counter up."""
    until = time.monotonic() + seconds

    def over() -> bool:
        load.release(load.left * 0.02 / 20)
        counter.keep_up()
        return time.monotonic() > until

    await_that(over, "time passed", seconds + 60)


@contextmanager
def counting(place: Place, counter: Counter, seed: int) -> Iterator[Load]:
    """A counter at work; at the end it catches up, and everything must be right."""
    load = Load(place.bus.settings, season(seed, RECORDS), RECORDS)
    counter.begin()
    load.release(RECORDS / 10)
    await_that(lambda: counter.now.read > 0, f"the counter counts ({counter.log})")
    yield load
    assert counter.now.positions < RECORDS, "there must be work left"
    load.finish()
    await_caught_up(place.bus, [counter])
    print(f"{counter.lives} lives, ended by themselves with {counter.exits}")
    verdict = judge(place.bus, recount(place.bus))
    print(verdict)
    assert verdict.mismatches == 0


def test_a_killed_broker_delays_and_spoils_nothing(place: Place, seed: int) -> None:
    counter = place.site.counter()
    with counting(place, counter, seed) as load:
        for down_s in (2.0, 6.0):
            place.stack.kafka.kill()
            work_for(down_s, load, counter)
            if down_s > 5:  # one that starts while there is no broker waits, and says so
                counter.kill()
                counter.begin()
                await_that(lambda: counter.said("waiting for Kafka"), "it says that it waits", 60)
            place.stack.kafka.start()
            work_for(4, load, counter)


def test_a_network_that_breaks_or_hangs_delays_and_spoils_nothing(place: Place, seed: int) -> None:
    counter = place.site.counter(bootstrap=f"127.0.0.1:{place.proxy.port}")
    with counting(place, counter, seed) as load:
        for wrong, seconds in ((place.proxy.cut, 2.0), (place.proxy.hang, 8.0)):  # 8 s are beyond the session
            wrong()
            work_for(seconds, load, counter)
            place.proxy.heal()
            work_for(3, load, counter)
    assert place.proxy.broken > 0


def test_a_counter_whose_faust_broke_ends_by_itself_and_spoils_nothing(place: Place, seed: int) -> None:
    counter = place.site.counter()
    load = Load(place.bus.settings, season(seed, RECORDS), RECORDS)
    load.release(RECORDS / 2)
    counter.begin(breaking_fetch=20)
    assert counter.await_end(60) == FAULT_STATUS
    assert counter.said("broken on purpose")
    counter.begin()
    load.finish()
    await_caught_up(place.bus, [counter])
    verdict = judge(place.bus, recount(place.bus))
    assert verdict.mismatches == 0, verdict
