"""Which side of a coastline is sea, and where an extract does not say."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st

from arls.geo import Bounds
from maps.sea import sea_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from shapely.geometry.base import BaseGeometry

BOUNDS = Bounds(west=0.0, south=50.0, east=4.0, north=54.0)
SOUTH_COAST = [(-1.0, 51.0), (2.0, 51.5), (5.0, 51.0)]  # drawn eastward, so that the sea, on the right, lies south


def sea(*coasts: Sequence[tuple[float, float]]) -> BaseGeometry:
    lines = np.array([shapely.LineString(coast) for coast in coasts], np.object_)
    return shapely.MultiPolygon(sea_of(lines, BOUNDS).tolist())


def test_the_sea_lies_on_the_right_of_a_coast() -> None:
    water = sea(SOUTH_COAST)
    assert water.contains(shapely.Point(2, 50.5))
    assert not water.intersects(shapely.Point(2, 53))
    assert shapely.area(sea(SOUTH_COAST[::-1])) == pytest.approx(16 - shapely.area(water))


def test_a_coast_in_pieces_is_one_coast() -> None:
    assert sea(SOUTH_COAST[:2], SOUTH_COAST[1:]).equals(sea(SOUTH_COAST))


def test_a_coast_that_ends_within_the_extract_says_nothing() -> None:
    assert sea([(1, 51), (3, 51)]).is_empty


def test_one_islet_drawn_the_wrong_way_round_does_not_drain_the_sea() -> None:
    ring = [(2 + 0.1 * np.sin(turn), 50.5 + 0.1 * np.cos(turn)) for turn in np.linspace(0, 2 * np.pi, 4)]
    coast = [(x, 51.0) for x in np.linspace(-1, 5, 50)]
    assert sea(coast, ring).contains(shapely.Point(1, 50.5))


@given(st.lists(st.floats(0.2, 1.9), min_size=3, max_size=40))
def test_an_island_and_the_sea_round_it_fill_the_box(radii: list[float]) -> None:
    turns = np.linspace(0, 2 * np.pi, len(radii), endpoint=False)  # counter-clockwise: land on the left
    corners = [
        (2 + radius * np.cos(turn), 52 + radius * np.sin(turn)) for radius, turn in zip(radii, turns, strict=True)
    ]
    island = shapely.Polygon(corners)
    water = sea([*corners, corners[0]])
    assert shapely.area(water) + shapely.area(island) == pytest.approx(16.0)
    assert not water.contains(shapely.Point(2, 52))
