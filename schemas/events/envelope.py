"""The CloudEvents 1.0 envelope (structured JSON), revisions and withdrawals (design: "The event")."""

from __future__ import annotations

from typing import Annotated, Any, Generic, Literal, TypeVar

from msgspec import Struct

from schemas import codes
from schemas.events.fields import EventId, HappenedAt, ReceivedAt, Seq, SkewMs, Source, UnitId
from schemas.titles import titled

S = TypeVar("S")
D = TypeVar("D")


class Envelope(Struct, kw_only=True, forbid_unknown_fields=True, gc=False, tag_field="type"):
    """One event on the wire. `type` is the tag; each concrete envelope binds `subject`, `dataschema` and `data`.

    Identity: (`source`, topic, `unit`, `seq`); the first record of an identity in the log wins.
    Defaults are written out: CloudEvents requires `specversion` on the wire.
    """

    specversion: Annotated[Literal["1.0"], titled("Phiên bản CloudEvents", "Version of CloudEvents")] = "1.0"
    id: EventId
    source: Source
    subject: str
    time: HappenedAt
    datacontenttype: Annotated[Literal["application/json"], titled("Kiểu nội dung", "Media type of `data`")] = (
        "application/json"
    )
    dataschema: str
    unit: UnitId
    seq: Seq
    receivedat: ReceivedAt
    skewms: SkewMs = 0
    data: Any


class Fact(Struct, Generic[S, D], frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True, gc=False):
    """What an event states, apart from its identity: about whom, when, and the payload."""

    subject: S
    time: HappenedAt
    receivedat: ReceivedAt
    skewms: SkewMs = 0
    data: Annotated[D, titled("Nội dung", "What happened")]


class Root(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, gc=False):
    """The identity of the event that a revision revises; its topic is that of the revision."""

    source: Source
    unit: UnitId
    seq: Seq


class Revision(
    Struct, Generic[S, D], frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True, gc=False
):
    """Common to corrections and voids: `original` is what the root states, as the reviser knows it."""

    organisation: Annotated[codes.Organisation, titled("Đơn vị ghi nhận", "Recording organisation")]
    root: Annotated[Root, titled("Sự kiện gốc", "Identity of the revised event")]
    revision: Annotated[int, titled("Lần sửa", "Revision number, from 1", ge=1, le=1_000_000)]
    reason: Annotated[codes.RevisionReason, titled("Lý do", "Reason of the revision")]
    original: Annotated[Fact[S, D], titled("Nội dung gốc", "What the root states, as the reviser knows it")]


class Corrected(Revision[S, D], Generic[S, D], frozen=True):
    """The root's fact is replaced by `new`."""

    new: Annotated[Fact[S, D], titled("Nội dung mới", "What the root states from now on")]


class Voided(Revision[S, D], Generic[S, D], frozen=True):
    """The root's fact counts nothing any more."""


class Withdrawn(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, gc=False):
    """The number itself is given up: it counts nothing and is no hole."""

    organisation: Annotated[codes.Organisation, titled("Đơn vị ghi nhận", "Recording organisation")]
    reason: Annotated[codes.WithdrawalReason, titled("Lý do", "Reason of the withdrawal")]
