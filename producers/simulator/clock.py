"""Days and moments of a season: true time in ms since 1970, days at +07:00."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta, timezone
from random import Random

VIETNAM = timezone(timedelta(hours=7))
MINUTE, HOUR, DAY = 60_000, 3_600_000, 86_400_000
FIRST_DAY = date(2023, 1, 2)
_MIDNIGHT = int(datetime(2023, 1, 2, tzinfo=VIETNAM).timestamp()) * 1000


def midnight(day: int) -> int:
    """The first moment of a day of the season; day 0 is the first."""
    return _MIDNIGHT + day * DAY


def day_of(moment: int) -> int:
    """The day of the season in which a moment lies."""
    return (moment - _MIDNIGHT) // DAY


def at_work(day: int, rng: Random) -> int:
    """A moment of a working day, to the second: from 07:00 to 17:00."""
    return _MIDNIGHT + day * DAY + 7 * HOUR + int(rng.random() * 36_000) * 1000


def in_the_evening(day: int, rng: Random) -> int:
    """A moment when tablets come back to a connection: from 17:00 to 21:00."""
    return _MIDNIGHT + day * DAY + 17 * HOUR + int(rng.random() * 4 * HOUR)


def local(moment: int) -> datetime:
    """A moment as a tablet writes it."""
    return datetime.fromtimestamp(moment / 1000, VIETNAM)


def utc(moment: int) -> datetime:
    """A moment as the gateway writes it."""
    return datetime.fromtimestamp(moment / 1000, UTC)


def uuid7(moment: int, rng: Random) -> str:
    """A UUID of version 7 of a moment."""
    stamp, noise = f"{moment:012x}", rng.getrandbits(74)
    third, fourth = f"7{noise & 0xFFF:03x}", f"{8 | noise >> 12 & 3:x}{noise >> 14 & 0xFFF:03x}"
    return f"{stamp[:8]}-{stamp[8:]}-{third}-{fourth}-{noise >> 26:012x}"
