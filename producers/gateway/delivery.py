"""From a batch to its receipts: judge each event, write what is ready, call accepted what all replicas have."""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import Awaitable, Callable, Sequence
from typing import NamedTuple

from producers.gateway.intake import Ready, Unfit
from producers.gateway.memory import Identity, Memory, Written
from producers.gateway.publishing import Message
from schemas.gateway import Accepted, Conflict, Receipt, Refused, Retry, title_of
from schemas.rejected import Refusal, quarantined, rejected_headers
from schemas.topics import REJECTED

NOT_CONFIRMED = "not-confirmed"
Append = Callable[[str, int, Sequence[Message]], Awaitable[list[int | None]]]


class Place(NamedTuple):
    """Where an event is written: the key of its memory, topic, partition, record."""

    identity: Identity
    topic: str
    partition: int
    message: Message


def in_field(source: str, event: Ready) -> Place:
    """An event in the topic of its family."""
    identity = (source, event.family, event.unit, event.seq)
    return Place(identity, event.topic, event.partition, Message(event.key, event.value, event.headers))


def in_quarantine(source: str, event: Ready) -> Place:
    """An event of a revoked tablet, set aside; an office may let it in later."""
    origin = quarantined(event.family, event.partition, f"{source} {event.unit} {event.seq} {event.id}")
    headers = rejected_headers(origin, event.key, Refusal("revoked-tablet"), list(event.headers))
    identity = (source, origin.topic, event.unit, event.seq)
    return Place(identity, REJECTED, event.partition, Message(origin.key(), event.value, headers))


async def written(
    events: Sequence[Ready], placed: Callable[[Ready], Place], memory: Memory, append: Append
) -> list[Written | None]:
    """Write what is not remembered, and remember it; for each event where it lies, None where that is not confirmed.

    An event whose number was used with another id is written too: the counter decides what it is.
    """
    places = [placed(event) for event in events]
    found: list[Written | None] = []
    groups: defaultdict[tuple[str, int], list[int]] = defaultdict(list)
    first: dict[tuple[Identity, str], int] = {}  # of this batch, by identity and id
    for number, (event, place) in enumerate(zip(events, places, strict=True)):
        known = memory.get(place.identity)
        found.append(known if known is not None and known.id == event.id else None)
        if found[-1] is None and first.setdefault((place.identity, event.id), number) == number:
            groups[place.topic, place.partition].append(number)
    sent = [append(topic, partition, [places[n].message for n in numbers])
            for (topic, partition), numbers in groups.items()]
    for ((_, partition), numbers), offsets in zip(groups.items(), await asyncio.gather(*sent), strict=True):
        for number, offset in zip(numbers, offsets, strict=True):
            if offset is not None:
                event = events[number]
                made = found[number] = Written(event.id, partition, offset, event.receivedat, event.skewms)
                memory.note(places[number].identity, made)
    for number, (event, place) in enumerate(zip(events, places, strict=True)):
        found[number] = found[number] or found[first.get((place.identity, event.id), number)]
    return found


def receipts(
    judged: Sequence[Ready | Unfit], found: Sequence[Written | None], source: str, memory: Memory
) -> list[Receipt]:
    """A receipt for each event, in their order; `found` is for those that were ready, in theirs."""
    lies = iter(found)
    return [_unfit(each) if isinstance(each, Unfit) else _receipt(each, next(lies), source, memory) for each in judged]


def _receipt(event: Ready, lies: Written | None, source: str, memory: Memory) -> Receipt:
    if lies is None:
        title = title_of(NOT_CONFIRMED)
        return Retry(id=event.id, code=NOT_CONFIRMED, vi=title.vi, en=title.en)
    holder = memory.get((source, event.family, event.unit, event.seq))
    if holder is not None and holder.id != event.id:
        title = title_of("conflict")
        return Conflict(id=event.id, topic=event.family, partition=lies.partition, offset=lies.offset, vi=title.vi,
                        en=title.en)  # fmt: skip
    return Accepted(id=event.id, topic=event.family, partition=lies.partition, offset=lies.offset,
                    receivedat=lies.receivedat, skewms=lies.skewms)  # fmt: skip


def _unfit(unfit: Unfit) -> Receipt:
    reason, path, _ = unfit.refusal
    title = title_of(reason)
    if unfit.again:
        return Retry(id=unfit.id, code=reason, vi=title.vi, en=title.en)
    return Refused(id=unfit.id, code=reason, path=path, vi=title.vi, en=title.en)
