"""What the counter publishes: a unit's totals (`commune.totals.v1`) and its streams (`commune.streams.v1`).

Their patterns are for readers elsewhere: the counter writes them, so decoding here proves only that a record can be
compared with others and stored.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated

import msgspec
from msgspec import Meta

from schemas.events.fields import END, SEQ_MAX, Seq, Source, UnitId
from schemas.titles import titled
from schemas.topics import FIELD_TOPICS

MAX = 2**63 - 1


def _count(vi: str, en: str) -> Meta:
    return titled(vi, en, ge=0, le=MAX)


def _text(vi: str, en: str, pattern: str) -> Meta:
    return titled(vi, en, extra_json_schema={"pattern": f"^{pattern}{END}"})


Generation = Annotated[int, _count("Thế hệ", "Of the counting; the higher one is kept")]
Positions = Annotated[
    list[Annotated[int, _count("Vị trí", "Next offset")]],
    titled("Các vị trí", f"The next offset that is not covered, of each of {', '.join(FIELD_TOPICS)}"),
]
Millis = Annotated[int, titled("Thời điểm", "Milliseconds since 1970", ge=-MAX, le=MAX)]
Interval = tuple[Seq, Seq]
Counters = dict[
    Annotated[str, _text("Chỉ tiêu", "Measure", "[a-z_]{1,64}")],
    dict[
        Annotated[str, _text("Loại", "Kind; '' where the measure has none", "[a-z0-9-]{0,40}")],
        Annotated[int, _count("Giá trị", "Value")],
    ],
]


def _prove(unit: str, positions: list[int]) -> None:
    if len(positions) != len(FIELD_TOPICS) or "\0" in unit:
        raise ValueError("no positions of a unit")


class Conservation(msgspec.Struct, frozen=True, kw_only=True):
    """Where every record of a unit went; the sums in `broken_laws` hold at every moment (design, "Counting").

    `duplicates` and `conflicts` are records beside the events; `standing`, `corrected`, `voided` are originals;
    `waiting` registers have no root yet, those of `orphaned` have one that was withdrawn or is itself a revision.
    """

    events: Annotated[int, _count("Sự kiện", "Identities seen")]
    originals: Annotated[int, _count("Bản gốc", "Original events")]
    standing: Annotated[int, _count("Còn hiệu lực", "Originals without a revision")]
    corrected: Annotated[int, _count("Đã sửa", "Originals whose winning revision corrects")]
    voided: Annotated[int, _count("Đã hủy", "Originals whose winning revision voids")]
    revisions: Annotated[int, _count("Bản sửa đổi", "Revisions")]
    winning: Annotated[int, _count("Bản sửa đổi có hiệu lực", "Revisions that win their root")]
    outranked: Annotated[int, _count("Bản sửa đổi bị thay", "Revisions outranked by another")]
    waiting: Annotated[int, _count("Chờ bản gốc", "Roots revised and not seen yet")]
    orphaned: Annotated[int, _count("Mất bản gốc", "Roots that were withdrawn or are revisions")]
    withdrawn: Annotated[int, _count("Đã rút", "Numbers withdrawn")]
    duplicates: Annotated[int, _count("Bản trùng", "Records that repeat an event")]
    conflicts: Annotated[int, _count("Xung đột", "Records that reuse a number with another id")]

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

    missing: Annotated[int, _count("Thiếu", "Numbers never seen")] = 0
    rejected: Annotated[int, _count("Bị từ chối", "Numbers whose record was rejected")] = 0
    withdrawn: Annotated[int, _count("Đã rút", "Numbers withdrawn; no holes")] = 0


class Total(msgspec.Struct, frozen=True, kw_only=True):
    """The absolute totals of one unit, as a function of the log up to `positions`.

    `positions[i]` is the next offset of `FIELD_TOPICS[i]` in the unit's partition that is not yet covered.
    `counters[measure][kind]` holds what is not 0 (kind '' where a measure has none); an absent counter is 0.
    `latest_event` and `latest_receipt` are ms since 1970, or None before the first event.
    A reader keeps the total of the higher generation, and within one the total that `supersedes` the other.
    """

    unit: UnitId
    generation: Generation
    epoch: Annotated[int, _count("Phiên đếm", "Offset of the counter's claim")]
    rules: Annotated[str, _text("Quy tắc đếm", "Digest of the counting rules, see measures.json", "[0-9a-f]{16}")]
    positions: Positions
    counters: Annotated[Counters, titled("Số liệu", "counters[measure][kind]; an absent one is 0")]
    conservation: Annotated[Conservation, titled("Đối soát", "Where every record of the unit went")]
    holes: Annotated[Holes, titled("Khoảng trống", "Of all streams of the unit")]
    latest_event: Annotated[Millis | None, titled("Sự kiện mới nhất", "Instant of the latest event")] = None
    latest_receipt: Annotated[Millis | None, titled("Tiếp nhận mới nhất", "When the latest event was received")] = None

    def __post_init__(self) -> None:
        _prove(self.unit, self.positions)


class StreamMark(msgspec.Struct, frozen=True, kw_only=True):
    """What the counter has seen of one stream. Intervals are [first, last]; at most 100 of each class are listed."""

    source: Source
    topic: Annotated[str, titled("Chủ đề Kafka", "Topic", extra_json_schema={"enum": list(FIELD_TOPICS)})]
    unit: UnitId
    generation: Generation
    positions: Positions
    highest: Annotated[int, titled("Số lớn nhất", "Highest number seen", ge=0, le=SEQ_MAX)]
    seen: Annotated[int, _count("Đã thấy", "Numbers seen")]
    missing: Annotated[list[Interval], titled("Thiếu", "Intervals never seen")]
    rejected: Annotated[list[Interval], titled("Bị từ chối", "Intervals rejected")]
    withdrawn: Annotated[list[Interval], titled("Đã rút", "Intervals withdrawn")]
    holes: Annotated[Holes, titled("Khoảng trống", "How many numbers of each class")]

    def __post_init__(self) -> None:
        _prove(self.unit, self.positions)

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
