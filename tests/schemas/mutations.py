"""Small random changes of events, for whoever compares verdicts about them."""

from __future__ import annotations

import random
from typing import Any

from tests.schemas.golden import EXAMPLES, Place, at, places, removed, replaced

TIMES = (
    "2026-03-01T08:12:04.123456789Z", "2026-03-01t08:12:04z", "2026-03-01 08:12:04+07:00", "2026-03-01T08:12:04+0700",
    "2026-03-01T08:12:04", "2026-03-01T24:00:00Z", "2026-12-31T23:59:60Z", "2026-02-29T00:00:00Z",
    "0000-01-01T00:00:00Z", "0001-01-01T00:00:00+07:00", "9999-12-31T23:59:59-23:59", "2026-03-01T08:12:04+24:00",
    "2026-03-01T08:12Z", "2026-03-01", "2026-13-01", "2026-03-01T08:12:04-00:00", "9999-12-31T23:59:59.9999999Z",
)  # fmt: skip
VALUES: tuple[Any, ...] = (
    None, True, False, 0, -1, 1, 7, 99, 100, 100_001, 2**31 - 1, 2**31, 2**53, -(2**53), 2**64, 10**30, 1.0, 1.5, -0.0,
    1e300, "", "x", "other", "0", "1.0", "\0", "\ud800", "Nguyễn", "0912345678", "a" * 41, [], {}, [1], {"a": 1},
    *TIMES,
)  # fmt: skip


def mutated(event: dict[str, Any], dice: random.Random) -> Any:
    """One small change at a random place: a value dropped, added, replaced, bent, or taken from another event."""
    place = dice.choice(list(places(event))[1:])
    value = at(event, place)
    match dice.randrange(6):
        case 0:
            return removed(event, place)
        case 1:
            return replaced(event, (*place[:-1], dice.choice(("note", "Data", "seq", "new", "village"))), value)
        case 2 | 3:
            return replaced(event, place, dice.choice(VALUES))
        case 4 if isinstance(value, str):
            return replaced(event, place, _bent(value, dice))
        case _:
            return replaced(event, place, _elsewhere(place, dice))


def _bent(text: str, dice: random.Random) -> str:
    cut = dice.randrange(len(text) + 1)
    other = dice.choice(("\n", " ", "0", "9", "a", "Z", "-", "/", "٣", ""))
    return dice.choice((text + other, other + text, text[:cut] + other + text[cut:], text[:cut], text.upper()))


def _elsewhere(place: Place, dice: random.Random) -> Any:
    other = dice.choice(EXAMPLES)
    return at(other, place) if place in set(places(other)) else None
