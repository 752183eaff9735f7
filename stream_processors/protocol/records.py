"""What lies in `counter.state.v1`: claims, books and unit states of one partition, with their keys.

Keys of books and states carry generation and epoch, so that a deposed owner's late record never replaces another's.
"""

from __future__ import annotations

from typing import NamedTuple
from zlib import crc32

import msgspec

from stream_processors.core import codec
from stream_processors.core.state import UnitState

CLAIM_KEY = b"claim"  # one per partition, never removed: compaction keeps the last


class Claim(msgspec.Struct, array_like=True, frozen=True):
    """A worker's word that it owns this partition now. The record's offset is the epoch."""

    worker: str
    token: str


class Book(msgspec.Struct, array_like=True, frozen=True):
    """How far the log is durably counted: no record below `positions` is needed again.

    `rejected` counts the rejected records below `positions` that changed no unit's state; `anchors[t]` is the CRC-32 of
    the last record of topic t below its position. Nothing is shown before the positions reach `quiet`. `rules` and
    `contracts` are digests.
    `since` is the generation from which positions are of the present log: it was replaced then.
    """

    generation: int
    epoch: int
    positions: list[int]
    rejected: int
    anchors: list[int]
    quiet: list[int]
    rules: str
    contracts: str
    since: int

    def key(self) -> bytes:
        """The record's key."""
        return f"book {self.generation} {self.epoch}".encode()


class StateRecord(msgspec.Struct, array_like=True, frozen=True):
    """A unit's state with its checksum; `anchors` are as in a book, at the state's positions."""

    version: int
    checksum: int
    body: bytes
    anchors: list[int]


class StateKey(NamedTuple):
    """Which unit's state, written by whom."""

    generation: int
    epoch: int
    unit: str

    def key(self) -> bytes:
        """The record's key."""
        return f"state {self.generation} {self.epoch} {self.unit}".encode()


class DamagedError(ValueError):
    """A record of the state topic cannot be read as what its key says."""


_encode = msgspec.msgpack.Encoder().encode
_claim = msgspec.msgpack.Decoder(Claim).decode
_book = msgspec.msgpack.Decoder(Book).decode
_state = msgspec.msgpack.Decoder(StateRecord).decode


def encode(record: Claim | Book) -> bytes:
    """The value of a claim or a book."""
    return _encode(record)


def encode_state(state: UnitState, anchors: list[int]) -> bytes:
    """The value of a unit's state."""
    body = codec.encode(state)
    return _encode(StateRecord(state.version, _checksum(body, anchors), body, anchors))


def _checksum(body: bytes, anchors: list[int]) -> int:
    return crc32(body, crc32(_encode(anchors)))


def parse(key: bytes, value: bytes) -> Claim | Book | tuple[StateKey, StateRecord]:
    """What a record of the state topic is.

    Raises:
        DamagedError: it is none of the three, or a state's checksum differs.
    """
    kind, _, rest = key.decode("utf-8", "replace").partition(" ")
    try:
        if kind == "claim":
            return _claim(value)
        if kind == "book":
            return _book(value)
        generation, epoch, unit = rest.split(" ")
        stored = _state(value)
        named = StateKey(int(generation), int(epoch), unit)
    except (msgspec.DecodeError, ValueError) as error:
        raise DamagedError(f"a record of the state topic cannot be read, key {key!r}") from error
    if _checksum(stored.body, stored.anchors) != stored.checksum:
        raise DamagedError(f"a state's checksum differs, key {key!r}")
    return named, stored
