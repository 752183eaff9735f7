"""What becomes of mistakes: who revises what, with which number, how many days later; and of lost numbers."""

from __future__ import annotations

from datetime import timedelta
from random import Random
from typing import Any, NamedTuple

import msgspec

from producers.simulator.happening import Happening
from schemas.events.envelope import Fact

AnyFact = Fact[Any, Any]
VOID, CORRECT, WITHDRAW = "voided", "corrected", "withdraw"


class Root(NamedTuple):
    """An event that is to be revised, or a number that is to be withdrawn."""

    source: str
    topic: str
    unit: str
    seq: int
    type: str
    fact: AnyFact


class Errand(NamedTuple):
    """One revision or withdrawal to come, `days` after its root was received; `again` revises the revision itself."""

    days: int
    what: str
    root: Root
    number: int = 1
    carried: AnyFact | None = None
    new: AnyFact | None = None
    reason: str = "typing-error"
    again: bool = False


def stated(root: Root, happening: Happening) -> AnyFact:
    """The root's fact with what a happening says instead."""
    return msgspec.structs.replace(root.fact, subject=happening.subject, data=happening.data)


def corrections(root: Root, truth: Happening, wrong: Happening, rng: Random) -> list[Errand]:
    """How something typed wrong is mended; what could leave it wrong happens only where no figure is at stake."""
    right, also_wrong = stated(root, truth), stated(root, wrong)
    soon, later = int(rng.random() * 12), 12 + int(rng.random() * 20)
    kind = rng.random()
    if kind < 0.15:
        return [Errand(soon, CORRECT, root, 1, new=also_wrong), Errand(later, CORRECT, root, 2, new=right)]
    if kind < 0.25:
        return [Errand(soon, VOID, root, 1, reason="did-not-happen"), Errand(later, CORRECT, root, 2, new=right)]
    if kind < 0.35:
        rival = right if truth.figure else also_wrong
        return [Errand(soon, CORRECT, root, 1, new=right), Errand(soon, CORRECT, root, 1, new=rival)]
    if kind < 0.45 and not truth.figure:
        wrongly = Errand(soon, CORRECT, root, 1, carried=also_wrong, new=right)
        return [wrongly] if kind < 0.40 else [wrongly, Errand(later, CORRECT, root, 2, new=right)]
    if kind < 0.55 and not truth.figure:
        day_before = msgspec.structs.replace(right, time=right.time - timedelta(days=1))
        return [Errand(soon, CORRECT, root, 1, new=day_before)]
    return [Errand(soon, CORRECT, root, 1, new=right)]


def voids(root: Root, wrong: Happening, figure: bool, rng: Random) -> list[Errand]:
    """How something recorded twice is taken back."""
    soon, later = int(rng.random() * 12), 12 + int(rng.random() * 20)
    void = Errand(soon, VOID, root, 1, reason="recorded-twice")
    kind = rng.random()
    if kind < 0.15:
        return [void, void._replace(days=later, number=1 + int(rng.random() * 2))]
    if kind < 0.25:
        return [Errand(soon, CORRECT, root, 1, new=stated(root, wrong)), void._replace(days=later, number=2)]
    if kind < 0.35:
        return [void, void if figure else Errand(soon, CORRECT, root, 1, new=stated(root, wrong))]
    if kind < 0.40:
        return [void._replace(again=True)]
    return [void]


def losses(root: Root, figure: bool, rng: Random) -> list[Errand]:
    """What becomes of a number that never comes: nothing, a withdrawal, a revision by someone who knows it, or both."""
    withdrawal = Errand(
        5 + int(rng.random() * 30), WITHDRAW, root, reason=rng.choice(("lost", "rejected", "never-sent"))
    )
    revision = Errand(int(rng.random() * 12), VOID if figure else CORRECT, root, 1, new=None if figure else root.fact)
    kind = rng.random()
    if kind < 0.4:
        return []
    if kind < 0.7:
        return [withdrawal]
    return [revision] if kind < 0.85 else [revision, withdrawal]
