"""Signing a browser in by a token: a session as a cookie, which opens no other."""

from __future__ import annotations

from typing import TYPE_CHECKING

import httpx

if TYPE_CHECKING:
    from tests.api.room import Room


def test_a_token_is_exchanged_for_a_session_of_its_operator(room: Room) -> None:
    answer = room.client.post("/v1/sign-in")
    assert (answer.status_code, answer.content) == (204, b"")
    cookie = answer.headers["set-cookie"].lower()
    assert "httponly" in cookie
    assert "samesite=strict" in cookie
    with httpx.Client(base_url=room.url, cookies=answer.cookies) as browser:
        assert browser.get("/v1/status").status_code == 200


def test_a_session_is_not_prolonged_by_itself(room: Room) -> None:
    cookies = room.client.post("/v1/sign-in").cookies
    with httpx.Client(base_url=room.url, cookies=cookies, headers={"Origin": room.url}) as browser:
        refused = browser.post("/v1/sign-in")
    assert refused.status_code == 403
    assert "send your token" in refused.json()["detail"]


def test_a_stranger_gets_none(room: Room) -> None:
    for headers in ({}, {"Authorization": "Bearer guessed"}):
        refused = room.stranger.post("/v1/sign-in", headers=headers)
        assert refused.status_code == 401
        assert "set-cookie" not in refused.headers
