"""Positions, distances, courses, and the National Grid."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from arls.geo import (
    Bounds,
    LocalPlane,
    Position,
    course_between,
    find_grid_position,
    find_grid_reference,
    metres_between,
    moved,
)

LONDON = Position(lat=51.5080, lon=-0.1281)


@pytest.mark.parametrize("bad", [(91.0, 0.0), (0.0, 181.0), (float("nan"), 0.0), (0.0, float("inf"))])
def test_a_place_that_does_not_exist_is_refused(bad: tuple[float, float]) -> None:
    with pytest.raises(ValueError, match="no such place"):
        Position(lat=bad[0], lon=bad[1])


# Trig points and landmarks with their references as Ordnance Survey sheets print them.
@pytest.mark.parametrize(
    ("position", "reference"),
    [
        (LONDON, "TQ 300 804"),  # Trafalgar Square
        (Position(lat=58.64389, lon=-3.07000), "ND 380 729"),  # John o' Groats, near the far north-east
        (Position(lat=50.06580, lon=-5.71480), "SW 342 250"),  # Land's End
        (Position(lat=53.48095, lon=-2.24466), "SJ 838 981"),  # Manchester, west of the meridian
    ],
)
def test_a_grid_reference_is_the_one_on_the_map(position: Position, reference: str) -> None:
    found = find_grid_reference(position)
    assert found is not None
    assert found[:2] == reference[:2]
    there, here = find_grid_position(reference), find_grid_position(found)
    assert there is not None
    assert here is not None
    assert metres_between(there, here) < 700  # the landmark's own extent, in squares of 100 m


@given(lat=st.floats(50.2, 58.5), lon=st.floats(-5.0, 1.0), figures=st.sampled_from([4, 6, 8, 10]))
def test_a_grid_reference_leads_back_to_its_square(lat: float, lon: float, figures: int) -> None:
    position = Position(lat=lat, lon=lon)
    reference = find_grid_reference(position, figures=figures)
    if reference is None:  # in the sea, outside the grid
        return
    back = find_grid_position(reference)
    assert back is not None
    assert metres_between(position, back) <= 10 ** (5 - figures // 2) * 0.7072 + 1.0


@pytest.mark.parametrize("text", ["", "TQ", "TQ 123", "T1 123456", "II 123 456", "TQ 12a 456", "ZZ 123 456", "TQ ١٢٣٤"])
def test_what_is_no_grid_reference_gives_none(text: str) -> None:
    assert find_grid_position(text) is None


def test_off_the_grid_there_is_no_reference() -> None:
    assert find_grid_reference(Position(lat=41.15, lon=-8.61)) is None


@given(lat=st.floats(-60, 60), lon=st.floats(-170, 170), x=st.floats(-30_000, 30_000), y=st.floats(-30_000, 30_000))
def test_the_plane_keeps_distances_to_a_thousandth_and_leads_back(lat: float, lon: float, x: float, y: float) -> None:
    origin = Position(lat=lat, lon=lon)
    plane = LocalPlane(origin)
    lats, lons = plane.degrees_of(x=[x], y=[y])
    there = Position(lat=float(lats[0]), lon=float(lons[0]))
    assert metres_between(origin, there) == pytest.approx((x * x + y * y) ** 0.5, rel=1e-3, abs=0.01)
    back_x, back_y = plane.metres_of(lats=lats, lons=lons)
    assert (back_x[0], back_y[0]) == (pytest.approx(x, abs=1e-3), pytest.approx(y, abs=1e-3))


def test_moving_on_a_course_and_measuring_back_agree() -> None:
    there = moved(LONDON, course_deg=247.5, distance_m=1500.0)
    assert metres_between(LONDON, there) == pytest.approx(1500.0, abs=1e-3)
    assert course_between(LONDON, there) == pytest.approx(247.5, abs=1e-6)


def test_a_box_holds_its_edge_and_grows_by_metres() -> None:
    box = Bounds(west=-0.2, south=51.4, east=0.1, north=51.6)
    assert box.holds(Position(lat=51.4, lon=-0.2))
    assert not box.holds(Position(lat=51.39, lon=0.0))
    grown = box.grown_by(1_000)
    corner = Position(lat=box.north, lon=box.east)
    assert metres_between(corner, Position(lat=grown.north, lon=box.east)) == pytest.approx(1_000, rel=0.01)
    assert metres_between(corner, Position(lat=box.north, lon=grown.east)) == pytest.approx(1_000, rel=0.01)
