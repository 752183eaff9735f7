"""Why a row does not become an event. Never a cell's content: it may be somebody's name or number."""

from __future__ import annotations

from typing import NamedTuple

from schemas import rejected
from schemas.titles import Title

REASONS: dict[str, Title] = {
    "no-record-id": Title("Không có mã bản ghi", "A row without a record id"),
    "repeated-record": Title("Mã bản ghi lặp lại với nội dung khác", "A record id again, with other content"),
    "replaced-record": Title("Bản ghi đã sửa nhưng thiếu mã gốc", "An edited row without the id that stays"),
    "empty": Title("Ô trống", "An empty cell"),
    "no-such-answer": Title("Câu trả lời chưa có trong bảng mã", "An answer that the mapping's table does not have"),
    "bad-time": Title("Không đọc được thời gian", "A time that cannot be read"),
    "impossible-time": Title("Thời gian không thể có", "A time before the year 2000 or in the future"),
    "bad-unit-code": Title("Mã đơn vị sai", "No code of a unit"),
    "bad-subject-code": Title("Mã hộ, điểm hoặc buổi sai", "No code of a household, point or session"),
    "mistyped-code": Title("Mã hộ gõ sai (ký tự kiểm tra)", "A household code with a typing error"),
    "bad-number": Title("Không phải số sê-ri, IMEI, ICCID", "No serial number, IMEI or ICCID"),
    "no-whole-number": Title("Không phải số nguyên", "No number without fraction, written plainly or by thousands"),
    "lost-digits": Title("Bảng tính đã làm mất chữ số", "A number of which the spreadsheet lost digits"),
}


class Wrong(NamedTuple):
    """What is wrong with a cell: its column, a reason of `REASONS` or of `schemas.rejected`, a contract's rule."""

    column: str
    reason: str
    rule: str = ""


class Fault(NamedTuple):
    """Why a row, or one event of it (named as in the mapping), was refused; `line` counts from 1."""

    line: int
    event: str
    column: str
    reason: str
    rule: str = ""


def title_of(reason: str) -> Title:
    """What a person reads for a reason."""
    return REASONS.get(reason) or rejected.REASONS[reason]
