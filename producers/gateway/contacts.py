"""The last contact with each tablet (`gateway.contacts.v1`): its clock's skew, and what it states of its streams. Pure.

A batch that somebody else carries says nothing of the tablet's clock now, nor of what waits; but the numbers that it
states were given out, so the highest that was ever stated of a stream holds.
"""

from __future__ import annotations

from collections.abc import Container, Iterable
from datetime import datetime
from typing import Any

from schemas.events.fields import SEQ_MAX
from schemas.gateway import Batch, Contact, ContactStream, decode_contact
from schemas.instant import epoch_ms

STREAMS_MAX = 2_000  # kept of one tablet
SKEW_MS_MAX = 2**53 - 1  # as the contract has it


class Contacts:
    """The newest contact of each source."""

    def __init__(self) -> None:
        self._held: dict[str, Contact] = {}

    def take(self, records: Iterable[Any]) -> None:
        """Take records of the topic.

        Raises:
            msgspec.DecodeError: one is no contact of this version.
        """
        for record in records:
            if record.value is not None:
                contact = decode_contact(record.value)
                self._held[contact.source] = contact

    def of(self, source: str) -> Contact | None:
        """The last contact with a tablet."""
        return self._held.get(source)


def skew_of(batch: Batch, last: Contact | None, now: datetime, *, carried: bool) -> int:
    """The tablet's clock less the server's, in ms: measured, or for a carried batch the last that was."""
    if carried:
        return last.skewms if last is not None else 0
    return max(-SKEW_MS_MAX, min(SKEW_MS_MAX, epoch_ms(batch.sentat) - epoch_ms(now)))


def contact_of(
    batch: Batch, last: Contact | None, now: datetime, scope: Container[str], *, carried: bool
) -> Contact:
    """The contact that this batch makes, given the last one."""
    skew = skew_of(batch, last, now, carried=carried)
    held = {(stream.topic, stream.unit): stream for stream in (last.streams if last is not None else [])}
    for said in batch.streams:
        if said.unit not in scope:
            continue
        known = held.get((said.topic, said.unit))
        highest = min(SEQ_MAX, max(said.highest, known.highest if known is not None else 0))
        waiting = known.waiting if carried and known is not None else said.waiting
        held[said.topic, said.unit] = ContactStream(
            topic=said.topic, unit=said.unit, highest=highest, waiting=waiting
        )
    streams = sorted(held.values(), key=lambda stream: (stream.topic, stream.unit))[:STREAMS_MAX]
    if last is not None and carried:
        return Contact(source=last.source, at=last.at, sentat=last.sentat, skewms=last.skewms, app=last.app,
                       streams=streams)  # fmt: skip
    return Contact(source=batch.source, at=now, sentat=batch.sentat, skewms=skew, app=_app(batch.app), streams=streams)


def _app(said: str) -> str:
    """The app's version as it was stated, so far as it is one."""
    return "".join(c for c in said[:40] if c.isascii() and (c.isalnum() or c in ".+-"))
