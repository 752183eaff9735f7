"""Tablets as their last contacts tell: how many are silent, whose clock is off, what still waits on them. Pure."""

from __future__ import annotations

from typing import NamedTuple

from schemas.gateway.records import decode_contact

DAY_S = 86_400
SILENT_S, PUT_AWAY_S = 14 * DAY_S, 60 * DAY_S
"""Nothing heard for so long: silent; for so much longer: put away, and no longer counted as silent."""
SKEW_MS = 5 * 60 * 1000  # beyond it an event's instant is not the tablet's time (design, "The event")


class _Last(NamedTuple):
    """Of a tablet: its last contact in seconds since 1970, its skew in ms, its events that wait."""

    at: float
    skew: int
    waiting: int


class Tablets(NamedTuple):
    """How many there are, are silent, have a wrong clock; and how many events wait on all of them."""

    known: int
    silent: int
    skewed: int
    waiting: int


class Contacts:
    """The last contact with each tablet."""

    def __init__(self) -> None:
        self._last: dict[bytes, _Last] = {}

    def take(self, key: bytes, value: bytes | None) -> None:
        """Takes a record of the topic of contacts; None removes the tablet.

        Raises:
            msgspec.DecodeError: it is no contact.
        """
        if value is None:
            self._last.pop(key, None)
            return
        contact = decode_contact(value)
        waiting = sum(stream.waiting for stream in contact.streams)
        self._last[key] = _Last(contact.at.timestamp(), contact.skewms, waiting)

    def tablets(self, now: float) -> Tablets:
        """The figures at an instant in seconds since 1970."""
        each = self._last.values()
        return Tablets(len(each), sum(SILENT_S < now - last.at <= PUT_AWAY_S for last in each),
                       sum(abs(last.skew) > SKEW_MS for last in each), sum(last.waiting for last in each))
