"""Registers (`registers.v1`): which households, points and villages there are, since when, and what they are due.

A record is one entry with its whole dated history, so the last record of a key says all. A class or a need that a
survey states later wins for the counters; the register gives the denominators, and a disagreement is a finding.
"""

from __future__ import annotations

import re
from datetime import date
from typing import Annotated

import msgspec
from msgspec import Struct

from schemas import codes
from schemas.events.fields import CODE, COMMUNE, UNIT, UnitId, Village, text
from schemas.pseudonym import check_character
from schemas.titles import titled

HOUSEHOLD, POINT, VILLAGE = "household", "point", "village"
CLASSES = {HOUSEHOLD: codes.HOUSEHOLD_CLASSES, POINT: codes.HOST_CLASSES, VILLAGE: {}}
_HOUSEHOLD, _POINT = rf"{COMMUNE}-{CODE}{{4}}-{CODE}", rf"{COMMUNE}-[0-9A-Z]{{1,8}}"
_VILLAGE = rf"{UNIT}/[0-9]{{2}}"
_FORMS = {kind: re.compile(form) for kind, form in ((HOUSEHOLD, _HOUSEHOLD), (POINT, _POINT), (VILLAGE, _VILLAGE))}
Code = Annotated[
    str,
    text(
        "Mã",
        "Household code, point code (as in subjects), or village `<unit>/<NN>`",
        f"(?:{_HOUSEHOLD}|{_POINT}|{_VILLAGE})",
    ),
]


class Version(
    Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True, rename={"class_": "class"}
):
    """What holds of an entry from `valid_from` until the day before `valid_until` (None: until further notice)."""

    valid_from: Annotated[date, titled("Từ ngày", "First day")]
    valid_until: Annotated[date | None, titled("Đến ngày", "First day on which it no longer holds")] = None
    class_: Annotated[
        codes.RegisterClass | None, titled("Diện", "Class of a household; class of the host of a point")
    ] = None
    eligible: Annotated[codes.EligibleGroup | None, titled("Nhóm thụ hưởng", "Eligible group")] = None
    need: Annotated[bool | None, titled("Có nhu cầu", "Needs telecom")] = None
    village: Village | None = None
    went_to: Annotated[
        UnitId | None, titled("Thuộc đơn vị mới", "Of a village of a split commune: the unit that it went to")
    ] = None


class Entry(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One household, point or village; `versions` are in the order of time and do not overlap."""

    kind: Annotated[codes.RegisterKind, titled("Loại", "Household, point or village")]
    unit: UnitId
    code: Code
    versions: Annotated[list[Version], titled("Lịch sử", "Dated versions, the oldest first")]

    def key(self) -> bytes:
        """The record's key: unit and code, separated by a space (neither holds one)."""
        return f"{self.unit} {self.code}".encode()


encode = msgspec.json.Encoder(order="deterministic").encode
decode = msgspec.json.Decoder(Entry).decode


def misformed(kind: str, unit: str, code: str) -> str | None:
    """Why a code is none of this kind under this unit, as a clause without the code; None when it is one."""
    if not _FORMS[kind].fullmatch(code):
        example = {HOUSEHOLD: "2025-07.24848-K7M2-9", POINT: "2025-07.24848-P1", VILLAGE: "2025-07:24848/03"}[kind]
        return f"the code has not the form of a {kind} ({example})"
    if not code.startswith(f"{unit}/" if kind == VILLAGE else f"{unit.replace(':', '.')}-"):
        return f"the code is registered under another unit than {unit}"
    if kind == HOUSEHOLD:
        _, number, check = code.rsplit("-", 2)
        if check_character(number) != check:
            return "the check character of the code is wrong (a typing error?)"
    return None
