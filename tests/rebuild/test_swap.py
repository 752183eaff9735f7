"""A swap that dies at any moment does no harm, and one that is through is what the next owner takes over."""

from __future__ import annotations

import asyncio
import random
from collections import defaultdict
from collections.abc import Awaitable, Callable, Sequence

import pytest

from schemas.places import load
from schemas.topics import FIELD_TOPICS, STATE, TOPIC_INDEX, TOTALS
from schemas.totals import Total, decode_total
from stream_processors.protocol.decisions import Proof
from stream_processors.protocol.owner import Identity, Owner
from stream_processors.protocol.port import Ends, Keep, Message, Stored, everything
from stream_processors.protocol.publication import DeposedError
from stream_processors.protocol.takeover import DistrustError
from stream_processors.rebuild.recount import Recount
from stream_processors.rebuild.swap import swap
from tests.rebuild.conftest import NOTHING, PARTITIONS, Log, between, ends_of, live, log_of

RULES = "0123456789abcdef"


class DiedError(Exception):
    """The process ended here."""


class Memory:
    """One partition of all topics in memory. `before` is told of each append, and may end the process instead."""

    def __init__(self, field: Log) -> None:
        self.field = field
        self.topics: dict[str, list[Stored]] = defaultdict(list)
        self.before: Callable[[str], Awaitable[None]] | None = None

    async def append(self, topic: str, messages: Sequence[Message]) -> list[int]:
        if self.before is not None:
            await self.before(topic)
        log = self.topics[topic]
        offsets = range(len(log), len(log) + len(messages))
        log += [Stored(at, 1_000 + at, *message) for at, message in zip(offsets, messages, strict=True)]
        return list(offsets)

    async def append_all(self, writes: Sequence[tuple[str, Sequence[Message]]]) -> list[list[int]]:
        return [await self.append(topic, messages) for topic, messages in writes]

    async def read(self, topic: str, start: int, keep: Keep = everything) -> tuple[list[Stored], int]:
        return list(filter(keep, self.topics[topic][start:])), len(self.topics[topic])

    async def end(self, topic: str) -> int:
        return len(self.topics[topic])

    async def field_ends(self) -> Ends:
        return Ends(NOTHING, ends_of(self.field))

    async def is_member(self) -> bool:
        return True

    def totals(self) -> list[Total]:
        return [decode_total(record.value or b"") for record in self.topics[TOTALS]]


async def owner(memory: Memory, name: str) -> tuple[Owner, str]:
    """An owner that took over and has counted all there is; and why it counted anew."""
    made = Owner(0, PARTITIONS, load().known, Identity(name, name, RULES), memory)
    why = await made.take_over()
    for topic, end in zip(FIELD_TOPICS, ends_of(memory.field), strict=True):
        index = TOPIC_INDEX[topic]
        assert made.take(index, memory.field.get(topic, [])[made.intake.start[index] : end]) is None
    assert made.prove() is Proof.HOLDS
    await made.publish()
    await made.checkpoint()
    return made, why


def counted(log: Log) -> Recount:
    recount = Recount(0, PARTITIONS, load().known)
    list(recount.take(between(log, NOTHING, ends_of(log))))
    return recount


async def swapped(memory: Memory, recount: Recount) -> int:
    return await swap(memory, recount, Identity("rebuild", "r", RULES), memory.totals())


async def gives_up(deposed: Owner) -> None:
    """An owner with something to save finds at its next checkpoint that another claimed its partition."""
    deposed.partition.unsaved.update(deposed.partition.states)
    with pytest.raises(DeposedError):
        await deposed.checkpoint()


def says_what_the_log_says(found: Owner, log: Log) -> None:
    shown = {state.unit: state.sums for state in found.partition.states.values()}
    assert shown == {state.unit: state.sums for state in counted(log).partition.states.values()}


def test_the_next_owner_goes_on_from_a_swap_as_a_higher_generation_without_counting_anew(rng: random.Random) -> None:
    async def story() -> None:
        memory = Memory(log_of(rng))
        first, _ = await owner(memory, "first")
        generation = await swapped(memory, counted(memory.field))
        assert generation > first.generation
        await gives_up(first)
        second, why = await owner(memory, "second")
        assert (second.generation, why) == (generation, "")
        says_what_the_log_says(second, memory.field)
        newest = {total.unit: total for total in memory.totals()}
        assert {total.generation for total in newest.values()} == {generation}
        expected = {total.unit: total.counters for total in live(memory.field, ends_of(memory.field))}
        assert {unit: total.counters for unit, total in newest.items()} == expected

    asyncio.run(story())


def test_wherever_a_swap_dies_the_next_owner_has_what_was_there_before(rng: random.Random) -> None:
    log = log_of(rng)

    async def story(dies_at: int) -> bool:
        memory = Memory(log)
        first, _ = await owner(memory, "first")
        appends = 0

        async def die(_: str) -> None:
            nonlocal appends
            appends += 1
            if appends == dies_at:
                raise DiedError

        memory.before = die
        try:
            await swapped(memory, counted(log))
        except DiedError:
            through = False
        else:
            through = True
        memory.before = None
        second, why = await owner(memory, "second")
        assert why == ""
        assert (second.generation > first.generation) is through
        says_what_the_log_says(second, log)
        return through

    deaths = next(n for n in range(1, 1_000) if asyncio.run(story(n)))
    assert deaths > 3, "before the claim, among the states, before the book"


def test_a_counter_that_claims_in_between_gives_up_and_the_swap_gets_through(rng: random.Random) -> None:
    async def story() -> None:
        memory = Memory(log_of(rng))
        await owner(memory, "first")
        rivals: list[Owner] = []

        async def claim_in_between(topic: str) -> None:
            if topic == STATE and len(memory.topics[STATE]) and not rivals and memory.topics[STATE][-1].key == b"claim":
                memory.before = None
                rivals.append((await owner(memory, "rival"))[0])

        memory.before = claim_in_between
        generation = await swapped(memory, counted(memory.field))
        [rival] = rivals
        assert generation > rival.generation
        await gives_up(rival)
        last, why = await owner(memory, "last")
        assert (last.generation, why) == (generation, "")
        says_what_the_log_says(last, memory.field)

    asyncio.run(story())


def test_a_recount_that_lacks_a_record_is_never_put_in_place(rng: random.Random) -> None:
    async def story() -> None:
        memory = Memory(log_of(rng))
        await owner(memory, "first")
        there = len(memory.topics[STATE])
        lacking = counted(memory.field)
        lacking.partition.states.popitem()
        with pytest.raises(DistrustError, match="not counted whole"):
            await swapped(memory, lacking)
        assert len(memory.topics[STATE]) == there

    asyncio.run(story())
