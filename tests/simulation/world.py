"""One partition of a Kafka in memory: logs that are compacted, lost and cut, and records that land late.

A write is a `Flight`: its records land one by one, whether its sender lives, sleeps or is dead. Nothing here knows
the protocol.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Generator, Sequence
from random import Random
from types import coroutine
from typing import Protocol

from schemas.topics import REJECTED, STATE, STREAMS, TOTALS
from stream_processors.protocol.port import Ends, Keep, Message, Stored, everything
from stream_processors.protocol.records import CLAIM_KEY
from tests.simulation.tiny_events import Tiny


class WrongError(AssertionError):
    """The simulation found what must never happen."""


READ_AT_ONCE = 3  # records per fetch of a compacted topic, so that much can happen while one is read


@coroutine
def elsewhere() -> Generator[None, None, None]:
    """A place where the world may go on before the worker does."""
    yield


class Log:
    """Records with offsets; compaction leaves gaps."""

    def __init__(self) -> None:
        self.records: list[Stored] = []
        self.end = 0

    def add(self, message: Message, now: int) -> int:
        """Append; the offset."""
        self.records.append(Stored(self.end, now, message.key, message.value, message.headers))
        self.end += 1
        return self.end - 1

    def since(self, start: int) -> list[Stored]:
        """The records from an offset on."""
        if self.records and start <= self.records[0].offset:
            return self.records
        return [record for record in self.records if record.offset >= start]

    def compact(self, below: int, tombstones: bool) -> None:
        """Keep the last record per key of those below an offset; perhaps drop removals too."""
        last = {record.key: record.offset for record in self.records}
        self.records = [
            r
            for r in self.records
            if r.offset >= below or (last[r.key] == r.offset and (r.value is not None or not tombstones))
        ]


class Flight:
    """Messages on their way; `offsets` are of those that landed."""

    def __init__(self, sender: str, era: int, topic: str, messages: Sequence[Message]) -> None:
        self.sender, self.era, self.topic = sender, era, topic
        self.messages = list(messages)
        self.offsets: list[int] = []

    @property
    def landed(self) -> bool:
        """Whether all landed."""
        return len(self.offsets) == len(self.messages)


class Watcher(Protocol):
    """Who sees all that happens."""

    def landed(self, flight: Flight, record: Stored) -> None: ...
    def took_over(self, sender: str, era: int, totals_there: Sequence[Stored]) -> None: ...


class World:
    """All topics of partition 0, the group's word on who owns it, and what is in the air."""

    def __init__(self, rng: Random, watcher: Watcher) -> None:
        self.rng, self.watcher = rng, watcher
        self.clock = 1_000
        self.era = 0
        self.field: list[list[Tiny]] = []
        self.topics = {name: Log() for name in (STATE, TOTALS, STREAMS, REJECTED)}
        self.member = ""
        self.flights: list[Flight] = []
        self._booked = False
        self.booked_at_claim: dict[int, bool] = {}
        self.happened: Counter[str] = Counter()

    def _note_state(self, message: Message, offset: int) -> None:
        if message.key == CLAIM_KEY:
            self.booked_at_claim[offset] = self._booked
        elif message.value is not None:
            self._booked = True

    def note_rebuild(self, why: str, epoch: int) -> None:
        """All is counted anew: there must be a reason, or the protocol lost something by itself."""
        happened = self.happened
        lossy = any(happened[loss] for loss in ("states lost", "states rotten", "states recreated", "logs cut"))
        if why == "a new installation" or (why == "no book was found" and not self.booked_at_claim.get(epoch)):
            return
        if not lossy and not ("rules" in why and happened["upgrades"]):
            raise WrongError(f"counted anew though nothing was lost: {why}")
        happened["rebuilds"] += 1

    def launch(self, sender: str, era: int, topic: str, messages: Sequence[Message]) -> Flight:
        """Put messages in the air."""
        flight = Flight(sender, era, topic, messages)
        self.flights.append(flight)
        return flight

    def land(self, flight: Flight, records: int) -> None:
        """Let the next records of a flight land."""
        for message in flight.messages[len(flight.offsets) :][:records]:
            flight.offsets.append(self.topics[flight.topic].add(message, self.clock))
            self.watcher.landed(flight, self.topics[flight.topic].records[-1])
            if flight.topic == STATE:
                self._note_state(message, flight.offsets[-1])
        if flight.landed:
            self.flights.remove(flight)


class WorldLog:
    """A worker's `PartitionLog`."""

    def __init__(self, world: World, name: str, era: int) -> None:
        self._world, self._name, self._era = world, name, era

    async def append(self, topic: str, messages: Sequence[Message]) -> list[int]:
        """Returns when all have landed; the sender's next step lets them, or some of them."""
        world = self._world
        if not messages:
            return []
        flight = world.launch(self._name, self._era, topic, messages)
        await elsewhere()
        while not flight.landed:
            world.land(flight, len(messages) if world.rng.random() < 0.7 else 1)
            await elsewhere()
        return flight.offsets

    async def append_all(self, writes: Sequence[tuple[str, Sequence[Message]]]) -> list[list[int]]:
        """One after the other: a death between them is met too."""
        return [await self.append(topic, messages) for topic, messages in writes]

    async def read(self, topic: str, start: int, keep: Keep = everything) -> tuple[list[Stored], int]:
        """Fetch by fetch, until an end asked after the last one is reached."""
        found: list[Stored] = []
        end = await self.end(topic)
        while True:
            while start < end:
                fetched = self._world.topics[topic].since(start)[:READ_AT_ONCE]
                found += filter(keep, fetched)
                start = fetched[-1].offset + 1 if fetched else end
                await elsewhere()
            again = await self.end(topic)
            if again <= start:
                return found, again
            end = again

    async def end(self, topic: str) -> int:
        """Asked now."""
        await elsewhere()
        return self._world.topics[topic].end

    async def field_ends(self) -> Ends:
        """Asked now; no field topic has lost its beginning."""
        await elsewhere()
        return Ends([0] * len(self._world.field), [len(log) for log in self._world.field])

    async def is_member(self) -> bool:
        """What the group says at that moment."""
        await elsewhere()
        return self._world.member == self._name
