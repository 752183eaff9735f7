"""What goes wrong when something is written down: typed wrong, recorded twice, lost on the tablet, spoiled."""

from __future__ import annotations

from collections.abc import Iterator
from random import Random
from typing import Any

import msgspec

from producers.simulator.faults import Faults
from producers.simulator.happening import Happening
from producers.simulator.register import Register
from schemas import codes

PLAIN, TO_CORRECT, TO_VOID, LOST, RUBBISH = "plain", "to-correct", "to-void", "lost", "rubbish"
_CODES = {
    "topic": tuple(codes.TOPICS),
    "bank": tuple(codes.BANKS),
    "recipient": tuple(codes.RECIPIENTS),
    "purpose": tuple(codes.PURPOSES),
    "host": tuple(codes.HOST_CLASSES),
    "fault": tuple(codes.FAULTS),
}
_NUMBERS = ("visitors", "headcount", "amount", "value")
_FLAGS = ("needs_telecom", "has_telecom", "owns_smartphone", "has_internet", "solid_house")


def written_down(
    happening: Happening, faults: Faults, register: Register, rng: Random
) -> Iterator[tuple[str, Happening]]:
    """What is written down of a happening: itself or mistyped, and what comes on top, each with what becomes of it."""
    luck = rng.random()
    if luck < faults.corrections:
        yield TO_CORRECT, mistyped(happening, register, rng)
        return
    yield PLAIN, happening
    luck -= faults.corrections
    for intent, rate in ((TO_VOID, faults.voids), (LOST, faults.lost), (RUBBISH, faults.rubbish)):
        if 0 <= luck < rate:
            yield intent, happening
        luck -= rate


def mistyped(happening: Happening, register: Register, rng: Random) -> Happening:
    """The same with one thing wrong, valid all the same."""
    data: Any = happening.data
    if happening.subject.startswith("household/") and rng.random() < 0.4:
        return happening._replace(subject=f"household/{register.any_household(happening.unit, rng)}")
    for field in _NUMBERS:
        if hasattr(data, field):
            return _with(happening, field, max(1, getattr(data, field) + rng.choice((-1, 1)) * rng.randrange(1, 9)))
    for field, options in _CODES.items():
        if hasattr(data, field):
            return _with(happening, field, rng.choice([code for code in options if code != getattr(data, field)]))
    for field in _FLAGS:
        if hasattr(data, field) and rng.random() < 0.5:
            return _with(happening, field, not getattr(data, field))
    return _with(happening, "organisation", "other")


def _with(happening: Happening, field: str, value: object) -> Happening:
    return happening._replace(data=msgspec.structs.replace(happening.data, **{field: value}))
