"""The committed map as records of `places.v1`, its first content: whoever reads the topic alone has the whole map.

A record is one province of one vintage: its units, and what became of them. Services judge by the map that their own
version commits, and say so when the topic holds another one.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from typing import Annotated

import msgspec
from msgspec import Struct

from schemas.events.fields import text
from schemas.places.model import Succession, Unit
from schemas.places.places import Places, build
from schemas.titles import titled

PART = "20[0-9]{2}(?:-[0-9]{2})?/[0-9]{2}"


class Committed(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What the committed map has of one province of one vintage; `map` is the digest of the whole of it."""

    committed: Annotated[str, text("Phần của bản đồ", "Vintage and province, such as 2025-07/68", PART)]
    map: Annotated[str, text("Mã bản đồ", "Digest of the whole committed map", "[0-9a-f]{16}")]
    units: Annotated[list[Unit], titled("Đơn vị", "Units of the province")]
    successions: Annotated[list[Succession], titled("Kế tục", "What became of them")]

    def key(self) -> bytes:
        """The record's key; no loading has such a name."""
        return f"committed/{self.committed}".encode()


class Head(Struct, frozen=True):
    """As much of any record of the topic as tells a part of the committed map from a loading."""

    committed: str | None = None
    map: str = ""


encode = msgspec.json.Encoder().encode
decode = msgspec.json.Decoder(Committed).decode
decode_head = msgspec.json.Decoder(Head).decode


def parts(places: Places) -> Iterator[Committed]:
    """The records of a map, in the order of their keys."""
    units: defaultdict[str, list[Unit]] = defaultdict(list)
    for unit in places.units.values():
        units[f"{unit.vintage}/{places.province_of(unit.id).code}"].append(unit)
    for name, some in sorted(units.items()):
        successions = [row for unit in some for row in places.successors(unit.id)]
        yield Committed(committed=name, map=places.digest, units=some, successions=successions)


def assembled(records: Iterable[Committed]) -> Places:
    """The map that records state: the newest of each key, of one digest.

    Raises:
        ValueError: they are of several maps, or there are none.
    """
    newest = {record.key(): record for record in records}
    digests = {record.map for record in newest.values()}
    if len(digests) != 1:
        raise ValueError(f"records of {len(digests)} maps, not of one")
    units = (unit for record in newest.values() for unit in record.units)
    rows = (row for record in newest.values() for row in record.successions)
    return build(units, rows, digests.pop())
