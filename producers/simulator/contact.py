"""A tablet comes back to a connection: what it holds is received, and every mishap takes its course."""

from __future__ import annotations

from datetime import timedelta
from random import Random

import msgspec

from producers.simulator.clock import DAY, MINUTE, in_the_evening, uuid7
from producers.simulator.delivery import Delivery
from producers.simulator.faults import Faults
from producers.simulator.happening import Happening
from producers.simulator.mishaps import LOST, RUBBISH, TO_CORRECT, TO_VOID, mistyped
from producers.simulator.office import Office
from producers.simulator.register import Register
from producers.simulator.revisers import Root, corrections, losses, voids
from producers.simulator.rubbish import Surroundings, spoil
from producers.simulator.tablets import Entry, Tablet
from producers.simulator.writing import event_of, fact_of, record_of
from schemas.events.envelope import Envelope
from schemas.wire import encode

_BETWEEN = 15  # ms from one event of a batch to the next
_A_MINUTE = timedelta(minutes=1)


class Contact:
    """Empties outboxes into the delivery; what is to be revised or withdrawn goes on the office's agenda."""

    def __init__(
        self, faults: Faults, register: Register, delivery: Delivery, office: Office, around: Surroundings
    ) -> None:
        self._faults, self._register, self._delivery = faults, register, delivery
        self._office, self._around = office, around
        self._rng: Random = around.rng

    def empty(self, tablet: Tablet, day: int) -> None:
        """Send all that a tablet holds, in the evening of a day."""
        received = in_the_evening(day, self._rng)
        for entry in tablet.outbox:
            received += _BETWEEN
            event = event_of(entry, tablet, received)
            if entry.truth is None:
                self._send(event, entry, entry.type.rpartition(".")[2], received)
            elif entry.intent == RUBBISH:
                self._delivery.send(spoil(entry.topic, encode(event), self._around), received)
                self._plan(event, entry, entry.truth, day)
            else:
                if entry.intent != LOST:
                    self._send(event, entry, "original", received)
                self._plan(event, entry, entry.truth, day)
        tablet.outbox.clear()

    def _plan(self, event: Envelope, entry: Entry, truth: Happening, day: int) -> None:
        if entry.intent == "plain":
            return
        root = Root(event.source, entry.topic, entry.unit, entry.seq, entry.type, fact_of(event))
        wrong = mistyped(truth, self._register, self._rng)
        if entry.intent == TO_CORRECT:
            errands = corrections(root, truth, wrong, self._rng)
        elif entry.intent == TO_VOID:
            errands = voids(root, wrong, truth.figure, self._rng)
        else:
            errands = losses(root, truth.figure, self._rng)
        self._office.note(day, errands)

    def _send(self, event: Envelope, entry: Entry, fate: str, received: int) -> None:
        record = record_of(event, entry.type, entry.topic, fate)
        rng = self._rng
        if entry.intent == TO_VOID and rng.random() < 0.2:  # its void comes first
            released = received + 14 * DAY + int(rng.random() * 20 * DAY)
            self._delivery.put(record, released)
        else:
            released = self._delivery.send(record, received)
        if rng.random() < self._faults.duplicates * 0.1:  # received once more, by another gateway
            again = msgspec.structs.replace(event, receivedat=event.receivedat + _A_MINUTE)
            self._delivery.put(record._replace(value=encode(again), fate="duplicate"), released + MINUTE)
        if entry.truth is not None and rng.random() < self._faults.conflicts:
            self._conflict(event, entry, entry.truth, released)

    def _conflict(self, event: Envelope, entry: Entry, truth: Happening, released: int) -> None:
        """A copied tablet uses the same number for something else, within the hour or months later."""
        rng = self._rng
        at = released + (int(rng.random() * 60 * MINUTE) if rng.random() < 0.5 else 60 * DAY + int(rng.random() * DAY))
        other = mistyped(truth, self._register, rng)
        rival = msgspec.structs.replace(event, id=uuid7(at, rng), subject=other.subject, data=other.data)
        self._delivery.put(record_of(rival, entry.type, entry.topic, "conflict"), at + 1)
