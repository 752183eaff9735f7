"""What tablets state of their own streams (`gateway.contacts.v1`), and since when: a lost tail shows only there."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from schemas.gateway import decode_contact

TAIL_MS = 60_000  # so long after it was stated, a number that was sent is counted, if it came


class _Highest(NamedTuple):
    highest: int
    since: int


class Stated:
    """The highest number of each stream by source; `since` in ms since 1970 is when it was first stated."""

    def __init__(self) -> None:
        self._held: dict[str, dict[tuple[str, str], _Highest]] = {}

    def take(self, value: bytes | None, timestamp: int) -> None:
        """Take a record.

        Raises:
            msgspec.DecodeError: it is no contact of this version.
        """
        if value is None:
            return
        contact = decode_contact(value)
        before = self._held.get(contact.source, {})
        held: dict[tuple[str, str], _Highest] = {}
        for stream in contact.streams:
            where = f"field.{stream.topic}.v1", stream.unit
            known = before.get(where)
            same = known is not None and known.highest == stream.highest
            held[where] = known if known is not None and same else _Highest(stream.highest, timestamp)
        self._held[contact.source] = held

    def of(self, source: str, now: int) -> Mapping[tuple[str, str], int]:
        """The highest numbers, by topic and unit, that were stated long enough ago for their events to be counted."""
        held = self._held.get(source, {})
        return {where: stated.highest for where, stated in held.items() if now - stated.since >= TAIL_MS}
