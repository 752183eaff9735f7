"""What a tablet does with what the server says of its numbers. Pure.

It purges only what the counter has, and never on a doubt: a number of its own that the server knows and that it never
sent is a sign that another device, or a later self, used its key. Then nothing is purged and nothing sent.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import NamedTuple

from producers.tablet_client.outbox import CONFLICT, REFUSED, SENT, Held, Number
from schemas.sync import Sync, SyncRejected, SyncStream, seen_in

TRIES_MAX = 20  # a number that is still missing after so many is left to a person


class Settled(NamedTuple):
    """What to do. `rejected` has numbers with their new state and why; `missing` are numbers that are here no more."""

    copied: bool
    purge: list[Number]
    again: list[Number]
    rejected: list[tuple[Number, str, str]]
    missing: list[Number]


def settle(held: Iterable[Held], highest: Mapping[tuple[str, str], int], sync: Sync) -> Settled:
    """Compare the outbox, and the highest number of each stream, with what the server says."""
    mine = {event.number: event for event in held}
    streams = {(stream.topic, stream.unit): stream for stream in sync.streams}
    if _is_copied(mine, highest, streams):
        return Settled(True, [], [], [], [])
    rejected = {(told.topic, told.unit, told.seq, told.id): told for told in sync.rejected}
    result = Settled(False, [], [], [], [])
    for number, event in mine.items():
        stream = streams.get((event.topic, event.unit))
        if (told := rejected.get((*number, event.id))) is not None:
            result.rejected.append((number, CONFLICT if told.code == "conflict" else REFUSED, _why(told)))
        elif stream is not None and seen_in(stream, event.seq):
            result.purge.append(number)
        elif event.state == SENT and stream is not None and event.seq in stream.missing and event.tries < TRIES_MAX:
            result.again.append(number)
    for (topic, unit), stream in streams.items():
        numbers = (Number(topic, unit, seq) for seq in stream.missing)
        result.missing.extend(number for number in numbers if number not in mine)
    return result


def _is_copied(
    mine: Mapping[Number, Held], highest: Mapping[tuple[str, str], int], streams: Mapping[tuple[str, str], SyncStream]
) -> bool:
    if any(stream.highest > highest.get(where, 0) for where, stream in streams.items()):
        return True
    unsent = (event for event in mine.values() if not event.tries)
    return any(
        (stream := streams.get((event.topic, event.unit))) is not None and seen_in(stream, event.seq)
        for event in unsent
    )


def _why(told: SyncRejected) -> str:
    return f"{told.code} {told.path}".strip()
