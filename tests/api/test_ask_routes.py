"""Asks over HTTP and the live feed."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from arls import messages as m

if TYPE_CHECKING:
    from tests.api.room import Room


def call_back(room: Room) -> None:
    room.ask(m.RadioEvent(**room.said(), source="issi:AB12", kind="state", code=14))


def test_a_message_of_a_unit_reaches_the_desks_at_once_and_stands_until_it_is_answered(room: Room) -> None:
    room.book("AB12")
    with room.listen() as feed:
        assert json.loads(feed.recv(5))["asks"] == []
        call_back(room)
        told = next(said for _ in range(20) if (said := json.loads(feed.recv(5)))["type"] == "event")
    assert (told["event"]["message"], told["event"]["ask"]["text"]) == ("AskRaised", "AB12: urgent call back")
    (ask,) = room.client.get("/v1/asks").json()["asks"]
    assert (ask["kind"], ask["urgent"]) == ("message", True)
    with room.listen() as feed:
        assert [one["id"] for one in json.loads(feed.recv(5))["asks"]] == [ask["id"]]
    assert room.client.post(f"/v1/asks/{ask['id']}/answer", json={"text": "called"}).json() == {"asks": []}
    again = room.client.post(f"/v1/asks/{ask['id']}/answer")
    assert (again.status_code, again.json()["code"]) == (404, "no_ask")


def test_screens_are_told_what_is_left_whenever_an_ask_comes_or_goes(room: Room) -> None:
    room.book("AB12")
    with room.listen() as feed:
        assert json.loads(feed.recv(5))["type"] == "hello"
        call_back(room)
        room.client.post("/v1/asks/{}/answer".format(room.client.get("/v1/asks").json()["asks"][0]["id"]), json={})
        room.incident()
        told: list[list[str]] = []
        while (said := json.loads(feed.recv(5)))["type"] != "incident":
            told += [[one["text"] for one in said["asks"]]] if said["type"] == "asks" else []
    assert told == [["AB12: urgent call back"], []]
