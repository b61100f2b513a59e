"""What areas, lines and points shut, and that nobody turns onto it."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from arls.closure import Area, Closure, ClosureId, Closures, Line, Passer, Point
from arls.geo import Position, moved
from arls.roads.hierarchy.order import order_of
from arls.roads.live import Roads
from tests.drawing import Drawn, draw

STREET = {"highway": "residential"}
SINCE = datetime(2026, 3, 30, tzinfo=UTC)


@pytest.fixture(scope="module")
def block() -> Drawn:
    names = ("GA", "ABC", "CI", "ADE", "EFC", "EH")
    return draw(
        """
        G--A--B--C--I
           |     |
           D--E--F
              |
              H
        """,
        ways={name: {**STREET, "name": name} for name in names},
    )


def square(middle: Position, half_m: float = 40.0) -> Area:
    corners = [
        moved(moved(middle, course_deg=0.0, distance_m=north_m), course_deg=90.0, distance_m=east_m)
        for north_m, east_m in ((half_m, half_m), (half_m, -half_m), (-half_m, -half_m), (-half_m, half_m))
    ]
    return Area(polygons=(((*corners, corners[0]),),))


def closed(*shapes: Area | Line | Point, passable: tuple[Passer, ...] = ()) -> Closures:
    return tuple(
        Closure(id=ClosureId(f"C{number}"), shape=shape, since=SINCE, passable=passable)
        for number, shape in enumerate(shapes)
    )


@pytest.mark.parametrize("ordered", [False, True], ids=["search", "hierarchy"])
def test_a_shut_street_is_gone_round_by_whom_it_binds(block: Drawn, *, ordered: bool) -> None:
    roads = Roads(block.network, order=order_of(block.network) if ordered else None)
    start, goal = block.node("G"), block.node("I")

    def by(profile: str, closures: Closures) -> tuple[str, ...] | None:
        path = roads.find_way(start, goal, profile, closures=closures)
        return None if path is None else path.streets

    works = closed(square(block.node("B")), passable=(Passer.FOOT,))
    assert by("car-response", ()) == ("GA", "ABC", "CI")
    assert by("car-response", works) == ("GA", "ADE", "EFC", "CI")
    assert by("foot", works) == ("GA", "ABC", "CI")
    assert by("car-response", closed(*(square(block.node(name)) for name in "BE"))) is None
    assert by("car-response", ()) == ("GA", "ABC", "CI")
