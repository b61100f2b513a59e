"""When a report was true, where the device leaves half of it out or gets it wrong."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateways.decoders.instants import (
    ROLLOVER_CORRECTED,
    TIME_SUSPECT,
    from_epoch,
    full_year,
    judged,
    latest_on_day,
    nearest_day,
    time_of_day,
)

STAMPS = st.datetimes(datetime(2000, 1, 1), datetime(2100, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001  # the strategy adds the zone


def test_a_radio_of_2007_spoke_in_september_2026() -> None:
    # protocols.md 1.6: a live MTH850, 1024 weeks back.
    said = datetime(2007, 1, 27, 22, 57, tzinfo=UTC)
    received_at = datetime(2026, 9, 12, 22, 57, 4, tzinfo=UTC)
    assert judged(said, received_at) == (datetime(2026, 9, 12, 22, 57, tzinfo=UTC), (ROLLOVER_CORRECTED,))


@given(STAMPS, st.integers(1, 3), st.floats(-6.9, 0.001))
def test_whole_rollovers_are_undone(received_at: datetime, rollovers: int, days: float) -> None:
    at = received_at + timedelta(days=days)
    believed, flags = judged(at - rollovers * timedelta(weeks=1024), received_at)
    assert believed == at
    assert flags == (ROLLOVER_CORRECTED,)


@given(STAMPS, st.datetimes(timezones=st.just(UTC)))
def test_what_is_believed_is_never_in_the_future(received_at: datetime, said: datetime) -> None:
    believed, flags = judged(said, received_at)
    assert believed is None or believed <= received_at + timedelta(seconds=120)
    assert (believed is None) == (TIME_SUSPECT in flags)


@given(STAMPS, st.timedeltas(timedelta(0), timedelta(hours=24) - timedelta(milliseconds=1)))
def test_a_time_of_day_is_of_the_nearest_day(received_at: datetime, since_midnight: timedelta) -> None:
    at = nearest_day(since_midnight, received_at)
    assert abs(at - received_at) <= timedelta(hours=12)
    assert timedelta(hours=at.hour, minutes=at.minute, seconds=at.second, microseconds=at.microsecond) == since_midnight


@given(STAMPS, st.integers(1, 31))
def test_a_day_of_the_month_is_the_latest_that_has_come(received_at: datetime, day: int) -> None:
    at = latest_on_day(day, timedelta(0), received_at)
    assert at is not None
    assert at.day == day
    assert at <= received_at + timedelta(minutes=5)
    later = [received_at + timedelta(minutes=5) - timedelta(days=back) for back in range((received_at - at).days)]
    assert all(other.day != day for other in later)


def test_there_is_no_day_0() -> None:
    assert latest_on_day(0, timedelta(0), datetime(2026, 3, 1, tzinfo=UTC)) is None


@given(STAMPS, st.integers(0, 99))
def test_two_digits_are_the_nearest_year_that_ends_so(received_at: datetime, two_digits: int) -> None:
    year = full_year(two_digits, received_at)
    assert year % 100 == two_digits
    assert abs(year - received_at.year) <= 50


@pytest.mark.parametrize(("hour", "minute", "second"), [(24, 0, 0), (0, 60, 0), (0, 0, 61), (-1, 0, 0)])
def test_a_time_outside_the_clock_is_none(hour: int, minute: int, second: int) -> None:
    assert time_of_day(hour, minute, second) is None


@pytest.mark.parametrize("seconds", [1e300, -1e300, 1e12, float(2**63)])
def test_an_instant_that_no_calendar_holds_is_none(seconds: float) -> None:
    assert from_epoch(seconds) is None
