"""The agenda of revisions and withdrawals: on its day, each errand goes to a tablet or straight to the gateway."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from random import Random

from producers.simulator.clock import at_work, uuid7
from producers.simulator.record import Record
from producers.simulator.register import place
from producers.simulator.revisers import VOID, Errand, Root
from producers.simulator.tablets import Entry, Tablet
from producers.simulator.writing import record_of, revision_of, withdrawal
from schemas.events.catalogue import WITHDRAWAL


class Office:
    """Keeps errands until their day."""

    def __init__(self, rng: Random) -> None:
        self._rng = rng
        self._agenda: dict[int, list[Errand]] = defaultdict(list)

    @property
    def busy(self) -> bool:
        """Whether anything is on the agenda."""
        return bool(self._agenda)

    def note(self, today: int, errands: Iterable[Errand]) -> None:
        """Put errands on the agenda; the earliest is for tomorrow."""
        for errand in errands:
            self._agenda[today + 1 + errand.days].append(errand)

    def due(self, day: int) -> list[Errand]:
        """The errands of a day."""
        return self._agenda.pop(day, [])

    def revise(self, errand: Errand, tablet: Tablet, day: int) -> Entry:
        """Write a revision on a tablet."""
        root = errand.root
        payload = revision_of(
            root.source, root.unit, root.seq, errand.number, errand.reason, errand.carried or root.fact, errand.new
        )
        moment = at_work(day, self._rng)
        entry = tablet.write(
            f"{root.type}.{errand.what}", root.topic, root.unit, root.fact.subject, payload, moment, self._rng
        )
        if errand.again:
            own = Root(tablet.source, root.topic, root.unit, entry.seq, root.type, root.fact)
            self.note(day, [Errand(int(self._rng.random() * 12), VOID, own, 1, reason="did-not-happen")])
        return entry

    def withdraw(self, errand: Errand, day: int) -> tuple[Record, int]:
        """The record of a withdrawal, and when it was received."""
        root, moment = errand.root, at_work(day, self._rng)
        event_id, subject = uuid7(moment, self._rng), f"unit/{place(root.unit)}"
        event = withdrawal(root.source, root.unit, subject, root.seq, event_id, moment, errand.reason)
        return record_of(event, WITHDRAWAL, root.topic, "withdrawn"), moment
