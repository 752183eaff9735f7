"""Repairs carried out: the decision is written first, then the event is sent, then that it was sent.

After each step the process may end: the same command again finds the decision that holds and goes on from there. Of
two operators who decide at once, the one whose decision lies first in the log is carried out, by both.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime, timedelta, timezone
from random import SystemRandom
from typing import NamedTuple

from producers.connection import Say
from producers.errors import ProducersError
from producers.office.mending import Sendable
from producers.office.rejects import Rejected, repairs
from producers.office.writer import append
from producers.publisher import Publisher
from producers.simulator.clock import uuid7
from producers.simulator.record import Record, headers_of
from schemas import wire
from schemas.instant import epoch_ms
from schemas.rejected import Refusal
from schemas.repair import DROPPED, FIXED, HEADER_MENDS, PREFIX, REPLAYED, SENT, Mending, Repair, Type, encode
from schemas.settings import Settings
from schemas.topics import ACTIONS

VIETNAM = timezone(timedelta(hours=7))
CHUNK = 200  # events between two notes of what was sent: a kill makes at most so many come twice, as duplicates


class By(NamedTuple):
    """Who decides, in which session, and why."""

    operator: str
    source: str
    why: str


def by(operator: str, why: str) -> By:
    """A session of its own per command."""
    return By(operator, f"/offices/{secrets.token_urlsafe(12)}", why)


def fix(record: Rejected, made: Sendable, who: By) -> Repair:
    """The decision to send an event in place of a rejected one."""
    return _mending(FIXED, record, made, who)


def replay(record: Rejected, made: Sendable, who: By) -> Repair:
    """The decision to send a rejected event as it came."""
    return _mending(REPLAYED, record, made, who)


def drop(record: Rejected, who: By) -> Repair:
    """The decision that nobody will mend it."""
    return _repair(DROPPED, record.origin, who.operator, who.source, Mending(reason=record.reason, why=who.why))


def decide(settings: Settings, decisions: Sequence[Repair], say: Say = print) -> list[Repair]:
    """Append decisions; of each rejected event the one that holds, which is another's where that came first.

    Raises:
        ProducersError: the broker did not answer or refused; the same again is harmless.
    """
    append(settings, ACTIONS, ((each.key(), encode(each)) for each in decisions), say=say)
    after = repairs(settings)
    return [holds for each in decisions if (holds := after[each.origin].holds) is not None]


def carry_out(
    settings: Settings, decisions: Sequence[Repair], operator: str, progress: Callable[[int], None] | None = None,
    say: Say = print,
) -> int:
    """Send the events of decisions that hold, and note it; how many. To send one again is harmless.

    Raises:
        ProducersError: as `decide`; or another version of fieldtally decided what this one does not know.
    """
    mending = [each for each in decisions if each.type in (FIXED, REPLAYED)]
    source = by(operator, "other").source
    with Publisher(settings, say=say) as publisher:
        for start, chunk in _chunks(mending):
            for each in chunk:
                publisher.send(_record(each))
            publisher.confirm()
            for each in chunk:
                told = Mending(reason=each.data.reason, why=each.data.why, decision=each.id)
                note = _repair(SENT, each.origin, operator, source, told)
                publisher.send(Record(ACTIONS, note.key(), encode(note), None, [], "office"))
            publisher.confirm()
            if progress is not None:
                progress(start + len(chunk))
    return len(mending)


def _chunks(decisions: Sequence[Repair]) -> Iterator[tuple[int, Sequence[Repair]]]:
    for start in range(0, len(decisions), CHUNK):
        yield start, decisions[start : start + CHUNK]


def _record(decision: Repair) -> Record:
    value = decision.data.event.encode()
    event = wire.decode(value)
    if isinstance(event, Refusal):
        raise ProducersError(f"What was decided of {decision.origin} ({decision.id}) is no event of this version "
                             f"({event.reason}): another version decided it; do it with that one.")
    tag = type(event).__struct_config__.tag
    headers = [*headers_of(str(tag), event.id), (HEADER_MENDS, decision.origin.encode())]
    return Record(decision.data.topic, event.unit.encode(), value, None, headers, "office")


def _mending(type_: Type, record: Rejected, made: Sendable, who: By) -> Repair:
    told = Mending(reason=record.reason, why=who.why, topic=made.topic, event=made.value.decode())
    return _repair(type_, record.origin, who.operator, who.source, told)


def _repair(type_: Type, origin: str, operator: str, source: str, told: Mending) -> Repair:
    now = datetime.now(UTC)
    return Repair(id=uuid7(epoch_ms(now), SystemRandom()), source=source, type=type_, subject=PREFIX + origin,
                  time=now.astimezone(VIETNAM), operator=operator, data=told)  # fmt: skip
