"""A fleet that comes back to a connection: one tablet per commune of today, each with a month's events to send."""

from __future__ import annotations

import gzip
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from functools import cached_property
from random import Random
from typing import Any

import msgspec

from producers.simulator.clock import uuid7
from producers.tablet_client.key import DeviceKey
from schemas.events.catalogue import ROOT_TYPES, schema_urn
from schemas.gateway import Enrolled, Invited, Jwk, encode
from schemas.instant import epoch_ms
from schemas.places import load
from schemas.pseudonym import household_code

ORGANISATION, LEVEL = "youth-union-lac-duong", 1  # of gzip: what a cheap tablet can afford
DAYS = 30
Made = dict[str, Any]


class SimulatedTablet:
    """One tablet: its key, the records that enrol it, and its outbox as one signed, packed batch."""

    def __init__(self, unit: str, number: int, events: int, seed: int) -> None:
        self.unit, self.events = unit, events
        self._rng, self._number = Random(f"{seed} {number}"), number
        self._secret = self._rng.getrandbits(248) + 1

    @cached_property
    def key(self) -> DeviceKey:
        """The same for a seed."""
        return DeviceKey(self._secret)

    def enrolment(self) -> tuple[bytes, list[tuple[bytes, bytes]]]:
        """The invitation's digest, which decides the partition, and the records (key, value) in their order."""
        digest, now = f"p1.{self._rng.getrandbits(128):032x}", datetime.now(UTC)
        invited = Invited(invitation=digest, organisation=ORGANISATION, units=[self.unit],
                          expires=now + timedelta(days=1), written=now)  # fmt: skip
        enrolled = Enrolled(
            invitation=digest, attempt=f"{self._number:032x}", thumbprint=self.key.thumbprint,
            jwk=msgspec.convert(self.key.jwk, Jwk), written=now,
        )  # fmt: skip
        return digest.encode(), [(fact.key(), encode(fact)) for fact in (invited, enrolled)]

    def batch(self) -> tuple[bytes, dict[str, str]]:
        """Body and headers."""
        now = datetime.now(UTC)
        numbers: dict[str, int] = {}
        events = [self._event(now, numbers) for _ in range(self.events)]
        streams = [{"topic": family, "unit": self.unit, "highest": highest, "waiting": highest}
                   for family, highest in numbers.items()]  # fmt: skip
        said = {"source": self.key.source, "sentat": now, "streams": streams, "events": events}
        body = gzip.compress(msgspec.json.encode(said), LEVEL)
        return body, {"Fieldtally-Key": self.key.thumbprint, "Fieldtally-Signature": self.key.sign(body),
                      "Content-Type": "application/json", "Content-Encoding": "gzip"}  # fmt: skip

    def _event(self, now: datetime, numbers: dict[str, int]) -> Made:
        rng = self._rng
        type_, more = rng.choice(_KINDS)
        family = ROOT_TYPES[type_].family
        seq = numbers[family] = numbers.get(family, 0) + 1
        happened = now - timedelta(seconds=rng.randrange(DAYS * 86_400))
        data = {"organisation": ORGANISATION, "village": f"{self.unit}/{rng.randint(1, 9):02}", **more}
        if type_ == "sim.handed-out":
            data["iccid"] = f"{8984048 * 10**12 + rng.randrange(10**12)}"
        return {
            "specversion": "1.0", "id": uuid7(epoch_ms(happened), rng), "type": type_, "source": self.key.source,
            "subject": f"household/{household_code(self.unit, rng.randrange(2000))}", "time": happened,
            "datacontenttype": "application/json", "dataschema": schema_urn(type_, 1), "unit": self.unit, "seq": seq,
            "data": data,
        }  # fmt: skip


def fleet(tablets: int, events: int, seed: int) -> Iterator[SimulatedTablet]:
    """So many tablets with so many events each, one per commune of today; the same for a seed."""
    communes = sorted(unit.id for unit in load().units.values() if unit.is_current and len(unit.code) == 5)
    for number in range(tablets):
        yield SimulatedTablet(communes[number % len(communes)], number, events, seed)


_KINDS: tuple[tuple[str, Made], ...] = (
    ("leaflet.distributed", {"leaflet": "an-toan-so"}),
    ("sim.handed-out", {"recipient": "household", "plan": "4g"}),
    ("card.issued", {"bank": "agribank"}),
    ("account.opened", {"bank": "agribank"}),
    ("household.surveyed", {"household_class": "poor", "needs_telecom": True, "has_telecom": False,
                            "owns_smartphone": True, "has_internet": False}),
)  # fmt: skip
