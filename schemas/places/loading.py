"""A loading (`places.v1`): what one file of decisions changes on the map. The key of its record is its name.

A record is a whole loading, so that none can be half there. All lie in partition 0 and hold in the order of the log.
The same name again supersedes: with `undone`, the loading no longer holds, but its units stay known for counting.
"""

from __future__ import annotations

import re
from datetime import date, datetime
from typing import Annotated

import msgspec
from msgspec import Struct

from schemas.events.fields import SLUG, UNIT, UnitId, text
from schemas.places.model import Level, Share, Succession, Unit
from schemas.titles import titled

PARTITION = 0
TEXT_MAX = 120  # characters of a name and of the number of a decision
RECORD_BYTES_MAX = 2 * 1024 * 1024 - 4096  # about 8,000 rows; what a producer sends in one request, less its head
TYPES = ("Thị trấn", "Thị xã", "Thành phố", "Đặc khu", "Phường", "Quận", "Huyện", "Tỉnh", "Xã")
DIGITS = {Level.PROVINCE: 2, Level.DISTRICT: 3, Level.COMMUNE: 5}
ABOVE = {Level.PROVINCE: 0, Level.DISTRICT: 1, Level.COMMUNE: 2}
"""How many levels there can be above one."""
is_name = re.compile(SLUG).fullmatch
is_unit = re.compile(UNIT).fullmatch

Line = Annotated[int, titled("Dòng", "Line of the file that was loaded", ge=1, le=2**31)]
Decision = Annotated[str, titled("Số quyết định", "Number of the decision", min_length=1, max_length=TEXT_MAX)]
Decided = Annotated[date, titled("Ngày ban hành", "Day of the decision")]


class LoadedUnit(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A unit that the map did not have; it holds from `valid_from` on (None: on all earlier days)."""

    line: Line
    unit: UnitId
    level: Annotated[Level, titled("Cấp", "Level")]
    name: Annotated[str, titled("Tên", "Name with its type, in NFC", min_length=1, max_length=TEXT_MAX)]
    parent: UnitId | None
    valid_from: Annotated[date | None, titled("Từ ngày", "First day")]
    decision: Decision
    decided: Decided

    def placed(self) -> Unit:
        """The unit as the map has it."""
        vintage, _, code = self.unit.partition(":")
        kind = next((kind for kind in TYPES if self.name.startswith(f"{kind} ")), "")
        return Unit(vintage, code, self.level, self.name, kind, self.parent, self.valid_from, None)


class LoadedSuccession(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A unit that ends on `effective`, and what takes over all or part of it (None: nothing does)."""

    line: Line
    former: UnitId
    successor: UnitId | None
    share: Annotated[Share, titled("Phần", "Whether all of the unit went there, or a part")]
    effective: Annotated[date, titled("Ngày hiệu lực", "First day after")]
    decision: Decision
    decided: Decided

    def placed(self) -> Succession | None:
        """The succession as the map has it; None for a unit that ends without one."""
        if self.successor is None:
            return None
        (old, _, code), (new, _, heir) = self.former.partition(":"), self.successor.partition(":")
        return Succession(old, code, new, heir, self.share, self.effective, self.decision, self.decided)


class Loading(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """All that one file states."""

    loading: Annotated[str, text("Tên lần nạp", "Name of the loading", SLUG)]
    written: Annotated[datetime, titled("Thời điểm ghi", "When the record was written", tz=True)]
    undone: Annotated[bool, titled("Đã hủy", "Whether it was undone")]
    units: Annotated[list[LoadedUnit], titled("Đơn vị", "New units")]
    successions: Annotated[list[LoadedSuccession], titled("Kế tục", "Ends of units and their successors")]

    def key(self) -> bytes:
        """The record's key."""
        return self.loading.encode()

    def states_the_same(self, other: Loading) -> bool:
        """Whether both change the map alike."""
        return (self.units, self.successions) == (other.units, other.successions)


encode = msgspec.json.Encoder().encode
decode = msgspec.json.Decoder(Loading).decode
