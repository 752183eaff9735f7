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
from typing import Any

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


class Reviser:
    """Makes events with the numbers that come next in each stream of a form."""

    def __init__(self, held: Iterable[ImportedRecord], received: datetime, rng: Random) -> None:
        self._received, self._rng = received, rng
        self._highest: defaultdict[tuple[str, str], int] = defaultdict(int)
        for record in held:
            for number in record.numbers:
                stream = number.topic, number.unit
                self._highest[stream] = max(self._highest[stream], number.seq)

    def change(self, was: Became | None, name: str, event: Envelope | None) -> tuple[list[Record], Became | None, str]:
        """The events that turn what a record became into what its row states now, and which kind of change it is.

        No events and '' where nothing changes.
        """
        if event is None:
            if was is None or not was.standing:
                return [], was, ""
            revised = self._revised(was, None, "did-not-happen")
            return [_published(revised)], _after(was, revised, ""), VOIDED
        digest = digest_of(event)
        if was is None:
            original = self._numbered(event)
            return [original], Became(name=name, root=_raw(original), standing=digest), NEW
        if was.standing == digest:
            return [], was, ""
        root = root_of(was)
        if type(root) is type(event) and root.unit == event.unit:
            reason = "office-check" if root.subject == event.subject else "wrong-subject"
            revised = self._revised(was, event, reason)
            return [_published(revised)], _after(was, revised, digest), CORRECTED
        voids = [_published(self._revised(was, None, "wrong-subject"))] if was.standing else []
        original = self._numbered(event)
        last = _raw(voids[0]) if voids else None
        return [*voids, original], Became(name=name, root=_raw(original), last=last, standing=digest), CORRECTED

    def _numbered(self, event: Envelope) -> Record:
        kind = WIRE_TYPE_OF[type(event)]
        assert kind.root is not None
        topic = f"field.{kind.root.family}.v1"
        numbered = msgspec.structs.replace(event, id=self._id(), seq=self._seq(topic, event.unit))
        return record_of(numbered, kind.name, topic, kind.part)

    def _revised(self, was: Became, event: Envelope | None, reason: str) -> Envelope:
        root = root_of(was)
        kind = WIRE_TYPE_OF[type(root)].root
        assert kind is not None
        form = WIRE_TYPES[f"{kind.name}.{VOIDED if event is None else CORRECTED}"]
        shared: dict[str, Any] = {
            "root": Root(source=root.source, unit=root.unit, seq=root.seq), "revision": was.revision + 1,
            "organisation": (event or root).data.organisation, "reason": reason, "original": fact_of(root),
        }  # fmt: skip
        return form.envelope(
            id=self._id(), source=root.source, subject=root.subject, time=self._received, unit=root.unit,
            seq=self._seq(f"field.{kind.family}.v1", root.unit), dataschema=schema_urn(form.name, form.version),
            receivedat=self._received,
            data=Voided(**shared) if event is None else Corrected(**shared, new=fact_of(event)),
        )  # fmt: skip

    def _seq(self, topic: str, unit: str) -> int:
        self._highest[topic, unit] += 1
        return self._highest[topic, unit]

    def _id(self) -> str:
        return uuid7(epoch_ms(self._received), self._rng)


def number_of(record: Record) -> Number:
    """The identity of an event, as the register keeps it."""
    event = wire.decode(record.value)
    assert isinstance(event, Envelope)
    return Number(type=WIRE_TYPE_OF[type(event)].name, unit=event.unit, seq=event.seq, id=event.id)


def _published(event: Envelope) -> Record:
    kind = WIRE_TYPE_OF[type(event)]
    assert kind.root is not None
    return record_of(event, kind.name, f"field.{kind.root.family}.v1", kind.part)


def _after(was: Became, revised: Envelope, standing: str) -> Became:
    last = _raw(_published(revised))
    return msgspec.structs.replace(was, last=last, revision=was.revision + 1, standing=standing)


def _raw(record: Record) -> msgspec.Raw:
    assert record.value is not None
    return msgspec.Raw(record.value)
