"""What offices decide (`office.actions.v1`): the close of a period and its restatements, each a record for ever.

A close holds the figures as they were published, byte for byte, so they can be cited when the database is long gone.
The first close of a subject in the log is the close; what comes later can only restate it, and says by which events.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from datetime import date
from typing import Annotated, Literal

import msgspec
from msgspec import Meta, Raw, Struct

from schemas import codes
from schemas.decision import Decision
from schemas.events.fields import SLUG, EventId, text
from schemas.titles import titled

VERSION = 1
Type = Literal["period.closed", "period.restated"]
CLOSED: Type = "period.closed"
RESTATED: Type = "period.restated"
PERIOD = r"[0-9]{4}(?:-Q[1-4]|-[0-9]{2}|-[0-9]{4})?|[0-9]{4}-[0-9]{2}-[0-9]{2}\.\.[0-9]{4}-[0-9]{2}-[0-9]{2}"
MAP = r"was|now|[0-9]{4}-[0-9]{2}-[0-9]{2}"
Subject = Annotated[str, text("Đối tượng", "Period of a programme", rf"period/{SLUG}/(?:{PERIOD})")]
EVENTS_MAX = 20_000  # ids listed in a restatement; `changed` counts all, and the positions say where they lie
Digest = Annotated[str, text("Mã băm", "SHA-256 of the report's bytes", "[0-9a-f]{64}")]
ShortDigest = Annotated[str, text("Mã băm", "Digest of the version", "[0-9a-f]{16}")]


class Position(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How far a partition of a topic had been read."""

    topic: Annotated[str, text("Chủ đề Kafka", "Topic without prefix", "[a-z0-9.]{1,60}")]
    partition: Annotated[int, titled("Phân vùng", "Partition", ge=0, le=100_000)]
    next_offset: Annotated[int, titled("Vị trí", "Next offset that is not in the figures", ge=0, le=2**63 - 1)]


class Figures(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The figures of a programme and period, and all that they rest on."""

    programme: Annotated[str, text("Chương trình", "Programme", SLUG)]
    period: Annotated[str, text("Kỳ", "Period, such as 2026-Q1", f"(?:{PERIOD})")]
    first: Annotated[date, titled("Từ ngày", "First day of the period")]
    last: Annotated[date, titled("Đến ngày", "Last day of the period")]
    map: Annotated[str, text("Bản đồ", "Map of the roll-up: was, now or a date", f"(?:{MAP})")]
    map_digest: ShortDigest
    rules: ShortDigest
    positions: Annotated[list[Position], titled("Các vị trí", "How far the log had been read")]
    report: Annotated[Raw, Meta(title="Báo cáo", description="The report as published, byte for byte")]
    digest: Digest
    restates: EventId | None = None
    changed: Annotated[
        int, titled("Số sự kiện", "Events since the close that bear on the period", ge=0, le=2**63 - 1)
    ] = 0
    events: Annotated[
        list[EventId], titled("Các sự kiện", f"Their ids, at most {EVENTS_MAX:,}, in the order of receipt")
    ] = []


class Action(Decision, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A decision as CloudEvent. `subject` is `period/<programme>/<period>`, which is the record's key too."""

    type: Annotated[Type, titled("Loại", "Close, or restatement of a close")]
    subject: Subject
    dataschema: Annotated[
        Literal["urn:fieldtally:office.action:1"], titled("Hợp đồng dữ liệu", "The contract and its version")
    ] = "urn:fieldtally:office.action:1"
    organisation: Annotated[codes.Organisation, titled("Đơn vị quyết định", "Deciding organisation")]
    data: Annotated[Figures, titled("Nội dung", "The figures and what they rest on")]

encode = msgspec.json.Encoder().encode
decode = msgspec.json.Decoder(Action).decode


def subject_of(programme: str, period: str) -> str:
    """What a close is about."""
    return f"period/{programme}/{period}"


def digest_of(report: bytes) -> str:
    """The digest that a close states of its report."""
    return hashlib.sha256(report).hexdigest()


def intact(action: Action) -> bool:
    """Whether the report is the one that the digest was taken of."""
    return digest_of(bytes(action.data.report)) == action.data.digest


class Statements(Struct, frozen=True):
    """What stands about one period of a programme: its close, if any, and the restatements in their order."""

    closed: Action | None
    restated: list[Action]

    @property
    def latest(self) -> Action | None:
        """The statement that came last."""
        return self.restated[-1] if self.restated else self.closed


def statements(actions: Iterable[Action], subject: str) -> Statements:
    """What stands, given all actions in the order of their log: the first close holds, others count nothing."""
    mine = [action for action in actions if action.subject == subject]
    closed = next((action for action in mine if action.type == CLOSED), None)
    restated = [a for a in mine if a.type == RESTATED and closed is not None and a.data.restates == closed.id]
    return Statements(closed, restated)

