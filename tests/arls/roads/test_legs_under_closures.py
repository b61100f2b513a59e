"""What is reached under closures ends where the road is shut, and agrees with the ETA of whoever goes there."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from arls.closure import Area, Closure, ClosureId, Point
from arls.geo import Position, moved
from arls.roads.assemble import Streets, assemble
from arls.roads.dijkstra import UNREACHED
from arls.roads.goal import goal_under
from arls.roads.hierarchy.order import order_of
from arls.roads.legs import Legs, legs_of
from arls.roads.live import Roads
from arls.roads.network import Places
from tests.drawing import draw
from tests.strategies import streets

if TYPE_CHECKING:
    from arls.closure import Shape

LONG_MS = 10**8
SINCE = datetime(2026, 3, 30, tzinfo=UTC)
STREET = {"highway": "residential"}
# A ring: what is behind a barrier is reached from the other side.
RING = draw(
    """
    A-----B-----C
    |           |
    D-----E-----F
    """,
    ways={"ABC": STREET, "AD": STREET, "DEF": STREET, "CF": STREET},
)


def closed(*shapes: Shape) -> tuple[Closure, ...]:
    return tuple(Closure(id=ClosureId(f"C{i}"), shape=shape, since=SINCE) for i, shape in enumerate(shapes))


def of_arc(legs: Legs, arc: int) -> list[tuple[float, float]]:
    on = legs.arc == arc
    return [(float(start), float(end)) for start, end in zip(legs.start[on], legs.end[on], strict=True)]


@pytest.mark.parametrize("ordered", [False, True], ids=["search", "hierarchy"])
def test_a_street_is_reached_from_both_sides_up_to_the_barrier(*, ordered: bool) -> None:
    roads = Roads(RING.network, order=order_of(RING.network) if ordered else None)
    barrier = closed(Point(position=RING.node("B")))
    legs = legs_of(roads.spread([RING.node("D")], "car-response", closures=barrier), LONG_MS)
    half, there, back = 5.0 / 1200.0, RING.arc("A", "C"), RING.arc("C", "A")
    assert of_arc(legs, there) == [(0.0, pytest.approx(0.5 - half, abs=1e-3))]
    assert of_arc(legs, back) == [(0.0, pytest.approx(0.5 - half, abs=1e-3))]
    assert of_arc(legs, RING.arc("D", "F")) == [(0.0, 1.0)]
    # Who is behind it comes out ahead; who is inside as well.
    towards = legs_of(roads.spread([RING.node("D")], "car-response", towards=True, closures=barrier), LONG_MS)
    assert of_arc(towards, there) == [(pytest.approx(0.5 - half, abs=1e-3), 1.0)]
    assert of_arc(towards, back) == [(pytest.approx(0.5 - half, abs=1e-3), 1.0)]


def test_who_stands_before_a_barrier_on_a_one_way_street_reaches_what_lies_before_it() -> None:
    road = draw("A-----B-----C", ways={"ABC": {**STREET, "oneway": "yes"}})
    roads, barrier = Roads(road.network), closed(Point(position=road.node("B")))
    quarter = moved(road.node("A"), course_deg=90.0, distance_m=300.0)
    legs = legs_of(roads.spread([quarter], "car-response", closures=barrier), LONG_MS)
    assert of_arc(legs, road.arc("A", "C")) == [
        (pytest.approx(0.25, abs=1e-3), pytest.approx(0.5 - 5.0 / 1200.0, abs=1e-3))
    ]


def place(arc: int, fraction: float, *, twice: bool = False) -> Places:
    count = 2 if twice else 1
    return Places(
        start=np.array([0, count]),
        arc=np.full(count, arc, np.int32),
        fraction=np.full(count, fraction),
        off_road_m=np.zeros(count),
        extra_ms=np.zeros(count, np.uint32),
    )


def spots_of(made: Streets) -> list[Position]:
    return [Position(lat=lat, lon=lon) for lat, lon in zip(made.point_lat, made.point_lon, strict=True)]


def shapes(made: Streets) -> st.SearchStrategy[Shape]:
    spots = st.sampled_from(
        [Position(lat=lat, lon=lon) for lat, lon in zip(made.point_lat, made.point_lon, strict=True)]
    )
    points = st.builds(lambda spot: Point(position=spot), spots)
    return points | st.builds(_square, spots, st.sampled_from([15.0, 40.0, 120.0]))


def _square(middle: Position, half_m: float) -> Area:
    corners = [moved(middle, course_deg=course_deg, distance_m=half_m) for course_deg in (45, 135, 225, 315)]
    return Area(polygons=(((*corners, corners[0]),),))


@settings(max_examples=40)
@given(made=streets(), data=st.data())
def test_a_place_on_the_road_takes_what_its_eta_says(made: Streets, data: st.DataObject) -> None:
    network = assemble(made)
    roads = Roads(network, order=order_of(network) if data.draw(st.booleans()) else None)
    closures = closed(*data.draw(st.lists(shapes(made), min_size=1, max_size=2)))
    spot = data.draw(st.sampled_from(spots_of(made)))
    scene = roads._scene("car-response", closures)
    if scene.cut is None:
        return
    shut, units = scene.cut.shut, roads.places_of([spot], scene.weights)
    away = legs_of(roads.spread([spot], "car-response", closures=closures), LONG_MS)
    towards = legs_of(roads.spread([spot], "car-response", towards=True, closures=closures), LONG_MS)
    fraction = data.draw(st.floats(0.01, 0.99))
    for arc in range(network.arcs):
        # Who is inside what is shut walks in, or drives out by other arcs that are shut.
        if scene.weights.arc_ms[arc] >= 2**30 or shut.is_inside(np.array([arc]), np.array([fraction]))[0]:
            continue
        goal = goal_under(scene.cut, place(arc, fraction), spot)
        assert taken_ms(away, arc, fraction) == pytest.approx(int(scene.reached(goal, units)[0][0]), abs=1.0)
        unit = place(arc, fraction, twice=True)
        eta_ms = int(scene.reached(scene.goal_of(spot), unit)[0][0])
        assert taken_ms(towards, arc, fraction) == pytest.approx(eta_ms, abs=1.0)


def taken_ms(legs: Legs, arc: int, fraction: float) -> float:
    """What it takes at a place of an arc, or UNREACHED."""
    on = (legs.arc == arc) & (legs.start <= fraction) & (fraction <= legs.end)
    share = (fraction - legs.start[on]) / (legs.end[on] - legs.start[on])
    return float((legs.start_ms[on] + share * (legs.end_ms[on] - legs.start_ms[on])).min(initial=UNREACHED))
