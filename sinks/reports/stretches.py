"""Stretches of the calendar as whole months and the days beside them, so that months need not be read day by day."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import date, timedelta
from typing import NamedTuple

FIRST, LAST = date(1, 1, 2), date(9999, 12, 30)
_DAY = timedelta(days=1)


class Stretch(NamedTuple):
    """Days from `since` on and before `until`, all in part number `part` of the calendar."""

    part: int
    since: date
    until: date


def parts(turns: Sequence[date], first: date, last: date) -> Iterator[Stretch]:
    """The parts of the days from first to last, both included: part n begins with the nth of the ascending `turns`."""
    begins = (first, *turns)
    for part, begin in enumerate(begins):
        end = begins[part + 1] if part + 1 < len(begins) else last + _DAY
        since, until = max(begin, first), min(end, last + _DAY)
        if since < until:
            yield Stretch(part, since, until)


def by_month(stretches: Iterable[Stretch]) -> tuple[list[Stretch], list[Stretch]]:
    """The same days again: whole months, and what days there are before and after them."""
    months, days = list[Stretch](), list[Stretch]()
    for part, since, until in stretches:
        # Nothing is before the first of all days, so its month counts as whole.
        begin = date.min if since <= FIRST else since if since.day == 1 else _month_after(since)
        end = max(begin, until.replace(day=1))
        if begin < end:
            months.append(Stretch(part, begin, end))
            days += [Stretch(part, since, begin), Stretch(part, end, until)]
        else:
            days.append(Stretch(part, since, until))
    return months, [each for each in days if each.since < each.until]


def _month_after(day: date) -> date:
    return (day.replace(day=28) + timedelta(days=4)).replace(day=1)
