"""What a programme is: where it runs, what its sources say, what it wants, and which indicators tell how far it is.

All of it is data (`*.yaml` in this folder). A figure keeps its qualifier and its source; one that a source does not
give stays empty, and is never invented.
"""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, Annotated, Literal

import msgspec
from msgspec import Meta

from schemas import codes
from schemas.titles import Title

Id = Annotated[str, Meta(pattern=r"^[a-z][a-z0-9_]{0,59}$(?!\n)")]
UnitOfPlace = Annotated[str, Meta(pattern=r"^\d{4}(-\d{2})?:\d{2,5}$(?!\n)")]
Count = Annotated[int, Meta(ge=1, le=999)]

UNITS: dict[str, Title] = {
    "%": Title("%", "%"),
    "point": Title("điểm", "points"),
    "household": Title("hộ", "households"),
    "person": Title("người", "people"),
    "VND": Title("đồng", "VND"),
    "round": Title("đợt", "rounds"),
    "session": Title("buổi", "sessions"),
    "activity": Title("hoạt động", "activities"),
    "visit": Title("lượt", "visits"),
    "device": Title("thiết bị", "devices"),
    "fault": Title("lần hỏng", "faults"),
    "leaflet": Title("tờ rơi", "leaflets"),
    "product": Title("sản phẩm", "products"),
    "phone": Title("điện thoại", "phones"),
    "SIM": Title("SIM", "SIMs"),
    "card": Title("thẻ", "cards"),
    "account": Title("tài khoản", "accounts"),
    "commune": Title("đơn vị cấp xã", "commune-level units"),
    "village": Title("thôn, tổ dân phố", "villages and quarters"),
    "topic": Title("chủ đề", "topics"),
    "finding": Title("phát hiện", "findings"),
    "ha": Title("ha", "ha"),
    "km": Title("km", "km"),
}
QUALIFIERS: dict[str, Title] = {
    "": Title("", ""),
    "~": Title("khoảng", "about"),
    ">": Title("hơn", "over"),
    "<": Title("gần", "nearly"),
}
# Measures of these subjects are about households and people: their small cells are hidden in what is published.
PERSONAL = frozenset({"household", "person", "visit", "leaflet", "phone", "SIM", "card", "account"})

if TYPE_CHECKING:
    from typing import TypeAlias

    UnitName: TypeAlias = str
    Qualifier: TypeAlias = str
else:  # to a type checker a code is a string; at run time msgspec refuses one that is not in its list
    UnitName = Literal[tuple(UNITS)]
    Qualifier = Literal[tuple(QUALIFIERS)]


class _Part(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True):
    """A part of a programme's file."""


class Text(_Part, frozen=True):
    """What a reader reads, in both languages."""

    vi: str
    en: str


class Document(_Part, frozen=True):
    """Where something stands. `dated` is None where the document has no date of its own."""

    id: Id
    title: Text
    dated: date | None = None
    number: str | None = None
    issuer: codes.Organisation | None = None
    note: Text | None = None


class Figure(_Part, frozen=True):
    """A figure as a source gives it: `words` where it gives no number, such as "hundreds"; `as_of` is its day."""

    unit: UnitName
    value: Decimal | None = None
    qualifier: Qualifier = ""
    words: Text | None = None
    as_of: date | None = None
    source: Id | None = None
    quote: str | None = None
    note: Text | None = None


class Baseline(_Part, frozen=True):
    """A dated figure that indicators may divide by, `baseline.<id>` in expressions."""

    id: Id
    title: Text
    figure: Figure


class Target(_Part, frozen=True):
    """What is wanted. A source that allows two readings has two targets, each with its `reading`."""

    unit: UnitName
    value: Decimal | None = None
    qualifier: Qualifier = ""
    period: str | None = None
    as_of: date | None = None
    reading: Text | None = None
    source: Id | None = None
    quote: str | None = None
    note: Text | None = None


class Row(_Part, frozen=True):
    """A line of the report: an indicator (`value`), or a fact that no event counts.

    `within` narrows the programme's places to one of them; `part_of` names the row of whose sum this is a part.
    """

    id: Id
    title: Text
    value: str | None = None
    reported: Figure | None = None
    targets: tuple[Target, ...] = ()
    part_of: Id | None = None
    within: UnitOfPlace | None = None
    source: Id | None = None
    quote: str | None = None
    note: Text | None = None


class Kit(_Part, frozen=True):
    """The equipment that is approved for a point: for every point of a class, or for one point alone."""

    valid_from: date
    devices: dict[codes.DeviceKind, Count]
    host: codes.HostClass | None = None
    point: Annotated[str, Meta(pattern=r"^point/[0-9A-Z.-]+$(?!\n)")] | None = None
    source: Id | None = None
    note: Text | None = None


class Listing(_Part, frozen=True):
    """One of the programme's lists, such as the languages of delivery; `counts` are measures that have its `kinds`."""

    id: Id
    title: Text
    kinds: Annotated[tuple[str, ...], Meta(min_length=1)]
    counts: Annotated[tuple[str, ...], Meta(min_length=1)]
    source: Id | None = None
    note: Text | None = None


class Actor(_Part, frozen=True):
    """Who takes part, from a day to another where a source gives them, and what they record here.

    `name` is for where the title of the organisation's code says too little.
    """

    organisation: codes.Organisation
    role: Text
    name: Text | None = None
    records: Text | None = None
    since: date | None = None
    until: date | None = None
    note: Text | None = None


class Outside(_Part, frozen=True):
    """A figure that is no count of events, such as a bank's statistics; `value` is empty until somebody states it."""

    id: Id
    title: Text
    unit: UnitName
    value: int | None = None
    as_of: date | None = None
    source: Id | None = None


class Programme(_Part, frozen=True):
    """One programme. `places` are where it runs: these units, all below them, and what wholly became of them."""

    name: Annotated[str, Meta(pattern=r"^[a-z][a-z0-9-]{0,39}$(?!\n)")]
    version: Annotated[int, Meta(ge=1)]
    title: Text
    places: Annotated[tuple[UnitOfPlace, ...], Meta(min_length=1)]
    documents: Annotated[tuple[Document, ...], Meta(min_length=1)]
    rows: Annotated[tuple[Row, ...], Meta(min_length=1)]
    lines: Literal["district", "commune"] = "commune"
    columns: tuple[Id, ...] = ()
    baselines: tuple[Baseline, ...] = ()
    outside: tuple[Outside, ...] = ()
    lists: tuple[Listing, ...] = ()
    kits: tuple[Kit, ...] = ()
    actors: tuple[Actor, ...] = ()
    note: Text | None = None
