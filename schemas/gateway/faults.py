"""The gateway's codes, each with its sentence in two languages. `{...}` is filled in where a figure belongs there."""

from __future__ import annotations

from schemas.rejected import REASONS
from schemas.titles import Title

ERRORS: dict[str, Title] = {
    "bad-request": Title("Yêu cầu không đúng dạng", "The request is not of the form that it must have"),
    "bad-json": Title("Nội dung không phải JSON hợp lệ", "The body is no JSON of this request's form"),
    "bad-encoding": Title("Nội dung nén bị hỏng", "The body cannot be unpacked"),
    "foreign-source": Title("Lô không thuộc máy bảng này", "The batch names another tablet than the one that signed"),
    "unknown-key": Title("Máy bảng chưa đăng ký", "This key is not enrolled"),
    "bad-signature": Title("Chữ ký không đúng", "The signature does not fit key and body"),
    "bad-key": Title("Khóa không hợp lệ", "The key is no point of P-256"),
    "revoked": Title(
        "Máy bảng đã bị thu hồi; hãy giữ máy và liên hệ văn phòng",
        "This tablet is revoked: keep it, and ask the office",
    ),
    "invitation-unknown": Title("Mã mời không đúng", "There is no such invitation: look for a typing error"),
    "invitation-used": Title("Mã mời đã được dùng", "Another tablet used this invitation: ask for a new one"),
    "invitation-expired": Title("Mã mời đã hết hạn", "The invitation has expired: ask for a new one"),
    "not-found": Title("Không có địa chỉ này", "There is nothing here"),
    "method-not-allowed": Title("Phương thức không được phép", "This address takes another method"),
    "too-slow": Title("Gửi quá chậm", "The body did not come in time: send fewer events at once"),
    "length-required": Title("Thiếu độ dài nội dung", "The body's length is not stated"),
    "too-large": Title("Nội dung quá lớn", "The body is too large: send fewer events at once"),
    "too-many-events": Title("Quá nhiều sự kiện trong một lô", "Too many events in one batch"),
    "unsupported-type": Title("Kiểu nội dung không được nhận", "This media type or encoding is not taken"),
    "busy": Title("Máy chủ đang bận, hãy gửi lại sau", "The server is busy: send again later"),
    "kafka-away": Title("Máy chủ chưa nhận được, hãy gửi lại sau", "Nothing can be kept now: send again later"),
    "starting": Title("Máy chủ đang khởi động, hãy gửi lại sau", "The server is starting: send again later"),
    "fault": Title("Máy chủ gặp lỗi", "The server failed at this request"),
}
"""Of requests."""

_OWN: dict[str, Title] = {
    "foreign-source": Title("Sự kiện của máy bảng khác", "The event names another source than the tablet that signed"),
    "foreign-unit": Title(
        "Máy bảng không được ghi nhận cho đơn vị này", "This tablet may not record for this unit"
    ),
    "not-confirmed": Title("Máy chủ chưa lưu được sự kiện, hãy gửi lại", "Kafka did not confirm this event in time"),
}
EVENT_CODES: dict[str, Title] = REASONS | _OWN
"""Of single events: the reasons for which the counter would reject, and the gateway's own."""


def title_of(code: str) -> Title:
    """The sentence of an event's code."""
    return EVENT_CODES[code]
