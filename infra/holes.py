"""Holes: numbers that were given out and never counted, per stream, from the counter's marks and the tablets' contacts.

What a tablet states after the counter's highest number is a hole too, so that a lost tail is seen. As many of the
missing numbers as the tablet says it still holds may yet come; the others are lost unless a backup has them.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime

import msgspec

from infra.bus import connect
from infra.errors import InfraError
from schemas.gateway import Contact, ContactStream, decode_contact
from schemas.settings import Settings
from schemas.sync import FAMILY_OF
from schemas.topics import CONTACTS, STREAMS
from schemas.totals import Interval, StreamMark, decode_mark, supersedes


class StreamHoles(msgspec.Struct, frozen=True, kw_only=True):
    """The holes of one stream; `lost` of its missing numbers are on the tablet no more, as it states.

    `missing` and `rejected` are intervals of numbers; of more than 100 the counter lists the first, and
    `missing_numbers` and `rejected_numbers` count all. A recorder that states nothing has no `stated` and no `contact`.
    """

    source: str
    topic: str
    unit: str
    counted_to: int
    stated: int | None
    waiting: int
    contact: datetime | None
    missing: list[Interval]
    missing_numbers: int
    rejected: list[Interval]
    rejected_numbers: int
    lost: int


def decide(mark: StreamMark | None, stated: ContactStream | None, contact: Contact | None) -> StreamHoles | None:
    """The holes of the stream of a mark and of what its tablet states; None where there are none.

    One of both is there: a stream that was stated and never counted has no mark.
    """
    source = mark.source if mark is not None else contact.source if contact is not None else ""
    topic = FAMILY_OF[mark.topic] if mark is not None else stated.topic if stated is not None else ""
    unit = mark.unit if mark is not None else stated.unit if stated is not None else ""
    counted_to, highest = mark.highest if mark else 0, stated.highest if stated else 0
    tail = [(counted_to + 1, highest)] if highest > counted_to else []
    missing = (mark.holes.missing if mark else 0) + sum(last - first + 1 for first, last in tail)
    rejected = mark.holes.rejected if mark else 0
    if not missing and not rejected:
        return None
    return StreamHoles(
        source=source, topic=topic, unit=unit, counted_to=counted_to, stated=highest if stated else None,
        waiting=stated.waiting if stated else 0, contact=contact.at if contact else None,
        missing=[*(mark.missing if mark else ()), *tail], missing_numbers=missing,
        rejected=list(mark.rejected) if mark else [], rejected_numbers=rejected,
        lost=max(0, missing - stated.waiting) if stated else missing,
    )  # fmt: skip


def decide_all(marks: Iterable[StreamMark], contacts: Iterable[Contact]) -> Iterator[StreamHoles]:
    """The holes of all streams, by source, topic and unit."""
    marked = {(mark.source, FAMILY_OF[mark.topic], mark.unit): mark for mark in marks}
    stated = {
        (contact.source, stream.topic, stream.unit): (stream, contact)
        for contact in contacts
        for stream in contact.streams
    }
    for where in sorted(marked.keys() | stated.keys()):
        stream, contact = stated.get(where, (None, None))
        if (found := decide(marked.get(where), stream, contact)) is not None:
            yield found


def find(settings: Settings) -> list[StreamHoles]:
    """All holes as they are now.

    Raises:
        InfraError: a topic is not there, or a record is none of this version.
        ProducersError: records that are there do not come.
        kafka.errors.KafkaTimeoutError: the broker does not answer.
    """
    marks: dict[bytes | None, StreamMark] = {}
    contacts: dict[bytes | None, Contact] = {}
    with connect(settings) as bus:
        places = bus.places([STREAMS, CONTACTS])
        for place, record in bus.read(bus.beginnings(places), bus.ends(places)):
            try:
                if record.value is None:
                    (marks if place.topic == STREAMS else contacts).pop(record.key, None)
                elif place.topic == CONTACTS:
                    contacts[record.key] = decode_contact(record.value)
                elif supersedes(mark := decode_mark(record.value), marks.get(record.key)):
                    marks[record.key] = mark
            except msgspec.DecodeError as error:
                raise InfraError(f"The record at {place}@{record.offset} is none of this version ({error}): upgrade "
                                 "this command to the version that wrote it.") from error
    return list(decide_all(marks.values(), contacts.values()))
