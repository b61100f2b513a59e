"""Links for a caller's phone: good for one answer, to one incident, for minutes; strict about everything else."""

from __future__ import annotations

import re
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from api.app import WEB
from api.location_links import MOST_FAILURES, MOST_OF_AN_INCIDENT, LocationLinks, TooManyError
from arls.incident import IncidentId
from tests.api.room import DRAWN
from tests.fakes import Clock

if TYPE_CHECKING:
    import httpx

    from tests.api.room import Room


def made(room: Room, **fields: Any) -> tuple[dict[str, Any], str]:
    """An incident's new link, and its token."""
    if not room.system.engine.known.incidents:
        room.incident()
    answer = room.client.post("/v1/incidents/INC0001/location-links", json=fields)
    assert answer.status_code == 201, answer.text
    return answer.json(), answer.json()["url"].partition("#")[2]


def answered(room: Room, token: str, **fields: Any) -> httpx.Response:
    place = DRAWN.node("B")
    body = {"token": token, "lat": place.lat, "lon": place.lon, "accuracy_m": 12.0} | fields
    return room.stranger.post("/locate/answer", json={name: value for name, value in body.items() if value is not None})


def log_of(room: Room) -> list[str]:
    return [line["text"] for line in room.client.get("/v1/incidents/INC0001").json()["log"]]


def test_a_phone_says_where_it_is_once(room: Room) -> None:
    link, token = made(room)
    assert link["expires_at"] == "2026-03-02T14:15:00Z"
    assert link["text"].startswith("The control room: ")
    assert room.stranger.post("/locate/about", json={"token": token}).json()["asked_by"] == "The control room"
    assert answered(room, token).status_code == 204
    shown = room.client.get("/v1/incidents/INC0001").json()
    (location,) = shown["caller_locations"]
    assert (location["protocol"], location["accuracy_m"], location["offered"]) == ("link", 12.0, True)
    assert shown["call_id"].startswith("link-")
    assert log_of(room)[-1] == f"location link {link['id']} answered, within 12 m"
    again = answered(room, token)
    assert (again.status_code, again.json()["code"]) == (410, "link_over")
    assert room.client.get("/v1/incidents/INC0001/location-links").json() == {"links": []}


def test_the_token_is_told_once_and_stands_in_no_log(room: Room) -> None:
    link, token = made(room)
    assert len(token) >= 40
    listed = room.client.get("/v1/incidents/INC0001/location-links").text
    assert link["id"] in listed
    assert token not in listed + " ".join(log_of(room))
    assert token not in repr(room.system.links.__dict__)


def test_a_call_that_is_known_keeps_its_id(room: Room) -> None:
    room.incident(call_id="c-17")
    _, token = made(room)
    answered(room, token)
    assert room.client.get("/v1/callers/c-17").json()["caller_locations"][0]["protocol"] == "link"


def test_a_link_is_over_when_its_time_is(room: Room) -> None:
    _, token = made(room, expires_min=1)
    room.clock.advance(seconds=61)
    assert answered(room, token).status_code == 410


def test_a_link_is_over_when_it_is_revoked_or_the_incident_closed(room: Room) -> None:
    link, token = made(room)
    _, other = made(room)
    assert room.client.delete(f"/v1/incidents/INC0001/location-links/{link['id']}").status_code == 204
    assert room.client.delete(f"/v1/incidents/INC0001/location-links/{link['id']}").status_code == 404
    assert answered(room, token).status_code == 410
    room.client.post("/v1/incidents/INC0001/close", json={})
    assert answered(room, other).status_code == 410
    assert room.client.post("/v1/incidents/INC0001/location-links", json={}).status_code == 409


def test_a_phone_that_cannot_says_why_and_may_try_again(room: Room) -> None:
    link, token = made(room)
    assert answered(room, token, lat=None, lon=None, failed="denied").status_code == 204
    assert log_of(room)[-1] == f"location link {link['id']}: the caller did not allow it"
    for _ in range(MOST_FAILURES - 1):
        answered(room, token, lat=None, lon=None, failed="timeout")
    assert answered(room, token, lat=None, lon=None, failed="timeout").status_code == 429
    assert answered(room, token).status_code == 204


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"token": "x"},
        {"token": "x" * 43, "lat": 91, "lon": 0},
        {"token": "x" * 43, "lat": 1, "lon": 2, "accuracy_m": -1},
        {"token": "x" * 43, "lat": 1, "lon": 2, "name": "me"},
        {"token": "x" * 43, "failed": "other"},
        {"token": ["x" * 43]},
    ],
)
def test_what_is_no_answer_is_refused(room: Room, body: dict[str, Any]) -> None:
    assert room.stranger.post("/locate/answer", json=body).status_code == 422


def test_tokens_that_are_none_are_counted_and_then_made_to_wait(room: Room) -> None:
    _, token = made(room)
    statuses = [answered(room, "x" * 43).status_code for _ in range(62)]
    assert statuses[:60] == [410] * 60
    assert statuses[-1] == 429
    assert answered(room, token).status_code == 204


def test_the_page_may_do_nothing_but_ask_where_the_phone_is(room: Room) -> None:
    page = room.stranger.get("/locate")
    assert page.status_code == 200
    policy = page.headers["content-security-policy"]
    assert policy.startswith("default-src 'none'; script-src 'self'")
    assert "unsafe" not in policy
    assert page.headers["permissions-policy"].startswith("geolocation=(self), camera=()")
    assert (page.headers["referrer-policy"], page.headers["cache-control"]) == ("no-referrer", "no-store")
    for path in ("/locate/", "/locate/other", "/v1/incidents/INC0001/location-links"):
        assert room.stranger.get(path).status_code == 401, path


def test_the_page_loads_nothing_from_elsewhere_and_has_no_script_in_it() -> None:
    html = (WEB / "locate.html").read_text(encoding="utf-8")
    assert re.findall(r'(?:src|href)="(?!/static/)', html) == []
    assert re.findall(r"<script(?![^>]*src=)|\son\w+=|style=", html) == []
    for path in re.findall(r'(?:src|href)="/static/([^"]+)"', html):
        assert (Path(WEB) / path).is_file(), path


def test_an_incident_has_a_few_links_at_most(room: Room) -> None:
    for _ in range(MOST_OF_AN_INCIDENT):
        made(room)
    refused = room.client.post("/v1/incidents/INC0001/location-links", json={})
    assert (refused.status_code, refused.json()["code"]) == (429, "too_many")


def test_an_answer_that_was_not_kept_may_be_given_again() -> None:
    links, now = LocationLinks(), Clock()()
    link, token = links.mint(
        IncidentId("INC0001"), operator="op", desk="d", asked_by="us", why="so", now=now, life=timedelta(minutes=1)
    )
    assert links.take(token) == link
    assert links.take(token) is None
    links.put_back(token, link)
    assert links.find(token, now) == link


def test_wrong_tokens_of_another_minute_do_not_count() -> None:
    links, now = LocationLinks(), Clock()()
    for _ in range(60):
        assert links.find("wrong", now) is None
    with pytest.raises(TooManyError):
        links.find("wrong", now + timedelta(seconds=59))
    assert links.find("wrong", now + timedelta(seconds=61)) is None
