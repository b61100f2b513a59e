"""When a report was true: counters that rolled over, clocks that run ahead, days and years left out.

It decides these for every dialect, from the report and the gateway's receive stamp. Without a stamp (a file decoded
long afterwards) nothing can be judged, and the device is taken at its word.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

from arls.fix import ANCIENT_LIMIT, FUTURE_LIMIT

# IS-GPS-200, 20.3.3.3.1.1: the week counter of the legacy signal has 10 bits.
_ROLLOVER = timedelta(weeks=1024)
_ROLLED_PAST = timedelta(days=7)
_ROLLED_AHEAD = timedelta(days=1)

# A LIP time of position may lie this far ahead of our clock before its day is taken for last month's.
_DAY_MARGIN = timedelta(minutes=5)
_DAY = timedelta(days=1)

_ISO = re.compile(
    r"(\d{4})-(\d\d)-(\d\d)[T ](\d\d):(\d\d):(\d\d(?:\.\d{1,12})?)(?:[Zz]|([+-])([01]\d|2[0-3]):?([0-5]\d))?", re.ASCII
)

ROLLOVER_CORRECTED = "rollover_corrected"
TIME_SUSPECT = "time_suspect"


def judged(at: datetime | None, received_at: datetime | None) -> tuple[datetime | None, tuple[str, ...]]:
    """The instant to believe and the flags it earns; None with `time_suspect` when it cannot be right."""
    if at is None or received_at is None:
        return at, ()
    if at > received_at + FUTURE_LIMIT:
        return None, (TIME_SUSPECT,)
    if at >= received_at - ANCIENT_LIMIT:
        return at, ()
    return _unrolled(at, received_at)


def _unrolled(at: datetime, received_at: datetime) -> tuple[datetime | None, tuple[str, ...]]:
    """An instant of long ago moved on by whole rollovers, if that brings it to about now."""
    rollovers = -((at - received_at + ANCIENT_LIMIT) // _ROLLOVER)
    at += rollovers * _ROLLOVER
    if not received_at - _ROLLED_PAST <= at <= received_at + _ROLLED_AHEAD:
        return None, (TIME_SUSPECT,)
    if at > received_at + FUTURE_LIMIT:
        return None, (ROLLOVER_CORRECTED, TIME_SUSPECT)
    return at, (ROLLOVER_CORRECTED,)


def from_epoch(seconds: float) -> datetime | None:
    """Seconds since 1970 to the millisecond; None for an instant that no calendar holds."""
    try:
        return datetime.fromtimestamp(round(seconds, 3), tz=UTC)
    except (OverflowError, ValueError, OSError):
        return None


def from_iso(text: str) -> datetime | None:
    """An instant as RFC 3339 writes it, also with a blank for the T; UTC without a zone. None for anything else."""
    match = _ISO.fullmatch(text)
    if match is None:
        return None
    year, month, day, hour, minute, second, sign, off_hours, off_minutes = match.groups()
    clock = time_of_day(int(hour), int(minute), float(second))
    if clock is None:
        return None
    offset = timedelta(hours=int(off_hours or 0), minutes=int(off_minutes or 0))
    return from_parts(int(year), int(month), int(day), clock + offset if sign == "-" else clock - offset)


def from_parts(year: int, month: int, day: int, since_midnight: timedelta) -> datetime | None:
    """A day and a time of day; None for a day that does not exist. A leap second falls into the next day."""
    try:
        return datetime(year, month, day, tzinfo=UTC) + since_midnight
    except (OverflowError, ValueError):
        return None


def time_of_day(hour: int, minute: int, second: float) -> timedelta | None:
    """Since midnight to the millisecond; None outside the clock. Second 60, a leap second, is the next second."""
    if not (0 <= hour <= 23 and 0 <= minute <= 59 and 0 <= second < 61):
        return None
    return timedelta(hours=hour, minutes=minute, milliseconds=round(second * 1000))


def full_year(two_digits: int, received_at: datetime | None) -> int:
    """The year nearest to the receive stamp that ends so; without a stamp 80 to 99 are of the last century."""
    if received_at is None:
        return two_digits + (1900 if two_digits >= 80 else 2000)
    return received_at.year + (two_digits - received_at.year + 50) % 100 - 50


def nearest_day(since_midnight: timedelta, received_at: datetime) -> datetime:
    """A time of day without a day: the one within 12 hours of its arrival."""
    midnight = received_at.replace(hour=0, minute=0, second=0, microsecond=0)
    days = (midnight - _DAY, midnight, midnight + _DAY)
    return min((day + since_midnight for day in days), key=lambda at: abs(at - received_at))


def latest_on_day(day: int, since_midnight: timedelta, received_at: datetime) -> datetime | None:
    """A day of the month without the month: the latest one that has come; months without that day are passed over.

    None for day 0. No two neighbouring months lack the same day, so three months hold an answer.
    """
    latest = received_at + _DAY_MARGIN
    year, month = latest.year, latest.month
    for _ in range(3):
        at = from_parts(year, month, day, since_midnight)
        if at is not None and at <= latest:
            return at
        year, month = (year, month - 1) if month > 1 else (year - 1, 12)
    return None
