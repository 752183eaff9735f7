"""Naive checks of single fields, for the oracle: each says '' (fine), 'wrong-shape' or 'out-of-range'.

Written from programme.md and the design's section 3, with regular expressions and sets of its own; only the code
lists are shared with the contracts.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from datetime import UTC, date, datetime, timedelta

Check = Callable[[object], str]
FINE, SHAPE, RANGE = "", "wrong-shape", "out-of-range"
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_FIRST_MS = -62_135_596_800_000  # 0001-01-01T00:00:00Z
_LAST_MS = 253_402_275_599_999  # 9999-12-31T23:59:59.999+07:00, so that every instant has a day

_COMMUNE = r"[0-9]{4}(-[0-9]{2})?\.[0-9]{5}"
_PLACE = r"[0-9]{4}(-[0-9]{2})?\.([0-9]{2}|[0-9]{3}|[0-9]{5})"
_UNIT = r"[0-9]{4}(-[0-9]{2})?:([0-9]{2}|[0-9]{3}|[0-9]{5})"
_LETTER = "[0123456789ABCDEFGHJKMNPQRSTVWXYZ]"
_HOUSEHOLD = rf"{_COMMUNE}-{_LETTER}{{4}}-{_LETTER}"
_NAME = r"[A-Za-z0-9._~-]{1,64}"
_RFC3339 = re.compile(r"\d{4}-\d\d-\d\d[Tt ]\d\d:\d\d:\d\d(\.\d+)?([Zz]|[+-]\d\d:?\d\d)", re.ASCII)


def text(pattern: str) -> Check:
    """A string that a pattern matches as a whole."""
    matches = re.compile(pattern).fullmatch

    def check(value: object) -> str:
        if not isinstance(value, str):
            return SHAPE
        return FINE if matches(value) else RANGE

    return check


def one_of(codes: Iterable[str]) -> Check:
    """A code of a list."""
    listed = frozenset(codes)

    def check(value: object) -> str:
        if not isinstance(value, str):
            return SHAPE
        return FINE if value in listed else RANGE

    return check


def whole(low: int, high: int) -> Check:
    """A whole number within limits."""

    def check(value: object) -> str:
        if not isinstance(value, int) or isinstance(value, bool):
            return SHAPE
        return FINE if low <= value <= high else RANGE

    return check


def flag(value: object) -> str:
    """True or false."""
    return FINE if isinstance(value, bool) else SHAPE


def optional(check: Check) -> Check:
    """A field that may also be null."""
    return lambda value: FINE if value is None else check(value)


def timestamp(value: object) -> str:
    """An RFC 3339 time with an offset."""
    if not isinstance(value, str):
        return SHAPE
    if not _RFC3339.fullmatch(value):
        return RANGE
    try:
        moment(value)
    except ValueError:
        return RANGE
    return FINE


def moment(value: str) -> datetime:
    """A checked timestamp as a time, rounded to whole microseconds.

    Raises:
        ValueError: the calendar does not have it.
    """
    digits = re.search(r"\.([0-9]{7,})", value)
    if digits is None:
        return datetime.fromisoformat(value.upper())
    whole_seconds = datetime.fromisoformat(value.upper().replace(digits[0], ""))
    try:
        return whole_seconds + timedelta(microseconds=round(int(digits[1]) * 10**6 / 10 ** len(digits[1])))
    except OverflowError as error:
        raise ValueError(value) from error


def calendar_day(value: object) -> str:
    """A date, YYYY-MM-DD."""
    if not isinstance(value, str):
        return SHAPE
    if not re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", value):
        return RANGE
    try:
        date.fromisoformat(value)
    except ValueError:
        return RANGE
    return FINE


def instant(fact: dict[str, object]) -> int:
    """When it happened, in ms: the told time, less a skew above five minutes, never later than its receipt.

    What lies beyond the years 1 to 9999 is taken as their first or last instant.
    """
    told = (moment(str(fact["time"])) - EPOCH) // timedelta(milliseconds=1)
    received = (moment(str(fact["receivedat"])) - EPOCH) // timedelta(milliseconds=1)
    skew = fact.get("skewms", 0)
    assert isinstance(skew, int)
    if abs(skew) > 5 * 60 * 1000:
        told -= skew
    return max(_FIRST_MS, min(told, received, _LAST_MS))


unit = text(_UNIT)
village = text(rf"{_UNIT}/[0-9]{{2}}")
source = text(rf"/(tablets|imports|offices|simulator)/{_NAME}(/{_NAME})?")
event_id = text(r"[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}")
seq = whole(1, 2**31 - 1)
skew = whole(-(2**53) + 1, 2**53 - 1)
household_subject = text(rf"household/{_HOUSEHOLD}")
point_subject = text(rf"point/{_COMMUNE}-[0-9A-Z]{{1,8}}")
session_subject = text(rf"session/{_PLACE}-[0-9A-Z]{{4,12}}")
unit_subject = text(rf"unit/{_PLACE}")
household_or_unit = text(rf"household/{_HOUSEHOLD}|unit/{_PLACE}")
household = text(_HOUSEHOLD)
attendee = text(rf"{_HOUSEHOLD}/[0-9]{{1,2}}|[0-9]{{1,4}}")
pseudonym = text(r"p1\.[0-9a-f]{32}")
slug = text(r"[a-z0-9][a-z0-9-]{0,39}")
period = text(r"[0-9]{4}-[0-9]{4}")
people = whole(0, 100_000)
vnd = whole(1, 10**12)
outreach_round = whole(1, 99)
