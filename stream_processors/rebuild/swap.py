"""Putting a recount in the place of what the counter has: as the newest book and states, of a generation of its own.

Who writes them claims the partition first, as an owner does; so the live counter gives up at its next checkpoint, is
started again, and takes over from here. Until the book is there, nothing that was written is of any effect.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Sequence

from schemas.topics import FIELD_TOPICS
from schemas.totals import Total
from stream_processors.protocol import records
from stream_processors.protocol.owner import CHUNK, Identity
from stream_processors.protocol.port import Message, PartitionLog
from stream_processors.protocol.state_topic import StateTopic
from stream_processors.protocol.takeover import DistrustError, Shelf
from stream_processors.rebuild.recount import Recount


async def swap(log: PartitionLog, recount: Recount, identity: Identity, totals: Iterable[Total]) -> int:
    """Write the recount as the newest generation of its partition; that generation. `totals` are all that were shown.

    Raises:
        DistrustError: the recount is not whole, or lies beyond the log.
    """
    if not recount.whole():
        raise DistrustError(f"partition {recount.partition.number} was not counted whole: nothing was written")
    shown = [total.generation for total in totals]
    topic = StateTopic(log)
    while True:
        await topic.claim(records.Claim(identity.worker, identity.token))
        shelf = await topic.read()
        if shelf.claim_offset != topic.epoch:
            await asyncio.sleep(0)  # a counter claimed after us: it gives up once we have claimed again
            continue
        book = await _book(log, recount, shelf, topic.epoch, identity.rules, shown)
        for chunk in _chunks(recount, book):
            await topic.append(chunk)
        await topic.append([Message(book.key(), records.encode(book))])
        if await topic.last_claim_is_mine():
            return book.generation


async def _book(
    log: PartitionLog, recount: Recount, shelf: Shelf, epoch: int, rules: str, shown: Sequence[int]
) -> records.Book:
    partition = recount.partition
    ends = (await log.field_ends()).ends
    for name, position, end in zip(FIELD_TOPICS, partition.positions, ends, strict=True):
        if position > end:
            raise DistrustError(f"{name} ends at {end}, but was counted up to {position}: the log was cut")
    before = max(shelf.books, key=lambda book: (book.generation, book.epoch), default=None)
    generation = max([shelf.claim_ms, *(1 + book.generation for book in shelf.books), *(1 + each for each in shown)])
    return records.Book(
        generation=generation, epoch=epoch, positions=list(partition.positions), rejected=partition.rejected,
        anchors=list(partition.anchors), quiet=list(ends), rules=rules,
        contracts=before.contracts if before else "", since=before.since if before else 0,
    )  # fmt: skip


def _chunks(recount: Recount, book: records.Book) -> Iterable[list[Message]]:
    """The states as a checkpoint would write them."""
    partition = recount.partition
    names = sorted(partition.states)
    for start in range(0, len(names), CHUNK):
        chunk = []
        for name in names[start : start + CHUNK]:
            state = partition.states[name]
            state.raise_positions(partition.positions)
            key = records.StateKey(book.generation, book.epoch, state.unit).key()
            chunk.append(Message(key, records.encode_state(state, partition.anchors)))
        yield chunk
