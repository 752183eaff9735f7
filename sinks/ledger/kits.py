"""The approved kits of all programmes as rows, for the findings about kits."""

from __future__ import annotations

from datetime import date
from typing import Any

from schemas import programmes


def rows() -> list[dict[str, Any]]:
    """One row per class or point, day and kind of device; where two programmes state the same, the last one's."""
    found: dict[tuple[str, str, date, str], int] = {}
    for name in programmes.names():
        for kit in programmes.load(name).kits:
            for kind, number in kit.devices.items():
                found["" if kit.point else kit.host or "", kit.point or "", kit.valid_from, kind] = number
    return [
        {"host": host, "point": point, "valid_from": day, "kind": kind, "number": number}
        for (host, point, day, kind), number in sorted(found.items())
    ]
