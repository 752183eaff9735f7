"""The reference of each scope, made when it is first asked for and kept while nothing of it changes."""

from __future__ import annotations

import hashlib
from collections import OrderedDict
from collections.abc import Iterable
from datetime import date, datetime
from typing import NamedTuple

import msgspec

from producers.gateway.registers import Registers
from schemas import forms
from schemas.gateway import Answer
from schemas.places import Places
from schemas.reference import ReferenceType, ReferenceUnit, communes_of, reference, units_by_commune

KEPT_MAX = 128  # references, of some 100 KB and 80 KB per 1,000 households each


class Made(NamedTuple):
    """A reference without the head of its answer, and the ETag of what it says."""

    etag: str
    rest: bytes

    def answer(self, now: datetime) -> bytes:
        """The answer at a moment."""
        return _head(now) + self.rest


class References:
    """References by the communes of a scope."""

    def __init__(self, registers: Registers) -> None:
        self._registers = registers
        self._types: list[ReferenceType] = forms.types()
        self._map: tuple[str, date] | None = None
        self._by_commune: dict[str, list[ReferenceUnit]] = {}
        self._kept: OrderedDict[tuple[object, ...], Made] = OrderedDict()

    def of(self, units: Iterable[str], places: Places, now: datetime, day: date) -> Made:
        """The reference of a tablet that was enrolled for these units."""
        if self._map != (places.digest, day):
            self._map, self._by_commune = (places.digest, day), units_by_commune(places, day)
            self._kept.clear()
        communes = sorted(communes_of(places, units, day))
        scope = [unit for commune in communes for unit in self._by_commune.get(commune, [])]
        version = (*communes, self._registers.version(unit.unit for unit in scope))
        if (kept := self._kept.get(version)) is None:
            kept = self._kept[version] = self._made(scope, now, day)
            if len(self._kept) > KEPT_MAX:
                self._kept.popitem(last=False)
        self._kept.move_to_end(version)
        return kept

    def _made(self, scope: list[ReferenceUnit], now: datetime, day: date) -> Made:
        entries = self._registers.of(unit.unit for unit in scope)
        said = msgspec.json.encode(reference(scope, entries, self._types, now, day))
        rest = said[len(_head(now)) :]
        return Made(f'"{hashlib.sha256(rest).hexdigest()[:32]}"', rest)


def _head(now: datetime) -> bytes:
    return msgspec.json.encode(Answer(now=now))[:-1]
