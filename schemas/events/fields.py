"""Field types that the event contracts share. Every string is bounded by a pattern, so no free text can enter."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

from msgspec import Meta

from schemas.titles import titled

SEQ_MAX = 2**31 - 1  # the CloudEvents integer
END = r"$(?!\n)"  # Python's `$` alone would let a trailing newline through; this form means the same to ECMA
UNIT = r"[0-9]{4}(?:-[0-9]{2})?:(?:[0-9]{2}|[0-9]{3}|[0-9]{5})"
PLACE = r"[0-9]{4}(?:-[0-9]{2})?\.(?:[0-9]{2}|[0-9]{3}|[0-9]{5})"  # a unit inside a subject: a dot for the colon
COMMUNE = r"[0-9]{4}(?:-[0-9]{2})?\.[0-9]{5}"
CODE = "[0-9A-HJKMNP-TV-Z]"  # Crockford's base 32: no I, L, O, U
HOUSEHOLD = rf"{COMMUNE}-{CODE}{{4}}-{CODE}"
SLUG = r"[a-z0-9][a-z0-9-]{0,39}"

SOURCE_PATTERN = rf"^/(?:tablets|imports|offices|simulator)/[A-Za-z0-9._~-]{{1,64}}(?:/[A-Za-z0-9._~-]{{1,64}})?{END}"
VILLAGE_PATTERN = rf"^{UNIT}/[0-9]{{2}}{END}"
UNIT_PATTERN = rf"^{UNIT}{END}"


def _repeated(vi: str, en: str, pattern: str) -> Meta:
    """A string that stands in very many events: `schemas.wire` proves it once, not the decoder each time."""
    return titled(vi, en, extra_json_schema={"pattern": pattern})


UnitId = Annotated[str, _repeated("Đơn vị hành chính", "Unit: vintage:code", UNIT_PATTERN)]
Village = Annotated[str, _repeated("Thôn, tổ dân phố", "Village: <unit>/<NN>", VILLAGE_PATTERN)]
Source = Annotated[
    str,
    _repeated(
        "Nguồn ghi nhận",
        "Recorder: /tablets/<thumbprint>, /imports/<form>, /offices/<session>, /simulator/<seed>/<tablet>",
        SOURCE_PATTERN,
    ),
]
EventId = Annotated[
    str,
    titled(
        "Mã sự kiện",
        "UUIDv7 of the event, for people and logs",
        pattern=rf"^[0-9a-f]{{8}}-[0-9a-f]{{4}}-7[0-9a-f]{{3}}-[89ab][0-9a-f]{{3}}-[0-9a-f]{{12}}{END}",
    ),
]
Seq = Annotated[int, titled("Số thứ tự", "Dense number in its stream, from 1", ge=1, le=SEQ_MAX)]
HappenedAt = Annotated[
    datetime, titled("Thời điểm xảy ra", "When it happened by the recorder's clock, RFC 3339 with offset", tz=True)
]
ReceivedAt = Annotated[
    datetime, titled("Thời điểm tiếp nhận", "When the server received it, RFC 3339 with offset", tz=True)
]
SkewMs = Annotated[
    int,
    titled("Độ lệch đồng hồ", "Tablet's clock less the server's, ms", ge=-(2**53) + 1, le=2**53 - 1),
]
HouseholdSubject = Annotated[str, titled("Hộ gia đình", "Household", pattern=rf"^household/{HOUSEHOLD}{END}")]
PointSubject = Annotated[str, titled("Điểm hỗ trợ", "Support point", pattern=rf"^point/{COMMUNE}-[0-9A-Z]{{1,8}}{END}")]
SessionSubject = Annotated[str, titled("Buổi", "Session", pattern=rf"^session/{PLACE}-[0-9A-Z]{{4,12}}{END}")]
UnitSubject = Annotated[str, titled("Đơn vị", "Unit of any level", pattern=rf"^unit/{PLACE}{END}")]
HouseholdOrUnitSubject = Annotated[
    str, titled("Hộ hoặc đơn vị", "Household or unit", pattern=rf"^(?:household/{HOUSEHOLD}|unit/{PLACE}){END}")
]
HouseholdCode = Annotated[str, titled("Mã hộ", "Pseudonymous household code", pattern=rf"^{HOUSEHOLD}{END}")]
Attendee = Annotated[
    str,
    titled(
        "Người tham dự",
        "Household code and member number, or a number within the session; never a name",
        pattern=rf"^(?:{HOUSEHOLD}/[0-9]{{1,2}}|[0-9]{{1,4}}){END}",
    ),
]
Pseudonym = Annotated[
    str, titled("Bí danh", "Keyed pseudonym of a personal number", pattern=rf"^p1\.[0-9a-f]{{32}}{END}")
]
Slug = Annotated[str, titled("Mã", "Short code", pattern=rf"^{SLUG}{END}")]
Period = Annotated[str, titled("Giai đoạn", "Years: YYYY-YYYY", pattern=rf"^[0-9]{{4}}-[0-9]{{4}}{END}")]
People = Annotated[int, titled("Số người", "People", ge=0, le=100_000)]
Vnd = Annotated[int, titled("Số tiền (đồng)", "Amount in VND", ge=1, le=10**12)]
Round = Annotated[int, titled("Đợt", "Round of outreach", ge=1, le=99)]
