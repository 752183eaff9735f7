"""Puts recounts in the place of what the counters have, and waits until these show the new generation."""

from __future__ import annotations

import asyncio
import time
import uuid
from collections.abc import Mapping

from infra.bus import Newest
from infra.errors import InfraError
from infra.rebuild.processes import LOOK_S, Moved
from schemas.measures import rules_digest
from schemas.settings import Settings
from stream_processors.counter.bus import Bus, KafkaLog
from stream_processors.protocol.owner import Identity
from stream_processors.protocol.takeover import DistrustError
from stream_processors.rebuild.recount import Recount
from stream_processors.rebuild.swap import swap


def put_in_place(settings: Settings, recounts: Mapping[int, Recount], newest: Newest, moved: Moved) -> dict[int, int]:
    """Write all recounts; the new generation by partition number.

    Raises:
        InfraError: a recount is not whole, or not of the log that is there.
    """
    try:
        return asyncio.run(_put(settings, recounts, newest, moved))
    except DistrustError as error:
        raise InfraError(f"The recount was not put in place: {error}.") from error


async def _put(settings: Settings, recounts: Mapping[int, Recount], newest: Newest, moved: Moved) -> dict[int, int]:
    identity = Identity("rebuild", uuid.uuid4().hex, rules_digest())
    bus, generations = Bus(settings), dict[int, int]()

    async def nobody_elses(_: int) -> bool:
        return True  # who swaps is in no group: the claim alone decides

    await bus.start()
    try:
        for number, recount in recounts.items():
            log = KafkaLog(bus, number, nobody_elses)
            generations[number] = await swap(log, recount, identity, newest.totals.values())
            moved(len(generations))
    finally:
        await bus.stop()
    return generations


def await_shown(
    recounts: Mapping[int, Recount], newest: Newest, generations: Mapping[int, int], patience_s: float
) -> list[str]:
    """Wait until every unit's newest total is of its new generation; the units of which none was shown in time."""
    units = {state.unit: generations[n] for n, each in recounts.items() for state in each.partition.states.values()}
    deadline = time.monotonic() + patience_s
    while True:
        newest.read_on()
        shown = {unit: total.generation for unit, total in newest.totals.items()}
        old = [unit for unit, generation in units.items() if shown.get(unit, -1) < generation]
        if not old or time.monotonic() > deadline:
            return sorted(old)
        time.sleep(LOOK_S)
