"""From what a tablet holds to an event on the wire, by the contracts' own Structs."""

from __future__ import annotations

from typing import Any

from producers.simulator.clock import local, utc
from producers.simulator.record import Record, headers_of
from producers.simulator.tablets import Entry, Tablet
from schemas.events.catalogue import ROOT_TYPES, WIRE_TYPES, WITHDRAWAL, schema_urn
from schemas.events.envelope import Corrected, Envelope, Fact, Root, Voided, Withdrawn
from schemas.wire import encode

_FORM = {name: (wire.envelope, schema_urn(name, wire.version)) for name, wire in WIRE_TYPES.items()}
TOPIC_OF = {name: f"field.{event.family}.v1" for name, event in ROOT_TYPES.items()}


def event_of(entry: Entry, tablet: Tablet, received: int) -> Envelope:
    """The event as the gateway receives it at a (true) moment."""
    form, urn = _FORM[entry.type]
    return form(
        id=entry.id,
        source=tablet.source,
        subject=entry.subject,
        time=local(entry.told),
        dataschema=urn,
        unit=entry.unit,
        seq=entry.seq,
        receivedat=utc(received),
        skewms=tablet.measured,
        data=entry.data,
    )


def withdrawal(source: str, unit: str, subject: str, seq: int, event_id: str, moment: int, reason: str) -> Envelope:
    """The withdrawal of a number, by the office."""
    form, urn = _FORM[WITHDRAWAL]
    return form(
        id=event_id,
        source=source,
        subject=subject,
        time=local(moment),
        dataschema=urn,
        unit=unit,
        seq=seq,
        receivedat=utc(moment),
        skewms=0,
        data=Withdrawn(organisation="commune-people-committee", reason=reason),
    )


def fact_of(event: Envelope) -> Fact[Any, Any]:
    """What an original states, as a revision carries it."""
    return Fact(
        subject=event.subject, time=event.time, receivedat=event.receivedat, skewms=event.skewms, data=event.data
    )


def revision_of(
    source: str, unit: str, seq: int, number: int, reason: str, original: Fact[Any, Any], new: Fact[Any, Any] | None
) -> Corrected[Any, Any] | Voided[Any, Any]:
    """The payload of a revision of a root; a void without `new`."""
    root = Root(source=source, unit=unit, seq=seq)
    organisation = "commune-people-committee"
    if new is None:
        return Voided(organisation=organisation, root=root, revision=number, reason=reason, original=original)
    return Corrected(organisation=organisation, root=root, revision=number, reason=reason, original=original, new=new)


def record_of(event: Envelope, type_: str, topic: str, fate: str) -> Record:
    """The record of a valid event."""
    return Record(topic, event.unit.encode(), encode(event), None, headers_of(type_, event.id), fate)
