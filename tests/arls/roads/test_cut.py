"""Under closures everybody needs what is needed on a map with the shut pieces taken out, and no way enters them."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from arls.closure import Area, Line, Passer, Point
from arls.geo import Position
from arls.roads.assemble import assemble
from arls.roads.hierarchy.order import order_of
from arls.roads.live import UNREACHED_MS, Asked, Roads
from tests.arls.roads.barriers import CutRoads, beside, closed, columns, square
from tests.strategies import streets

if TYPE_CHECKING:
    from arls.closure import Closures, Shape
    from arls.roads.network import Floats, Network


class Case(NamedTuple):
    """A network with units and a goal, and closures that follow each other."""

    network: Network
    columns: dict[str, Floats]
    goal: Position
    closures: list[Closures]


@st.composite
def cases(draw_from: st.DrawFn) -> Case:
    network = assemble(draw_from(streets()))
    bounds = network.bounds.grown_by(20.0)

    def somewhere() -> Position:
        point = draw_from(st.integers(0, len(network.point_lat) - 1))
        off = st.floats(-60.0, 60.0)
        at = Position(lat=float(network.point_lat[point]), lon=float(network.point_lon[point]))
        return beside(at, east_m=draw_from(off), north_m=draw_from(off))

    def shape() -> Shape:
        match draw_from(st.sampled_from(("area", "point", "line", "county"))):
            case "area":
                return square(somewhere(), draw_from(st.sampled_from((15.0, 40.0, 120.0))))
            case "point":
                return Point(position=somewhere())
            case "line":
                return Line(positions=(somewhere(), somewhere()))
            case _:
                corners = [(bounds.south, bounds.west), (bounds.south, bounds.east), (bounds.north, bounds.east)]
                ring = [Position(lat=lat, lon=lon) for lat, lon in (*corners, corners[0])]
                return Area(polygons=((tuple(ring),),))

    units = [somewhere() for _ in range(draw_from(st.integers(1, 5)))]
    courses = draw_from(st.lists(st.sampled_from((np.nan, 0.0, 90.0, 180.0, 270.0)), min_size=5, max_size=5))
    passable = draw_from(st.sampled_from(((), (Passer.FOOT,), (Passer.BUS,))))
    held = [
        closed(*(shape() for _ in range(draw_from(st.integers(0, 3)))), passable=passable)
        for _ in range(draw_from(st.integers(1, 3)))
    ]
    return Case(network, columns(units, courses[: len(units)]), somewhere(), held)


@settings(max_examples=100)
@given(cases(), st.sampled_from(("car-response", "car-normal", "foot", "cycle")))
def test_search_hierarchy_and_the_cut_graph_agree_under_one_closure_after_another(case: Case, profile: str) -> None:
    by_search, by_hierarchy = Roads(case.network), Roads(case.network, order=order_of(case.network))
    asked = Asked(profile=profile, numbers=np.arange(len(case.columns["lat"])), columns=case.columns)
    for closures in (*case.closures, ()):
        plain, quick, both = (
            roads.reach(case.goal, asked, measured=measured, closures=closures)
            for roads, measured in ((by_search, False), (by_hierarchy, False), (by_hierarchy, True))
        )
        assert plain.cost_ms.tolist() == quick.cost_ms.tolist() == both.cost_ms.tolist()
        assert plain.off_map.tolist() == quick.off_map.tolist()
        scene, units = by_search._scene(profile, closures), by_search._standing_of(profile).stand_of(asked).places
        if scene.cut is None:
            continue
        goal = scene.goal_of(case.goal)
        told = CutRoads(case.network, scene.cut).costs(goal, units)
        ours = np.where(plain.cost_ms == UNREACHED_MS, np.inf, plain.cost_ms)
        assert ours[told.told].tolist() == told.cost_ms[told.told].tolist()
        for unit in range(len(units)):
            one = Asked(profile=profile, numbers=np.array([unit]), columns=case.columns)
            searched, found = (
                roads.find_path(case.goal, one, closures=closures) for roads in (by_search, by_hierarchy)
            )
            assert [path and path.cost_ms for path in (searched, found)] == 2 * [
                None if ours[unit] == np.inf else ours[unit]
            ]
            if found is not None:
                assert found.length_m == pytest.approx(both.length_m[unit], abs=1e-6)
                begins_inside = scene.cut.shut.is_inside(found.arcs[:1], np.array([found.start_fraction]))[0]
                assert begins_inside or by_hierarchy.met_by(found, profile, closures) == ()
