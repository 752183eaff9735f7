"""The registers as tablets are told of them (`registers.v1`), by unit, held as they came.

Memory: the bytes of the last record of each entry, a few hundred per household or point of the installation.
"""

from __future__ import annotations

import logging
from collections.abc import Iterable

import msgspec

from schemas.registers import Entry, decode

_log = logging.getLogger("fieldtally.gateway")


class Registers:
    """The entries of each unit by code; `version(units)` rises when one of theirs changes."""

    def __init__(self) -> None:
        self._held: dict[str, dict[str, bytes]] = {}
        self._versions: dict[str, int] = {}

    def take(self, key: bytes | None, value: bytes | None) -> None:
        """Take a record; one without a value removes its entry."""
        unit, _, code = (key or b"").decode("utf-8", "replace").partition(" ")
        entries = self._held.setdefault(unit, {})
        if value is None:
            entries.pop(code, None)
        else:
            entries[code] = value
        self._versions[unit] = self._versions.get(unit, 0) + 1

    def version(self, units: Iterable[str]) -> tuple[int, ...]:
        """What changes with the entries of these units, and only with them."""
        return tuple(self._versions.get(unit, 0) for unit in units)

    def of(self, units: Iterable[str]) -> list[Entry]:
        """The entries of these units. A record that this version cannot read is said in the log and left out."""
        found: list[Entry] = []
        for unit in units:
            for value in self._held.get(unit, {}).values():
                try:
                    found.append(decode(value))
                except msgspec.DecodeError as error:
                    _log.error("A record is no entry of a register: %s.", error, extra={"unit": unit})
        return found
