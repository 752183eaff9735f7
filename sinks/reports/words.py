"""Every word of a report that is not the programme's own, in both languages, and numbers in the reader's form."""

from __future__ import annotations

from datetime import date, datetime, timedelta, timezone
from decimal import ROUND_HALF_UP, Decimal

from schemas.programmes.model import QUALIFIERS, UNITS, Text
from schemas.titles import Title

VIETNAM = timezone(timedelta(hours=7))
VI, EN = "vi", "en"
LANGUAGES = (VI, EN)
WORDS = {
    "indicator": Title("Nội dung", "Indicator"),
    "reported": Title("Nguồn nêu", "Source reports"),
    "computed": Title("Tính từ dữ liệu", "Computed"),
    "target": Title("Mục tiêu", "Target"),
    "share": Title("So với mục tiêu", "Of the target"),
    "note": Title("Ghi chú", "Notes"),
    "above": Title("Thuộc", "In"),
    "place": Title("Địa bàn", "Place"),
    "code": Title("Mã", "Code"),
    "day": Title("Tính đến hết ngày", "Up to the end of"),
    "period": Title("Giai đoạn", "Period"),
    "map": Title("Bản đồ hành chính", "Map of places"),
    "was": Title("theo đơn vị tại ngày diễn ra; hộ, điểm, buổi theo nơi đăng ký",
                 "as it was on the day of each event; households, points and sessions where they are registered"),
    "now": Title("nơi đăng ký, theo đơn vị hiện nay", "where things are registered, as it is now"),
    "on": Title("nơi đăng ký, theo đơn vị ngày", "where things are registered, as it was on"),
    "latest_event": Title("Sự kiện mới nhất được tính", "Latest event that counts"),
    "latest_receipt": Title("Tiếp nhận mới nhất", "Latest receipt"),
    "none": Title("chưa có", "none yet"),
    "tablets": Title("Máy tính bảng có tin", "Tablets heard from"),
    "within": Title("trong {} ngày", "within {} days"),
    "holes": Title("Số thứ tự còn thiếu", "Numbers missing"),
    "rejected": Title("bị từ chối", "rejected"),
    "hidden": Title("(ẩn)", "(hidden)"),
    "unknown": Title("—", "—"),
    "basis": Title("tính trên", "based on"),
    "register": Title("sổ đăng ký", "the register"),
    "baseline": Title("số liệu của nguồn", "the source's figures"),
    "survey": Title("khảo sát", "surveys"),
    "beyond": Title("trên 100 %: đã đếm nhiều hơn số trong mẫu số, như hộ chưa có trong sổ đăng ký",
                    "above 100 %: more was counted than the denominator has, such as households not in the register"),
    "points": Title("điểm phần trăm", "percentage points"),
    "rows": Title("Kết quả", "Results"),
    "lines": Title("Theo địa bàn", "By place"),
    "actors": Title("Ai làm gì", "Who does what"),
    "actor": Title("Đơn vị", "Actor"),
    "role": Title("Vai trò", "Role"),
    "records": Title("Ghi nhận vào hệ thống", "Records"),
    "since": Title("Từ ngày", "Since"),
    "until": Title("Đến ngày", "Until"),
    "from": Title("từ", "from"),
    "kits": Title("Thiết bị được duyệt cho mỗi điểm", "Equipment that is approved for each point"),
    "device": Title("Thiết bị", "Device"),
    "unit": Title("Đơn vị tính", "Unit"),
    "part": Title("Tử số", "Part"),
    "whole": Title("Mẫu số", "Whole"),
    "source": Title("Nguồn, ngày", "Source, day"),
    "closed": Title("Chốt số liệu", "Closed"),
    "restated": Title("Tính lại sau khi chốt", "Restated after the close"),
    "sources": Title("Nguồn", "Sources"),
    "rules": Title("Quy tắc đếm, bản đồ, chương trình", "Counting rules, map, programme"),
    "hiding": Title("Số hộ và số người dưới 5, và số nhỏ kế tiếp của cùng một tổng, không được công bố.",
                    "Counts of households and people below 5, and the next smallest of a sum, are not published."),
    "ending": Title("Trong giai đoạn: khảo sát và sổ đăng ký được tính đến ngày cuối.",
                    "Within the period: what surveys and registers decide is as of its last day."),
    "undated": Title("chưa rõ ngày", "date not given"),
}  # fmt: skip


def word(name: str, language: str) -> str:
    """A word of `WORDS`."""
    return said(WORDS[name], language)


def said(text: Text | Title, language: str) -> str:
    """A text in one of its languages."""
    return text.vi if language == VI else text.en


def number(value: Decimal | int, language: str, decimals: int | None = None) -> str:
    """A number in the reader's form: 131.393 and 66,74 in Vietnamese, 131,393 and 66.74 in English.

    Without `decimals`, as many as the value has.
    """
    exact = Decimal(value)
    if decimals is not None:
        exact = exact.quantize(Decimal(1).scaleb(-decimals), ROUND_HALF_UP)
    text = f"{exact:,f}"
    return text if language == EN else text.translate(str.maketrans(",.", ".,"))


def figure(value: Decimal | int, unit: str, language: str, qualifier: str = "", decimals: int | None = None) -> str:
    """A number with its qualifier and its unit: `khoảng 97 %`."""
    named = said(QUALIFIERS[qualifier], language)
    return f"{named} {number(value, language, decimals)} {said(UNITS[unit], language)}".strip()


def moment(instant: str, language: str) -> str:
    """An instant in RFC 3339 as local time: `11:08, 31/05/2025`; of a day alone, the day."""
    if "T" not in instant:
        return day(date.fromisoformat(instant), language)
    local = datetime.fromisoformat(instant).astimezone(VIETNAM)
    return f"{local:%H:%M}, {day(local.date(), language)}"


def day(value: date, language: str) -> str:
    """A day: 30/06/2023 in Vietnamese, 30 June 2023 in English."""
    return f"{value:%d/%m/%Y}" if language == VI else f"{value.day} {value:%B %Y}"
