"""All that a gateway reads in order to tell tablets of it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from producers.gateway.following import Follower
from producers.gateway.marks import Marks
from producers.gateway.reference import References
from producers.gateway.registers import Registers
from producers.gateway.rejects import Rejects
from producers.gateway.stated import Stated
from producers.gateway.sync import sync
from schemas.instant import epoch_ms
from schemas.settings import Settings
from schemas.sync import Sync
from schemas.topics import REGISTERS, REJECTED, STREAMS


class Told:
    """Marks, rejections, registers, and what tablets state; `followers` are to be run."""

    def __init__(self, settings: Settings) -> None:
        self.marks, self.rejects, self.stated, self.registers = Marks(), Rejects(), Stated(), Registers()
        self.references = References(self.registers)
        takes = {STREAMS: self._take_marks, REJECTED: self._take_rejects, REGISTERS: self._take_registers}
        self.followers = tuple(Follower(settings, topic, take) for topic, take in takes.items())

    def sync(self, source: str, now: datetime) -> Sync:
        """What the server knows of a tablet's numbers."""
        return sync(self.marks.of(source), self.rejects.of(source), self.stated.of(source, epoch_ms(now)), now)

    def take_contacts(self, records: Sequence[Any]) -> None:
        """Take records of `gateway.contacts.v1`, which is followed already."""
        for record in records:
            self.stated.take(record.value, record.timestamp)

    def _take_marks(self, records: Sequence[Any]) -> None:
        for record in records:
            self.marks.take(record.key, record.value)

    def _take_rejects(self, records: Sequence[Any]) -> None:
        for record in records:
            self.rejects.take(record.value, record.headers)

    def _take_registers(self, records: Sequence[Any]) -> None:
        for record in records:
            self.registers.take(record.key, record.value)
