"""A recount kept on disk, one file for each partition, so that one that was broken off goes on where it was.

What is kept is good for one version of the rules and one map only; anything else, or a damaged file, counts as none.
The last record of each topic is read again first: a log that was rewritten since is noticed by it.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import NamedTuple
from zlib import crc32

import msgspec

from stream_processors.core import codec
from stream_processors.core.partition import Known
from stream_processors.core.state import TOPICS
from stream_processors.protocol.intake import Intake
from stream_processors.rebuild.recount import Recount


class _Kept(msgspec.Struct, array_like=True):
    judged_by: str
    positions: list[int]
    anchors: list[int]
    rejected: int
    states: list[bytes]
    last: dict[bytes, list[int]]


class Shelf(NamedTuple):
    """Where the files lie, and by what they count: digests of rules and map."""

    folder: Path
    judged_by: str

    def save(self, recount: Recount) -> None:
        """Replace the partition's file in one step."""
        partition = recount.partition
        body = msgspec.msgpack.encode(_Kept(
            self.judged_by, partition.positions, partition.anchors, partition.rejected,
            [codec.encode(state) for state in partition.states.values()], recount.last,
        ))  # fmt: skip
        self.folder.mkdir(parents=True, exist_ok=True)
        path = self._path(partition.number)
        fresh = path.with_suffix(".new")
        with fresh.open("wb") as file:
            file.write(crc32(body).to_bytes(4, "big") + body)
            file.flush()
            os.fsync(file.fileno())
        fresh.replace(path)

    def load(self, number: int, partitions: int, known: Known) -> Recount:
        """The partition's recount as it was kept, or one from the beginning."""
        recount = Recount(number, partitions, known)
        kept = self._read(number)
        if kept is None:
            return recount
        partition = recount.partition
        partition.positions, partition.anchors, partition.rejected = kept.positions, kept.anchors, kept.rejected
        partition.states = {state.unit.encode(): state for state in map(codec.decode, kept.states)}
        recount.intake = Intake(kept.positions, [0] * TOPICS, set())
        recount.last = kept.last
        return recount

    def remove(self) -> None:
        """Remove all files."""
        for path in self.folder.glob("partition-*"):
            path.unlink()

    def _path(self, number: int) -> Path:
        return self.folder / f"partition-{number}"

    def _read(self, number: int) -> _Kept | None:
        try:
            data = self._path(number).read_bytes()
        except FileNotFoundError:
            return None
        if crc32(data[4:]).to_bytes(4, "big") != data[:4]:
            return None
        try:
            kept = msgspec.msgpack.decode(data[4:], type=_Kept)
        except msgspec.DecodeError:
            return None
        return kept if kept.judged_by == self.judged_by else None
