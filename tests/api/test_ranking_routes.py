"""Rankings and ways over HTTP: by road, with reasons, and noted in the journal."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

import pytest

from arls import messages as m
from arls.caller import CallerLocation, CallId
from arls.geo import Position, moved
from arls.messages import RankingShown
from arls.ranking import Question, bytes_of, rank, sha256_of
from tests.api.room import DRAWN

if TYPE_CHECKING:
    from tests.api.room import Room


def test_a_ranking_names_every_unit_once_the_soonest_by_road_first(room: Room) -> None:
    room.book("AB12", at=DRAWN.node("A"))
    room.book("CD34", at=DRAWN.node("F"))
    room.book("EF56", at=DRAWN.node("E"), code=11)
    room.incident(at=DRAWN.node("E"))
    answer = room.client.get("/v1/incidents/INC0001/ranking")
    ranking = answer.json()
    assert [candidate["callsign"] for candidate in ranking["candidates"]] == ["CD34", "AB12"]
    first = ranking["candidates"][0]
    assert first["eta_s"]["low"] <= first["eta_s"]["mid"] <= first["eta_s"]["high"]
    assert (first["basis"], first["streets"], first["rank"]) == ("road", ["South Street"], 1)
    assert ranking["exclusions"] == [{"callsign": "EF56", "code": "off_duty", "reason": "off duty"}]
    assert ranking["network"] == room.system.roads.checksum


def test_a_ranking_is_noted_with_the_hash_of_the_very_bytes_that_were_shown(room: Room) -> None:
    room.book("AB12", at=DRAWN.node("A"))
    room.incident()
    answer = room.client.get("/v1/incidents/INC0001/ranking")
    room.incident()  # whatever is asked next is answered after the note
    (noted,) = [event for event in room.journal.events if isinstance(event, RankingShown)]
    assert noted.sha256 == hashlib.sha256(answer.content).hexdigest()
    assert (noted.operator, noted.first, noted.incident) == ("demo", "AB12", "INC0001")


def test_the_nearest_to_any_place_need_no_incident(room: Room) -> None:
    for callsign, node in {"AB12": "A", "CD34": "C", "EF56": "F"}.items():
        room.book(callsign, at=DRAWN.node(node), capabilities=("taser",) if node == "A" else ())
    place = {"lat": DRAWN.node("F").lat, "lon": DRAWN.node("F").lon}
    posted = room.client.post("/v1/nearest", json=place | {"k": 2}).json()
    asked = room.client.get("/v1/nearest", params=place | {"k": 2}).json()
    assert posted == asked | {"picture": posted["picture"]}  # the first one was noted in between
    assert [candidate["callsign"] for candidate in posted["candidates"]] == ["EF56", "CD34"]
    assert (posted["omitted"], posted["incident"]) == (1, None)
    able = room.client.post("/v1/nearest", json=place | {"requirement": ["taser"]}).json()
    assert [candidate["callsign"] for candidate in able["candidates"]] == ["AB12"]
    on_foot = room.client.post("/v1/nearest", json=place | {"profile": "foot"}).json()
    assert {candidate["profile"] for candidate in on_foot["candidates"]} == {"foot"}


def test_the_answer_is_the_engines_own(room: Room) -> None:
    room.book("AB12", at=DRAWN.node("A"))
    known = room.system.engine.known
    expected = rank(Question(position=DRAWN.node("F"), at=room.clock()), known, room.system.roads)
    place = {"lat": DRAWN.node("F").lat, "lon": DRAWN.node("F").lon}
    answer = room.client.post("/v1/nearest", json=place)
    assert hashlib.sha256(answer.content).hexdigest() == sha256_of(bytes_of(expected))


def test_a_question_that_makes_no_sense_is_refused(room: Room) -> None:
    room.book("AB12", at=DRAWN.node("A"))
    for body in (
        {"lat": 91, "lon": 0},
        {"lat": 0, "lon": -181},
        {"lat": "52", "lon": 0},
        {"lat": 52},
        {"lat": 52, "lon": 0, "k": 0},
        {"lat": 52, "lon": 0, "k": 1001},
        {"lat": 52, "lon": 0, "profile": "hovercraft"},
        {"lat": 52, "lon": 0, "requirement": ["a b"]},
        {"lat": None, "lon": None},
    ):
        assert room.client.post("/v1/nearest", json=body).status_code == 422, body
    for query in ("lat=nan&lon=0", "lat=inf&lon=0", "lat=52", "lat=52&lon=0&k=0", "lat=1e999&lon=0"):
        assert room.client.get(f"/v1/nearest?{query}").status_code == 422, query
    assert room.client.get("/v1/incidents/INC0009/ranking").status_code == 404


def test_a_way_is_a_line_with_its_streets(room: Room) -> None:
    a, f = DRAWN.node("A"), DRAWN.node("F")
    room.book("AB12", at=a)
    answer = room.client.get("/v1/route", params={"from": f"{a.lat},{a.lon}", "to": f"{f.lat},{f.lon}"})
    way = answer.json()
    assert answer.headers["content-type"] == "application/geo+json"
    assert way["geometry"]["type"] == "LineString"
    assert way["geometry"]["coordinates"][0] == [a.lon, a.lat]
    assert way["properties"]["distance_m"] > 1300
    assert way["properties"]["basis"] == "road"
    assert set(way["properties"]["streets"]) & {"North Street", "South Street"}
    steps = way["properties"]["steps"]
    assert [step["street"] for step in steps] == way["properties"]["streets"]
    assert steps[0]["turn"] == "start"
    assert {step["turn"] for step in steps[1:]} <= {"left", "right", "straight"}
    assert sum(step["distance_m"] for step in steps) == pytest.approx(way["properties"]["distance_m"], abs=0.5)
    assert sum(step["duration_s"] for step in steps) == pytest.approx(way["properties"]["eta_s"], abs=0.01)
    assert way["geometry"]["coordinates"][steps[0]["point"]] == [a.lon, a.lat]
    assert way["properties"]["off_road_m"] == {"from": 0.0, "to": 0.0}
    of_unit = {"from": f"{a.lat},{a.lon}", "to": f"{f.lat},{f.lon}", "callsign": "AB12", "profile": "foot"}
    assert room.client.get("/v1/route", params=of_unit).json()["properties"]["callsign"] == "AB12"


def test_the_way_of_a_unit_is_the_one_that_its_ranking_tells(room: Room) -> None:
    # It drives east along South Street, so that it does not turn round: the drive is told by its fixes alone.
    west, east, goal = DRAWN.node("D"), DRAWN.node("F"), DRAWN.node("B")
    for tenth in range(8):
        room.clock.advance(seconds=20)
        place = Position(lat=west.lat, lon=west.lon + (east.lon - west.lon) * tenth / 10)
        if tenth:
            room.fix("AB12", place)
        else:
            room.book("AB12", at=place)
    (first,) = room.client.post("/v1/nearest", json={"lat": goal.lat, "lon": goal.lon}).json()["candidates"]
    way = room.client.get("/v1/route", params={"to": f"{goal.lat},{goal.lon}", "callsign": "AB12"}).json()["properties"]
    assert way["streets"] == first["streets"] == ["South Street", "East Lane", "North Street"]
    assert way["distance_m"] == pytest.approx(first["distance_m"], abs=0.1)


def test_a_way_says_how_far_from_the_road_its_ends_are_and_which_end_is_off_the_map(room: Room) -> None:
    a, f = DRAWN.node("A"), DRAWN.node("F")
    beside = moved(f, course_deg=135.0, distance_m=80.0)
    query = {"from": f"{a.lat},{a.lon}", "to": f"{beside.lat:.7f},{beside.lon:.7f}"}
    off_road_m = room.client.get("/v1/route", params=query).json()["properties"]["off_road_m"]
    assert off_road_m == {"from": 0.0, "to": pytest.approx(80.0, abs=1.0)}
    for ends, named in ((("10,10", query["to"]), "from"), ((query["from"], "10,10"), "to")):
        refused = room.client.get("/v1/route", params=dict(zip(("from", "to"), ends, strict=True)))
        assert (refused.status_code, refused.json()["code"]) == (404, "off_map")
        assert refused.json()["detail"].startswith(f"`{named}` is off the map")


def test_a_way_that_is_none_is_refused(room: Room) -> None:
    room.book("AB12")
    place = f"{DRAWN.node('A').lat},{DRAWN.node('A').lon}"
    for query, status in (
        ({"from": place, "to": "10,10"}, 404),
        ({"from": place, "to": place, "callsign": "ZZ99"}, 404),
        ({"from": place, "to": place, "profile": "hovercraft"}, 422),
        ({"from": place, "to": "91,0"}, 422),
        ({"from": place, "to": "nan,0"}, 422),
        ({"from": place, "to": "1"}, 422),
        ({"from": place}, 422),
        ({"to": place}, 422),
        ({"to": place, "callsign": "AB12"}, 404),
    ):
        assert room.client.get("/v1/route", params=query).status_code == status, query


def test_why_not_that_one_is_answered_with_what_would_make_it_first(room: Room) -> None:
    room.book("AB12", at=DRAWN.node("A"))
    room.book("CD34", at=DRAWN.node("F"), code=8)
    room.incident(at=DRAWN.node("E"))
    found = room.client.get("/v1/incidents/INC0001/why-not/CD34").json()
    assert (found["rank"], found["first"], found["suffices"]) == (None, "AB12", True)
    assert [exclusion["code"] for exclusion in found["exclusions"]] == ["not_available"]
    assert found["changes"] == [{"kind": "available", "callsign": "CD34", "text": "CD34 were available"}]
    assert found["text"].startswith("CD34 is left out: not deployable")
    first = room.client.get("/v1/incidents/INC0001/why-not/AB12").json()
    assert (first["rank"], first["changes"], first["text"]) == (1, [], "AB12 is first.")
    for path in ("INC0009/why-not/AB12", "INC0001/why-not/ZZ99"):
        assert room.client.get(f"/v1/incidents/{path}").status_code == 404


def test_a_ranking_for_the_caller_s_circle_says_how_it_was_made(room: Room) -> None:
    room.book("AB12", at=DRAWN.node("A"))
    room.book("AB13", at=DRAWN.node("F"))
    place = DRAWN.node("E")
    location = CallerLocation(
        id="L1", received_at=room.clock(), lat=place.lat, lon=place.lon, accuracy_m=120.0, method="cell", protocol="aml"
    )
    room.ask(m.LocateCaller(**room.said(), call=CallId("c1"), location=location))
    made = room.incident(at=place, call_id="c1")
    plain = room.client.get(f"/v1/incidents/{made['id']}/ranking").json()
    assert (plain["caller_radius_m"], plain["area"]) == (120.0, None)
    area = room.client.get(f"/v1/incidents/{made['id']}/ranking?area=caller").json()
    assert (area["area"]["radius_m"], area["area"]["source"]) == (120.0, "aml, cell")
    assert sum(area["area"]["firsts"].values()) == pytest.approx(1.0, abs=0.01)
    assert room.client.get(f"/v1/incidents/{made['id']}/ranking?area=moon").status_code == 422


def test_there_is_no_ranking_for_a_circle_that_nobody_told_of(room: Room) -> None:
    made = room.incident()
    refused = room.client.get(f"/v1/incidents/{made['id']}/ranking?area=caller")
    assert (refused.status_code, refused.json()["code"]) == (409, "no_circle")


def test_the_nearest_to_a_circle_are_asked_by_its_radius(room: Room) -> None:
    room.book("AB12", at=DRAWN.node("A"))
    place = DRAWN.node("E")
    body = {"lat": place.lat, "lon": place.lon, "radius_m": 150}
    assert room.client.post("/v1/nearest", json=body).json()["area"]["source"] == "asked"
    assert room.client.post("/v1/nearest", json=body | {"radius_m": 0}).status_code == 422
