"""What a place is: a unit of one vintage of the administrative map, and what became of it.

A code alone is ambiguous, because most codes of July 2025 are codes of older, smaller communes used again: `24848`
was Xã Đạ Nhim and is now Xã Lạc Dương. So a unit is always named by `vintage:code`, and that name is the key of events.
"""

from __future__ import annotations

from datetime import date
from enum import StrEnum

import msgspec

from schemas.titles import Title


class Level(StrEnum):
    """The three levels of the map; districts exist only in the vintages before July 2025."""

    COMMUNE = "commune"
    DISTRICT = "district"
    PROVINCE = "province"


class Share(StrEnum):
    """How much of a unit went to a successor."""

    WHOLE = "whole"
    PART = "part"


class Unresolved(StrEnum):
    """Why a unit has no current commune."""

    SPLIT = "split"
    ABOVE_COMMUNE = "above-commune"


UNRESOLVED_TITLES = {
    Unresolved.SPLIT: Title("Xã cũ đã chia cho nhiều xã mới", "Old commune split among several new ones"),
    Unresolved.ABOVE_COMMUNE: Title("Đơn vị trên cấp xã", "Unit above the commune level"),
}


class Unit(msgspec.Struct, frozen=True):
    """A unit as one vintage has it. `parent` is a code of the same vintage; `valid_until` is the first day after."""

    vintage: str
    code: str
    level: Level
    name: str
    type: str
    parent: str | None
    valid_from: date | None
    valid_until: date | None

    @property
    def id(self) -> str:
        """`vintage:code`, for example `2025-07:24848`."""
        return f"{self.vintage}:{self.code}"

    @property
    def parent_id(self) -> str | None:
        """The id of the unit above: an old commune's district, otherwise the province; None for a province."""
        return None if self.parent is None else f"{self.vintage}:{self.parent}"

    @property
    def is_current(self) -> bool:
        """Whether the unit is of the vintage that holds today."""
        return self.valid_until is None

    def valid_on(self, day: date) -> bool:
        """Whether the unit's vintage holds on that day; a vintage without `valid_from` serves all earlier days."""
        return (self.valid_from or date.min) <= day and (self.valid_until is None or day < self.valid_until)


class Succession(msgspec.Struct, frozen=True):
    """One unit that took over all or part of another; `effective` is the decision's day where a source gives it."""

    from_vintage: str
    from_code: str
    to_vintage: str
    to_code: str
    share: Share
    effective: date | None

    @property
    def from_id(self) -> str:
        """The id of the unit that ended."""
        return f"{self.from_vintage}:{self.from_code}"

    @property
    def to_id(self) -> str:
        """The id of the unit that took over."""
        return f"{self.to_vintage}:{self.to_code}"


class CurrentPlace(msgspec.Struct, frozen=True):
    """Where a unit is on today's map. Either `commune` or `unresolved` is set; `province` may be known regardless."""

    commune: Unit | None
    province: Unit | None
    unresolved: Unresolved | None


def commune_level(unit_id: str) -> bool:
    """Whether an id names a commune, ward, township or special zone, by its five digits; known or not."""
    return len(unit_id.rpartition(":")[2]) == 5
