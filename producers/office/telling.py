"""Rejected events for a person, personal values masked: by reason, in a list, and one with all that was done. Pure.

What a command prints and what the board is sent are these.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable
from datetime import UTC, datetime

from msgspec import Struct

from producers.office.masking import masked, masked_text
from producers.office.orders import settled
from producers.office.rejects import Rejected
from schemas.rejected import REASONS
from schemas.repair import STANDINGS, Repair, Standing
from schemas.titles import Title

UNKNOWN = Title("Lý do chưa biết", "A reason that this version does not know")


class Group(Struct, frozen=True):
    """Rejected events of one reason: how many stand how, and the first and the last, UTC."""

    reason: str
    title: Title
    count: int
    standings: dict[Standing, int]
    first: str
    last: str


class Line(Struct, frozen=True):
    """One event in a list, without its bytes; `by` and `why` of the decision that holds."""

    origin: str
    reason: str
    path: str
    rule: str
    topic: str
    standing: Standing
    since: str
    again: str
    by: str
    why: str


class Sending(Struct, frozen=True):
    """What a plan would send: a decision's event, and where to; both empty where it only notes something."""

    origin: str
    topic: str
    event: str


class Step(Struct, frozen=True):
    """What somebody did about an event, and what was sent if it was a fix or replay."""

    id: str
    time: datetime
    type: str
    by: str
    why: str
    sending: Sending


class Whole(Struct, frozen=True):
    """One event with its value, key and headers, what was done, and if nothing is left to do, why (`settled`)."""

    line: Line
    title: Title
    key: str
    headers: list[tuple[str, str]]
    value: str
    size: int
    steps: list[Step]
    returned: str
    settled: str


def title_of(reason: str) -> Title:
    """What a reason means."""
    return REASONS.get(reason, UNKNOWN)


def groups(found: Iterable[Rejected]) -> list[Group]:
    """Rejected events by reason, the most frequent first."""
    by_reason: dict[str, list[Rejected]] = defaultdict(list)
    for each in found:
        by_reason[each.reason].append(each)
    return [_group(reason, some) for reason, some in sorted(by_reason.items(), key=lambda each: -len(each[1]))]


def lines(found: Iterable[Rejected]) -> list[Line]:
    """A list, those first that nobody has decided about."""
    ordered = sorted(found, key=lambda each: (each.standing != Standing.OPEN, each.since, each.origin))
    return [_line(each) for each in ordered]


def whole(record: Rejected) -> Whole:
    """All that is known of one event."""
    steps = [Step(each.id, each.time, each.type, each.operator, each.data.why, sending(each))
             for each in record.done.all]  # fmt: skip
    headers = [(masked_text(name.encode()), masked_text(value)) for name, value in record.headers]
    return Whole(_line(record), title_of(record.reason), masked_text(record.key), headers, masked(record.value),
                 len(record.value or b""), steps, record.returned, settled(record))


def sending(decision: Repair) -> Sending:
    """What a decision would send."""
    event = decision.data.event
    return Sending(decision.origin, decision.data.topic, masked(event.encode()) if event else "")


def _group(reason: str, some: list[Rejected]) -> Group:
    counts = Counter(each.standing for each in some)
    return Group(reason, title_of(reason), len(some), {each: counts[each] for each in STANDINGS if counts[each]},
                 _moment(min(each.since for each in some)), _moment(max(each.since for each in some)))


def _line(each: Rejected) -> Line:
    holds = each.done.holds
    return Line(each.origin, each.reason, each.path, each.rule, each.topic, each.standing, _moment(each.since),
                each.again, holds.operator if holds else "", holds.data.why if holds else "")


def _moment(since_ms: int) -> str:
    return datetime.fromtimestamp(since_ms / 1000, UTC).isoformat(timespec="seconds")
