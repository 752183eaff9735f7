"""The events by which a form's record comes to stand for what its row says now. Pure but for the numbers it takes.

A row's first event is an original. Changed content is a correction of it, a row that is no such event any more voids
it, and a change of unit or type is a void and a new original, for a fact keeps its unit and type for life.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from datetime import datetime
from hashlib import sha256
from random import Random
from typing import Any, NamedTuple

import msgspec

from producers.simulator.clock import uuid7
from producers.simulator.record import Record
from producers.simulator.writing import fact_of, record_of
from schemas import wire
from schemas.events.catalogue import WIRE_TYPE_OF, WIRE_TYPES, schema_urn
from schemas.events.envelope import Corrected, Envelope, Root, Voided
from schemas.imports import Became, ImportedRecord, Number
from schemas.instant import epoch_ms

NEW, CORRECTED, VOIDED = "new", "corrected", "voided"


def digest_of(event: Envelope) -> str:
    """A digest of what an event states: type, unit, subject, moment and payload; not of how it was sent."""
    stated = (WIRE_TYPE_OF[type(event)].name, event.unit, event.subject, epoch_ms(event.time), event.data)
    return sha256(msgspec.json.encode(stated)).hexdigest()[:32]


def root_of(became: Became) -> Envelope:
    """The original of what a record became."""
    event = wire.decode(bytes(became.root))
    assert isinstance(event, Envelope)  # it was proven before it was written, and what was valid stays valid
    return event


class Made(NamedTuple):
    """An event to publish, and its identity as the register keeps it."""

    record: Record
    number: Number

    @property
    def raw(self) -> msgspec.Raw:
        """The event's bytes."""
        assert self.record.value is not None
        return msgspec.Raw(self.record.value)


class Reviser:
    """Makes events with the numbers that come next in each stream of a form."""

    def __init__(self, held: Iterable[ImportedRecord], received: datetime, rng: Random) -> None:
        self._received, self._rng = received, rng
        self._highest: defaultdict[tuple[str, str], int] = defaultdict(int)
        for record in held:
            for number in record.numbers:
                stream = number.topic, number.unit
                self._highest[stream] = max(self._highest[stream], number.seq)

    def change(
        self, was: Became | None, name: str, event: Envelope | None, digest: str
    ) -> tuple[list[Made], Became | None, str]:
        """The events that turn what a record became into what its row states now, and which kind of change it is.

        `digest` is that of the event, '' without one. No events and '' where nothing changes.
        """
        if digest == (was.standing if was else ""):
            return [], was, ""
        if was is not None and event is None:
            revised = self._revised(was, None, "did-not-happen")
            return [revised], _after(was, revised, ""), VOIDED
        assert event is not None  # without one the digest is '', and so is that of nothing and of what is voided
        if was is None:
            original = self._numbered(event)
            return [original], Became(name=name, root=original.raw, standing=digest), NEW
        root = root_of(was)
        if type(root) is type(event) and root.unit == event.unit:
            reason = "office-check" if root.subject == event.subject else "wrong-subject"
            revised = self._revised(was, event, reason)
            return [revised], _after(was, revised, digest), CORRECTED
        voids = [self._revised(was, None, "wrong-subject")] if was.standing else []
        original = self._numbered(event)
        latest = [void.raw for void in voids]
        return [*voids, original], Became(name=name, root=original.raw, latest=latest, standing=digest), CORRECTED

    def _numbered(self, event: Envelope) -> Made:
        topic = _topic(event)
        return _made(msgspec.structs.replace(event, id=self._id(), seq=self._seq(topic, event.unit)), topic)

    def _revised(self, was: Became, event: Envelope | None, reason: str) -> Made:
        root = root_of(was)
        topic, kind = _topic(root), WIRE_TYPE_OF[type(root)].name
        form = WIRE_TYPES[f"{kind}.{VOIDED if event is None else CORRECTED}"]
        shared: dict[str, Any] = {
            "root": Root(source=root.source, unit=root.unit, seq=root.seq), "revision": was.revision + 1,
            "organisation": (event or root).data.organisation, "reason": reason, "original": fact_of(root),
        }  # fmt: skip
        return _made(form.envelope(
            id=self._id(), source=root.source, subject=root.subject, time=self._received, unit=root.unit,
            seq=self._seq(topic, root.unit), dataschema=schema_urn(form.name, form.version),
            receivedat=self._received,
            data=Voided(**shared) if event is None else Corrected(**shared, new=fact_of(event)),
        ), topic)  # fmt: skip

    def _seq(self, topic: str, unit: str) -> int:
        self._highest[topic, unit] += 1
        return self._highest[topic, unit]

    def _id(self) -> str:
        return uuid7(epoch_ms(self._received), self._rng)


def _topic(event: Envelope) -> str:
    kind = WIRE_TYPE_OF[type(event)].root
    assert kind is not None
    return f"field.{kind.family}.v1"


def _made(event: Envelope, topic: str) -> Made:
    kind = WIRE_TYPE_OF[type(event)]
    number = Number(type=kind.name, unit=event.unit, seq=event.seq, id=event.id)
    return Made(record_of(event, kind.name, topic, kind.part), number)


def _after(was: Became, revised: Made, standing: str) -> Became:
    return msgspec.structs.replace(was, latest=[revised.raw], revision=was.revision + 1, standing=standing)
