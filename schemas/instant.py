"""When an event happened: one pure function from what was told to one instant, and from an instant to its day."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

DOUBTFUL_SKEW_MS = 5 * 60 * 1000
VIETNAM_OFFSET_MS = 7 * 3600 * 1000
DAY_MS = 24 * 3600 * 1000
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MS = timedelta(milliseconds=1)


def epoch_ms(moment: datetime) -> int:
    """Whole milliseconds since 1970 of a time with an offset, rounded down."""
    return (moment - _EPOCH) // _MS


def instant_ms(time: datetime, receivedat: datetime, skewms: int) -> int:
    """The instant in ms: `time`, less a skew above five minutes, never later than `receivedat` (design, "The event").

    So a clock of 2029 cannot win for ever, and a small, normal skew changes nothing.
    """
    told = epoch_ms(time)
    if skewms > DOUBTFUL_SKEW_MS or skewms < -DOUBTFUL_SKEW_MS:
        told -= skewms
    return min(told, epoch_ms(receivedat))


def day_of(instant: int) -> date:
    """The day of an instant at +07:00; instants beyond the calendar's ends take its first day."""
    days = (instant + VIETNAM_OFFSET_MS) // DAY_MS
    return date.fromordinal(max(1, days + _EPOCH.toordinal()))


def iso_ms(instant: int) -> str:
    """An instant as RFC 3339 in UTC with milliseconds; the inverse of `epoch_ms` for whole milliseconds."""
    return (_EPOCH + timedelta(milliseconds=instant)).isoformat(timespec="milliseconds").replace("+00:00", "Z")
