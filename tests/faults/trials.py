"""The trials, short in the tests and long on the command line: each works under faults, then compares every side.

A trial raises InconclusiveError when its faults did not bite; its verdict is worth nothing then.
"""

from __future__ import annotations

from collections.abc import Callable
from random import Random
from typing import NamedTuple

import msgspec

from infra.stack import Stack
from infra.stack.ports import choose
from producers.simulator import Faults, season
from sinks.ledger.migrations import upgrade
from tests.faults import plain_loop
from tests.faults.broker import Bus
from tests.faults.kill_loop import KillLoop, await_caught_up
from tests.faults.load import Load
from tests.faults.plain_loop import PlainFaust
from tests.faults.points import draw
from tests.faults.sinks import gauges_side, ledger_side
from tests.faults.site import InconclusiveError, Service, Site
from tests.faults.truth import Verdict, judge, recount
from tests.faults.zombie_loop import ZombieLoop

Say = Callable[[str], None]
FIELD_FAULTS = Faults(duplicates=0.10, disorder=0.15, conflicts=0.005, rubbish=0.015)
SHARE_S = 40.0  # in the zombie trial one part in so many of the records left goes each second


class Scale(NamedTuple):
    """How large a kill trial is; `between` and `elsewhere` of the `kills` are at named points."""

    records: int
    kills: int
    between: int
    elsewhere: int
    life_s: tuple[float, float]


def kill_trial(stack: Stack, bus: Bus, site: Site, rng: Random, scale: Scale, say: Say) -> Verdict:
    """The counter, and now and then ledger and gauges, killed under load; all sides against the oracle."""
    url = f"{bus.settings.topic_prefix}ledger".replace(".", "_")
    stack.postgres.execute(f"CREATE DATABASE {url}")
    database = stack.postgres.url(url)
    upgrade(database)
    counter = site.counter()
    ledger = site.service("ledger", "sinks.ledger", database_url=database, ledger_port=0)
    gauges = site.service("gauges", "sinks.gauges", gauges_port=choose(()))
    for service in (ledger, gauges):
        service.start()
    load = Load(bus.settings, season(rng.randrange(1_000_000), scale.records, FIELD_FAULTS), scale.records)
    try:
        loop = KillLoop(bus, counter, load, rng, scale.life_s, (ledger, gauges))
        kills = loop.run(scale.kills, draw(rng, scale.between, scale.elsewhere))
        load.finish()
    finally:
        load.stop()
    counter.begin()
    await_caught_up(bus, [counter])
    counter.settle()
    say(str(kills))
    say(f"{counter.skipped:,} records were skipped as replayed, {counter.read - scale.records:,} were read again")
    if not (kills.between_steps >= scale.between and kills.counted >= scale.kills and counter.skipped > 0):
        raise InconclusiveError("the kills did not bite")
    return _judge_all(bus, database, ledger, gauges, say)


def _judge_all(bus: Bus, database: str, ledger: Service, gauges: Service, say: Say) -> Verdict:
    truth = recount(bus)
    verdict = judge(bus, truth, {
        "ledger": ledger_side(Bus(msgspec.structs.replace(bus.settings, database_url=database)), ledger, truth),
        "gauges": gauges_side(bus, gauges, truth),
    })  # fmt: skip
    say(str(verdict))
    return verdict


def plain_trial(bus: Bus, site: Site, rng: Random, kills: int, topics: tuple[str, ...], say: Say) -> None:
    """Plain Faust over topics of the same log, under kills at random moments: it must go wrong."""
    plain = PlainFaust(bus.settings, site.folder, topics)
    site.services.append(plain)
    error = plain_loop.run(bus, plain, rng, kills, (0.5, 3.0))
    say(str(error))
    if not error.wrong:
        raise InconclusiveError("plain Faust counted right, so the kills prove nothing")


def zombie_trial(bus: Bus, site: Site, rng: Random, records: int, zombies: int, comings: int, say: Say) -> Verdict:
    """Two counters: stopped beyond the session and woken, joining and leaving; totals against the oracle."""
    counters = [site.counter("a"), site.counter("b")]
    load = Load(bus.settings, season(rng.randrange(1_000_000), records, FIELD_FAULTS), records)
    try:
        loop = ZombieLoop(counters, load, rng, SHARE_S)
        loop.begin()
        loop.zombies(zombies)
        loop.comings_and_goings(comings)
        load.finish()
    finally:
        load.stop()
    await_caught_up(bus, counters)
    exits = {counter.name: counter.exits for counter in counters}
    say(f"{loop.rounds}; ended by themselves with {exits}")
    if not loop.rounds.counted_meanwhile:
        raise InconclusiveError("nothing was counted while a counter stood still")
    verdict = judge(bus, recount(bus))
    say(str(verdict))
    return verdict
