"""What the counter publishes: a unit's totals (`commune.totals.v1`) and its streams (`commune.streams.v1`)."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec


class Conservation(msgspec.Struct, frozen=True, kw_only=True):
    """Where every record of a unit went; the sums in `broken_laws` hold at every moment (design, "Counting").

    `duplicates` and `conflicts` are records beside the events; `standing`, `corrected`, `voided` are originals;
    `waiting` registers have no root yet, those of `orphaned` have one that was withdrawn or is itself a revision.
    """

    events: int
    originals: int
    standing: int
    corrected: int
    voided: int
    revisions: int
    winning: int
    outranked: int
    waiting: int
    orphaned: int
    withdrawn: int
    duplicates: int
    conflicts: int

    def broken_laws(self) -> list[str]:
        """The conservation laws that do not hold; empty when all is well."""
        laws = {
            "events = originals + revisions + withdrawn": self.events
            == self.originals + self.revisions + self.withdrawn,
            "originals = standing + corrected + voided": self.originals == self.standing + self.corrected + self.voided,
            "revisions = winning + outranked": self.revisions == self.winning + self.outranked,
            "winning = corrected + voided + waiting + orphaned": self.winning
            == self.corrected + self.voided + self.waiting + self.orphaned,
        }
        return [law for law, holds in laws.items() if not holds]


class Holes(msgspec.Struct, frozen=True, kw_only=True):
    """Numbers below a stream's highest: never seen, seen but rejected; and those withdrawn, which are closed."""

    missing: int = 0
    rejected: int = 0
    withdrawn: int = 0


class Total(msgspec.Struct, frozen=True, kw_only=True):
    """The absolute totals of one unit, as a function of the log up to `positions`.

    `positions[i]` is the next offset of `FIELD_TOPICS[i]` in the unit's partition that is not yet covered.
    `counters[measure][kind]` holds what is not 0 (kind '' where a measure has none); an absent counter is 0.
    `latest_event` and `latest_receipt` are ms since 1970, or None before the first event.
    A reader keeps the total of the higher generation, and within one the total that `supersedes` the other.
    """

    unit: str
    generation: int
    epoch: int
    rules: str
    positions: list[int]
    counters: dict[str, dict[str, int]]
    conservation: Conservation
    holes: Holes
    latest_event: int | None = None
    latest_receipt: int | None = None


class StreamMark(msgspec.Struct, frozen=True, kw_only=True):
    """What the counter has seen of one stream. Intervals are [first, last]; at most 100 of each class are listed."""

    source: str
    topic: str
    unit: str
    generation: int
    positions: list[int]
    highest: int
    seen: int
    missing: list[tuple[int, int]]
    rejected: list[tuple[int, int]]
    withdrawn: list[tuple[int, int]]
    holes: Holes

    def key(self) -> bytes:
        """The record's key: source, topic and unit, separated by a space (none of them holds one)."""
        return f"{self.source} {self.topic} {self.unit}".encode()


def dominates(these: Sequence[int], those: Sequence[int]) -> bool:
    """Whether positions are component-wise not below others."""
    return all(a >= b for a, b in zip(these, those, strict=True))


def supersedes(new: Total | StreamMark, old: Total | StreamMark | None) -> bool:
    """Whether a reader that holds `old` takes `new` (design, rule 5): by generation, then by dominance.

    Not by the sum of positions and not by the last record: a deposed owner's late total would take back facts.
    """
    if old is None or new.generation != old.generation:
        return old is None or new.generation > old.generation
    return dominates(new.positions, old.positions)


encode = msgspec.json.Encoder().encode
decode_total = msgspec.json.Decoder(Total).decode
decode_mark = msgspec.json.Decoder(StreamMark).decode
