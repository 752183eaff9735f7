"""What can happen to the state topic, and must never show."""

from __future__ import annotations

from schemas.topics import STATE
from stream_processors.protocol.port import Stored
from tests.simulation.world import Log, World


def lose(world: World) -> None:
    """Some records of the state topic are gone."""
    log = world.topics[STATE]
    if log.records:
        share = world.rng.choice((0.1, 0.3, 1.0))
        log.records = [r for r in log.records if world.rng.random() >= share]
        world.happened["states lost"] += 1


def rot(world: World) -> None:
    """A record of the state topic is damaged."""
    log = world.topics[STATE]
    states = [i for i, r in enumerate(log.records) if r.value and r.key and r.key.startswith(b"state")]
    if states:
        at = world.rng.choice(states)
        record = log.records[at]
        value = bytearray(record.value or b"")
        value[world.rng.randrange(len(value))] ^= 1 << world.rng.randrange(8)
        log.records[at] = Stored(record.offset, record.timestamp, record.key, bytes(value), record.headers)
        world.happened["states rotten"] += 1


def recreate(world: World) -> None:
    """The state topic is deleted and made anew."""
    world.topics[STATE] = Log()
    world.clock += 1
    world.happened["states recreated"] += 1
