"""Named points at which a counter can be made to die: before, in the middle of, or after its n-th append of a step."""

from __future__ import annotations

from collections.abc import Sequence
from random import Random

import msgspec

from schemas.topics import FIELD_TOPICS, REJECTED, STATE, STREAMS, TOTALS
from stream_processors.protocol.port import Message
from stream_processors.protocol.records import CLAIM_KEY

BEFORE, HALF, AFTER = "before", "half", "after"


class Point(msgspec.Struct, frozen=True):
    """`step` is `<phase>.<what>`: phases are takeover, checkpoint, publish, return; see `step_of` for what.

    With `at_work` it waits there a moment for records that are not taken yet, as a slow append would.
    """

    step: str
    when: str
    nth: int = 1
    at_work: bool = False

    def __str__(self) -> str:
        return f"{self.when} {self.step}"


class Older(msgspec.Struct, frozen=True):
    """A counter from before an upgrade: it knows neither these units nor these types, and older versions of others."""

    units: list[str] = []
    types: list[str] = []
    versions: list[str] = []


class Plan(msgspec.Struct, frozen=True):
    """How the launcher runs a counter; `progress` is the path of its file. The fetch of that number breaks Faust."""

    progress: str
    point: Point | None = None
    older: Older | None = None
    new_log: bool = False
    breaking_fetch: int = 0


BETWEEN_CHECKPOINT_STEPS = (
    ("checkpoint.rejects", AFTER),
    ("checkpoint.states", HALF),
    ("checkpoint.states", AFTER),
    ("checkpoint.book", AFTER),
    ("checkpoint.removal", HALF),
)
"""Some of a checkpoint is durable and some is not."""
ELSEWHERE = (
    ("takeover.claim", AFTER),
    ("takeover.book", BEFORE),
    ("takeover.book", AFTER),
    ("publish.marks", AFTER),
    ("publish.totals", HALF),
)


def step_of(phase: str, topic: str, messages: Sequence[Message]) -> str:
    """The step that an append is."""
    return f"{phase}.{_what(topic, messages[0])}"


def _what(topic: str, first: Message) -> str:
    if topic in FIELD_TOPICS:
        return "field"
    if topic != STATE:
        return {REJECTED: "rejects", STREAMS: "marks", TOTALS: "totals"}[topic]
    if first.key == CLAIM_KEY:
        return "claim"
    if first.value is None:
        return "removal"
    return "book" if first.key is not None and first.key.startswith(b"book ") else "states"


def draw(rng: Random, between: int, elsewhere: int) -> list[Point]:
    """Points in random order; each kind comes before any comes twice, and in other partitions each time."""
    drawn = [BETWEEN_CHECKPOINT_STEPS[i % len(BETWEEN_CHECKPOINT_STEPS)] for i in range(between)]
    drawn += [ELSEWHERE[i % len(ELSEWHERE)] for i in range(elsewhere)]
    rng.shuffle(drawn)
    return [
        Point(step, when, rng.randint(1, 4 if step == "checkpoint.rejects" else 12), at_work=True)
        for step, when in drawn
    ]
