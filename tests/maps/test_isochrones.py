"""An outline holds the roads that are reached in time and nothing across a river; each holds the one before it."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from arls.geo import Position, moved
from arls.roads.assemble import assemble
from arls.roads.legs import legs_of, lines_of
from arls.roads.live import Roads
from arls.roads.profile import WALK_MPS
from arls.roads.snap import BESIDE_M, OFF_ROAD_FREE_M
from maps.isochrones import ENCLOSED_M2, OFF_ROAD_M, Isochrones, isochrones_of
from tests.drawing import draw
from tests.strategies import streets

if TYPE_CHECKING:
    from arls.geo import LocalPlane
    from arls.roads.assemble import Streets
    from arls.roads.spread import Spread

STREET = {"highway": "residential"}
MAIN_ROAD = {"highway": "primary"}
ONEWAY = {**STREET, "oneway": "yes"}
# Coordinates are rounded to 11 mm.
NEARLY_DEG = 2e-7


def drawn_from(
    roads: Roads, position: Position, *minutes: float, profile: str = "foot", towards: bool = False
) -> Isochrones:
    return isochrones_of(roads.network, roads.spread([position], profile, towards=towards), minutes)


def holds(isochrones: Isochrones, position: Position, nth: int = 0) -> bool:
    return bool(isochrones.outlines[nth].shape.covers(shapely.Point(position.lon, position.lat)))


def flat(shape: shapely.MultiPolygon, plane: LocalPlane) -> shapely.MultiPolygon:
    """The shape in metres."""

    def metres_of(lon_lat: np.ndarray) -> np.ndarray:
        return np.column_stack(plane.metres_of(lats=lon_lat[:, 1], lons=lon_lat[:, 0]))

    return shapely.transform(shape, metres_of)


def test_a_river_without_a_bridge_is_not_crossed() -> None:
    town = draw(
        """
        A-B-C-D-E

        F-G-H-I-J
        """,
        ways={"ABCDE": STREET, "FGHIJ": STREET},
    )
    found = drawn_from(Roads(town.network), town.node("C"), 3.0)
    assert all(holds(found, town.node(name)) for name in "BCD")
    assert not any(holds(found, town.node(name)) for name in "AEFGHIJ")
    middle = moved(town.node("C"), course_deg=180.0, distance_m=100.0)
    assert not holds(found, middle)
    assert holds(found, moved(town.node("C"), course_deg=180.0, distance_m=OFF_ROAD_M - 5))


def test_a_river_stays_open_where_both_banks_are_reached_by_a_bridge() -> None:
    town = draw(
        """
        A-B-C-D-E
        |
        F-G-H-I-J
        """,
        ways={"ABCDE": STREET, "AF": STREET, "FGHIJ": STREET},
        grid_m=150,
    )
    found = drawn_from(Roads(town.network), town.node("A"), 30.0)
    assert all(holds(found, town.node(name)) for name in "ABCDEFGHIJ")
    assert not holds(found, moved(town.node("D"), course_deg=180.0, distance_m=150.0))


def test_a_block_is_whole_when_the_roads_round_it_are_reached_and_a_wood_keeps_its_hole() -> None:
    block = draw("A--B\n|  |\n|  |\nC--D", ways=dict.fromkeys(("AB", "BD", "DC", "CA"), STREET), grid_m=80)
    middle = moved(block.node("A"), course_deg=135.0, distance_m=170.0)
    assert 240 * 240 - (240 - 2 * OFF_ROAD_M) ** 2 > 0
    assert holds(drawn_from(Roads(block.network), block.node("A"), 15.0), middle)
    assert not holds(drawn_from(Roads(block.network), block.node("A"), 2.0), middle)
    wood = draw("A--B\n|  |\n|  |\nC--D", ways=dict.fromkeys(("AB", "BD", "DC", "CA"), STREET), grid_m=200)
    assert (600 - 2 * OFF_ROAD_M) ** 2 > ENCLOSED_M2
    found = drawn_from(Roads(wood.network), wood.node("A"), 40.0)
    assert not holds(found, moved(wood.node("A"), course_deg=135.0, distance_m=420.0))
    assert len(found.outlines[0].shape.geoms[0].interiors) == 1


def test_an_outline_ends_where_the_time_runs_out() -> None:
    road = draw("A---------B", ways={"AB": STREET})
    found = drawn_from(Roads(road.network), road.node("A"), 5.0)
    (shape,) = (flat(one.shape, road.network.plane) for one in found.outlines)
    start_m = road.network.plane.metres_of(lats=road.node("A").lat, lons=road.node("A").lon)[0]
    pace_mps = 1000 * road.network.arc_length_m[0] / Roads(road.network).weights("foot").arc_ms[0]
    assert shape.bounds[2] - start_m == pytest.approx(300 * pace_mps + OFF_ROAD_FREE_M, abs=found.cell_m)
    assert shape.bounds[0] - start_m == pytest.approx(-OFF_ROAD_M, abs=found.cell_m)


def test_a_one_way_street_is_in_reach_of_one_end_and_not_of_the_other() -> None:
    town = draw("A---B---C---D", ways={"AB": STREET, "BC": ONEWAY, "CD": STREET})
    roads = Roads(town.network)
    away, back = (
        drawn_from(roads, town.node("A"), 10.0, profile="car-response", towards=towards) for towards in (False, True)
    )
    assert [holds(away, town.node(name)) for name in "ABCD"] == [True] * 4
    assert [holds(back, town.node(name)) for name in "ABCD"] == [True, True, False, False]


def test_nothing_is_reached_from_far_off_the_map_and_in_less_time_than_the_walk_to_the_road() -> None:
    road = draw("A---B", ways={"AB": STREET})
    roads = Roads(road.network)
    beside = moved(road.node("A"), course_deg=0.0, distance_m=400.0)
    for start, minutes in ((Position(lat=10.0, lon=10.0), 60.0), (beside, 2.0)):
        found = drawn_from(roads, start, minutes, 1.0)
        assert [(one.minutes, one.shape.is_empty, one.area_km2) for one in found.outlines] == [
            (1.0, True, 0.0),
            (minutes, True, 0.0),
        ]


def test_a_wide_country_is_drawn_on_a_coarser_grid_that_loses_no_road() -> None:
    roads = Roads(draw("A-B-C-D\n|\nE\n|\nF", ways=dict.fromkeys(("ABCD", "AEF"), MAIN_ROAD), grid_m=10_000).network)
    spread = roads.spread([Position(lat=52.5, lon=-1.9)], "car-response")
    found = isochrones_of(roads.network, spread, [60.0])
    shape = flat(found.outlines[0].shape, roads.network.plane)
    assert len(shape.geoms) == 1
    assert reached_within(roads, spread, 3_500_000).difference(shape).length == 0.0
    assert OFF_ROAD_M < found.cell_m <= found.off_road_m


@settings(max_examples=50)
@given(made=streets(), data=st.data())
def test_outlines_are_valid_lie_within_each_other_and_hold_what_is_reached(made: Streets, data: st.DataObject) -> None:
    roads = Roads(assemble(made))
    minutes = sorted(data.draw(st.sets(st.sampled_from([1.0, 2.0, 3.0, 5.0, 9.0]), min_size=2, max_size=3)))
    spot, profile = data.draw(st.sampled_from(spots_of(made))), data.draw(st.sampled_from(["foot", "car-response"]))
    spread = roads.spread([spot], profile, towards=data.draw(st.booleans()))
    found = isochrones_of(roads.network, spread, minutes)
    assert [one.minutes for one in found.outlines] == minutes
    for one in found.outlines:
        assert shapely.is_valid(one.shape)
        assert all(part.exterior.is_ccw for part in one.shape.geoms)
        assert not any(ring.is_ccw for part in one.shape.geoms for ring in part.interiors)
        shape, within_ms = flat(one.shape, roads.network.plane), round(one.minutes * 60_000)
        # Between the nodes of the grid an outline is off by a cell at most, and so is who walks there.
        slack_ms = round(2 * found.cell_m / WALK_MPS * 1000)
        assert reached_within(roads, spread, within_ms - slack_ms).difference(shape.buffer(found.cell_m)).is_empty
        around = reached_within(roads, spread, within_ms + slack_ms).buffer(OFF_ROAD_M + BESIDE_M + found.cell_m)
        assert shapely.boundary(shape).difference(around).is_empty
    for inner, outer in pairwise(one.shape for one in found.outlines):
        assert inner.difference(outer.buffer(NEARLY_DEG)).is_empty
        assert inner.difference(outer).area <= NEARLY_DEG * (1 + inner.length)


def spots_of(made: Streets) -> list[Position]:
    return [Position(lat=lat, lon=lon) for lat, lon in zip(made.point_lat, made.point_lon, strict=True)]


def reached_within(roads: Roads, spread: Spread, within_ms: int) -> shapely.MultiLineString:
    """The lines of what is reached, in metres."""
    lines = lines_of(roads.network, legs_of(spread, within_ms))
    places = np.column_stack((lines.x, lines.y))
    return shapely.MultiLineString([places[first:behind] for first, behind in pairwise(lines.start)])


TOWN = draw(
    """
    A--B-----C
    |  |     |
    |  D--E  |
    |     |  |
    F-----G--H
    """,
    ways=dict.fromkeys(("ABC", "AF", "BD", "DE", "EG", "CH", "FGH"), STREET),
)


@settings(max_examples=40)
@given(data=st.data(), minutes=st.sampled_from([2.0, 4.0, 6.0, 8.0]))
def test_who_waits_by_a_road_inside_is_reached_in_time_and_who_waits_outside_is_not(
    data: st.DataObject, minutes: float
) -> None:
    roads, nodes = Roads(TOWN.network), st.sampled_from(sorted(TOWN.nodes.values(), key=str))
    start, corner, course_deg = data.draw(nodes), data.draw(nodes), data.draw(st.integers(0, 359))
    goal = moved(corner, course_deg=course_deg, distance_m=data.draw(st.integers(0, 45)))
    path, found = roads.find_way(start, goal, "foot"), drawn_from(roads, start, minutes)
    assert path is not None
    (shape,) = (flat(one.shape, roads.network.plane) for one in found.outlines)
    at = shapely.Point(roads.network.plane.metres_of(lats=goal.lat, lons=goal.lon))
    slack_s = (2 * found.cell_m + OFF_ROAD_FREE_M) / WALK_MPS
    if shape.buffer(-found.cell_m).covers(at):
        assert path.cost_ms / 1000 <= 60 * minutes + slack_s
    if not shape.buffer(found.cell_m).covers(at):
        assert path.cost_ms / 1000 >= 60 * minutes - slack_s
