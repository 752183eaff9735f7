"""What the counter says of tablets' streams (`commune.streams.v1`), held as it came until a tablet asks for it.

Memory: a few hundred bytes per stream of a tablet. Streams of imports, offices and simulators are nobody's here, and a
tablet has no stream beside those of the units that it was enrolled for.
"""

from __future__ import annotations

from schemas.totals import StreamMark, decode_mark, supersedes

TABLETS = b"/tablets/"


class Marks:
    """The newest mark of each stream, by source."""

    def __init__(self) -> None:
        self._held: dict[bytes, dict[bytes, bytes]] = {}

    @property
    def streams(self) -> int:
        """How many streams are held."""
        return sum(len(streams) for streams in self._held.values())

    def take(self, key: bytes | None, value: bytes | None) -> bool:
        """Take a record unless a newer mark is held (design, rule 5: a deposed counter's late mark takes nothing back).

        Returns whether it was taken.

        Raises:
            msgspec.DecodeError: a tablet's record is no mark of this version.
        """
        if key is None or not key.startswith(TABLETS):
            return False
        source, _, stream = key.partition(b" ")
        held = self._held.setdefault(source, {})
        if value is None:
            return held.pop(stream, None) is not None
        new, old = decode_mark(value), held.get(stream)
        if not supersedes(new, decode_mark(old) if old is not None else None):
            return False
        held[stream] = value
        return True

    def of(self, source: str) -> list[StreamMark]:
        """The marks of a source, in the order of their keys."""
        return [decode_mark(value) for _, value in sorted(self._held.get(source.encode(), {}).items())]
