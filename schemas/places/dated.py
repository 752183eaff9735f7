"""The dated map: the committed one, and what the loadings of `places.v1` make of it. Pure."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Mapping
from typing import NamedTuple

import msgspec

from schemas.places import committed
from schemas.places.checks import Fault, faults_of
from schemas.places.loading import Loading, decode, encode
from schemas.places.model import Succession
from schemas.places.places import Places, build


class Dated(NamedTuple):
    """A map, and the loadings that could not hold on it beside earlier ones, with why."""

    places: Places
    set_aside: Mapping[str, list[Fault]]


def dated(base: Places, loadings: Iterable[Loading]) -> Dated:
    """The map after loadings, in the order of the log. Every reader of the same records gets the same."""
    places, told = base, hashlib.sha256(base.digest.encode())
    set_aside: dict[str, list[Fault]] = {}
    retired: set[str] = set()
    for loading in loadings:
        told.update(encode(loading))
        if not loading.undone and not (faults := faults_of(places, loading)):
            places = applied(places, loading)
            continue
        retired.update(unit.unit for unit in loading.units)
        if not loading.undone:
            set_aside[loading.loading] = faults
    if places is base and not retired:
        return Dated(base, set_aside)
    rows = (row for heirs in places.successions.values() for row in heirs)
    return Dated(build(places.units.values(), rows, told.hexdigest()[:16], retired), set_aside)


def applied(places: Places, loading: Loading) -> Places:
    """The map after one loading that has no faults."""
    units = dict(places.units)
    units.update((unit.id, unit) for unit in (loaded.placed() for loaded in loading.units))
    rows: list[Succession] = [row for heirs in places.successions.values() for row in heirs]
    for loaded in loading.successions:
        units[loaded.former] = msgspec.structs.replace(units[loaded.former], valid_until=loaded.effective)
        if (row := loaded.placed()) is None:
            continue
        rows.append(row)
        if units[row.to_id].valid_from is None:  # it served all earlier days while nothing older was loaded
            units[row.to_id] = msgspec.structs.replace(units[row.to_id], valid_from=loaded.effective)
    return build(units.values(), rows, places.digest, places.retired)


class Following:
    """The map as a service holds it while it reads `places.v1`; `places` is replaced, never changed.

    `other_map` is the digest of a committed map on the topic that is not this version's, if there is one.
    """

    def __init__(self, base: Places) -> None:
        self._base = base
        self.loadings: dict[str, Loading] = {}
        self.places = base
        self.set_aside: Mapping[str, list[Fault]] = {}
        self.other_map: str | None = None

    def known(self, unit_id: str) -> bool:
        """Whether the map has a unit now, or had it."""
        return self.places.known(unit_id)

    def take(self, values: Iterable[bytes | None]) -> bool:
        """Take values of records in the order of the log; whether they change anything.

        Raises:
            msgspec.DecodeError: one is no record of this version.
        """
        before = self._state()
        for value in values:
            if value is None:
                continue
            if (head := committed.decode_head(value)).committed is not None:
                self.other_map = head.map if head.map != self._base.digest else None
                continue
            loading = decode(value)
            self.loadings.pop(loading.loading, None)  # what supersedes comes last
            self.loadings[loading.loading] = loading
        self.places, self.set_aside = dated(self._base, self.loadings.values())
        return before != self._state()

    def complaints(self) -> Iterator[str]:
        """What of the topic does not hold here, in sentences."""
        if self.other_map is not None:
            yield (f"The topic holds the committed map {self.other_map}, this version has {self._base.digest}: run one "
                   "version everywhere; `fieldtally topics` of the newest writes its map.")  # fmt: skip
        for name, faults in self.set_aside.items():
            why = "; ".join(f"line {fault.line}: {fault.reason}" for fault in faults[:3])
            yield f"Loading {name} contradicts an earlier one and holds nothing ({why})."

    def _state(self) -> tuple[int, str, str | None]:
        return len(self.loadings), self.places.digest, self.other_map
