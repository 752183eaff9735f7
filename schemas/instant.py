"""When an event happened: one pure function from what was told to one instant, and from an instant to its day."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

DOUBTFUL_SKEW_MS = 5 * 60 * 1000
VIETNAM_OFFSET_MS = 7 * 3600 * 1000
DAY_MS = 24 * 3600 * 1000
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MS = timedelta(milliseconds=1)
# The calendar's ends, so that every instant has a day at +07:00 and a text in UTC.
_FIRST_MS = (datetime(1, 1, 1, tzinfo=UTC) - _EPOCH) // _MS
_LAST_MS = (datetime(9999, 12, 31, 16, 59, 59, 999_000, tzinfo=UTC) - _EPOCH) // _MS


def epoch_ms(moment: datetime) -> int:
    """Whole milliseconds since 1970 of a time with an offset, rounded down."""
    since = moment - _EPOCH
    return since.days * DAY_MS + since.seconds * 1000 + since.microseconds // 1000


def instant_ms(time: datetime, receivedat: datetime, skewms: int) -> int:
    """The instant in ms: `time`, less a skew above five minutes, never later than `receivedat` (design, "The event").

    So a clock of 2029 cannot win for ever, and a small, normal skew changes nothing. What an offset or a skew puts
    beyond the years 1 to 9999 is taken as their first or last instant.
    """
    return decided_ms(epoch_ms(time), epoch_ms(receivedat), skewms)


def decided_ms(told: int, received: int, skewms: int) -> int:
    """The same, from times in ms since 1970."""
    if skewms > DOUBTFUL_SKEW_MS or skewms < -DOUBTFUL_SKEW_MS:
        told -= skewms
    return _within_calendar(told if told < received else received)


def day_of(instant: int) -> date:
    """The day of an instant at +07:00."""
    days = (_within_calendar(instant) + VIETNAM_OFFSET_MS) // DAY_MS
    return date.fromordinal(days + _EPOCH.toordinal())


def iso_ms(instant: int) -> str:
    """An instant as RFC 3339 in UTC with milliseconds; the inverse of `epoch_ms` for whole milliseconds."""
    moment = _EPOCH + timedelta(milliseconds=_within_calendar(instant))
    return moment.isoformat(timespec="milliseconds").replace("+00:00", "Z")


def _within_calendar(instant: int) -> int:
    if instant < _FIRST_MS:
        return _FIRST_MS
    return instant if instant < _LAST_MS else _LAST_MS
