"""Incidents in from another system, and out to it, over HTTP."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from tests.api.room import DRAWN

if TYPE_CHECKING:
    import httpx

    from tests.api.room import Room


def document(**fields: Any) -> dict[str, Any]:
    place = DRAWN.node("B")
    return {
        "schema": "arls.cad/1",
        "system": "storm",
        "id": "0302-17",
        "revision": 1,
        "lat": place.lat,
        "lon": place.lon,
        "grade": "1",
        "type": "robbery",
    } | fields


def post(room: Room, **fields: Any) -> httpx.Response:
    return room.client.post("/v1/cad/incidents", json=document(**fields))


def test_an_incident_is_created_changed_and_closed_by_its_revisions(room: Room) -> None:
    made = post(room)
    assert (made.status_code, made.json()["act"], made.json()["incident"]) == (201, "created", "INC0001")
    assert (post(room).status_code, post(room).json()["act"]) == (200, "unchanged")
    there = DRAWN.node("D")
    assert post(room, revision=3, lat=there.lat, lon=there.lon).json()["act"] == "changed"
    assert post(room, revision=2).json()["act"] == "older"
    shown = room.client.get("/v1/incidents/INC0001").json()
    assert (shown["lat"], shown["foreign"]) == (there.lat, [{"system": "storm", "id": "0302-17", "revision": 3}])
    assert (
        post(room, revision=4, lat=there.lat, lon=there.lon, status="closed", result="arrest").json()["act"] == "closed"
    )
    assert room.client.get("/v1/incidents").json()["incidents"] == []


def test_fields_that_are_not_taken_are_named_with_the_reason(room: Room) -> None:
    ignored = post(room, caller_number="07700900123", arls=None).json()["ignored"]
    assert {row["pointer"] for row in ignored} == {"#/caller_number", "#/arls"}
    assert "07700900123" not in post(room, caller_number="07700900123").text


def test_what_is_told_is_taken_by_another_room(room: Room) -> None:
    made = room.incident(source="101", refs={"recording": "REC-1"})
    room.book("AB12", at=DRAWN.node("A"))
    room.assign(made["id"], "AB12")
    (told,) = room.client.get("/v1/cad/incidents").json()["incidents"]
    assert (told["system"], told["id"], told["status"]) == ("demo", "INC0001", "open")
    assert told["arls"]["assignments"][0]["callsign"] == "AB12"
    back = room.client.post("/v1/cad/incidents", json=told).json()
    assert (back["act"], back["incident"]) == ("created", "INC0002")
    names = ("lat", "lon", "grade", "type", "text", "source", "refs", "status")
    assert {name: back["document"][name] for name in names} == {name: told[name] for name in names}


def test_only_what_changed_since_is_told_where_that_is_asked(room: Room) -> None:
    room.incident()
    at = "2026-03-02T14:00:00Z"
    assert len(room.client.get("/v1/cad/incidents", params={"since": at}).json()["incidents"]) == 1
    later = "2026-03-02T14:00:01Z"
    assert room.client.get("/v1/cad/incidents", params={"since": later}).json()["incidents"] == []


@pytest.mark.parametrize(
    ("fields", "code"),
    [
        ({"grade": "Z"}, "unknown_grade"),
        ({"refs": {"crm": "+44 7700 900123"}}, "wrong_ref"),
        ({"refs": {"crm": "07700900123"}}, "wrong_ref"),
        ({"lat": 91}, "no_cad"),
        ({"lat": None}, "no_cad"),
        ({"revision": -1}, "no_cad"),
        ({"system": "Not A Name"}, "no_cad"),
        ({"status": "half"}, "no_cad"),
        ({"source": "666"}, "no_cad"),
        ({"called_at": "2026-03-02T14:05:00"}, "no_cad"),
        ({"schema": "arls.cad/2"}, "no_cad"),
        ({"text": "a\0b"}, "no_cad"),
    ],
)
def test_a_document_that_is_none_is_refused_and_nothing_is_made(room: Room, fields: dict[str, Any], code: str) -> None:
    answer = post(room, **fields)
    assert (answer.status_code, answer.json()["code"]) == (422, code)
    assert room.client.get("/v1/incidents").json()["incidents"] == []


def test_a_revision_with_other_content_is_a_conflict(room: Room) -> None:
    post(room)
    assert post(room, type="theft").status_code == 409


@pytest.mark.parametrize(
    "body", [b"", b"[]", b"null", b"{", b"\xff", b'"x"', b"[" * 100_000, json.dumps([document()]).encode()]
)
def test_no_body_breaks_it(room: Room, body: bytes) -> None:
    answer = room.client.post("/v1/cad/incidents", content=body)
    assert answer.status_code == 422
    assert answer.headers["content-type"] == "application/problem+json"


def test_a_stranger_neither_tells_nor_is_told(room: Room) -> None:
    assert room.stranger.post("/v1/cad/incidents", json=document()).status_code == 401
    assert room.stranger.get("/v1/cad/incidents").status_code == 401
