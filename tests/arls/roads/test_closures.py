"""What areas, lines and points shut, and that nobody turns onto it."""

from __future__ import annotations

import random

import pytest

from arls.closure import Area, Closures, Line, Passer, Point, Shape
from arls.geo import Position, metres_between
from arls.roads.hierarchy.order import order_of
from arls.roads.live import Roads
from tests.arls.roads.barriers import beside, closed, shut_m, square
from tests.drawing import Drawn, draw

STREET = {"highway": "residential"}


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


CROSS = """
   N
   |
W--X--E
   |
   S
"""


@pytest.fixture(scope="module")
def cross() -> Drawn:
    return draw(CROSS, ways={f"{end}X": {**STREET, "name": end} for end in "NWES"})


def test_an_area_shuts_each_street_where_it_lies_inside(cross: Drawn) -> None:
    x = cross.node("X")
    assert shut_m(cross, square(x, 40.0)) == {
        "N": [(160, 200)],
        "W": [(260, 300)],
        "E": [(260, 300)],
        "S": [(160, 200)],
    }
    assert shut_m(cross, square(beside(x, east_m=100.0), 30.0)) == {"E": [(170, 230)]}
    assert shut_m(cross, square(beside(x, east_m=100.0, north_m=100.0), 30.0)) == {}


def test_what_lies_in_a_hole_or_beside_every_area_stays_open(cross: Drawn) -> None:
    x = cross.node("X")
    ring = Area(polygons=((*square(x, 60.0).polygons[0], *square(x, 20.0).polygons[0]),))
    assert shut_m(cross, ring)["N"] == [(140, 180)]
    two = Area(polygons=(*square(beside(x, north_m=100.0), 10.0).polygons, *square(beside(x, north_m=50.0)).polygons))
    assert shut_m(cross, two) == {"N": [(90, 190)]}


def test_an_outline_that_crosses_itself_shuts_all_that_it_goes_round(cross: Drawn) -> None:
    x = cross.node("X")
    corners = [beside(x, east_m=e, north_m=n) for e, n in ((-30, -30), (30, 30), (-30, 30), (30, -30), (-30, -30))]
    assert shut_m(cross, Area(polygons=((tuple(corners),),))) == {"N": [(170, 200)], "S": [(170, 200)]}
    chance = random.Random(1)
    many = [beside(x, east_m=chance.gauss(0, 30), north_m=chance.gauss(0, 30)) for _ in range(3_000)]
    assert shut_m(cross, Area(polygons=(((*many, many[0]),),))).keys() == set("NWES")
    assert shut_m(cross, Line(positions=tuple(many))).keys() == set("NWES")


def test_a_point_shuts_the_nearest_street_and_at_a_junction_all_of_its_streets(cross: Drawn) -> None:
    x = cross.node("X")
    assert shut_m(cross, Point(position=beside(x, east_m=50.0, north_m=20.0))) == {"E": [(245, 255)]}
    assert shut_m(cross, Point(position=beside(x, east_m=2.0, north_m=1.0))) == {
        "E": [(293, 300)],
        "N": [(197, 200)],
        "S": [(197, 200)],
        "W": [(297, 300)],
    }
    assert shut_m(cross, Point(position=beside(x, east_m=50.0, north_m=30.0))) == {}


def test_a_line_along_a_street_shuts_it_and_not_those_that_it_meets(cross: Drawn) -> None:
    drawn = [beside(cross.node("X"), east_m=east_m, north_m=4.0) for east_m in (-290.0, -100.0, 60.0)]
    assert shut_m(cross, Line(positions=tuple(drawn))) == {"W": [(10, 300)], "E": [(240, 300)]}


def test_a_line_across_streets_is_a_barrier_on_each(cross: Drawn) -> None:
    across = tuple(beside(cross.node("X"), east_m=60.0, north_m=north_m) for north_m in (-30.0, 30.0))
    assert shut_m(cross, Line(positions=across)) == {"E": [(235, 245)]}


def test_a_line_along_a_road_leaves_the_bridge_over_it_open_and_an_area_does_not() -> None:
    drawn = draw(
        """
           N
           |
        W-----E
           |
           S
        """,
        ways={"WE": {**STREET, "name": "low"}, "NS": {**STREET, "name": "high", "bridge": "yes", "layer": "1"}},
    )
    below = (drawn.node("W"), drawn.node("E"))
    assert shut_m(drawn, Line(positions=below)).keys() == {"low"}
    middle = beside(drawn.node("W"), east_m=300.0)
    assert shut_m(drawn, square(middle)).keys() == {"low", "high"}


@pytest.mark.parametrize(
    "shape",
    [
        square(Position(lat=10.0, lon=100.0)),
        Point(position=Position(lat=-89.0, lon=179.0)),
        Line(positions=(Position(lat=0.0, lon=0.0), Position(lat=0.0, lon=1.0))),
        Area(polygons=()),
        Area(polygons=((),)),
        Area(polygons=(((Position(lat=52.5, lon=-1.9),) * 4,),)),
        Line(positions=()),
    ],
)
def test_what_lies_off_the_map_or_has_no_extent_shuts_no_road(cross: Drawn, shape: Shape) -> None:
    extent = Roads(cross.network).shut_by(closed(shape)[0])
    assert (extent.streets, extent.length_m, extent.lines) == ((), 0.0, ())


def test_the_whole_world_may_be_shut(cross: Drawn) -> None:
    corners = [Position(lat=lat, lon=lon) for lat, lon in ((-90, -180), (-90, 180), (90, 180), (90, -180), (-90, -180))]
    world = Area(polygons=((tuple(corners),),))
    assert shut_m(cross, world) == {"N": [(0, 200)], "S": [(0, 200)], "W": [(0, 300)], "E": [(0, 300)]}


def test_people_are_told_which_streets_are_shut_how_many_metres_and_where(cross: Drawn) -> None:
    x = cross.node("X")
    extent = Roads(cross.network).shut_by(closed(square(beside(x, east_m=80.0), 100.0))[0])
    assert (extent.streets[0], set(extent.streets[1:3]), extent.streets[3]) == ("E", {"N", "S"}, "W")
    assert extent.length_m == pytest.approx(180 + 100 + 100 + 20, abs=1)
    assert len(extent.lines) == 4
    east = min(extent.lines, key=lambda line: -line[:, 1].max())
    assert east.shape == (2, 2)
    assert {round(metres_between(x, Position(lat=lat, lon=lon))) for lat, lon in east.tolist()} == {0, 180}
