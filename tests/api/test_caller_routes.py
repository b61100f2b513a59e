"""Callers over HTTP: found by the id of their call, shown on its incident, offered and never obeyed, and forgotten."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from api.ticker import Ticker
from arls import messages as m
from arls.caller import CallerLocation, CallId
from arls.geo import moved
from tests.api.room import DRAWN

if TYPE_CHECKING:
    from tests.api.room import Room

CALL = "C-20260302-17"
SCENE = DRAWN.node("E")
AWAY = moved(SCENE, course_deg=90, distance_m=900)


def hear(room: Room, name: str, **fields: Any) -> None:
    place = fields.pop("at", AWAY)
    location = CallerLocation(
        id=name, received_at=room.clock(), lat=place.lat, lon=place.lon, protocol="aml-sms", **fields
    )
    room.ask(m.LocateCaller(**room.said(), call=CallId(CALL), location=location))


def test_a_caller_is_known_before_there_is_an_incident(room: Room) -> None:
    assert room.client.get(f"/v1/callers/{CALL}").json()["code"] == "no_call"
    hear(room, "L1", method="cell", accuracy_m=1500.0, accuracy_confidence=0.68)
    known = room.client.get(f"/v1/callers/{CALL}").json()
    (shown,) = known["caller_locations"]
    assert known["call_id"] == CALL
    assert (shown["accuracy_m"], shown["accuracy_confidence"], shown["method"]) == (1500.0, 0.68, "cell")
    assert (shown["distance_m"], shown["offered"]) == (None, False)


def test_a_late_better_location_is_offered_and_a_dispatcher_moves_the_incident(room: Room) -> None:
    hear(room, "L1", method="cell", accuracy_m=1500.0)
    made = room.incident(at=SCENE, call_id=CALL)
    assert [one["offered"] for one in made["caller_locations"]] == [False]  # the circle holds the incident
    hear(room, "L2", method="gnss", accuracy_m=14.0)
    shown = room.client.get(f"/v1/incidents/{made['id']}").json()
    best, first = shown["caller_locations"]
    assert (best["id"], best["offered"], round(best["distance_m"])) == ("L2", True, 900)
    assert (first["id"], first["offered"]) == ("L1", False)
    assert (shown["lat"], shown["lon"], shown["version"]) == (made["lat"], made["lon"], made["version"])
    to = {"lat": best["lat"], "lon": best["lon"], "reason": "where the caller's phone is"}
    moved_there = room.client.post(f"/v1/incidents/{made['id']}/relocate", json=to).json()
    assert [one["offered"] for one in moved_there["caller_locations"]] == [False, False]


def test_an_incident_gets_its_call_later_and_can_lose_it(room: Room) -> None:
    hear(room, "L1")
    made = room.incident()
    assert (made["call_id"], made["caller_locations"]) == ("", [])
    path, any_version = f"/v1/incidents/{made['id']}", {"If-Match": "*"}
    with_call = room.client.patch(path, json={"call_id": CALL}, headers=any_version).json()
    assert (with_call["call_id"], len(with_call["caller_locations"])) == (CALL, 1)
    without = room.client.patch(path, json={"call_id": ""}, headers=any_version).json()
    assert (without["call_id"], without["caller_locations"]) == ("", [])


def test_a_number_is_refused_where_the_id_of_a_call_belongs(room: Room) -> None:
    place = {"lat": SCENE.lat, "lon": SCENE.lon, "grade": "1"}
    answer = room.client.post("/v1/incidents", json=place | {"call_id": "07700900123"})
    assert answer.status_code == 422
    assert "07700900123" not in answer.text
    assert room.client.get("/v1/callers/+447700900123").status_code == 422


def test_every_desk_sees_a_new_location_of_an_incident_as_it_comes(room: Room) -> None:
    made = room.incident(call_id=CALL)
    with room.listen() as feed:
        assert json.loads(feed.recv(5))["type"] == "hello"
        hear(room, "L1", method="gnss", accuracy_m=14.0)
        told = next(said for _ in range(50) if (said := json.loads(feed.recv(5)))["type"] == "incident")
    assert told["incident"]["id"] == made["id"]
    assert [one["id"] for one in told["incident"]["caller_locations"]] == ["L1"]


def test_the_layer_for_other_screens_says_nothing_of_callers(room: Room) -> None:
    room.incident(call_id=CALL)
    hear(room, "L1")
    layer = room.client.get("/v1/layers/incidents.geojson").json()
    assert [one["properties"]["caller_locations"] for one in layer["features"]] == [[]]
    assert CALL not in json.dumps(layer)


def test_the_clock_forgets_whom_no_incident_came_of_and_keeps_the_others(room: Room) -> None:
    hear(room, "L1")
    ticker = Ticker(room.system.engine, room.system.roads, now=room.clock, forget_callers_after=timedelta(minutes=15))
    room.clock.advance(seconds=15 * 60)
    ticker.tick()
    assert room.client.get(f"/v1/callers/{CALL}").status_code == 200
    room.clock.advance(seconds=1)
    ticker.tick()
    assert room.client.get(f"/v1/callers/{CALL}").status_code == 404
    hear(room, "L2")
    room.incident(call_id=CALL)
    room.clock.advance(seconds=86_400)
    ticker.tick()
    assert room.client.get(f"/v1/callers/{CALL}").status_code == 200
