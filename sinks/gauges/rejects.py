"""Rejected records by reason, each counted once however often a counter repeats itself after a restart."""

from __future__ import annotations

from collections.abc import Iterable

from schemas.rejected import HEADER_REASON, QUARANTINE, REASONS
from sinks.gauges.errors import GaugesError


class Rejects:
    """Counts of rejected records. A record is known by its origin, one bit per offset of the log."""

    def __init__(self) -> None:
        self.counts = dict.fromkeys(REASONS, 0)
        self._known: dict[str, bytearray] = {}
        self._set_aside: set[bytes] = set()  # origins that are no place in a log, so no bit stands for them

    def take(self, key: bytes, headers: Iterable[tuple[str, bytes]]) -> bool:
        """Takes a record of the topic of rejects: its key is the origin `topic:partition:offset`; whether it is new.

        Raises:
            GaugesError: its reason is not one of `schemas.rejected.REASONS`.
        """
        partition, _, offset = key.decode().rpartition(":")
        reason = next((value.decode() for name, value in headers if name == HEADER_REASON), "")
        if reason not in self.counts:
            raise GaugesError(
                f"The rejected record {key.decode()} has the reason {reason!r}, which this version does not know: "
                "upgrade the gauges to the counter's version."
            )
        if not self._is_new(key, partition, int(offset)):
            return False
        self.counts[reason] += 1
        return True

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
