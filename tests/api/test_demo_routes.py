"""The stage of a tour: captions reach every screen and whoever comes later; nobody else has a stage."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from api.captions import Stage
from tests.api.room import Room, open_room

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from websockets.sync.client import ClientConnection

CAPTION = {
    "number": 1,
    "step": 2,
    "of": 9,
    "title": "A robbery",
    "text": "Near by crow-flies, far by road.",
    "facts": [{"name": "AE91", "value": "8:32"}],
    "open": {"kind": "incident", "id": "INC0001"},
    "panel": "excluded",
    "paused": False,
}


@pytest.fixture
def played(tmp_path: Path) -> Iterator[Room]:
    with open_room(tmp_path, stage=Stage()) as made:
        yield made


def told(feed: ClientConnection, kind: str) -> dict[str, Any]:
    """The next message of that kind."""
    return next(
        message for message in (json.loads(feed.recv(timeout=5)) for _ in range(100)) if message["type"] == kind
    )


def test_a_caption_reaches_whoever_listens_and_whoever_comes_later(played: Room) -> None:
    with played.listen() as feed:
        assert told(feed, "hello")["caption"] is None
        assert played.client.put("/v1/demo/caption", json=CAPTION).status_code == 204
        assert told(feed, "caption")["caption"] == CAPTION
    with played.listen() as later:
        assert told(later, "hello")["caption"] == CAPTION
        played.client.put("/v1/demo/caption", content="null")
        assert told(later, "caption")["caption"] is None


def test_what_those_who_watch_wish_is_kept_in_its_order(played: Room) -> None:
    for wish in ("pause", "go_on", "next"):
        assert played.client.post("/v1/demo/wishes", json={"wish": wish}).status_code == 204
    assert played.client.get("/v1/demo/wishes").json() == {"wishes": ["pause", "go_on", "next"], "screens": 0}


@pytest.mark.parametrize("body", ["", "[]", '{"wish": "encore"}', '{"wish": "next", "n": 2}', "\xff"])
def test_what_is_no_wish_is_refused(played: Room, body: str) -> None:
    assert played.client.post("/v1/demo/wishes", content=body.encode("latin-1")).status_code == 422
    assert played.client.get("/v1/demo/wishes").json()["wishes"] == []


def test_what_is_no_caption_is_refused_and_not_shown(played: Room) -> None:
    bad = CAPTION | {"open": {"kind": "door", "id": "1"}}
    assert played.client.put("/v1/demo/caption", json=bad).status_code == 422
    assert played.system.stage is not None
    assert played.system.stage.caption is None


def test_without_a_tour_there_is_no_stage(room: Room) -> None:
    for method, path in (("PUT", "caption"), ("POST", "wishes"), ("GET", "wishes")):
        answer = room.client.request(method, f"/v1/demo/{path}", json=CAPTION)
        assert (answer.status_code, answer.json()["code"]) == (404, "no_tour")
