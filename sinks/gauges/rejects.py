"""Rejected records by reason, each counted once however often a counter repeats itself after a restart."""

from __future__ import annotations

from collections.abc import Iterable

import msgspec

from schemas.rejected import HEADER_REASON, HEADER_RETURNED, QUARANTINE, REASONS
from schemas.repair import DROPPED, PREFIX, SENT, decode
from sinks.gauges.errors import GaugesError


class Rejects:
    """Counts of rejected records. A record is known by its origin, one bit per offset of the log."""

    def __init__(self) -> None:
        self.counts = dict.fromkeys(REASONS, 0)
        self._known: dict[str, bytearray] = {}
        self._set_aside: set[bytes] = set()  # origins that are no place in a log, so no bit stands for them
        self._settled: dict[str, set[bytes]] = {reason: set() for reason in REASONS}

    @property
    def open(self) -> dict[str, int]:
        """Of each reason how many are neither mended, nor dropped, nor sent back by the counter."""
        return {reason: max(0, count - len(self._settled[reason])) for reason, count in self.counts.items()}

    def take(self, key: bytes, headers: Iterable[tuple[str, bytes]]) -> bool:
        """Takes a record of the topic of rejects: its key is the origin `topic:partition:offset`; whether it is new.

        Raises:
            GaugesError: its reason is not one of `schemas.rejected.REASONS`.
        """
        partition, _, offset = key.decode().rpartition(":")
        told = dict(headers)
        reason = told.get(HEADER_REASON, b"").decode()
        if reason not in self.counts:
            raise GaugesError(
                f"The rejected record {key.decode()} has the reason {reason!r}, which this version does not know: "
                "upgrade the gauges to the counter's version."
            )
        if HEADER_RETURNED in told:
            self._settled[reason].add(key)
        if not self._is_new(key, partition, int(offset)):
            return False
        self.counts[reason] += 1
        return True

    def settle(self, key: bytes | None, value: bytes | None) -> None:
        """Takes a record of the topic of decisions; what is not about rejected events, or unreadable, is left out."""
        if key is None or not key.startswith(PREFIX.encode()):
            return
        try:
            repair = decode(value or b"")
        except msgspec.DecodeError:
            return
        if repair.type in (SENT, DROPPED) and repair.data.reason in self._settled:
            self._settled[repair.data.reason].add(repair.origin.encode())

    def _is_new(self, key: bytes, partition: str, offset: int) -> bool:
        if not partition.startswith(QUARANTINE):
            return self._mark(self._known.setdefault(partition, bytearray()), offset)
        before = len(self._set_aside)
        self._set_aside.add(key)
        return len(self._set_aside) > before

    @staticmethod
    def _mark(bits: bytearray, number: int) -> bool:
        index, bit = number >> 3, 1 << (number & 7)
        if index >= len(bits):
            bits.extend(bytes(index + 1 - len(bits)))
        if bits[index] & bit:
            return False
        bits[index] |= bit
        return True
