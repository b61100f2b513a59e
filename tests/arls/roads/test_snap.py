"""A position comes to lie on the arcs that somebody who knows the place would name."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

import numpy as np
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st

from arls.geo import moved
from arls.roads import streets as tree
from arls.roads.assemble import assemble
from arls.roads.profile import CAR_NORMAL, CAR_RESPONSE, FOOT, FORBIDDEN, MAIN_COMPONENT, WALK_MPS, weights_of
from arls.roads.snap import BESIDE_M, BESIDE_STREETS, REACH_M, WIDEST_REACH_M, Snapper
from tests.drawing import draw
from tests.strategies import streets

if TYPE_CHECKING:
    from arls.geo import Position
    from arls.roads.assemble import Streets
    from arls.roads.network import Network, Places
    from arls.roads.profile import Profile, Weights
    from tests.drawing import Drawn

RESIDENTIAL = {"highway": "residential"}
ONEWAY = {"highway": "trunk", "oneway": "yes"}
NORTH, EAST, SOUTH, WEST = 0.0, 90.0, 180.0, 270.0


def snapped(
    drawn: Drawn,
    position: Position,
    *,
    profile: Profile = CAR_NORMAL,
    course: float = np.nan,
    speed: float = np.nan,
    accuracy: float = np.nan,
    ends: bool = False,
) -> Places:
    """The places of one position."""
    return Snapper(drawn.network).snap(
        lats=np.array([position.lat]),
        lons=np.array([position.lon]),
        weights=weights_of(drawn.network, profile),
        courses=np.array([course]),
        speeds=np.array([speed]),
        accuracies=np.array([accuracy]),
        ends=ends,
    )


def off_the_street(*, metres: float) -> tuple[Drawn, Position]:
    """A street of 200 m running east, and a position so far south of its middle."""
    drawn = draw("A-B", ways={"AB": RESIDENTIAL})
    middle = moved(drawn.node("A"), course_deg=EAST, distance_m=100.0)
    return drawn, moved(middle, course_deg=SOUTH, distance_m=metres)


def test_a_parked_unit_may_leave_either_way() -> None:
    drawn, position = off_the_street(metres=5.0)
    places = snapped(drawn, position)
    assert places.arc.tolist() == [drawn.arc("A", "B"), drawn.arc("B", "A")]
    assert places.fraction == pytest.approx([0.5, 0.5], abs=1e-3)
    assert places.off_road_m == pytest.approx([5.0, 5.0], abs=0.05)


def test_a_unit_in_a_one_way_street_may_only_leave_forward() -> None:
    drawn = draw("A-B", ways={"AB": ONEWAY})
    assert snapped(drawn, drawn.node("A")).arc.tolist() == [drawn.arc("A", "B")]


@pytest.mark.parametrize(("course", "ends"), [(EAST, "AB"), (WEST, "BA"), (EAST + 60, "AB"), (WEST - 60, "BA")])
def test_a_moving_unit_leaves_the_way_it_goes(course: float, ends: str) -> None:
    drawn, position = off_the_street(metres=5.0)
    places = snapped(drawn, position, course=course, speed=10.0)
    assert places.arc.tolist() == [drawn.arc(ends[0], ends[1])]


@pytest.mark.parametrize("speed", [0.0, 2.4, np.nan])
def test_the_course_of_a_unit_that_hardly_moves_says_nothing(speed: float) -> None:
    drawn, position = off_the_street(metres=5.0)
    assert len(snapped(drawn, position, course=EAST, speed=speed).arc) == 2


def test_on_a_dual_carriageway_a_car_sits_on_its_own_side() -> None:
    ways = {"AB": ONEWAY, "BC": RESIDENTIAL, "CD": ONEWAY, "DA": RESIDENTIAL}
    drawn = draw("D---------C\nA---------B", ways=ways, grid_m=20.0)
    # On the receiver's word it is nearer to the northern carriageway, which runs west.
    position = moved(moved(drawn.node("A"), course_deg=EAST, distance_m=100.0), course_deg=NORTH, distance_m=12.0)
    assert snapped(drawn, position).arc.tolist() == [drawn.arc("C", "D")]
    assert snapped(drawn, position, course=EAST, speed=20.0).arc.tolist() == [drawn.arc("A", "B")]
    assert snapped(drawn, position, course=WEST, speed=20.0).arc.tolist() == [drawn.arc("C", "D")]


def test_a_unit_that_crosses_a_junction_sits_on_the_street_it_drives_along() -> None:
    drawn = draw("  N\n\nW X E\n\n  S", ways={"WXE": RESIDENTIAL, "NXS": RESIDENTIAL})
    position = moved(drawn.node("X"), course_deg=315.0, distance_m=8.0)
    assert snapped(drawn, position, course=WEST, speed=8.0).arc.tolist() == [drawn.arc("X", "W")]
    assert snapped(drawn, position, course=NORTH, speed=8.0).arc.tolist() == [drawn.arc("X", "N")]


def test_who_drives_against_a_one_way_street_with_no_other_about_is_on_it_all_the_same() -> None:
    drawn = draw("A-B", ways={"AB": ONEWAY})
    assert snapped(drawn, drawn.node("A"), course=WEST, speed=10.0).arc.tolist() == [drawn.arc("A", "B")]


def test_a_car_is_never_on_a_footpath_however_near() -> None:
    ways = {"AB": RESIDENTIAL, "BD": RESIDENTIAL, "CD": {"highway": "footway"}}
    drawn = draw("A-----B\nC-----D", ways=ways, grid_m=30.0)
    position = drawn.node("C")
    assert set(snapped(drawn, position).arc.tolist()) == {drawn.arc("A", "B"), drawn.arc("B", "A")}
    assert set(snapped(drawn, position, profile=FOOT).arc.tolist()) == {drawn.arc("C", "D"), drawn.arc("D", "C")}


def test_an_incident_is_reached_from_every_street_beside_it_and_the_rest_is_walked() -> None:
    ways = dict.fromkeys(("AB", "CD", "EF", "BD", "DF"), RESIDENTIAL)
    drawn = draw("A-----B\nC-----D\n\n\nE-----F", ways=ways, grid_m=30.0)
    position = moved(drawn.node("C"), course_deg=NORTH, distance_m=5.0)
    places = snapped(drawn, position, ends=True)
    assert places.arc.tolist() == [drawn.arc("C", "D"), drawn.arc("D", "C"), drawn.arc("A", "B"), drawn.arc("B", "A")]
    assert places.off_road_m == pytest.approx([5.0, 5.0, 25.0, 25.0], abs=0.1)
    assert places.extra_ms == pytest.approx(places.off_road_m / WALK_MPS * 1000, abs=1)


def test_a_unit_walks_only_what_its_error_does_not_explain() -> None:
    drawn, position = off_the_street(metres=50.0)
    assert snapped(drawn, position).extra_ms == pytest.approx((50 - 30) / WALK_MPS * 1000, abs=100)
    assert snapped(drawn, position, accuracy=45.0).extra_ms == pytest.approx((50 - 45) / WALK_MPS * 1000, abs=100)
    assert snapped(drawn, position, accuracy=80.0).extra_ms.tolist() == [0, 0]


@pytest.mark.parametrize(("metres", "places"), [(REACH_M + 5, 2), (WIDEST_REACH_M - 5, 2), (WIDEST_REACH_M + 5, 0)])
def test_the_reach_widens_to_500_m_and_no_further(metres: float, places: int) -> None:
    drawn, position = off_the_street(metres=metres)
    assert len(snapped(drawn, position).arc) == places


def test_the_main_component_goes_before_a_nearer_island_within_reach() -> None:
    drawn = draw("A-B-C\n\nD-E", ways={"AB": RESIDENTIAL, "BC": RESIDENTIAL, "DE": RESIDENTIAL}, grid_m=25.0)
    weights = weights_of(drawn.network, CAR_NORMAL)
    near_main = snapped(drawn, drawn.node("D"))
    assert (weights.component[near_main.arc] == MAIN_COMPONENT).all()
    far_from_main = snapped(drawn, moved(drawn.node("D"), course_deg=SOUTH, distance_m=15.0))
    assert set(far_from_main.arc.tolist()) == {drawn.arc("D", "E"), drawn.arc("E", "D")}


def test_a_long_street_with_many_bends_is_found_at_each_of_them() -> None:
    drawn = draw("A C E G I K\n\n\n\n\n\n B D F H J L", ways={"ABCDEFGHIJKL": RESIDENTIAL})
    for name in "ABCDEFGHIJKL":
        assert snapped(drawn, drawn.node(name)).off_road_m == pytest.approx([0.0, 0.0], abs=0.02)


def test_nowhere_is_near_no_road() -> None:
    drawn, _ = off_the_street(metres=0.0)
    weights = weights_of(drawn.network, CAR_NORMAL)
    places = Snapper(drawn.network).snap(
        lats=np.array([0.0, np.nan, -89.0]), lons=np.array([0.0, 0.0, 179.0]), weights=weights
    )
    assert places.start.tolist() == [0, 0, 0, 0]
    assert len(Snapper(drawn.network).snap(lats=np.empty(0), lons=np.empty(0), weights=weights)) == 0


positions = st.lists(st.tuples(st.floats(52.499, 52.506), st.floats(-1.902, -1.893)), min_size=1, max_size=6).map(
    lambda at: (np.array([lat for lat, _ in at]), np.array([lon for _, lon in at]))
)


@given(streets(), positions, st.sampled_from([CAR_RESPONSE, FOOT]))
def test_a_parked_unit_is_on_the_nearest_arc_it_may_use(
    drawn: Streets, where: tuple[np.ndarray, np.ndarray], profile: Profile
) -> None:
    network = assemble(drawn)
    weights = weights_of(network, profile)
    places = Snapper(network).snap(lats=where[0], lons=where[1], weights=weights)
    for i, off_m in enumerate(distances_m(network, weights, where)):
        here = slice(places.start[i], places.start[i + 1])
        nearest_m = nearest_allowed_m(off_m, weights)
        assert (places.start[i] == places.start[i + 1]) == (nearest_m > WIDEST_REACH_M)
        assert places.off_road_m[here] == pytest.approx(
            np.full(places.start[i + 1] - places.start[i], nearest_m), abs=1e-6
        )
        assert off_m[places.arc[here]] == pytest.approx(places.off_road_m[here], abs=1e-6)


@given(streets(), positions)
def test_an_incident_is_beside_all_streets_little_further_than_the_nearest(
    drawn: Streets, where: tuple[np.ndarray, np.ndarray]
) -> None:
    network = assemble(drawn)
    weights = weights_of(network, FOOT)
    places = Snapper(network).snap(lats=where[0], lons=where[1], weights=weights, ends=True)
    for i, off_m in enumerate(distances_m(network, weights, where)):
        here = places.arc[places.start[i] : places.start[i + 1]]
        if not len(here):
            continue
        limit_m = off_m[here].min() + BESIDE_M
        assert (off_m[here] <= limit_m + 1e-6).all()
        assert len(np.unique(network.arc_street[here])) <= BESIDE_STREETS


def distances_m(network: Network, weights: Weights, where: tuple[np.ndarray, np.ndarray]) -> np.ndarray:
    """From each position to each arc, as shapely measures; infinite to an arc that may not be used."""
    xs, ys = network.plane.metres_of(lats=where[0], lons=where[1])
    lines = [
        shapely.LineString(np.column_stack((network.point_x[a:b], network.point_y[a:b])))
        for a, b in zip(network.street_point_start[:-1], network.street_point_start[1:], strict=True)
    ]
    points = np.array([shapely.Point(x, y) for x, y in zip(xs, ys, strict=True)])
    off_m = shapely.distance(points[:, None], np.array(lines)[network.arc_street][None, :])
    return np.where(weights.arc_ms < FORBIDDEN, off_m, np.inf)


def nearest_allowed_m(off_m: np.ndarray, weights: Weights) -> float:
    """The nearest arc within the first reach that holds one, of the main component if that is among them."""
    for reach_m in (60.0, 180.0, 500.0):
        within = off_m <= reach_m
        main = within & (weights.component == MAIN_COMPONENT)
        if within.any():
            return float(off_m[main if main.any() else within].min())
    return np.inf


def test_many_threads_may_snap_at_once_and_the_kernel_is_compiled_once() -> None:
    drawn, position = off_the_street(metres=5.0)
    snapper, weights = Snapper(drawn.network), weights_of(drawn.network, CAR_NORMAL)
    tree.warm_up()

    def arcs(_: int) -> bytes:
        lats, lons = np.array([position.lat]), np.array([position.lon])
        return snapper.snap(lats=lats, lons=lons, weights=weights).arc.tobytes()

    with ThreadPoolExecutor(4) as threads:
        assert len(set(threads.map(arcs, range(200)))) == 1
    assert len(tree._nearest_points.signatures) == 1


def test_a_ring_without_a_place_to_turn_is_left_by_either_side() -> None:
    """Both directions of such a ring are components of their own, and neither is an island."""
    ring = draw(
        "A---B---C\n|       |\nD-------E", ways={name: {"highway": "residential"} for name in ("ABC", "CE", "ED", "DA")}
    )
    weights = weights_of(ring.network, CAR_NORMAL)
    assert len(np.unique(weights.component)) == 2
    here = ring.node("B")
    places = Snapper(ring.network).snap(lats=np.array([here.lat]), lons=np.array([here.lon]), weights=weights)
    assert sorted(places.arc.tolist()) == sorted([ring.arc("A", "C"), ring.arc("C", "A")])
