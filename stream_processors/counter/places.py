"""The map of places as the counter follows it: read whole before the first record is judged, then as it changes."""

from __future__ import annotations

import asyncio
import hashlib
import logging

import msgspec
from aiokafka.errors import UnknownTopicOrPartitionError

from schemas.events.catalogue import WIRE_TYPES
from schemas.places import Following, load
from schemas.places.loading import PARTITION
from schemas.topics import PLACES
from stream_processors.counter.bus import Bus
from stream_processors.protocol.owner import Owner
from stream_processors.protocol.parked import return_parked
from stream_processors.protocol.takeover import DistrustError

FOLLOW_S = 1.0
_TYPES = sorted((wire.name, wire.version) for wire in WIRE_TYPES.values())
_log = logging.getLogger("fieldtally.counter")


class CounterMap:
    """The map, brought up to its topic. Owners ask `known`; where `contracts` changes, parked records may be valid."""

    def __init__(self, bus: Bus) -> None:
        self._bus, self._followed = bus, Following(load())
        self.known = self._followed.known
        self._next = 0

    @property
    def contracts(self) -> str:
        """A digest of what records are judged by: the event types and the map."""
        return hashlib.sha256(repr((_TYPES, self._followed.places.digest)).encode()).hexdigest()[:16]

    async def follow(self) -> None:
        """Take what is there now.

        Raises:
            DistrustError: the topic is not there, or a record is none of this version.
        """
        try:
            await self._bus.partitions_of(PLACES)
        except UnknownTopicOrPartitionError as error:
            raise DistrustError(f"Kafka has no topic {PLACES}: `fieldtally topics` creates it.") from error
        records, self._next = await self._bus.read(self._bus.at(PLACES, PARTITION), self._next)
        try:
            if records and self._followed.take(record.value for record in records):
                _log.info("the map of places changed", extra={"map": self._followed.places.digest})
                for complaint in self._followed.complaints():
                    _log.warning("%s: %s", PLACES, complaint)
        except msgspec.DecodeError as error:
            raise DistrustError(f"A record of {PLACES} is none of this version ({error}): upgrade the counter to the "
                                "version that wrote it.") from error

    async def follow_forever(self) -> None:
        """Follow the topic."""
        while True:
            await asyncio.sleep(FOLLOW_S)
            await self.follow()


async def unpark(owner: Owner, contracts: str) -> None:
    """Send back what was parked and is valid by these contracts. All that was parked before is in the log by now."""
    if returned := await return_parked(owner.log, owner.partition, contracts):
        _log.info("sent %d parked records back", returned, extra={"partition": owner.number})
    owner.contracts = contracts
