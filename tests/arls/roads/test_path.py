"""A path is told by its streets, its length and a line that begins and ends where the unit does."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from arls.geo import Position, metres_between
from arls.roads.assemble import assemble
from arls.roads.network import NO_ARC
from arls.roads.path import find_path, line_of
from arls.roads.profile import CAR_NORMAL, weights_of
from arls.roads.search import reverse_of
from arls.roads.snap import Snapper
from tests.drawing import draw
from tests.strategies import streets

if TYPE_CHECKING:
    from arls.roads.assemble import Streets

STREET = {"highway": "residential", "name": "Mill Lane"}
CORNER = """
    A-----B
          |
          C-----D
"""
WAYS = {"AB": STREET, "BC": {"highway": "residential"}, "CD": {"highway": "primary", "ref": "A38"}}


def test_a_path_names_its_streets_once_in_driving_order_and_passes_over_the_nameless() -> None:
    drawn = draw(CORNER, ways=WAYS)
    weights, reverse, snapper = weights_of(drawn.network, CAR_NORMAL), reverse_of(drawn.network), Snapper(drawn.network)
    lats, lons = (np.array([getattr(drawn.node(name), axis) for name in "AD"]) for axis in ("lat", "lon"))
    places = snapper.snap(lats=lats, lons=lons, weights=weights)
    goal = snapper.snap(lats=lats[1:], lons=lons[1:], weights=weights, ends=True)
    path = find_path(drawn.network, weights, reverse, goal=goal, units=places, unit=0)
    assert path is not None
    assert path.streets == ("Mill Lane", "A38")
    assert path.arcs.tolist() == [drawn.arc("A", "B"), drawn.arc("B", "C"), drawn.arc("C", "D")]
    corners = [drawn.node(name) for name in "ABCD"]
    assert path.length_m == pytest.approx(sum(map(metres_between, corners, corners[1:])), abs=0.1)
    assert list(zip(path.lats, path.lons, strict=True)) == [pytest.approx((at.lat, at.lon), abs=1e-6) for at in corners]


def test_no_path_leads_to_an_island() -> None:
    drawn = draw("A-B\n\n\n\n\n\n\n\nC-D", ways={"AB": STREET, "CD": STREET})
    weights, snapper = weights_of(drawn.network, CAR_NORMAL), Snapper(drawn.network)
    lats, lons = (np.array([getattr(drawn.node(name), axis) for name in "AD"]) for axis in ("lat", "lon"))
    places = snapper.snap(lats=lats, lons=lons, weights=weights)
    goal = snapper.snap(lats=lats[1:], lons=lons[1:], weights=weights, ends=True)
    assert find_path(drawn.network, weights, reverse_of(drawn.network), goal=goal, units=places, unit=0) is None


def test_a_part_of_an_arc_is_a_line_from_one_fraction_to_the_other() -> None:
    drawn = draw("A-B\n  |\n  C", ways={"ABC": STREET})
    arc = drawn.arc("C", "A")
    lats, lons = line_of(drawn.network, arc, start=0.25, end=0.75)
    middle = [Position(lat=float(lat), lon=float(lon)) for lat, lon in zip(lats, lons, strict=True)]
    assert [metres_between(at, drawn.node("B")) for at in middle] == pytest.approx([100, 0, 100], abs=0.2)


@given(streets(), st.integers(0, 23), st.floats(0, 1), st.floats(0, 1))
def test_a_line_is_as_long_as_its_part_of_the_arc_and_the_twins_is_its_reverse(
    drawn: Streets, number: int, first: float, second: float
) -> None:
    network = assemble(drawn)
    arc = number % network.arcs
    start, end = sorted((first, second))
    lats, lons = line_of(network, arc, start=start, end=end)
    points = [Position(lat=float(lat), lon=float(lon)) for lat, lon in zip(lats, lons, strict=True)]
    length_m = sum(map(metres_between, points, points[1:]))
    assert length_m == pytest.approx((end - start) * network.arc_length_m[arc], rel=1e-3, abs=0.01)
    if (twin := network.arc_twin[arc]) != NO_ARC:
        twin_lats, twin_lons = line_of(network, twin, start=1.0 - end, end=1.0 - start)
        assert twin_lats[[0, -1]] == pytest.approx(lats[[-1, 0]], abs=1e-9)
        assert twin_lons[[0, -1]] == pytest.approx(lons[[-1, 0]], abs=1e-9)
