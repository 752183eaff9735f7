"""What the gateway is asked and what it answers, as JSON. Every answer bears a marker that no captive portal has."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Annotated, Literal, Union

from msgspec import Meta, Raw, Struct

from schemas import codes
from schemas.events.fields import SEQ_MAX, EventId, SkewMs, UnitId, text
from schemas.titles import titled
from schemas.topics import FAMILIES

Marker = Literal["v1"]
MARKER: Marker = "v1"
if TYPE_CHECKING:
    _Families = str
else:
    _Families = Literal[FAMILIES]
Family = Annotated[_Families, titled("Nhóm sự kiện", "Family of events: the topic without `field.` and `.v1`")]
Thumbprint = Annotated[str, text("Dấu vân khóa", "RFC 7638 SHA-256 thumbprint, base64url", "[A-Za-z0-9_-]{43}")]
Coordinate = Annotated[str, text("Tọa độ", "32 bytes, base64url without padding", "[A-Za-z0-9_-]{43}")]
Signature = Annotated[str, text("Chữ ký", "r and s, 64 bytes, base64url without padding", "[A-Za-z0-9_-]{86}")]
Sentence = Annotated[str, Meta(min_length=1, max_length=400)]


class Jwk(Struct, frozen=True, kw_only=True):
    """A public key as WebCrypto exports it; what it says beside these is ignored."""

    kty: Annotated[Literal["EC"], titled("Loại khóa", "Type of the key")]
    crv: Annotated[Literal["P-256"], titled("Đường cong", "Curve")]
    x: Coordinate
    y: Coordinate


class Enrolment(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """`POST /v1/enrolments`. `proof` is made by the key over the characters of `code` as they stand here."""

    code: Annotated[str, titled("Mã mời", "The code of the invitation, as typed", min_length=1, max_length=40)]
    key: Jwk
    proof: Signature


class StreamState(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What the tablet states of one of its streams: the highest number given out, and how many events wait."""

    topic: Family
    unit: UnitId
    highest: Annotated[int, Meta(ge=0, le=SEQ_MAX)]
    waiting: Annotated[int, Meta(ge=0, le=SEQ_MAX)] = 0


class Batch(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """`POST /v1/events:batch`. Each event is a CloudEvent of the contracts, but

    - `receivedat` and `skewms` are the gateway's to say (in `data.original` and `data.new` of a revision they are those
      of the root's receipt; where they are left out, the gateway puts its own);
    - personal numbers stand as they are (the gateway replaces them);
    - `topic` (a family) says the stream of a `stream.withdrawn`, and may stand in no other event.
    """

    source: Annotated[str, Meta(max_length=200)]
    sentat: Annotated[datetime, Meta(tz=True)]
    app: Annotated[str, text("Phiên bản", "Version of the tablet's app", "[0-9A-Za-z.+-]{0,40}")] = ""
    streams: Annotated[list[StreamState], Meta(max_length=1000)] = []
    events: list[Raw] = []


class Answer(Struct, frozen=True, kw_only=True):
    """What every answer begins with; `now` is the server's time in UTC."""

    fieldtally: Marker = MARKER
    now: datetime


class Error(Struct, frozen=True, kw_only=True):
    """Why a request was refused: a code of `faults.ERRORS` and its sentence in two languages."""

    code: str
    vi: Sentence
    en: Sentence


class ErrorAnswer(Answer, frozen=True, kw_only=True):
    """The answer to a request that was refused."""

    error: Error


class EnrolmentAnswer(Answer, frozen=True, kw_only=True):
    """201, or 200 when this key was enrolled by this code before."""

    source: str
    organisation: codes.Organisation
    units: list[UnitId]


class Accepted(Struct, frozen=True, kw_only=True, tag_field="status", tag="accepted"):
    """The event is in Kafka for good. `receivedat` and `skewms` are what a later revision carries of it."""

    id: EventId
    topic: Family
    partition: int
    offset: int
    receivedat: datetime
    skewms: SkewMs


class Conflict(Struct, frozen=True, kw_only=True, tag_field="status", tag="conflict"):
    """Another event has this number already. Both are in Kafka; the counter rejects the second. To be given up."""

    id: EventId
    topic: Family
    partition: int
    offset: int
    vi: Sentence
    en: Sentence


class Refused(Struct, frozen=True, kw_only=True, tag_field="status", tag="rejected"):
    """The event breaks its contract or the tablet's rights, and was not kept. It stays on the tablet, to be mended."""

    id: str
    code: str
    path: str
    vi: Sentence
    en: Sentence


class Retry(Struct, frozen=True, kw_only=True, tag_field="status", tag="retry"):
    """Not accepted now, for no fault of the event's own: send it again later."""

    id: str
    code: str
    vi: Sentence
    en: Sentence


Receipt = Union[Accepted, Conflict, Refused, Retry]  # noqa: UP007 - msgspec's decoder takes it as a type


class ReceiptsAnswer(Answer, frozen=True, kw_only=True):
    """200: a receipt for each event, in the order of the batch."""

    receipts: list[Receipt]
