"""How far a counter process got, in a file that outlives it: what is true at the moment of a kill can be read after."""

from __future__ import annotations

import mmap
import struct
from pathlib import Path
from typing import NamedTuple


class Snapshot(NamedTuple):
    """What a process had done. `positions` is the sum over its partitions of the next offsets to count.

    `due`, `pending` and `busy` say what is still to be shown, to be made durable, and under way; `read` are all
    records that it took, `skipped` those of them that a state already covered. `died_at_point` is 1 after a planned
    death, and `unprocessed` are then the records in the log that it had not taken.
    """

    owned: int = 0
    proven: int = 0
    positions: int = 0
    due: int = 0
    pending: int = 0
    busy: int = 0
    read: int = 0
    skipped: int = 0
    died_at_point: int = 0
    unprocessed: int = 0


_FORM = struct.Struct(f"={len(Snapshot._fields)}q")


class Progress:
    """The file, shared by the process that writes and the harness that reads."""

    def __init__(self, path: Path) -> None:
        if not path.exists():
            path.write_bytes(bytes(_FORM.size))
        with path.open("r+b") as handle:
            self._map = mmap.mmap(handle.fileno(), _FORM.size)

    def write(self, snapshot: Snapshot) -> None:
        """Replace what the file says."""
        _FORM.pack_into(self._map, 0, *snapshot)

    def read(self) -> Snapshot:
        """What the file says; read until two looks agree, as the writer does not wait for readers."""
        before, now = None, bytes(self._map[:])
        while before != now:
            before, now = now, bytes(self._map[:])
        return Snapshot(*_FORM.unpack(now))
