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

SOURCE = r"/(?:tablets|imports|offices|simulator)/[A-Za-z0-9._~-]{1,64}(?:/[A-Za-z0-9._~-]{1,64})?"
SOURCE_PATTERN, UNIT_PATTERN = f"^{SOURCE}{END}", f"^{UNIT}{END}"


def text(vi: str, en: str, pattern: str) -> Meta:
    """The titles and the pattern of a string. `schemas.strings` proves all strings of an event at once, so the decoder
    does not: a pattern is anchored at both ends and admits no newline."""
    return titled(vi, en, extra_json_schema={"pattern": f"^{pattern}{END}"})


UnitId = Annotated[str, text("Đơn vị hành chính", "Unit: vintage:code", UNIT)]
Village = Annotated[str, text("Thôn, tổ dân phố", "Village: <unit>/<NN>", rf"{UNIT}/[0-9]{{2}}")]
Source = Annotated[
    str,
    text(
        "Nguồn ghi nhận",
        "Recorder: /tablets/<thumbprint>, /imports/<form>, /offices/<session>, /simulator/<seed>/<tablet>",
        SOURCE,
    ),
]
EventId = Annotated[
    str,
    text(
        "Mã sự kiện",
        "UUIDv7 of the event, for people and logs",
        r"[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}",
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
HouseholdSubject = Annotated[str, text("Hộ gia đình", "Household", rf"household/{HOUSEHOLD}")]
PointSubject = Annotated[str, text("Điểm hỗ trợ", "Support point", rf"point/{COMMUNE}-[0-9A-Z]{{1,8}}")]
SessionSubject = Annotated[str, text("Buổi", "Session", rf"session/{PLACE}-[0-9A-Z]{{4,12}}")]
UnitSubject = Annotated[str, text("Đơn vị", "Unit of any level", rf"unit/{PLACE}")]
HouseholdOrUnitSubject = Annotated[
    str, text("Hộ hoặc đơn vị", "Household or unit", rf"(?:household/{HOUSEHOLD}|unit/{PLACE})")
]
HouseholdCode = Annotated[str, text("Mã hộ", "Pseudonymous household code", HOUSEHOLD)]
Attendee = Annotated[
    str,
    text(
        "Người tham dự",
        "Household code and member number, or a number within the session; never a name",
        rf"(?:{HOUSEHOLD}/[0-9]{{1,2}}|[0-9]{{1,4}})",
    ),
]
Pseudonym = Annotated[str, text("Bí danh", "Keyed pseudonym of a personal number", r"p1\.[0-9a-f]{32}")]
Slug = Annotated[str, text("Mã", "Short code", SLUG)]
Period = Annotated[str, text("Giai đoạn", "Years: YYYY-YYYY", r"[0-9]{4}-[0-9]{4}")]
People = Annotated[int, titled("Số người", "People", ge=0, le=100_000)]
Vnd = Annotated[int, titled("Số tiền (đồng)", "Amount in VND", ge=1, le=10**12)]
Round = Annotated[int, titled("Đợt", "Round of outreach", ge=1, le=99)]
