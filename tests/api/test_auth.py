"""Who comes in: nobody without a token or a session, and each ticket once."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

import httpx
import pytest
from websockets.exceptions import ConnectionClosedError, InvalidStatus

from api.auth import COOKIE, FILES, OPEN, SESSION_S, TICKET_S, Keyring
from tests.api.room import TOKEN

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.api.room import Room

# Only a tour has them: they are no part of the contract.
TOUR = {"/v1/demo/caption", "/v1/demo/wishes"}


class Seconds:
    """A clock that only goes forward."""

    def __init__(self) -> None:
        self.now_s = 1_000.0

    def __call__(self) -> float:
        return self.now_s


def every_route(room: Room) -> Iterator[tuple[str, str]]:
    """Method and path of whatever the app would answer, with something in place of each parameter."""
    schema = room.client.get("/openapi.json").json()
    for path, methods in schema["paths"].items():
        for method in methods:
            yield method.upper(), path.replace("{z}/{x}/{y}", "0/0/0").replace("{", "").replace("}", "")
    others = ("/openapi.json", "/docs", "/ogc", "/v1", "/v1/units/", "/nothing/here", *TOUR)
    yield from (("GET", path) for path in others)


def test_every_route_and_what_is_none_refuses_a_stranger(room: Room) -> None:
    routes = list(every_route(room))
    assert len(routes) > 30
    for method, path in routes:
        answer = room.stranger.request(method, path)
        if path in OPEN:
            assert answer.status_code == 200, path
            continue
        assert answer.status_code == 401, (method, path)
        assert answer.headers["www-authenticate"] == "Bearer"
        assert answer.headers["content-type"] == "application/problem+json"


def test_every_route_of_the_app_is_in_the_openapi_or_is_named_here(room: Room) -> None:
    from fastapi.routing import iter_route_contexts  # noqa: PLC0415 - only this test looks behind the app

    from api.app import create_app  # noqa: PLC0415 - the same

    app = create_app(room.system)
    paths = {str(context.path) for context in iter_route_contexts(app.routes)}
    hidden = {path for path in paths if path not in app.openapi()["paths"]}
    assert hidden <= OPEN | {"/openapi.json", "/docs", "/v1/live", FILES.rstrip("/"), *TOUR}


def test_an_open_path_is_open_only_as_it_is_written(room: Room) -> None:
    for path in ("/healthz/", "/static", "/v1/units?/static/", "/readyz/..%2fv1/units", "/HEALTHZ"):
        assert room.stranger.get(path).status_code == 401, path
    for path in ("/static/../v1/units", "/static/..%2f..%2fv1/units", "/static/%2e%2e/v1/units"):
        assert room.stranger.get(path).status_code in {401, 404}, path


def test_a_token_that_is_none_is_refused(room: Room) -> None:
    for given in ("Bearer", "Bearer  x", f"Bearer {TOKEN}x", f"Basic {TOKEN}", TOKEN):
        answer = room.stranger.get("/v1/units", headers={"Authorization": given})
        assert answer.status_code == 401, given
    assert room.stranger.get("/v1/units", headers={"Authorization": f"bearer {TOKEN}"}).status_code == 200


def test_a_ticket_opens_the_screen_once_and_the_session_goes_on(room: Room) -> None:
    ticket = room.system.keyring.mint_ticket("demo")
    opened = room.stranger.get("/", params={"ticket": ticket})
    assert (opened.status_code, opened.headers["location"]) == (303, "/")
    cookie = opened.headers["set-cookie"].lower()
    assert "httponly" in cookie
    assert "samesite=strict" in cookie
    assert room.stranger.get("/v1/units").status_code == 200
    assert room.stranger.get("/", params={"ticket": ticket}).status_code == 401
    with httpx.Client(base_url=room.url) as other:
        assert other.get("/", params={"ticket": ticket}).status_code == 401
        assert COOKIE not in other.cookies
        assert other.get("/v1/units", headers={"Cookie": f"{COOKIE}=guessed"}).status_code == 401


def test_a_session_changes_nothing_for_another_sites_page(room: Room) -> None:
    room.stranger.get("/", params={"ticket": room.system.keyring.mint_ticket("demo")})
    body = {"lat": 52.5, "lon": -1.9, "grade": "1"}
    for headers in ({}, {"Origin": "https://evil.example"}, {"Sec-Fetch-Site": "cross-site"}, {"Origin": "null"}):
        refused = room.stranger.post("/v1/incidents", json=body, headers=headers)
        assert refused.status_code == 403, headers
    for headers in ({"Origin": room.url}, {"Sec-Fetch-Site": "same-origin"}):
        assert room.stranger.post("/v1/incidents", json=body, headers=headers).status_code == 201, headers
    log = room.client.get("/v1/incidents/INC0001").json()["log"]
    assert (log[0]["operator"], log[0]["desk"]) == ("demo", "screen")


def test_the_live_feed_is_shut_to_strangers_and_to_other_sites_pages(room: Room) -> None:
    room.stranger.get("/", params={"ticket": room.system.keyring.mint_ticket("demo")})
    session = f"{COOKIE}={room.stranger.cookies[COOKIE]}"
    bearer = f"Bearer {TOKEN}"
    for headers, status in (
        ({"X-Nothing": "1"}, 401),
        ({"Authorization": "Bearer wrong"}, 401),
        ({"Cookie": session}, 403),
        ({"Cookie": session, "Origin": "https://evil.example"}, 403),
        ({"Authorization": bearer, "Origin": "https://evil.example"}, 403),
    ):
        with pytest.raises(InvalidStatus) as refused, room.listen(**headers):
            pass
        assert refused.value.response.status_code == status, headers
    for headers in ({"Cookie": session, "Origin": room.url}, {"Authorization": bearer, "Origin": room.url}):
        with room.listen(**headers) as socket:
            assert '"hello"' in socket.recv(timeout=5)


def test_a_feed_ends_with_its_session(room: Room) -> None:
    room.system.keyring._sessions._life_s = 0.3
    room.stranger.get("/", params={"ticket": room.system.keyring.mint_ticket("demo")})
    session = f"{COOKIE}={room.stranger.cookies[COOKIE]}"
    with room.listen(Cookie=session, Origin=room.url) as socket, pytest.raises(ConnectionClosedError) as closed:
        list(iter(partial(socket.recv, timeout=5), None))
    assert closed.value.rcvd is not None
    assert closed.value.rcvd.code == 1008
    assert room.stranger.get("/v1/units").status_code == 401


def test_a_ticket_expires_and_so_does_a_session() -> None:
    clock = Seconds()
    keyring = Keyring({"demo": TOKEN}, clock=clock)
    late, used = keyring.mint_ticket("demo"), keyring.mint_ticket("demo")
    session = keyring.find_session(used)
    assert session is not None
    assert keyring.find_session(used) is None
    clock.now_s += TICKET_S
    assert keyring.find_session(late) is None
    assert keyring._sessions.find(session) == ("demo", SESSION_S - TICKET_S)
    clock.now_s += SESSION_S
    assert keyring._sessions.find(session) is None
    keyring.mint_ticket("demo")
    assert len(keyring._tickets._held) == 1


def test_no_secret_is_kept_as_it_is() -> None:
    keyring = Keyring({"demo": TOKEN})
    ticket = keyring.mint_ticket("demo")
    kept = repr(vars(keyring)) + repr(vars(keyring._tickets))
    assert TOKEN not in kept
    assert ticket not in kept
    assert keyring.find_operator(TOKEN) == "demo"
    assert keyring.find_operator("") is None
