"""Rejected events as they stand: what `field.rejected.v1` holds, and what was done about each."""

from __future__ import annotations

import logging
from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

import msgspec

from producers.reading import Kept, read
from schemas.rejected import (
    HEADER_KEY,
    HEADER_PATH,
    HEADER_REASON,
    HEADER_RETURNED,
    HEADER_RULE,
    HEADER_TOPIC,
    OWN_HEADERS,
    Headers,
    field_topic,
)
from schemas.repair import HEADER_MENDS, PREFIX, Done, Repair, Standing, decode, done
from schemas.settings import Settings
from schemas.topics import ACTIONS, REJECTED

_log = logging.getLogger("fieldtally.office")


@dataclass
class Rejected:
    """One rejected event; `value` is left out (None) where it was not asked for. `since` is in ms."""

    origin: str
    reason: str
    path: str
    rule: str
    topic: str
    key: bytes | None
    value: bytes | None
    headers: Headers
    since: int
    returned: str = ""
    """By which contracts the counter sent it back."""
    again: str = ""
    """The origin under which what was sent for it was rejected again."""
    done: Done = field(default_factory=Done)

    @property
    def standing(self) -> Standing:
        """How it stands."""
        return self.done.standing(returned=bool(self.returned), again=bool(self.again))


Wanted = Callable[[str, str], bool]


def standing(settings: Settings, wanted: Wanted = lambda _origin, _reason: False) -> dict[str, Rejected]:
    """All rejected events by origin, the bytes of those that are `wanted` (origin, reason) included.

    Raises:
        ProducersError: a topic is not there, or records that are there do not come.
        kafka.errors.KafkaTimeoutError: the broker does not answer.
    """
    return join(taken(read(settings, [REJECTED]), wanted), repairs(settings))


def repairs(settings: Settings) -> dict[str, Done]:
    """What was done about rejected events, by origin.

    Raises: as `standing`.
    """
    by_origin: dict[str, list[Repair]] = defaultdict(list)
    for record in read(settings, [ACTIONS]):
        if record.key is None or not record.key.startswith(PREFIX.encode()):
            continue
        try:
            repair = decode(record.value or b"")
        except msgspec.DecodeError:
            _log.warning("A record of %s is no repair of this version.", ACTIONS, extra={"offset": record.offset})
            continue
        by_origin[repair.origin].append(repair)
    return {origin: done(each) for origin, each in by_origin.items()}


def taken(records: Iterable[Kept], wanted: Wanted) -> dict[str, Rejected]:
    """Rejected events by origin; a counter that repeated itself changes nothing. Pure."""
    found: dict[str, Rejected] = {}
    for record in records:
        origin = (record.key or b"").decode("utf-8", "replace")
        told = {name: value.decode("utf-8", "replace") for name, value in record.headers if name in OWN_HEADERS}
        if origin not in found:
            reason = told.get(HEADER_REASON, "")
            found[origin] = Rejected(
                origin, reason, told.get(HEADER_PATH, ""), told.get(HEADER_RULE, ""),
                field_topic(told.get(HEADER_TOPIC, "")),
                next((value for name, value in record.headers if name == HEADER_KEY), None),
                record.value if wanted(origin, reason) else None,
                [(name, value) for name, value in record.headers if name not in OWN_HEADERS], record.timestamp,
            )  # fmt: skip
        found[origin].returned = told.get(HEADER_RETURNED, "") or found[origin].returned
    return found


def join(found: dict[str, Rejected], by_origin: dict[str, Done]) -> dict[str, Rejected]:
    """What was done put to what was rejected. Pure."""
    for each in found.values():
        each.done = by_origin.get(each.origin, Done())
        for name, value in each.headers:
            if name == HEADER_MENDS and (mended := found.get(value.decode("utf-8", "replace"))) is not None:
                mended.again = each.origin
    return found
