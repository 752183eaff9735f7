"""The log itself against what the ledger made of it, record by record: every valid record once, at its first place."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from infra.bus import Place
from infra.reconcile.frame import Round
from infra.reconcile.report import Difference
from schemas import wire
from schemas.rejected import Refusal

SIDES = "log and ledger"
Known = Callable[[str], bool]


class Judge:
    """What each record of one partition is, told anew from the log: an event, a repetition of one, or refused."""

    def __init__(self, place: Place, partitions: int, known: Known) -> None:
        self._place, self._partitions, self._known = place, partitions, known
        self._first: dict[str, str] = {}

    def verdict(self, key: bytes | None, value: bytes | None) -> tuple[str, str, str]:
        """The verdict in the ledger's words, the unit ('' for none), and the type ('' for none), in log order."""
        event = wire.decode(value)
        if isinstance(event, Refusal):
            return event.reason, "", ""
        refusal = (wire.unplaced(key, self._place.partition, self._partitions, self._known)
                   or wire.misplaced(event, key, self._place.topic))
        if refusal is not None:
            return refusal.reason, "", ""
        identity = f"{event.source} {event.unit} {event.seq}"
        kind = str(type(event).__struct_config__.tag)
        if (first := self._first.get(identity)) is not None:
            return "duplicate" if first == event.id else "conflict", event.unit, kind
        self._first[identity] = event.id
        return identity, event.unit, kind


def compare(this: Round, below: Mapping[Place, int]) -> list[Difference]:
    """Reads partitions of the log up to some offsets and compares every record with the ledger; the differences."""
    found: list[Difference] = []
    for topic in dict.fromkeys(place.topic for place in below):
        this.tell(f"Reading the log: {topic}")
        ends = {place: end for place, end in below.items() if place.topic == topic}
        kept = {place: this.ledger.verdicts(place) for place in ends}
        judges = {place: Judge(place, this.settings.partitions, this.places.known) for place in ends}
        for place, record in this.bus.read({}, ends):
            if (reason := this.returned.get((place, record.offset))) and kept[place].get(record.offset) == reason:
                del kept[place][record.offset]
                continue
            verdict, unit, kind = judges[place].verdict(record.key, record.value)
            if (stated := kept[place].pop(record.offset, None)) != verdict:
                found.append(_difference(place, record.offset, unit, kind, verdict, stated))
        found += [_difference(place, offset, "", "", None, stated)
                  for place, left in kept.items() for offset, stated in left.items() if offset < ends[place]]
        this.report.compared[SIDES] = this.report.compared.get(SIDES, 0) + sum(ends.values())
    if this.unit is not None:
        found = [each for each in found if each.place == this.unit]
    this.report.differences += found
    return found


def _difference(place: Place, offset: int, unit: str, kind: str, here: str | None, there: str | None) -> Difference:
    return Difference(sides=SIDES, place=unit or str(place), figure=f"{place}@{offset}", kind=kind,
                      left=here, right=there)
