"""The reference of each scope, made when it is first asked for and kept, packed, while nothing of it changes."""

from __future__ import annotations

import gzip
import hashlib
from collections import OrderedDict
from collections.abc import Iterable
from datetime import date, datetime
from typing import NamedTuple

import msgspec

from producers.gateway.registers import Registers
from schemas import forms
from schemas.places import Places
from schemas.reference import ReferenceType, ReferenceUnit, communes_of, reference, units_by_commune

KEPT_MAX = 512  # packed references, of some 15 KB and 5 KB per 1,000 households each


class Packed(NamedTuple):
    """A reference as it is sent: gzipped JSON, and the ETag of what it says."""

    etag: str
    body: bytes


class References:
    """References by the communes of a scope."""

    def __init__(self, registers: Registers) -> None:
        self._registers = registers
        self._types: list[ReferenceType] = forms.types()
        self._map: tuple[str, date] | None = None
        self._by_commune: dict[str, list[ReferenceUnit]] = {}
        self._kept: OrderedDict[tuple[object, ...], Packed] = OrderedDict()

    def of(self, units: Iterable[str], places: Places, now: datetime, day: date) -> Packed:
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

    def _made(self, scope: list[ReferenceUnit], now: datetime, day: date) -> Packed:
        entries = self._registers.of(unit.unit for unit in scope)
        made = reference(scope, entries, self._types, now, day)
        said = msgspec.json.encode(made)
        content = msgspec.json.encode(msgspec.structs.replace(made, now=datetime.min))
        return Packed(f'"{hashlib.sha256(content).hexdigest()[:32]}"', gzip.compress(said, 6))
