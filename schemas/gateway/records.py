"""What the gateway keeps on the bus: invitations and enrolments (`gateway.enrolments.v1`), last contacts of tablets
(`gateway.contacts.v1`).

All records of one invitation lie in one partition, that of its digest, so that every gateway sees them in one order:
the first enrolment by an invitation wins. A key is never used for two facts, so compaction cannot change that order.
"""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Union

import msgspec
from msgspec import Struct

from schemas import codes
from schemas.events.fields import SEQ_MAX, SkewMs, UnitId, text
from schemas.gateway.api import Family, Jwk, Thumbprint
from schemas.titles import titled

Digest = Annotated[str, text("Mã băm thư mời", "Keyed digest of the invitation's code", r"p1\.[0-9a-f]{32}")]
Written = Annotated[datetime, titled("Thời điểm ghi", "When the record was written, RFC 3339 with offset", tz=True)]
TabletSource = Annotated[str, text("Nguồn", "Source of the tablet", r"/tablets/[A-Za-z0-9_-]{43}")]


class Invited(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, tag_field="type", tag="invited"):
    """A one-time code was given out; only its keyed digest is kept."""

    invitation: Digest
    organisation: Annotated[codes.Organisation, titled("Đơn vị ghi nhận", "Organisation that the tablet records for")]
    units: Annotated[
        list[UnitId], titled("Đơn vị hành chính", "Units that it may record for", min_length=1, max_length=1000)
    ]
    expires: Annotated[datetime, titled("Hết hạn", "The code enrols nobody from then on", tz=True)]
    written: Written

    def key(self) -> bytes:
        """The record's key."""
        return f"invited {self.invitation}".encode()


class Enrolled(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, tag_field="type", tag="enrolled"):
    """A tablet's key was bound by an invitation. Only the first of an invitation holds."""

    invitation: Digest
    attempt: Annotated[str, text("Lần thử", "Random, so that no two attempts share a key", "[0-9a-f]{32}")]
    thumbprint: Thumbprint
    jwk: Annotated[Jwk, titled("Khóa công khai", "The tablet's public key")]
    written: Written

    def key(self) -> bytes:
        """The record's key."""
        return f"enrolled {self.invitation} {self.attempt}".encode()


class Revoked(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, tag_field="type", tag="revoked"):
    """An invitation holds no longer: nobody enrols by it, and the tablet that did is revoked."""

    invitation: Digest
    written: Written

    def key(self) -> bytes:
        """The record's key."""
        return f"revoked {self.invitation}".encode()


EnrolmentRecord = Union[Invited, Enrolled, Revoked]  # noqa: UP007 - msgspec's decoder takes it as a type


class ContactStream(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What a tablet states of one of its streams: a lost tail is a hole too."""

    topic: Family
    unit: UnitId
    highest: Annotated[int, titled("Số lớn nhất", "Highest number given out", ge=0, le=SEQ_MAX)]
    waiting: Annotated[int, titled("Đang chờ", "Events that wait on the tablet", ge=0, le=SEQ_MAX)]


class Contact(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The last contact with a tablet."""

    source: TabletSource
    at: Annotated[datetime, titled("Lần cuối", "Server's time of the last contact", tz=True)]
    sentat: Annotated[datetime, titled("Giờ máy bảng", "The tablet's clock at that contact", tz=True)]
    skewms: SkewMs
    app: Annotated[str, text("Phiên bản", "Version of the tablet's app, '' if not stated", "[0-9A-Za-z.+-]{0,40}")] = ""
    streams: Annotated[list[ContactStream], titled("Các luồng", "Every stream of the tablet that it ever stated")]

    def key(self) -> bytes:
        """The record's key."""
        return self.source.encode()


encode = msgspec.json.Encoder().encode
decode_enrolment = msgspec.json.Decoder(EnrolmentRecord).decode
decode_contact = msgspec.json.Decoder(Contact).decode
