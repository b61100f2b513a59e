"""Who is before, inside or behind what is shut leaves from there as a driver would."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest

from arls.closure import Line, Point
from arls.roads import leaving
from arls.roads.hierarchy.order import order_of
from arls.roads.live import UNREACHED_MS, Asked, Roads
from arls.roads.profile import PROFILES
from tests.arls.roads.barriers import beside, closed, columns, square
from tests.drawing import Drawn, draw

if TYPE_CHECKING:
    from arls.closure import Closures
    from arls.geo import Position

STREET = {"highway": "residential"}
ONEWAY = {**STREET, "oneway": "yes"}
U_TURN_MS = PROFILES["car-response"].u_turn_ms
RING = """
    A-----B-----C
    |     |     |
    |     |     |
    D-----E-----F
"""


@pytest.fixture(scope="module")
def ring() -> Drawn:
    return draw(RING, ways={name: {**STREET, "name": name} for name in ("ABC", "DEF", "AD", "BE", "CF")})


def takes_ms(
    drawn: Drawn, unit: Position, goal: Position, closures: Closures = (), *, course_deg: float = np.nan
) -> int | None:
    """What a car needs, the same by search and by hierarchy, and as its path says."""
    asked = Asked(profile="car-response", numbers=np.arange(1), columns=columns([unit], [course_deg]))
    told = set()
    for roads in (Roads(drawn.network), Roads(drawn.network, order=order_of(drawn.network))):
        for measured in (False, True):
            told |= set(roads.reach(goal, asked, measured=measured, closures=closures).cost_ms.tolist())
        path = roads.find_path(goal, asked, closures=closures)
        told.add(UNREACHED_MS if path is None else path.cost_ms)
    assert len(told) == 1
    return None if told == {UNREACHED_MS} else told.pop()


def test_who_drives_towards_works_turns_round_and_who_is_parked_leaves_the_other_way(ring: Drawn) -> None:
    works = closed(Point(position=beside(ring.node("A"), east_m=400.0)))
    unit, goal = beside(ring.node("A"), east_m=200.0), beside(ring.node("A"), north_m=-100.0)
    parked = takes_ms(ring, unit, goal)
    assert takes_ms(ring, unit, goal, works) == parked
    assert parked is not None
    assert takes_ms(ring, unit, goal, works, course_deg=90.0) == parked + U_TURN_MS
    assert takes_ms(ring, unit, goal, works, course_deg=270.0) == parked


def test_what_lies_before_the_works_is_reached_straight_on(ring: Drawn) -> None:
    works = closed(Point(position=beside(ring.node("A"), east_m=400.0)))
    unit = beside(ring.node("A"), east_m=200.0)
    for east_m in (250.0, 380.0):
        goal = beside(ring.node("A"), east_m=east_m)
        assert takes_ms(ring, unit, goal, works, course_deg=90.0) == takes_ms(ring, unit, goal, course_deg=90.0)
    behind = beside(ring.node("A"), east_m=450.0)
    round_ms, straight_ms = (takes_ms(ring, unit, behind, shut) for shut in (works, ()))
    assert round_ms is not None
    assert straight_ms is not None
    assert round_ms > 4 * straight_ms


def test_who_is_inside_drives_out_ahead(ring: Drawn) -> None:
    works = closed(square(beside(ring.node("A"), east_m=300.0), 50.0))
    unit = beside(ring.node("A"), east_m=300.0)
    for goal in (ring.node("C"), ring.node("D")):
        assert takes_ms(ring, unit, goal, works) == takes_ms(ring, unit, goal)


def test_who_is_deep_inside_drives_out_over_what_the_same_closure_shuts_and_over_no_other(ring: Drawn) -> None:
    cordon = square(ring.node("B"), 100.0)
    unit, goal = beside(ring.node("B"), north_m=-50.0), beside(ring.node("C"), east_m=-20.0)
    assert takes_ms(ring, unit, goal, closed(cordon)) == takes_ms(ring, unit, goal)
    # The way east is barred at the cordon's edge by another closure: it goes round by the south.
    barred = closed(cordon, Line(positions=(beside(ring.node("B"), east_m=50.0), beside(ring.node("B"), east_m=200.0))))
    round_ms, straight_ms = takes_ms(ring, unit, goal, barred), takes_ms(ring, unit, goal)
    assert round_ms is not None
    assert straight_ms is not None
    assert round_ms > 1.5 * straight_ms


def test_the_path_of_who_is_deep_inside_begins_where_it_stands(ring: Drawn) -> None:
    roads, cordon = Roads(ring.network, order=order_of(ring.network)), closed(square(ring.node("B"), 100.0))
    unit, goal = beside(ring.node("B"), north_m=-50.0), beside(ring.node("C"), east_m=-20.0)
    shut, opened = (roads.find_way(unit, goal, "car-response", closures=held) for held in (cordon, ()))
    assert shut is not None
    assert opened is not None
    assert shut.arcs.tolist() == opened.arcs.tolist()
    assert shut.length_m == pytest.approx(opened.length_m)
    asked = Asked(profile="car-response", numbers=np.arange(1), columns=columns([unit], [np.nan]))
    assert roads.reach(goal, asked, closures=cordon).length_m == pytest.approx([opened.length_m])


def test_before_works_in_a_one_way_street_there_is_no_way_back() -> None:
    drawn = draw(RING, ways={"ABC": ONEWAY, "CFED": STREET, "AD": STREET})
    works = closed(Point(position=beside(drawn.node("A"), east_m=400.0)))
    unit = beside(drawn.node("A"), east_m=200.0)
    assert takes_ms(drawn, unit, drawn.node("D"), works) is None
    ahead = beside(drawn.node("A"), east_m=380.0)
    assert takes_ms(drawn, unit, ahead, works) == takes_ms(drawn, unit, ahead)
    beyond = beside(drawn.node("A"), east_m=450.0)
    assert takes_ms(drawn, beyond, drawn.node("D"), works) == takes_ms(drawn, beyond, drawn.node("D"))


def test_who_is_led_on_to_nowhere_turns_round_in_the_open_street() -> None:
    drawn = draw("G--A--B--C--D", ways=dict.fromkeys(("GA", "AB", "BC", "CD"), STREET))
    unit, goal = beside(drawn.node("A"), east_m=100.0), beside(drawn.node("G"), east_m=50.0)
    works = closed(Line(positions=(drawn.node("C"), drawn.node("D"))))
    parked = takes_ms(drawn, unit, goal)
    assert parked is not None
    assert takes_ms(drawn, unit, goal, works, course_deg=90.0) == parked + U_TURN_MS
    # What lies on the way to the works is still ahead.
    ahead = beside(drawn.node("B"), east_m=150.0)
    assert takes_ms(drawn, unit, ahead, works, course_deg=90.0) == takes_ms(drawn, unit, ahead)


def test_a_carriageway_that_is_shut_leaves_the_other_open() -> None:
    drawn = draw(
        """
        D---C---B---A
        E---F---G---H
        """,
        ways={"ABCD": ONEWAY, "EFGH": ONEWAY, "DE": STREET, "HA": STREET},
        grid_m=20.0,
    )
    works = closed(Line(positions=(drawn.node("C"), drawn.node("B"))))
    unit, goal = beside(drawn.node("E"), east_m=10.0), beside(drawn.node("G"), east_m=10.0)
    assert takes_ms(drawn, unit, goal, works, course_deg=90.0) == takes_ms(drawn, unit, goal, course_deg=90.0)
    assert takes_ms(drawn, drawn.node("H"), drawn.node("D"), works) is None


def test_units_on_shut_roads_are_ranked_from_where_they_have_moved_to_since(ring: Drawn) -> None:
    roads, works = (
        Roads(ring.network, order=order_of(ring.network)),
        closed(square(beside(ring.node("A"), east_m=300.0))),
    )
    goal = ring.node("F")
    for east_m in (100.0, 300.0, 500.0):
        unit = beside(ring.node("A"), east_m=east_m)
        asked = Asked(profile="car-response", numbers=np.arange(1), columns=columns([unit], [90.0]))
        told = roads.reach(goal, asked, measured=False, closures=works).cost_ms.tolist()
        assert told == [takes_ms(ring, unit, goal, works, course_deg=90.0)]


def test_after_the_warm_up_nothing_is_compiled(ring: Drawn) -> None:
    leaving.warm_up()
    compiled = len(leaving._straight.signatures)
    works = closed(Point(position=beside(ring.node("A"), east_m=400.0)))
    assert takes_ms(ring, beside(ring.node("A"), east_m=200.0), beside(ring.node("A"), east_m=250.0), works) is not None
    assert len(leaving._straight.signatures) == compiled
