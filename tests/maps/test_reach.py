"""What is reached as a layer: outlines the widest first, arcs the latest first, and what is left out is said."""

from __future__ import annotations

import json
from contextlib import suppress

import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st

from arls.roads.live import Roads
from maps.layers import bytes_of
from maps.reach import MOST_CONTOURS, MinutesError, arcs_layer, ground_layer, minutes_of
from tests.drawing import draw

STREET = {"highway": "residential"}
TOWN = draw(
    """
    A--B--C
    |     |
    D--E--F
    """,
    ways={name: {**STREET, "name": f"{name} Road"} for name in ("ABC", "AD", "CF", "DEF")},
)
ROADS = Roads(TOWN.network)
SPREAD = ROADS.spread([TOWN.node("A")], "foot")


def test_outlines_are_multipolygons_the_widest_first_and_closed() -> None:
    layer = json.loads(bytes_of(ground_layer(TOWN.network, SPREAD, [1.0, 3.0], {"from": "A"})))
    assert layer["type"] == "FeatureCollection"
    assert layer["reach"] == {
        "from": "A",
        "basis": "road",
        "minutes": [1.0, 3.0],
        "cell_m": 20.0,
        "off_road_m": 50.0,
    }
    assert [feature["properties"]["minutes"] for feature in layer["features"]] == [3.0, 1.0]
    areas = [feature["properties"]["area_km2"] for feature in layer["features"]]
    assert areas[0] > areas[1] > 0
    for feature in layer["features"]:
        shape = shapely.from_geojson(json.dumps(feature["geometry"]))
        assert feature["geometry"]["type"] == "MultiPolygon"
        assert shape.is_valid
        assert shape.covers(shapely.Point(TOWN.node("A").lon, TOWN.node("A").lat))
        for polygon in feature["geometry"]["coordinates"]:
            assert all(ring[0] == ring[-1] and len(ring) >= 4 for ring in polygon)


def test_where_nothing_is_reached_there_is_no_geometry() -> None:
    far = ROADS.spread([TOWN.node("A")], "boat")
    layer = ground_layer(TOWN.network, far, [5.0], {})
    assert [feature["geometry"] for feature in layer["features"]] == [None]
    assert arcs_layer(TOWN.network, far, [5.0], {})["features"] == []


def test_every_arc_has_its_street_and_its_seconds_in_driving_order() -> None:
    layer = json.loads(bytes_of(arcs_layer(TOWN.network, SPREAD, [1.0, 2.0], {"from": "A"})))
    assert layer["reach"]["omitted"] == 0
    assert layer["reach"]["complete_minutes"] == 2.0
    assert layer["reach"]["arcs"] == len(layer["features"])
    told = {feature["properties"]["arc"]: feature for feature in layer["features"]}
    there = told[TOWN.arc("A", "C")]
    assert there["properties"] | {"end_s": 0, "minutes": 0} == {
        "arc": TOWN.arc("A", "C"),
        "street": "ABC Road",
        "start_s": 0.0,
        "end_s": 0,
        "minutes": 0,
    }
    assert there["properties"]["minutes"] == there["properties"]["end_s"] / 60 == 2.0
    assert there["geometry"]["coordinates"][0] == [TOWN.node("A").lon, TOWN.node("A").lat]
    begun_s = [feature["properties"]["start_s"] for feature in layer["features"]]
    assert begun_s == sorted(begun_s, reverse=True)


def test_of_too_many_arcs_the_soonest_are_shown_and_the_rest_is_counted() -> None:
    everything = arcs_layer(TOWN.network, SPREAD, [60.0], {})
    some = arcs_layer(TOWN.network, SPREAD, [60.0], {}, most=3)
    assert some["features"] == everything["features"][-3:]
    assert (some["reach"]["arcs"], some["reach"]["omitted"]) == (
        len(everything["features"]),
        len(everything["features"]) - 3,
    )
    missing = [feature["properties"]["start_s"] for feature in everything["features"][:-3]]
    assert some["reach"]["complete_minutes"] == pytest.approx(min(missing) / 60, abs=0.01)
    assert some["reach"]["complete_minutes"] <= min(missing) / 60


def test_towards_a_place_the_seconds_shrink_along_the_arc() -> None:
    back = arcs_layer(TOWN.network, ROADS.spread([TOWN.node("A")], "foot", towards=True), [2.0], {})
    assert all(feature["properties"]["start_s"] > feature["properties"]["end_s"] for feature in back["features"])
    assert max(feature["properties"]["minutes"] for feature in back["features"]) == 2.0


@pytest.mark.parametrize(
    "text",
    ["", ",", "5,", "5,5", "1,2,3,4,5,6,7", "0", "0.9", "121", "-5", "nan", "inf", "1e999", "five", "5;10", "5,10 15"],
)
def test_minutes_that_are_none_are_refused_in_a_sentence(text: str) -> None:
    with pytest.raises(MinutesError, match="minutes are"):
        minutes_of(text)


@given(st.sets(st.integers(1, 120), min_size=1, max_size=MOST_CONTOURS))
def test_minutes_are_read_in_any_order(minutes: set[int]) -> None:
    assert minutes_of(",".join(map(str, minutes))) == sorted(minutes)


@given(st.text(max_size=20))
def test_no_text_is_too_odd_for_an_answer(text: str) -> None:
    with suppress(MinutesError):
        assert 1 <= len(minutes_of(text)) <= MOST_CONTOURS
