"""Isochrones and minutes arc by arc over HTTP, and a typed problem for every question that makes no sense."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import shapely
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from arls.geo import Position, moved
from tests.api.room import DRAWN
from tests.api.test_hostile import is_problem

if TYPE_CHECKING:
    from tests.api.room import Room


def written(position: Position) -> str:
    return f"{position.lat:.7f},{position.lon:.7f}"


A, E, F = (written(DRAWN.node(name)) for name in "AEF")


def asked(room: Room, **query: str) -> Any:
    answer = room.client.get("/v1/reach", params=query)
    assert answer.status_code == 200, answer.text
    assert answer.headers["content-type"] == "application/geo+json"
    return answer.json()


def holds(feature: dict[str, Any], name: str) -> bool:
    shape = shapely.from_geojson(json.dumps(feature["geometry"]))
    return bool(shape.covers(shapely.Point(DRAWN.node(name).lon, DRAWN.node(name).lat)))


def test_isochrones_lie_within_each_other_the_widest_first(room: Room) -> None:
    layer = asked(room, **{"from": A, "minutes": "20,3", "profile": "foot"})
    assert [feature["properties"]["minutes"] for feature in layer["features"]] == [20.0, 3.0]
    wide, narrow = layer["features"]
    assert all(holds(wide, name) for name in "ABCDEF")
    assert [holds(narrow, name) for name in "ABCDEF"] == [True, False, False, True, False, False]
    assert layer["reach"] | {"cell_m": 20.0, "off_road_m": 50.0} == layer["reach"]
    assert (layer["reach"]["from"], layer["reach"]["profile"], layer["reach"]["basis"]) == (A, "foot", "road")


def test_a_car_response_of_5_10_and_15_minutes_is_meant_where_nothing_is_said(room: Room) -> None:
    layer = asked(room, to=E)
    assert (layer["reach"]["to"], layer["reach"]["profile"]) == (E, "car-response")
    assert layer["reach"]["minutes"] == [5.0, 10.0, 15.0]


def test_every_arc_is_told_with_its_minutes(room: Room) -> None:
    layer = asked(room, **{"from": A, "minutes": "15", "as": "arcs"})
    assert layer["reach"]["arcs"] == len(layer["features"]) == room.system.roads.network.arcs
    route = room.client.get("/v1/route", params={"from": A, "to": F}).json()
    soonest = min(
        feature["properties"]["end_s"]
        for feature in layer["features"]
        if feature["geometry"]["coordinates"][-1] == [DRAWN.node("F").lon, DRAWN.node("F").lat]
    )
    assert soonest == route["properties"]["eta_s"]


def test_the_reach_of_a_unit_is_by_its_own_profile_from_where_it_is(room: Room) -> None:
    room.book("AB12", at=DRAWN.node("A"), profile="foot")
    of_unit = asked(room, callsign="AB12", minutes="3")
    assert of_unit["reach"]["callsign"] == "AB12"
    assert of_unit["features"] == asked(room, **{"from": A, "minutes": "3", "profile": "foot"})["features"]
    by_car = asked(room, callsign="AB12", minutes="3", profile="car-response")
    assert by_car["features"][0]["properties"]["area_km2"] > of_unit["features"][0]["properties"]["area_km2"]


def test_nobody_gets_through_a_closed_street(room: Room) -> None:
    before = asked(room, **{"from": A, "minutes": "1", "as": "arcs"})
    corners = [moved(DRAWN.node("A"), course_deg=course, distance_m=120.0) for course in (45.0, 135.0, 225.0, 315.0)]
    ring = [[at.lon, at.lat] for at in (*corners, corners[0])]
    shut = room.client.post("/v1/closures", json={"geometry": {"type": "Polygon", "coordinates": [ring[::-1]]}})
    assert shut.status_code == 201, shut.text
    after = asked(room, to=A, minutes="1", **{"as": "arcs"})
    assert after["reach"]["closures"] == [shut.json()["id"]]
    assert before["reach"]["closures"] == []
    assert after["reach"]["arcs"] < before["reach"]["arcs"]


def test_a_question_that_makes_no_sense_is_a_typed_problem(room: Room) -> None:
    room.book("AB12", at=DRAWN.node("A"))
    room.book("OFF1", at=DRAWN.node("A"), code=11)
    room.book("LOST", at=None)
    room.book("AIR1", at=DRAWN.node("A"), profile="air")
    room.book("FAR1", at=Position(lat=10.0, lon=10.0))
    for query, status, code in (
        ({}, 422, "no_such_reach"),
        ({"from": A, "to": E}, 422, "no_such_reach"),
        ({"from": A, "callsign": "AB12"}, 422, "no_such_reach"),
        ({"from": A, "minutes": "0"}, 422, "no_such_minutes"),
        ({"from": A, "minutes": "1,2,3,4,5,6,7"}, 422, "no_such_minutes"),
        ({"from": A, "minutes": "nan"}, 422, "no_such_minutes"),
        ({"from": A, "minutes": ""}, 422, "no_such_minutes"),
        ({"from": A, "minutes": "9" * 61}, 422, None),
        ({"from": A, "as": "hexagons"}, 422, None),
        ({"from": A, "profile": "hovercraft"}, 422, "unknown_profile"),
        ({"from": A, "profile": "air"}, 422, "not_by_road"),
        ({"to": A, "profile": "boat"}, 422, "not_by_road"),
        ({"from": "91,0"}, 422, "no_such_place"),
        ({"from": "0,181"}, 422, "no_such_place"),
        ({"from": "nan,0"}, 422, None),
        ({"from": "1"}, 422, None),
        ({"from": ""}, 422, None),
        ({"from": "10,10"}, 404, "off_map"),
        ({"to": "10,10"}, 404, "off_map"),
        ({"callsign": "FAR1"}, 404, "off_map"),
        ({"callsign": "ZZ99"}, 404, "no_unit"),
        ({"callsign": "a/b"}, 422, None),
        ({"callsign": "OFF1"}, 409, "off_duty"),
        ({"callsign": "LOST"}, 409, "no_position"),
        ({"callsign": "AIR1"}, 422, "not_by_road"),
    ):
        answer = room.client.get("/v1/reach", params=query)
        is_problem(answer, status)
        assert answer.json().get("code") == code, (query, answer.text)
    assert room.stranger.get("/v1/reach", params={"from": A}).status_code == 401


ODD = st.text(max_size=12) | st.floats().map(str) | st.sampled_from([A, "5,10", "arcs", "AB12", "foot", "52.5,-1.9"])


@given(query=st.dictionaries(st.sampled_from(["from", "to", "callsign", "profile", "minutes", "as", "x"]), ODD))
@settings(max_examples=80, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_whatever_is_asked_is_answered(room: Room, query: dict[str, str]) -> None:
    answer = room.client.get("/v1/reach", params=query)
    assert answer.status_code in {200, 404, 409, 422}, (query, answer.text)


def test_an_error_names_what_to_say_instead(room: Room) -> None:
    said = room.client.get("/v1/reach", params={"from": A, "minutes": "5,5"}).json()["detail"]
    assert said == "minutes are one to 6 different numbers, as 5,10,15"
    assert room.client.get("/v1/reach").json()["detail"] == "say one of `from`, `to` and `callsign`"
