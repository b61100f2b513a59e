"""Incidents and assignments over HTTP: the life of a call, and every no on the way."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.api.room import DRAWN

if TYPE_CHECKING:
    from tests.api.room import Room


def test_a_call_from_creation_to_close(room: Room) -> None:
    room.book("AB12", at=DRAWN.node("A"))
    made = room.incident()
    assert (made["id"], made["grade_label"], made["target_s"], made["version"]) == ("INC0001", "Emergency", 900, 1)
    assert made["place"] in {"South Street", "Mid Lane"}
    assert made["grid_ref"].startswith("SP ")
    assert made["log"][0] == {
        "at": "2026-03-02T14:00:00Z",
        "operator": "demo",
        "desk": "api",
        "text": "created",
        "typed": False,
    }
    sent = room.assign("INC0001", "AB12")
    assert (sent.status_code, sent.headers["location"]) == (201, "/v1/assignments/A00001")
    assert sent.json()["state"] == "reserved"
    for act, state in (("accept", "accepted"), ("en-route", "en_route"), ("arrived", "at_scene")):
        step = room.client.post(f"/v1/assignments/A00001/{act}", json={"via": "voice"})
        assert (step.status_code, step.json()["state"], step.json()["active"]) == (200, state, True)
    refused = room.client.post("/v1/incidents/INC0001/close", json={"result": "arrest"})
    assert (refused.status_code, refused.json()["code"]) == (409, "units_assigned")
    assert room.client.post("/v1/assignments/A00001/clear").json()["active"] is False
    closed = room.client.post("/v1/incidents/INC0001/close", json={"result": "arrest"}).json()
    assert (closed["result"], closed["closed_at"]) == ("arrest", "2026-03-02T14:00:00Z")
    assert [step["state"] for step in closed["assignments"][0]["steps"]] == [
        "reserved",
        "accepted",
        "en_route",
        "at_scene",
        "cleared",
    ]


def test_open_incidents_are_listed_and_closed_ones_on_request(room: Room) -> None:
    room.incident()
    room.incident(grade="3")
    room.client.post("/v1/incidents/INC0001/close")
    names = [one["id"] for one in room.client.get("/v1/incidents").json()["incidents"]]
    every = [one["id"] for one in room.client.get("/v1/incidents?closed=true").json()["incidents"]]
    assert (names, every) == (["INC0002"], ["INC0001", "INC0002"])
    assert [f["id"] for f in room.client.get("/v1/layers/incidents.geojson").json()["features"]] == ["INC0002"]


def test_the_same_key_makes_one_incident_and_another_content_under_it_is_refused(room: Room) -> None:
    place = DRAWN.node("E")
    body = {"lat": place.lat, "lon": place.lon, "grade": "1"}
    key = {"Idempotency-Key": "k1"}
    first, again = (room.client.post("/v1/incidents", json=body, headers=key) for _ in range(2))
    other = room.client.post("/v1/incidents", json=body | {"grade": "2"}, headers=key)
    assert (first.status_code, again.status_code, other.status_code) == (201, 201, 422)
    assert first.json() == again.json()
    assert other.json()["code"] == "key_reused"
    assert len(room.system.engine.known.incidents) == 1


def test_a_press_repeated_by_the_network_assigns_once(room: Room) -> None:
    room.book("AB12", at=DRAWN.node("A"))
    room.incident()
    first, again = (room.assign("INC0001", "AB12", **{"Idempotency-Key": "k1"}) for _ in range(2))
    assert first.json() == again.json()
    assert (again.status_code, len(room.system.engine.known.assignments)) == (201, 1)


def test_a_unit_is_never_sent_to_two_places(room: Room) -> None:
    room.book("AB12", at=DRAWN.node("A"))
    room.incident()
    room.incident()
    room.assign("INC0001", "AB12")
    taken = room.assign("INC0002", "AB12")
    assert taken.status_code == 409
    assert taken.headers["content-type"] == "application/problem+json"
    assert taken.json() == {
        "type": "about:blank",
        "title": "Conflict",
        "status": 409,
        "detail": "AB12 is already assigned to INC0001",
        "code": "taken",
    }


def test_who_cannot_be_sent_is_named_with_the_reason(room: Room) -> None:
    room.book("AB12", code=11)
    room.book("CD34", code=0)
    room.incident()
    answers = [(a.status_code, a.json()["code"]) for a in (room.assign("INC0001", c) for c in ("AB12", "CD34", "ZZ9"))]
    assert answers == [(409, "off_duty"), (409, "emergency"), (404, "no_unit")]
    assert room.assign("INC0009", "AB12").json()["code"] == "no_incident"


def test_a_step_that_cannot_follow_is_refused(room: Room) -> None:
    room.book("AB12", at=DRAWN.node("A"))
    room.incident()
    room.assign("INC0001", "AB12")
    room.client.post("/v1/assignments/A00001/refuse", json={"via": "voice"})
    late = room.client.post("/v1/assignments/A00001/accept", json={"via": "voice"})
    assert (late.status_code, late.json()["code"]) == (409, "illegal_step")
    assert room.client.post("/v1/assignments/A00009/accept").status_code == 404
    assert room.client.post("/v1/assignments/A00001/fly").status_code == 422
    assert room.client.post("/v1/assignments/A00001/clear", json={"via": "pigeon"}).status_code == 422
    assert room.client.get("/v1/assignments/A00001").json()["state"] == "refused"
    assert room.client.get("/v1/assignments/A00009").status_code == 404


def test_a_change_needs_the_version_that_was_seen(room: Room) -> None:
    room.incident()
    url = "/v1/incidents/INC0001"
    tag = room.client.get(url).headers["etag"]
    assert tag == '"1"'
    changed = room.client.patch(url, json={"text": "two men"}, headers={"If-Match": tag})
    assert (changed.json()["text"], changed.json()["version"], changed.headers["etag"]) == ("two men", 2, '"2"')
    stale = room.client.patch(url, json={"text": "three men"}, headers={"If-Match": tag})
    assert (stale.status_code, stale.json()["code"]) == (412, "stale")
    assert room.client.patch(url, json={"text": "x"}).status_code == 428
    assert room.client.patch(url, json={"text": "x"}, headers={"If-Match": "yes"}).status_code == 422
    assert room.client.patch(url, json={"text": "x"}, headers={"If-Match": "*"}).json()["version"] == 3


def test_an_incident_is_regraded_relocated_linked_and_logged_with_reasons(room: Room) -> None:
    room.incident()
    room.incident()
    url, place = "/v1/incidents/INC0001", DRAWN.node("F")
    assert room.client.post(f"{url}/regrade", json={"grade": "2", "reason": "calmer"}).json()["grade"] == "2"
    moved = room.client.post(f"{url}/relocate", json={"lat": place.lat, "lon": place.lon, "reason": "caller"}).json()
    assert (moved["lat"], moved["lon"]) == (place.lat, place.lon)
    assert room.client.post(f"{url}/link", json={"incident": "INC0002"}).json()["links"] == ["INC0002"]
    log = room.client.post(f"{url}/log", json={"text": "second caller: \u00fcber"}).json()["log"]
    assert [line["text"] for line in log][1] == "grade 2: calmer"
    assert log[-1]["text"] == "second caller: \u00fcber"
    assert room.client.post(f"{url}/log", json={"text": " "}).json()["code"] == "empty"
    assert room.client.post(f"{url}/link", json={"incident": "INC0009"}).status_code == 404
    assert room.client.post(f"{url}/regrade", json={"grade": "9"}).json()["code"] == "unknown_grade"
    half = room.client.patch(url, json={"lat": 1.0}, headers={"If-Match": "*"})
    assert (half.status_code, half.json()["code"]) == (422, "half_place")


def test_a_closed_incident_stays_as_it_is(room: Room) -> None:
    room.incident()
    room.client.post("/v1/incidents/INC0001/close")
    late = room.client.post("/v1/incidents/INC0001/regrade", json={"grade": "2"})
    assert (late.status_code, late.json()["code"]) == (409, "closed")


def test_every_command_names_operator_and_desk(room: Room) -> None:
    room.client.headers["X-Desk"] = "Desk 4"
    log = room.incident()["log"]
    assert (log[0]["operator"], log[0]["desk"]) == ("demo", "Desk 4")
    assert room.client.get("/v1/units", headers={"X-Desk": "x" * 33}).status_code == 422


def test_a_commit_in_doubt_is_never_reported_as_a_failure(room: Room) -> None:
    place = DRAWN.node("E")
    body, key = {"lat": place.lat, "lon": place.lon, "grade": "1"}, {"Idempotency-Key": "k1"}
    room.journal.doubt = True  # it was kept all the same
    doubtful = room.client.post("/v1/incidents", json=body, headers=key)
    assert (doubtful.status_code, doubtful.headers["retry-after"]) == (503, "1")
    assert "same Idempotency-Key" in doubtful.json()["detail"]
    assert room.client.post("/v1/incidents", json=body, headers=key).json()["id"] == "INC0001"
    assert len(room.system.engine.known.incidents) == 1


def test_an_incident_says_beside_what_kind_of_road_it_is(room: Room) -> None:
    assert room.incident()["locality"]["road_class"] == "residential"
    body = {"lat": 53.0, "lon": 3.0, "reason": "out at sea"}
    moved = room.client.post("/v1/incidents/INC0001/relocate", json=body).json()
    assert moved["locality"]["road_class"] == ""


def test_an_incident_keeps_where_it_was_and_how_it_became_known(room: Room) -> None:
    room.incident(source="999", refs={"recording": "REC-17"})
    there = DRAWN.node("A")
    moved = room.client.post(
        "/v1/incidents/INC0001/relocate", json={"lat": there.lat, "lon": there.lon, "reason": "caller rang back"}
    ).json()
    assert (moved["source"], moved["refs"]) == ("999", {"recording": "REC-17"})
    assert moved["relocations"][0]["reason"] == "caller rang back"
    text = moved["log"][-1]["text"]
    assert text.startswith(("moved to North Street, SP ", "moved to West Lane, SP "))
    assert (
        room.client.post("/v1/incidents/INC0001/relocate", json={"lat": 52.5, "lon": -1.9, "place": "x"}).status_code
        == 422
    )


def test_what_may_be_the_same_is_told_and_linked_both_ways(room: Room) -> None:
    room.incident(type="fight")
    room.incident(at=DRAWN.node("B"), type="fight")
    room.incident(type="burglary")
    (found,) = room.client.get("/v1/incidents/INC0001/duplicates").json()["duplicates"]
    assert (found["incident"], found["same_type"], found["linked"]) == ("INC0002", True, False)
    room.client.post("/v1/incidents/INC0001/link", json={"incident": "INC0002", "reason": "one fight"})
    assert room.client.get("/v1/incidents/INC0002").json()["links"] == ["INC0001"]
    assert room.client.get("/v1/incidents/INC0001/duplicates").json()["duplicates"][0]["linked"]
    assert room.client.get("/v1/incidents/INC0001/duplicates?within_m=10").json() == {"duplicates": []}
    assert room.client.get("/v1/incidents/INC0009/duplicates").status_code == 404
    assert room.client.get("/v1/incidents/INC0001/duplicates?within_m=-1").status_code == 422


def test_a_caller_s_number_is_no_reference(room: Room) -> None:
    place = DRAWN.node("A")
    body = {"lat": place.lat, "lon": place.lon, "grade": "1", "refs": {"crm": "07700 900123"}}
    refused = room.client.post("/v1/incidents", json=body)
    assert (refused.status_code, refused.json()["code"]) == (422, "wrong_ref")
    assert "07700" not in refused.text
