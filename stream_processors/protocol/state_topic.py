"""The owner's hold on its state partition: the claim, and writing while the last claim is still the own."""

from __future__ import annotations

from collections.abc import Sequence

from schemas.topics import STATE
from stream_processors.protocol import records
from stream_processors.protocol.port import Message, PartitionLog
from stream_processors.protocol.takeover import DistrustError, Shelf, sort_out


class StateTopic:
    """`epoch` is the offset of the own claim. `end` is where nothing but own records was written up to."""

    def __init__(self, log: PartitionLog) -> None:
        self._log = log
        self.epoch = -1
        self._end = 0

    async def claim(self, claim: records.Claim) -> None:
        """Write a claim; its offset is the epoch from now on."""
        [self.epoch] = await self._log.append(STATE, [Message(records.CLAIM_KEY, records.encode(claim))])

    async def read(self) -> Shelf:
        """All that lies there now."""
        stored, self._end = await self._log.read(STATE, 0)
        return sort_out(stored)

    async def append(self, messages: Sequence[Message]) -> None:
        """Write records. If their offsets follow on each other, nobody wrote in between, and nothing is to be read."""
        offsets = await self._log.append(STATE, messages)
        if offsets == list(range(self._end, self._end + len(offsets))):
            self._end += len(offsets)

    async def last_claim_is_mine(self) -> bool:
        """Whether no claim came after the own one; reads only what is new since the last look.

        Raises:
            DistrustError: the topic ends below what was seen of it.
        """
        end = await self._log.end(STATE)
        if end == self._end:
            return True
        if end < self._end:
            raise DistrustError("The state topic was recreated while this worker ran. Start the counter again.")
        stored, self._end = await self._log.read(STATE, self._end)
        return not any(r.key == records.CLAIM_KEY and r.offset > self.epoch for r in stored)
