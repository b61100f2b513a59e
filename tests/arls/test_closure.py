"""A closure holds from its beginning to its end, and in its weekly windows on the clocks of its zone."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta

import pytest

from arls.closure import Closure, ClosureId, Point, Weekly
from arls.geo import Position

NINE = datetime(2026, 3, 30, 9, 0, tzinfo=UTC)  # a Monday, the first on summer time: ten on British clocks


def closure(**said: object) -> Closure:
    made = {"id": ClosureId("C1"), "shape": Point(position=Position(lat=54.6, lon=-0.03)), "since": NINE}
    return Closure(**made | said)  # type: ignore[arg-type]


def test_it_holds_from_its_beginning_and_no_more_at_its_end() -> None:
    held = closure(until=NINE + timedelta(hours=1))
    minutes = {minute: held.holds_at(NINE + timedelta(minutes=minute)) for minute in (-1, 0, 59, 60)}
    assert minutes == {-1: False, 0: True, 59: True, 60: False}
    assert closure().holds_at(NINE + timedelta(days=1000))


@pytest.mark.parametrize(
    ("hours", "held"), [(-1, False), (0, True), (1, False), (24, True), (24 * 5, False), (24 * 7, True)]
)
def test_a_school_street_is_shut_on_school_days_by_the_clock_on_the_wall(hours: int, *, held: bool) -> None:
    school = Weekly(days=(1, 2, 3, 4, 5), begins=time(10), ends=time(11))
    since = NINE - timedelta(days=1)
    assert closure(since=since, weekly=school).holds_at(NINE + timedelta(hours=hours)) is held


def test_a_window_that_ends_before_it_begins_ends_on_the_day_after() -> None:
    night = closure(since=NINE - timedelta(days=7), weekly=Weekly(days=(5,), begins=time(22), ends=time(4), zone="UTC"))
    friday = datetime(2026, 4, 3, tzinfo=UTC)
    hours = {hour: night.holds_at(friday + timedelta(hours=hour)) for hour in (3, 21, 22, 27, 28, 46)}
    assert hours == {3: False, 21: False, 22: True, 27: True, 28: False, 46: False}
