"""A backup on disk: one gzip of framed records for each partition, and `backup.json`, which proves every file.

`backup.json` is replaced in one step after each partition, so that a backup that was killed goes on where it was;
only one that says `complete` is restored.
"""

from __future__ import annotations

import gzip
import hashlib
import os
from collections.abc import Iterable, Iterator
from pathlib import Path

import msgspec

from infra.backup.facts import Fact
from infra.errors import InfraError
from sinks.exports.files import put

RECORD = "backup.json"
FORMAT = 1
_FRAME = 4  # bytes of length before each record
_encode = msgspec.msgpack.Encoder().encode
_decode = msgspec.msgpack.Decoder(Fact).decode


class Part(msgspec.Struct, frozen=True, kw_only=True):
    """A partition in the backup: its records lie below offset `end`."""

    topic: str
    partition: int
    end: int
    records: int
    bytes: int
    sha256: str

    @property
    def file(self) -> str:
        return f"{self.topic}-{self.partition}.gz"


class Backup(msgspec.Struct, frozen=True, kw_only=True):
    """What `backup.json` says. `logs` are the broker's ids of the topics, `ends` the offsets that a cut began with.

    `generation` is the highest that the totals had; a restored installation must count under a higher one.
    """

    format: int = FORMAT
    began: str
    partitions: int
    logs: dict[str, str]
    ends: dict[str, list[int]]
    generation: int
    parts: list[Part] = []
    complete: bool = False

    def part(self, topic: str, partition: int) -> Part | None:
        """A partition that is saved already."""
        return next((part for part in self.parts if (part.topic, part.partition) == (topic, partition)), None)


def load(folder: Path) -> Backup | None:
    """What a folder's `backup.json` says; None when it has none.

    Raises:
        InfraError: it is no backup of this version.
    """
    try:
        return msgspec.json.decode((folder / RECORD).read_bytes(), type=Backup)
    except FileNotFoundError:
        return None
    except msgspec.DecodeError as error:
        said = f"{folder / RECORD} is damaged or of another version ({error}): take another backup."
        raise InfraError(said) from error


def save(folder: Path, backup: Backup) -> None:
    """Replaces `backup.json` in one step."""
    put(folder / RECORD, msgspec.json.format(msgspec.json.encode(backup), indent=1) + b"\n")


def write(folder: Path, topic: str, partition: int, end: int, facts: Iterable[Fact]) -> Part:
    """Writes the records of a partition below `end`, durably."""
    path, records = folder / f"{topic}-{partition}.gz", 0
    fresh = path.with_suffix(".part")
    with fresh.open("wb") as raw:
        with gzip.GzipFile(filename="", mode="wb", compresslevel=3, fileobj=raw, mtime=0) as out:
            for fact in facts:
                framed = _encode(fact)
                out.write(len(framed).to_bytes(_FRAME, "big") + framed)
                records += 1
        raw.flush()
        os.fsync(raw.fileno())
    fresh.replace(path)
    return Part(topic=topic, partition=partition, end=end, records=records, bytes=path.stat().st_size,
                sha256=digest(path))  # fmt: skip


def read(folder: Path, part: Part) -> Iterator[Fact]:
    """The records of a partition, in the order of their offsets."""
    with gzip.open(folder / part.file, "rb") as file:
        while head := file.read(_FRAME):
            yield _decode(file.read(int.from_bytes(head, "big")))


def check(folder: Path, part: Part) -> None:
    """Proves a partition's file.

    Raises:
        InfraError: it is missing or not as it was written.
    """
    path = folder / part.file
    if not path.exists() or digest(path) != part.sha256:
        raise InfraError(f"{path} is missing or damaged: take this file from another copy of the backup.")


def digest(path: Path) -> str:
    """A file's SHA-256."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
