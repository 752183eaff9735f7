"""What operators do about rejected events (`office.actions.v1`): each decision a record, written before it is done.

Of one rejected event the first fix or replay in the log holds, and only its event is ever sent; a drop says that nobody
will mend it, and yields to a fix or replay. `rejected.sent` says that the field topic has the event.
"""

from __future__ import annotations

from collections.abc import Iterable
from enum import StrEnum
from typing import TYPE_CHECKING, Annotated, Literal, NamedTuple

import msgspec
from msgspec import Struct

from schemas.decision import Decision
from schemas.events.fields import SLUG, text
from schemas.titles import Title, titled

Type = Literal["rejected.fixed", "rejected.replayed", "rejected.dropped", "rejected.sent"]
FIXED: Type = "rejected.fixed"
REPLAYED: Type = "rejected.replayed"
DROPPED: Type = "rejected.dropped"
SENT: Type = "rejected.sent"
WHY: dict[str, Title] = {
    "map-loaded": Title("Đã nạp bản đồ mới", "The map has the unit by now"),
    "upgraded": Title("Đã nâng cấp", "This version knows the type or the contract"),
    "software-fault": Title("Lỗi phần mềm của bên gửi", "Fault of the sender's software"),
    "typing-error": Title("Nhập sai", "Typing error"),
    "paper-record": Title("Theo bản ghi trên giấy", "As the record on paper says"),
    "another-event": Title("Là sự kiện khác", "Another event that bears a number already used"),
    "tablet-cleared": Title("Máy bảng đã được xác minh", "The revoked tablet's events were checked"),
    "recorded-again": Title("Đã ghi lại", "Was recorded again"),
    "not-an-event": Title("Không phải sự kiện", "No event, such as a test"),
    "not-restorable": Title("Không thể khôi phục", "Nobody knows any more what it said"),
    "other": Title("Khác", "Other"),
}
if TYPE_CHECKING:
    _Why = str
else:  # to a type checker a code is a string; at run time msgspec refuses one that is not in the list
    _Why = Literal[tuple(WHY)]
ORIGIN = r"[A-Za-z0-9._-]{1,249}:[0-9]{1,10}:[0-9]{1,19}"
OPERATOR = r"[a-z0-9][a-z0-9._-]{0,39}"
HEADER_MENDS = "fieldtally.mends"  # of a record that was sent: the origin that it mends
RepairSubject = Annotated[str, text("Đối tượng", "The rejected event, by its origin", rf"rejected/{ORIGIN}")]


class Mending(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True):
    """What is done about one rejected event."""

    reason: Annotated[str, text("Lý do từ chối", "Why it was rejected", SLUG)]
    why: Annotated[_Why, titled("Căn cứ", "Why this is done")]
    topic: Annotated[str, text("Chủ đề Kafka", "Where the event goes, without prefix", r"field\.[a-z]{1,40}\.v1")] = ""
    event: Annotated[str, titled("Sự kiện", "The event as it is sent, byte for byte", max_length=64 * 1024)] = ""
    decision: Annotated[str, titled("Quyết định", "What was carried out: the id of the decision", max_length=36)] = ""


class Repair(Decision, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A decision as CloudEvent. `subject` is `rejected/<origin>`, which is the record's key too."""

    type: Annotated[Type, titled("Loại", "Fix, replay or drop; or that the event was sent")]
    subject: RepairSubject
    dataschema: Annotated[
        Literal["urn:fieldtally:office.repair:1"], titled("Hợp đồng dữ liệu", "The contract and its version")
    ] = "urn:fieldtally:office.repair:1"
    operator: Annotated[str, text("Người thực hiện", "Account of the operator; never a person's name", OPERATOR)]
    data: Annotated[Mending, titled("Nội dung", "What is done")]

    @property
    def origin(self) -> str:
        """The rejected event."""
        return self.subject.removeprefix(PREFIX)


PREFIX = "rejected/"
encode = msgspec.json.Encoder().encode
decode = msgspec.json.Decoder(Repair).decode


class Standing(StrEnum):
    """How it stands with a rejected event."""

    OPEN, BEGUN, MENDED, AGAIN, DROPPED = "open", "begun", "mended", "again", "dropped"


STANDINGS: dict[Standing, Title] = {
    Standing.OPEN: Title("Chưa xử lý", "Nobody has decided"),
    Standing.BEGUN: Title("Đang xử lý", "Decided, and not known to be sent: do it again"),
    Standing.MENDED: Title("Đã xử lý", "Sent, or returned by the counter"),
    Standing.AGAIN: Title("Bị từ chối lại", "Sent, and rejected again under an origin of its own"),
    Standing.DROPPED: Title("Bỏ qua", "Nobody will mend it"),
}


class Done(NamedTuple):
    """What holds of all that was done about one rejected event."""

    holds: Repair | None = None
    """The fix or replay that came first, else the first drop."""
    sent: bool = False
    all: tuple[Repair, ...] = ()

    def standing(self, *, returned: bool, again: bool) -> Standing:
        """How it stands, given that the counter returned it, or that what was sent was rejected again."""
        if again:
            return Standing.AGAIN
        if self.sent or returned:
            return Standing.MENDED
        if self.holds is None:
            return Standing.OPEN
        return Standing.DROPPED if self.holds.type == DROPPED else Standing.BEGUN


def done(repairs: Iterable[Repair]) -> Done:
    """What holds, given all that was done about one rejected event in the order of the log. Pure."""
    every = tuple(repairs)
    mending = next((each for each in every if each.type in (FIXED, REPLAYED)), None)
    holds = mending or next((each for each in every if each.type == DROPPED), None)
    sent = mending is not None and any(each.type == SENT and each.data.decision == mending.id for each in every)
    return Done(holds, sent, every)
