"""A picture is what was believed at one instant, findable in space, and never changes."""

from __future__ import annotations

from datetime import UTC, datetime

import numpy as np
import pytest

from arls.fix import Fix
from arls.geo import Bounds, Position
from arls.picture import Canvas
from arls.unit import Callsign

NOW = datetime(2026, 3, 2, 14, 0, tzinfo=UTC)
NAMES = [Callsign(name) for name in ("AB1", "AB2", "AB3")]


def fix(lat: float, lon: float, **said: object) -> Fix:
    return Fix(id="1", source="issi:1", received_at=NOW, lat=lat, lon=lon, **said)  # type: ignore[arg-type]


@pytest.fixture(params=["grid", "rtree"])
def canvas(request: pytest.FixtureRequest) -> Canvas:
    made = Canvas(request.param)
    made.add(NAMES)
    made.set(NAMES[0], (fix(53.20, -0.0300, course_deg=90.0, speed_mps=10.0, fix_time_error_s=5.0),))
    made.set(NAMES[1], (fix(53.21, 0.0100),))
    return made


def test_the_nearest_come_first_whatever_the_index(canvas: Canvas) -> None:
    found = canvas.picture(1).nearest(Position(lat=53.209, lon=0.0), 5)
    assert [callsign for callsign, _ in found] == ["AB2", "AB1"]
    assert found[0][1] == pytest.approx(678, abs=5)


def test_a_box_holds_who_is_in_it(canvas: Canvas) -> None:
    assert canvas.picture(1).within(Bounds(west=-0.1, south=53.1, east=0.0, north=53.3)) == ["AB1"]


def test_a_picture_without_anybody_answers_all_the_same() -> None:
    empty = Canvas().picture(0)
    assert empty.nearest(Position(lat=53.2, lon=0.0), 3) == []
    assert empty.within(Bounds(west=-1.0, south=53.0, east=1.0, north=54.0)) == []


def test_the_age_counts_from_when_the_fix_was_true_and_is_never_negative(canvas: Canvas) -> None:
    picture = canvas.picture(1)
    age_s = picture.age_s(NOW)
    assert age_s[0] == 0.0
    assert np.isnan(age_s[2])
    assert picture.columns["error_s"][0] == 5.0


def test_a_picture_does_not_change_when_the_canvas_does(canvas: Canvas) -> None:
    before = canvas.picture(1)
    canvas.set(NAMES[0], ())
    assert before.located[0]
    assert not canvas.picture(2).located[0]
    with pytest.raises(ValueError, match="read-only"):
        before.columns["lat"][0] = 0.0


def test_numbers_are_given_in_the_order_of_booking_on() -> None:
    canvas = Canvas()
    canvas.add(NAMES[:1])
    canvas.add(NAMES)
    assert canvas.picture(1).numbers == {"AB1": 0, "AB2": 1, "AB3": 2}
