"""Events of tablets that were rejected after they were accepted (`field.rejected.v1`), by source.

Memory: at most `PER_SOURCE_MAX` are remembered of a tablet, the latest; of each only where it stood and why.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import NamedTuple

import msgspec

from schemas.rejected import HEADER_KEY, HEADER_PATH, HEADER_REASON, HEADER_TOPIC, PARKED, REASONS
from schemas.sync import FAMILY_OF, SyncRejected
from schemas.titles import Title
from schemas.wire import claimed

PER_SOURCE_MAX = 500
_UNKNOWN = Title("Bị từ chối", "Rejected for a reason that this version does not know")


class Stated(NamedTuple):
    """The identity that a rejected record states, with its id."""

    topic: str
    unit: str
    seq: int
    id: str


class _Named(msgspec.Struct):
    id: str = ""


_decode_named = msgspec.json.Decoder(_Named).decode


class Rejects:
    """What was rejected for good, by source; what is only parked may still count, and is not told."""

    def __init__(self) -> None:
        self._held: dict[str, dict[Stated, tuple[str, str]]] = {}

    def take(self, value: bytes | None, headers: Iterable[tuple[str, bytes]]) -> bool:
        """Take a record; whether it tells a tablet anything. The same rejection again changes nothing."""
        told = {name: bytes(text) for name, text in headers}
        reason, topic = (told.get(name, b"").decode("utf-8", "replace") for name in (HEADER_REASON, HEADER_TOPIC))
        claim = claimed(value)
        if claim is None or reason in PARKED or topic not in FAMILY_OF or not claim.source.startswith("/tablets/"):
            return False
        stated = Stated(topic, told.get(HEADER_KEY, b"").decode("utf-8", "replace"), claim.seq, _id_of(value or b""))
        held = self._held.setdefault(claim.source, {})
        held.pop(stated, None)
        held[stated] = reason, told.get(HEADER_PATH, b"").decode("utf-8", "replace")
        if len(held) > PER_SOURCE_MAX:
            del held[next(iter(held))]
        return True

    def of(self, source: str) -> Mapping[Stated, SyncRejected]:
        """What a tablet is told, the earliest first."""
        return {stated: _told(stated, *why) for stated, why in self._held.get(source, {}).items()}


def _told(stated: Stated, reason: str, path: str) -> SyncRejected:
    title = REASONS.get(reason, _UNKNOWN)
    return SyncRejected(
        topic=FAMILY_OF[stated.topic], unit=stated.unit, seq=stated.seq, id=stated.id, code=reason, path=path,
        vi=title.vi, en=title.en,
    )  # fmt: skip


def _id_of(value: bytes) -> str:
    try:
        return _decode_named(value).id
    except (msgspec.DecodeError, UnicodeDecodeError):
        return ""
