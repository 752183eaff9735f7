"""What a tablet is told of its numbers: the counter's marks and the rejections, put together. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime

from producers.gateway.rejects import Stated
from schemas.sync import Sync, SyncRejected, seen_in, stream_of
from schemas.totals import StreamMark

CONFLICT = "conflict"


def sync(
    marks: Iterable[StreamMark], rejected: Mapping[Stated, SyncRejected], stated: Mapping[tuple[str, str], int],
    now: datetime,
) -> Sync:  # fmt: skip
    """The answer. `stated` has, by topic and unit, a highest number that the tablet named long enough ago.

    A rejection is over once its number was counted after all (sent again and right, or withdrawn). That of a conflict
    stays: there the number counts with another id, and the tablet's own event does not.
    """
    streams = {
        (mark.topic, mark.unit): stream_of(mark, stated.get((mark.topic, mark.unit), 0)) for mark in marks
    }  # fmt: skip
    return Sync(
        now=now,
        streams=list(streams.values()),
        rejected=[
            told
            for where, told in rejected.items()
            if told.code == CONFLICT
            or (stream := streams.get((where.topic, where.unit))) is None
            or not seen_in(stream, where.seq)
        ],
    )
