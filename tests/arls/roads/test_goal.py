"""A goal before what is shut is driven to, one inside is walked to from there, and one behind only if one may pass."""

from __future__ import annotations

import numpy as np
import pytest

from arls.closure import Line, Passer, Point
from arls.roads.hierarchy.order import order_of
from arls.roads.live import Asked, Roads
from arls.roads.profile import WALK_MPS
from tests.arls.roads.barriers import beside, closed, columns, square
from tests.arls.roads.test_leaving import ONEWAY, RING, STREET, takes_ms
from tests.drawing import Drawn, Relation, draw


@pytest.fixture(scope="module")
def ring() -> Drawn:
    return draw(RING, ways={name: {**STREET, "name": name} for name in ("ABC", "DEF", "AD", "BE", "CF")})


def test_up_to_the_works_the_street_is_driven_from_either_side(ring: Drawn) -> None:
    works = closed(Point(position=beside(ring.node("A"), east_m=300.0)))
    for unit, east_m in (
        (beside(ring.node("A"), north_m=-100.0), 250.0),
        (beside(ring.node("C"), north_m=-100.0), 350.0),
    ):
        goal = beside(ring.node("A"), east_m=east_m, north_m=10.0)
        assert takes_ms(ring, unit, goal, works) == takes_ms(ring, unit, goal)


def test_the_path_goes_on_onto_the_shut_street_and_is_as_long_as_was_said(ring: Drawn) -> None:
    works, roads = closed(Point(position=beside(ring.node("A"), east_m=300.0))), Roads(ring.network)
    unit, goal = beside(ring.node("A"), north_m=-100.0), beside(ring.node("A"), east_m=250.0)
    shut, opened = (roads.find_way(unit, goal, "car-response", closures=held) for held in (works, ()))
    assert shut is not None
    assert opened is not None
    assert shut.arcs.tolist() == opened.arcs.tolist()
    assert (shut.length_m, shut.end_fraction) == (opened.length_m, opened.end_fraction)
    assert [step.street for step in roads.steps_of(shut, "car-response")] == ["AD", "ABC"]


def test_inside_one_walks_from_where_the_road_is_shut(ring: Drawn) -> None:
    cordon = closed(square(beside(ring.node("A"), east_m=300.0), 100.0))
    unit, goal = beside(ring.node("A"), north_m=-100.0), beside(ring.node("A"), east_m=250.0)
    edge = beside(ring.node("A"), east_m=200.0)
    drive_ms, in_all_ms = takes_ms(ring, unit, edge), takes_ms(ring, unit, goal, cordon)
    assert drive_ms is not None
    assert in_all_ms == pytest.approx(drive_ms + 50.0 / WALK_MPS * 1000.0, abs=300.0)
    path = Roads(ring.network).find_way(unit, goal, "car-response", closures=cordon)
    assert path is not None
    assert path.end_off_m == pytest.approx(50.0, abs=0.5)


def test_deep_inside_of_several_streets_one_walks_from_the_nearest_edge_within_500_m(ring: Drawn) -> None:
    unit, goal = beside(ring.node("D"), east_m=50.0), beside(ring.node("B"), north_m=-20.0)
    near = takes_ms(ring, unit, goal, closed(square(ring.node("B"), 150.0)))
    to_edge = takes_ms(ring, unit, beside(ring.node("B"), north_m=-150.0))
    assert to_edge is not None
    assert near == pytest.approx(to_edge + 130.0 / WALK_MPS * 1000.0, abs=300.0)
    assert takes_ms(ring, unit, ring.node("B"), closed(square(ring.node("B"), 599.0))) is None


def test_who_is_on_the_shut_street_already_drives_up_to_the_edge(ring: Drawn) -> None:
    cordon = closed(square(beside(ring.node("A"), east_m=300.0), 100.0))
    unit, goal = beside(ring.node("A"), east_m=100.0), beside(ring.node("A"), east_m=230.0)
    drive_ms = takes_ms(ring, unit, beside(ring.node("A"), east_m=200.0))
    assert drive_ms is not None
    assert takes_ms(ring, unit, goal, cordon) == pytest.approx(drive_ms + 30.0 / WALK_MPS * 1000.0, abs=300.0)


def test_behind_in_a_one_way_street_one_comes_only_on_foot_and_only_if_one_may() -> None:
    drawn = draw(RING, ways={"ABC": ONEWAY, "CFED": STREET, "AD": STREET})
    works = Point(position=beside(drawn.node("A"), east_m=300.0))
    unit, goal = drawn.node("D"), beside(drawn.node("A"), east_m=330.0)
    assert takes_ms(drawn, unit, goal, closed(works)) is None
    walked = takes_ms(drawn, unit, goal, closed(works, passable=(Passer.FOOT,)))
    edge = takes_ms(drawn, unit, beside(drawn.node("A"), east_m=295.0))
    assert edge is not None
    assert walked == pytest.approx(edge + 35.0 / WALK_MPS * 1000.0, abs=500.0)


def test_a_cul_de_sac_is_cut_off_for_cars_and_not_for_whom_may_pass() -> None:
    drawn = draw("A-----B-----C", ways=dict.fromkeys(("AB", "BC"), STREET))
    unit, goal = beside(drawn.node("A"), east_m=10.0), beside(drawn.node("C"), east_m=-10.0)
    barrier = Line(positions=tuple(beside(drawn.node("A"), east_m=300.0, north_m=north_m) for north_m in (-20.0, 20.0)))
    roads = Roads(drawn.network, order=order_of(drawn.network))

    def gets_there(profile: str, *passable: Passer) -> bool:
        return roads.find_way(unit, goal, profile, closures=closed(barrier, passable=passable)) is not None

    assert {name: gets_there(name) for name in ("car-response", "foot", "cycle")} == {
        "car-response": False,
        "foot": False,
        "cycle": False,
    }
    assert gets_there("foot", Passer.FOOT)
    assert not gets_there("cycle", Passer.FOOT)
    assert gets_there("cycle", Passer.CYCLE, Passer.FOOT)
    assert not gets_there("car-response", Passer.BUS)
    assert all(gets_there(name, Passer.POLICE) for name in ("car-response", "car-normal", "van", "foot", "cycle"))


def test_a_street_that_a_via_way_ban_has_copied_is_shut_with_its_copies() -> None:
    ways = {"AB": STREET, "BC": {**STREET, "oneway": "yes"}, "CD": STREET, "CE": STREET, "FB": STREET}
    ban = Relation(
        tags={"type": "restriction", "restriction": "no_right_turn"},
        members=[("from", "AB"), ("via", "BC"), ("to", "CE")],
    )
    drawn = draw("A--B--C--D\n   |  |\n   F  E", ways=ways, relations=[ban])
    copies = int((drawn.network.street_way == drawn.way("BC")).sum())
    assert copies == 2
    works = closed(Point(position=beside(drawn.node("B"), east_m=150.0)))
    for name in "AF":
        start = drawn.node(name)
        assert takes_ms(drawn, start, drawn.node("D")) is not None
        assert takes_ms(drawn, start, drawn.node("D"), works) is None


def test_the_bridge_over_a_road_that_a_line_shuts_is_driven_and_goals_on_it_are_reached() -> None:
    high = {**STREET, "bridge": "yes", "layer": "1"}
    drawn = draw("    N\n    |\nW-------E\n    |\n    S", ways={"WE": STREET, "NS": high})
    shut = closed(Line(positions=(drawn.node("W"), drawn.node("E"))))
    unit, goal = drawn.node("N"), drawn.node("S")
    assert takes_ms(drawn, unit, goal, shut) == takes_ms(drawn, unit, goal)


def test_when_the_whole_county_is_shut_nobody_gets_anywhere_but_straight_on_inside(ring: Drawn) -> None:
    whole = closed(square(ring.node("E"), 5_000.0))
    for name in "ABCD":
        assert takes_ms(ring, beside(ring.node("E"), east_m=50.0), ring.node(name), whole) is None
    ahead = beside(ring.node("E"), east_m=90.0)
    assert takes_ms(ring, beside(ring.node("E"), east_m=50.0), ahead, whole) is not None
    asked = Asked(profile="foot", numbers=np.arange(1), columns=columns([ring.node("C")], [np.nan]))
    assert not Roads(ring.network).reach(ring.node("A"), asked, closures=whole).off_map.any()
