"""What the protocol needs of the world: one partition of the log. Kafka implements it, and so does the simulation."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import NamedTuple, Protocol

from schemas.rejected import Headers


class Message(NamedTuple):
    """A record to be written; a value of None removes its key."""

    key: bytes | None
    value: bytes | None
    headers: Headers = []  # noqa: RUF012 - shared on purpose: nobody changes it


class Stored(NamedTuple):
    """A record as read back; `timestamp` is in ms."""

    offset: int
    timestamp: int
    key: bytes | None
    value: bytes | None
    headers: Headers


Keep = Callable[[Stored], bool]


def everything(_: Stored) -> bool:
    """Keeps all."""
    return True


class Ends(NamedTuple):
    """Per field topic, the first offset that is still there, and the offset after the last."""

    starts: list[int]
    ends: list[int]


class PartitionLog(Protocol):
    """One partition number of all topics. Every method raises when the world does not answer; nothing is retried here.

    A raised error ends the process: what it had not made durable is counted again from the log.
    """

    async def append(self, topic: str, messages: Sequence[Message]) -> list[int]:
        """Write records in order, wait until all are acknowledged by all, and return their offsets."""

    async def append_all(self, writes: Sequence[tuple[str, Sequence[Message]]]) -> list[list[int]]:
        """The same for several topics; what lands first among them is open."""

    async def read(self, topic: str, start: int, keep: Keep = everything) -> tuple[list[Stored], int]:
        """Records from `start` until the position equals an end offset asked *after* the last read; that end.

        What `keep` does not want is let go at once, so that a long topic fills no memory.
        """

    async def end(self, topic: str) -> int:
        """The offset after the last record of a topic."""

    async def field_ends(self) -> Ends:
        """Starts and ends of the field topics."""

    async def is_member(self) -> bool:
        """Prove membership by a group-fenced offset commit; False if another owns the partition now."""
