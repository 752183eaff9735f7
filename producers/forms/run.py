"""Importing a form's file: read and plan first, then chunk by chunk register what will be sent, and send it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from datetime import datetime
from itertools import islice
from pathlib import Path
from random import Random
from typing import NamedTuple, TypeVar

from producers.forms.mapping import Mapping
from producers.forms.plan import Plan, plan
from producers.forms.reading import Reader
from producers.forms.register import Register
from producers.forms.sheets import Progress, rows
from producers.publisher import Publisher
from producers.simulator.record import Record
from schemas.imports import ImportedRecord

CHUNK = 1_000
T = TypeVar("T")


class Import(NamedTuple):
    """What is imported, and when: a file, its mapping, the key of pseudonyms, the map's units."""

    path: Path
    mapping: Mapping
    key: bytes
    known: Callable[[str], bool]
    received: datetime


def planned(what: Import, held: dict[str, ImportedRecord], progress: Progress) -> Plan:
    """What importing the file would do, given what its form's records became before.

    Raises:
        ProducersError: the file is no table as the mapping has it; nothing of it is taken.
    """
    reader = Reader(what.mapping, what.key, what.known, what.received)
    readings = (reader.read(line, cells) for line, cells in rows(what.path, what.mapping, progress))
    return plan(readings, held, what.mapping, what.received, Random())


def carry_out(made: Plan, register: Register, publisher: Publisher, progress: Progress) -> int:
    """Publish a plan's events, and before them those that an import before was cut off with; how many of those.

    An event is sent only after its record is in the register, so that no later import can take it for new.

    Raises:
        ProducersError: the broker failed, or another import of this form took over; import the same file again.
    """
    again = register.unpublished()
    _publish(publisher, again)
    done = 0
    for chunk in _chunks(made.steps, CHUNK):
        register.write(step.record for step in chunk)
        _publish(publisher, (event for step in chunk for event in step.events))
        done += len(chunk)
        progress(done)
    if made.steps or again:
        register.mark_published()
    return len(again)


def _publish(publisher: Publisher, events: Iterable[Record]) -> None:
    for event in events:
        publisher.send(event)
    publisher.confirm()


def _chunks(items: Iterable[T], size: int) -> Iterator[list[T]]:
    left = iter(items)
    while chunk := list(islice(left, size)):
        yield chunk
