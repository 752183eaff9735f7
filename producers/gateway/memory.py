"""What was accepted a short while ago, so that an event that comes again gets its receipt and is not written again.

It saves writing, and is no promise: after a restart, or at another gateway, the event is written twice, and counted
once.
"""

from __future__ import annotations

from collections import OrderedDict
from datetime import datetime
from typing import NamedTuple

KEPT_MAX = 50_000  # events, some 30 MB


class Written(NamedTuple):
    """Where an event lies, and what its first receipt said."""

    id: str
    partition: int
    offset: int
    receivedat: datetime
    skewms: int


Identity = tuple[str, str, str, int]
"""Source, stream's family (or where else it was written), unit, number."""


class Memory:
    """Events by identity, the latest so many; the first that had an identity keeps it."""

    def __init__(self, kept_max: int = KEPT_MAX) -> None:
        self._kept: OrderedDict[Identity, Written] = OrderedDict()
        self._max = kept_max

    def get(self, identity: Identity) -> Written | None:
        """What is remembered of an identity."""
        return self._kept.get(identity)

    def note(self, identity: Identity, written: Written) -> None:
        """Remember an event."""
        self._kept.setdefault(identity, written)
        if len(self._kept) > self._max:
            self._kept.popitem(last=False)
