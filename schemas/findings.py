"""Findings: what somebody should look at. Never a refusal; each names the events behind it (the ledger's view)."""

from __future__ import annotations

from typing import NamedTuple

from schemas.titles import Title


class Finding(NamedTuple):
    """A kind of finding; one with `days` matters only when it has held for so many days."""

    title: Title
    days: int | None = None


FINDINGS: dict[str, Finding] = {
    "equipment-seen-twice": Finding(Title("Một thiết bị ghi ở hai nơi", "Equipment of one number in two places")),
    "double-funded-device": Finding(
        Title("Mua thiết bị khi nguồn khác đã có và còn chạy", "Bought though another fund's device works there")
    ),
    "kit-incomplete": Finding(Title("Thiếu thiết bị so với danh mục", "Fewer devices than approved"), days=180),
    "kit-exceeded": Finding(Title("Vượt danh mục thiết bị", "More devices than approved")),
    "second-smartphone": Finding(Title("Hộ nhận điện thoại lần hai", "Second smartphone for a household")),
    "roster-above-headcount": Finding(
        Title("Danh sách dài hơn số người đếm được", "Roster larger than the headcount")
    ),
    "point-unconnected": Finding(Title("Điểm đã duyệt, chưa kết nối", "Point approved, not connected"), days=180),
    "unit-silent": Finding(Title("Xã không có dữ liệu mới", "Commune from which nothing comes"), days=30),
    "register-differs": Finding(Title("Khảo sát khác với sổ", "Survey and register differ")),
    "not-in-register": Finding(Title("Hộ không có trong sổ", "Household that the register does not have")),
    "household-in-two-units": Finding(Title("Một hộ ở hai xã", "One household under two units")),
    "carried-original-differs": Finding(
        Title("Bản sửa dẫn sai bản gốc", "Revision that carries another original")
    ),
}
