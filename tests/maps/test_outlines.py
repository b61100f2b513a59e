"""A geometry is the shape of a closure, or is refused in a sentence that says how to draw it."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from arls.closure import MOST_POSITIONS, Area, Line, Point
from arls.geo import Position
from maps.outlines import OutlineError, geometry_of, shape_of

SQUARE = [[0.0, 50.0], [0.0, 51.0], [1.0, 51.0], [1.0, 50.0], [0.0, 50.0]]
HOLE = [[0.4, 50.4], [0.4, 50.6], [0.6, 50.6], [0.4, 50.4]]
DEEP: list[Any] = []
for _ in range(2_000):
    DEEP = [DEEP]
ELSEWHERE = [[lon + 5, lat] for lon, lat in SQUARE]


def geometry(kind: str, coordinates: Any) -> dict[str, Any]:
    return {"type": kind, "coordinates": coordinates}


@pytest.mark.parametrize(
    "drawn",
    [
        geometry("Point", [-0.03, 53.2]),
        geometry("LineString", [[-0.03, 53.2], [-0.02, 53.2], [-0.03, 53.2]]),
        geometry("Polygon", [SQUARE]),
        geometry("Polygon", [SQUARE, HOLE]),
        geometry("MultiPolygon", [[SQUARE, HOLE], [ELSEWHERE]]),
    ],
)
def test_what_is_read_is_written_as_it_was_drawn(drawn: dict[str, Any]) -> None:
    assert geometry_of(shape_of(drawn)) == drawn


def test_longitude_comes_first_and_a_height_means_nothing() -> None:
    here = Position(lat=53.2, lon=-0.03)
    assert shape_of(geometry("Point", [-0.03, 53.2, 12.5])) == Point(position=here)
    assert shape_of(geometry("LineString", [[-0.03, 53.2], [0, 53]])) == Line(
        positions=(here, Position(lat=53.0, lon=0.0))
    )
    area = shape_of(geometry("MultiPolygon", [[SQUARE]]))
    assert isinstance(area, Area)
    assert geometry_of(area) == geometry("Polygon", [SQUARE])  # of one part only


@pytest.mark.parametrize(
    ("drawn", "said"),
    [
        (None, "an object"),
        ([], "an object"),
        ({}, "none of them"),
        (geometry("GeometryCollection", []), "Point, LineString, Polygon, MultiPolygon"),
        (geometry("MultiLineString", [[[0, 50], [1, 50]]]), "draw several"),
        ({"type": ["Point"], "coordinates": [0, 50]}, "none of them"),
        ({"type": "x" * 1_000_000}, "none of them"),
        ({"type": "Feature", "geometry": geometry("Point", [0, 50])}, "none of them"),
        (geometry("Point", []), "empty"),
        (geometry("LineString", []), "empty"),
        (geometry("Polygon", []), "empty"),
        (geometry("MultiPolygon", [[]]), "one ring at least"),
        (geometry("Polygon", [[]]), "four positions"),
        (geometry("Point", "0,50"), "empty"),
        (geometry("Point", [0]), "[longitude, latitude]"),
        (geometry("Point", ["0", "50"]), "[longitude, latitude]"),
        (geometry("Point", [True, False]), "[longitude, latitude]"),
        (geometry("Point", [float("nan"), 50]), "[longitude, latitude]"),
        (geometry("Point", [0, float("inf")]), "[longitude, latitude]"),
        (geometry("Point", [10**400, 50]), "[longitude, latitude]"),
        (geometry("Point", [0, 137.2]), "in this order"),
        (geometry("Point", [[0, 50], [1, 51]]), "[longitude, latitude]"),
        (geometry("LineString", [[0, 50]]), "use a Point"),
        (geometry("LineString", [[0, 50], [0, 50]]), "use a Point"),
        (geometry("Point", [DEEP, 50]), "[longitude, latitude]"),
        (geometry("LineString", [SQUARE]), "[longitude, latitude]"),
        (geometry("Polygon", SQUARE), "[longitude, latitude]"),
        (geometry("Polygon", [SQUARE[:-1]]), "the last is the first again"),
        (geometry("Polygon", [[[0, 50], [1, 51], [2, 52], [0, 50]]]), "encloses nothing"),
        (geometry("Polygon", [[[0, 50]] * 5]), "encloses nothing"),
        (geometry("Polygon", [[[0, 50], [1, 51], [1, 50], [0, 51], [0, 50]]]), "crosses itself near latitude 50.5"),
        (geometry("Polygon", [SQUARE, ELSEWHERE]), "hole"),
        (geometry("LineString", [[0.0, 50.0]] * (MOST_POSITIONS + 1)), "at most 5,000 positions"),
        (geometry("MultiPolygon", [[SQUARE]] * MOST_POSITIONS), "at most 5,000 positions"),
    ],
)
def test_what_is_no_shape_is_refused_in_a_sentence(drawn: object, said: str) -> None:
    with pytest.raises(OutlineError) as refusal:
        shape_of(drawn)
    sentence = str(refusal.value)
    assert said in sentence
    assert len(sentence) < 200
    assert sentence[-1] != "."


ANYTHING = st.recursive(
    st.none() | st.booleans() | st.floats() | st.integers() | st.text(max_size=5) | st.sampled_from([[0, 50], [1, 51]]),
    lambda parts: st.lists(parts, max_size=5),
    max_leaves=30,
)


@given(kind=st.sampled_from(["Point", "LineString", "Polygon", "MultiPolygon"]), coordinates=ANYTHING)
def test_whatever_is_drawn_is_a_shape_or_refused(kind: str, coordinates: object) -> None:
    try:
        shape = shape_of(geometry(kind, coordinates))
    except OutlineError:
        return
    assert shape_of(json.loads(json.dumps(geometry_of(shape)))) == shape
