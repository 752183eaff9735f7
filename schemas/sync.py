"""What the server knows of a tablet's numbers (`GET /v1/sync`): counted, missing, rejected, withdrawn. Pure.

A tablet purges what is `seen`, so `seen` never says more than the counter's mark proves: a mark lists at most so many
intervals of a class, and beyond the last one that is listed nothing is known.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import islice
from typing import Annotated

from msgspec import Struct

from schemas.events.fields import SEQ_MAX, Seq, UnitId
from schemas.gateway.api import Answer, Family
from schemas.titles import titled
from schemas.topics import FAMILIES, FIELD_TOPICS
from schemas.totals import Interval, StreamMark

NUMBERS_MAX = 1000  # numbers of one class that are listed of a stream; the tablet asks again when it has mended some
FAMILY_OF = dict(zip(FIELD_TOPICS, FAMILIES, strict=True))

Numbers = Annotated[list[Seq], titled("Các số", f"In order, at most {NUMBERS_MAX}", max_length=NUMBERS_MAX)]


class SyncStream(Struct, frozen=True, kw_only=True):
    """One stream of the tablet. A number in none of the lists was not counted yet, or is beyond what is listed."""

    topic: Family
    unit: UnitId
    highest: Annotated[int, titled("Số lớn nhất", "Highest number that the server knows of", ge=0, le=SEQ_MAX)]
    seen: Annotated[list[Interval], titled("Đã tính", "[first, last] of what the counter has: may be purged")]
    missing: Annotated[Numbers, titled("Thiếu", "Numbers that never came: to be sent again, or withdrawn")]
    rejected: Annotated[Numbers, titled("Bị từ chối", "Numbers whose record was rejected")]
    withdrawn: Annotated[Numbers, titled("Đã rút", "Numbers withdrawn; they are among those seen")]


class SyncRejected(Struct, frozen=True, kw_only=True):
    """An event that was rejected for good after it was accepted: it counts nothing, and the tablet keeps it."""

    topic: Family
    unit: UnitId
    seq: Seq
    id: Annotated[str, titled("Mã sự kiện", "Id of the event; '' where it could not be read")]
    code: Annotated[str, titled("Lý do", "Why it is not counted")]
    path: Annotated[str, titled("Vị trí lỗi", "JSON path of the fault; '' for none")]
    vi: Annotated[str, titled("Tiếng Việt", "The reason in Vietnamese")]
    en: Annotated[str, titled("Tiếng Anh", "The reason in English")]


class Sync(Answer, frozen=True, kw_only=True):
    """The answer to `GET /v1/sync`."""

    streams: Annotated[list[SyncStream], titled("Các luồng", "Streams of the tablet that the counter has seen")]
    rejected: Annotated[list[SyncRejected], titled("Bị từ chối", "Events rejected after they were accepted")]


def stream_of(mark: StreamMark, stated: int = 0) -> SyncStream:
    """What a mark says to its tablet. `stated` is a highest number that the tablet named long enough ago for its events
    to be counted by now: a lost tail is missing too (0 for none)."""
    known = _horizon(mark)
    tail = [(mark.highest + 1, stated)] if stated > mark.highest and known == mark.highest else []
    return SyncStream(
        topic=FAMILY_OF[mark.topic],
        unit=mark.unit,
        highest=max(mark.highest, stated),
        seen=list(_between([*mark.missing, *mark.rejected], known)),
        missing=_numbers([*mark.missing, *tail]),
        rejected=_numbers(mark.rejected),
        withdrawn=_numbers(mark.withdrawn),
    )


def seen_in(stream: SyncStream, seq: int) -> bool:
    """Whether the counter is known to have a number."""
    return any(first <= seq <= last for first, last in stream.seen)


def _horizon(mark: StreamMark) -> int:
    """Up to which number the mark says what became of each."""
    known = mark.highest
    for listed, total in ((mark.missing, mark.holes.missing), (mark.rejected, mark.holes.rejected)):
        if sum(last - first + 1 for first, last in listed) < total:
            known = min(known, listed[-1][1] if listed else 0)
    return known


def _between(holes: Iterable[Interval], known: int) -> Iterator[Interval]:
    """What lies between holes, from 1 to `known`."""
    start = 1
    for first, last in sorted(holes):
        if start < first and start <= known:
            yield start, min(first - 1, known)
        start = max(start, last + 1)
    if start <= known:
        yield start, known


def _numbers(intervals: Iterable[Interval]) -> list[int]:
    each = (number for first, last in intervals for number in range(first, last + 1))
    return list(islice(each, NUMBERS_MAX))
