"""Visits to the homes of some communes: of each a survey and a leaflet, by one of a commune's tablets."""

from __future__ import annotations

import uuid
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from itertools import count, islice
from random import Random

import msgspec

from producers.simulator.record import Record, headers_of
from producers.simulator.writing import TOPIC_OF
from schemas.pseudonym import household_code

TABLETS = 8  # per unit
_TOLD: Mapping[str, Mapping[str, object]] = {
    "household.surveyed": {"household_class": "poor", "needs_telecom": True, "has_telecom": True,
                           "owns_smartphone": False, "has_internet": False},
    "leaflet.distributed": {"leaflet": "cashless"},
}  # fmt: skip
RECORDS = len(_TOLD)  # of a visit


class Visits:
    """Homes, and the streams of the tablets that visit them; each call goes on with their numbers."""

    def __init__(self, units: Sequence[str], homes: int, rng: Random) -> None:
        self._rng, self._seqs = rng, Counter[tuple[str, str]]()
        self._homes = [(unit, household_code(unit, home)) for unit in units for home in rng.sample(range(32**4), homes)]

    def round(self) -> Iterator[Record]:
        """One visit to every home, in random order."""
        self._rng.shuffle(self._homes)
        for unit, household in self._homes:
            source = f"/tablets/T{self._rng.randrange(TABLETS)}"
            self._seqs[unit, source] += 1
            for name in _TOLD:
                yield self._told(name, unit, source, household)

    def some(self, records: int) -> Iterator[Record]:
        """So many records, of as many rounds as that takes."""
        return islice((record for _ in count() for record in self.round()), records)

    def _told(self, name: str, unit: str, source: str, household: str) -> Record:
        bits = self._rng.getrandbits(128) & ~(0xF000 << 64 | 0xC << 60) | 0x7000 << 64 | 0x8 << 60
        event = {
            "specversion": "1.0", "id": str(uuid.UUID(int=bits)), "type": name, "source": source,
            "subject": f"household/{household}", "time": "2026-03-01T08:12:04+07:00",
            "datacontenttype": "application/json", "dataschema": f"urn:fieldtally:{name}:1", "unit": unit,
            "seq": self._seqs[unit, source], "receivedat": "2026-03-04T11:30:09Z",
            "data": {"organisation": "other", **_TOLD[name]},
        }  # fmt: skip
        value = msgspec.json.encode(event)
        return Record(TOPIC_OF[name], unit.encode(), value, None, headers_of(name, str(event["id"])), "original")
