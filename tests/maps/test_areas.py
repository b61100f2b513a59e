"""Which areas hold a place: one of each level, whatever touches or overlaps, and all others."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import numpy as np
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st

from arls.geo import Position
from arls.locality import Setting
from maps.areas import NO_AREAS, AreaBook, UnknownAreaError
from tests.maps.area_drawing import area, book_of, square

AT = datetime(2026, 3, 2, 14, tzinfo=UTC)
INSIDE_A, INSIDE_B = Position(lat=52.05, lon=-1.95), Position(lat=52.05, lon=-1.85)
EDGE = Position(lat=52.05, lon=-1.9)
OUTSIDE = Position(lat=52.95, lon=-1.95)


def held(book: AreaBook, position: Position, at: datetime = AT) -> list[str]:
    return [found.id for found in book.holding(position, at)]


def test_the_levels_come_the_widest_first_and_then_all_else() -> None:
    book = book_of(
        (area("pspo", "P"), square(0)),
        (area("beat", "A"), square(0)),
        (area("lpu", "L"), square(0, side=0.2)),
        (area("force", "F"), square(-1, -1, side=0.5)),
        (area("priority", "X"), square(0)),
    )
    assert held(book, INSIDE_A) == ["F", "L", "A", "X", "P"]
    assert held(book, INSIDE_B) == ["F", "L"]
    assert held(book, OUTSIDE) == []


def test_on_an_edge_between_two_areas_the_one_whose_id_comes_first_has_it() -> None:
    book = book_of((area("beat", "B"), square(0)), (area("beat", "A"), square(1)))
    assert held(book, EDGE) == ["A"]
    assert held(book, INSIDE_A) == ["B"]


def test_on_an_edge_the_beat_lies_in_the_area_that_has_the_place() -> None:
    book = book_of(
        (area("lpu", "L1"), square(0)),
        (area("lpu", "L2"), square(1)),
        (area("beat", "Z"), square(0)),
        (area("beat", "A"), square(1)),
    )
    assert held(book, EDGE) == ["L1", "Z"]


def test_of_other_kinds_every_area_that_holds_a_place_counts() -> None:
    book = book_of((area("pspo", "P"), square(0)), (area("pspo", "Q"), square(1)))
    assert held(book, EDGE) == ["P", "Q"]


def test_an_area_holds_from_its_first_instant_to_before_its_last() -> None:
    later = AT + timedelta(days=1)
    old, new = area("beat", "A", name="old", until=later), area("beat", "A", name="new", since=later)
    book = book_of((old, square(0)), (new, square(0, side=0.2)))
    assert [found.name for found in book.holding(INSIDE_A, AT)] == ["old"]
    assert [found.name for found in book.holding(INSIDE_A, later)] == ["new"]
    assert held(book, INSIDE_B) == []
    assert held(book, INSIDE_B, later) == ["A"]


URBAN, RURAL = area("setting", "u", setting=Setting.URBAN), area("setting", "r", setting=Setting.RURAL)


def test_a_place_is_urban_or_rural_as_it_is_drawn_and_urban_where_both_are() -> None:
    book = book_of((URBAN, square(0)), (RURAL, square(1)))
    assert book.setting_at(INSIDE_A, AT) is Setting.URBAN
    assert book.setting_at(INSIDE_B, AT) is Setting.RURAL
    assert book.setting_at(EDGE, AT) is Setting.URBAN
    assert book.setting_at(OUTSIDE, AT) is Setting.UNKNOWN


def test_where_only_urban_areas_are_drawn_the_rest_of_what_is_policed_is_rural() -> None:
    book = book_of((URBAN, square(0)), (area("force", "F"), square(0, side=0.2)))
    assert book.setting_at(INSIDE_B, AT) is Setting.RURAL
    assert book.setting_at(OUTSIDE, AT) is Setting.UNKNOWN
    assert book_of((RURAL, square(0))).setting_at(OUTSIDE, AT) is Setting.URBAN


def test_without_area_files_nothing_is_known_anywhere() -> None:
    assert NO_AREAS.holding(EDGE, AT) == ()
    assert NO_AREAS.setting_at(EDGE, AT) is Setting.UNKNOWN
    assert NO_AREAS.bounds is None


def test_neighbours_are_found_from_outside_the_nearest_first() -> None:
    book = book_of((area("neighbour", "far"), square(3)), (area("neighbour", "N"), square(1)))
    found = book.near(INSIDE_A, AT, kind="neighbour", within_m=10_000)
    assert [near.area.id for near in found] == ["N"]
    assert found[0].distance_m == pytest.approx(3_430, rel=0.01)
    assert [near.distance_m for near in book.near(INSIDE_B, AT, kind="neighbour", within_m=1)] == [0.0]


def test_places_in_an_area_are_found_by_its_id_or_by_its_kind_and_id() -> None:
    book = book_of((area("beat", "A"), square(0)), (area("pspo", "A"), square(1)), (area("beat", "B"), square(1)))
    lats, lons = np.array([52.05, 52.05, np.nan]), np.array([-1.95, -1.85, np.nan])
    assert book.inside("beat:A", lats=lats, lons=lons, at=AT).tolist() == [True, False, False]
    assert book.inside("B", lats=lats, lons=lons, at=AT).tolist() == [False, True, False]
    with pytest.raises(UnknownAreaError, match="A is a beat and a pspo: say which, as beat:A"):
        book.inside("A", lats=lats, lons=lons, at=AT)
    with pytest.raises(UnknownAreaError, match="there is no area C"):
        book.inside("C", lats=lats, lons=lons, at=AT)


# Corners on a coarse grid, so that edges and corners meet and places fall on them.
grid = st.integers(0, 6)
boxes = st.lists(st.tuples(grid, grid, st.integers(1, 3), st.integers(1, 3)), min_size=1, max_size=12)
rotten = st.lists(st.tuples(grid, grid, grid, grid, grid, grid), min_size=0, max_size=4)


@given(boxes, rotten, st.floats(0, 7, width=16), st.floats(0, 7, width=16))
def test_the_tree_finds_what_asking_every_area_finds(
    drawn: list[tuple[int, int, int, int]], triangles: list[tuple[int, ...]], x: float, y: float
) -> None:
    shapes = [shapely.box(a, b, a + w, b + h) for a, b, w, h in drawn]
    shapes += [
        shape for t in triangles if (shape := shapely.Polygon([t[:2], t[2:4], t[4:]])).is_valid and shape.area > 0
    ]
    book = AreaBook([area("pspo", f"{number:02d}") for number in range(len(shapes))], shapes)
    plain = [f"{number:02d}" for number, shape in enumerate(shapes) if shape.covers(shapely.Point(x, y))]
    assert held(book, Position(lat=y, lon=x)) == plain


@given(boxes, st.floats(0, 7, width=16), st.floats(0, 7, width=16))
def test_exactly_one_area_of_a_level_has_a_place_that_any_holds(
    drawn: list[tuple[int, int, int, int]], x: float, y: float
) -> None:
    shapes = [shapely.box(a, b, a + w, b + h) for a, b, w, h in drawn]
    book = AreaBook([area("beat", f"{number:02d}") for number in range(len(shapes))], shapes)
    covering = [f"{number:02d}" for number, shape in enumerate(shapes) if shape.covers(shapely.Point(x, y))]
    assert held(book, Position(lat=y, lon=x)) == covering[:1]
