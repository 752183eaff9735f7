"""What a finding says besides its kind, in words: Vietnamese first, English second. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from schemas import codes
from schemas.titles import Title

_NAMES = {
    "maker": Title("hãng", "maker"),
    "number": Title("số", "number"),
    "in_place": Title("số nơi đang đặt", "places where it stands"),
    "kind": Title("loại", "kind"),
    "funding": Title("nguồn", "funded by"),
    "there_from": Title("đã có từ nguồn", "there already from"),
    "smartphones": Title("số điện thoại đã trao", "smartphones handed out"),
    "headcount": Title("số người đếm được", "headcount"),
    "roster": Title("số người trong danh sách", "people on the roster"),
    "approvals": Title("số lần phê duyệt", "approvals"),
    "latest_receipt": Title("nhận lần cuối", "last received"),
    "surveyed": Title("khảo sát", "surveyed"),
    "registered": Title("trong sổ", "in the register"),
    "code": Title("mã", "code"),
    "root": Title("bản gốc", "original"),
    "carried": Title("bản được dẫn", "carried original"),
    **codes.DEVICE_KINDS,  # a kit's detail has a figure for each kind
}
_CODES = {"kind": codes.DEVICE_KINDS, "funding": codes.FUNDING_SOURCES, "there_from": codes.FUNDING_SOURCES,
          "surveyed": codes.HOUSEHOLD_CLASSES, "registered": codes.HOUSEHOLD_CLASSES}
_NEED = {True: Title("cần hỗ trợ viễn thông", "needs telecom"),
         False: Title("không cần hỗ trợ viễn thông", "does not need telecom")}
_UNKNOWN = Title("chưa rõ", "not known")


def words(detail: Mapping[str, Any]) -> str:
    """`khảo sát: Hộ cận nghèo, cần hỗ trợ viễn thông / surveyed: Near-poor, needs telecom`."""
    parts = [(_NAMES.get(name, Title(name, name)), [_title(name, each) for each in _several(value)])
             for name, value in detail.items()]
    return " / ".join("; ".join(f"{name[language]}: {', '.join(each[language] for each in values)}"
                                for name, values in parts) for language in (0, 1))


def _several(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


def _title(name: str, value: Any) -> Title:
    if value is None:
        return _UNKNOWN
    if isinstance(value, bool):
        return _NEED[value]
    return _CODES.get(name, {}).get(value) or Title(str(value).replace(" of ", "/"), str(value))
