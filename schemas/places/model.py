"""What a place is: a unit of one vintage of the administrative map, and what became of it.

A code alone is ambiguous, because most codes of July 2025 are codes of older, smaller communes used again: `24848`
was Xã Đạ Nhim and is now Xã Lạc Dương. So a unit is always named by `vintage:code`, and that name is the key of events.
"""

from __future__ import annotations

from datetime import date
from enum import StrEnum
from typing import Annotated

import msgspec

from schemas.titles import Title, titled


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
    """Why a unit has no commune on a map."""

    SPLIT = "split"
    ABOVE_COMMUNE = "above-commune"
    LATER = "later-than-the-map"
    ENDED = "ended"
    UNKNOWN = "unknown-unit"


UNRESOLVED_TITLES = {
    Unresolved.SPLIT: Title("Xã cũ đã chia cho nhiều xã mới", "Old commune split among several new ones"),
    Unresolved.ABOVE_COMMUNE: Title("Đơn vị trên cấp xã", "Unit above the commune level"),
    Unresolved.LATER: Title("Đơn vị lập sau ngày của bản đồ", "Unit that is younger than the map"),
    Unresolved.ENDED: Title("Đơn vị đã giải thể, không có đơn vị kế tục", "Unit that ended without a successor"),
    Unresolved.UNKNOWN: Title("Đơn vị không có trên bản đồ", "Unit that the map does not have (any more)"),
}


class Unit(msgspec.Struct, frozen=True):
    """A unit as one vintage has it; `valid_until` is the first day after.

    `parent` is a code of the same vintage, or the id of a unit of another one (a new commune of an older province).
    """

    vintage: Annotated[str, titled("Phiên bản", "Vintage of the map")]
    code: Annotated[str, titled("Mã", "Code in its vintage")]
    level: Annotated[Level, titled("Cấp", "Level")]
    name: Annotated[str, titled("Tên", "Name with its type")]
    type: Annotated[str, titled("Loại", "Type of the unit, in Vietnamese")]
    parent: Annotated[str | None, titled("Thuộc", "Code or id of the unit above")]
    valid_from: Annotated[date | None, titled("Từ ngày", "First day")]
    valid_until: Annotated[date | None, titled("Đến trước ngày", "First day after")]

    @property
    def id(self) -> str:
        """`vintage:code`, for example `2025-07:24848`."""
        return f"{self.vintage}:{self.code}"

    @property
    def parent_id(self) -> str | None:
        """The id of the unit above: an old commune's district, otherwise the province; None for a province."""
        return self.parent if self.parent is None or ":" in self.parent else f"{self.vintage}:{self.parent}"

    @property
    def is_current(self) -> bool:
        """Whether no end of the unit is known."""
        return self.valid_until is None

    def begun_by(self, day: date) -> bool:
        """Whether the unit is there on a day, or was; one without `valid_from` serves all earlier days."""
        return self.valid_from is None or self.valid_from <= day

    def ended_by(self, day: date) -> bool:
        """Whether the unit is gone on a day."""
        return self.valid_until is not None and self.valid_until <= day

    def valid_on(self, day: date) -> bool:
        """Whether the unit is on the map of a day."""
        return self.begun_by(day) and not self.ended_by(day)


class Succession(msgspec.Struct, frozen=True):
    """One unit that took over all or part of another, from `effective` on; what no source gives is None."""

    from_vintage: Annotated[str, titled("Phiên bản cũ", "Vintage of the unit that ended")]
    from_code: Annotated[str, titled("Mã cũ", "Its code")]
    to_vintage: Annotated[str, titled("Phiên bản mới", "Vintage of the successor")]
    to_code: Annotated[str, titled("Mã mới", "Its code")]
    share: Annotated[Share, titled("Phần", "Whether all of the unit went there, or a part")]
    effective: Annotated[date | None, titled("Ngày hiệu lực", "First day on which it holds, if a source gives it")]
    decision: Annotated[str | None, titled("Số quyết định", "Number of the decision, if a source gives it")] = None
    decided: Annotated[date | None, titled("Ngày ban hành", "Day of the decision, if a source gives it")] = None

    @property
    def from_id(self) -> str:
        """The id of the unit that ended."""
        return f"{self.from_vintage}:{self.from_code}"

    @property
    def to_id(self) -> str:
        """The id of the unit that took over."""
        return f"{self.to_vintage}:{self.to_code}"


class Place(msgspec.Struct, frozen=True):
    """Where a unit is on the map of a day: what of the three levels all of it lies in.

    `unresolved` says why there is no `commune`, and is None if there is one. `district` is known only before July
    2025, and may be known, as `province` may, where the commune is not (a district's own figure has its district).
    """

    commune: Unit | None = None
    district: Unit | None = None
    province: Unit | None = None
    unresolved: Unresolved | None = None


def commune_level(unit_id: str) -> bool:
    """Whether an id names a commune, ward, township or special zone, by its five digits; known or not."""
    return len(unit_id.rpartition(":")[2]) == 5
