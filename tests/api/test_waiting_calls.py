"""Callers without an incident in the live feed: told as they call, gone with their incident, never a flood."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from api.waiting_calls import MOST_TOLD, waiting_calls
from arls import messages as m
from arls.caller import CallerLocation, CallId
from tests.api.room import DRAWN

if TYPE_CHECKING:
    from tests.api.room import Room

SCENE = DRAWN.node("E")


def hear(room: Room, call: str) -> None:
    location = CallerLocation(
        id=call, received_at=room.clock(), lat=SCENE.lat, lon=SCENE.lon, accuracy_m=40.0, method="gnss"
    )
    room.ask(m.LocateCaller(**room.said(), call=CallId(call), location=location))


def told_calls(feed: Any) -> list[str]:
    """The calls of the next message about them."""
    told = next(said for _ in range(50) if (said := json.loads(feed.recv(5)))["type"] == "calls")
    assert told["calls_more"] == 0
    return [call["call_id"] for call in told["calls"]]


def test_a_caller_stands_in_the_feed_until_an_incident_holds_the_call(room: Room) -> None:
    hear(room, "C-1")
    with room.listen() as feed:
        hello = json.loads(feed.recv(5))
        (waiting,) = hello["calls"]
        assert (waiting["call_id"], waiting["caller_locations"][0]["accuracy_m"]) == ("C-1", 40.0)
        room.clock.advance(seconds=1)
        hear(room, "C-2")
        assert told_calls(feed) == ["C-2", "C-1"]
        made = room.incident(call_id="C-1")
        assert told_calls(feed) == ["C-2"]
        path = f"/v1/incidents/{made['id']}"
        room.client.patch(path, json={"call_id": ""}, headers={"If-Match": "*"})
        assert told_calls(feed) == ["C-2", "C-1"]


def test_an_incident_where_nobody_called_says_nothing_of_calls(room: Room) -> None:
    with room.listen() as feed:
        assert json.loads(feed.recv(5))["calls"] == []
        room.incident()
        kinds = [json.loads(feed.recv(5))["type"] for _ in range(4)]
        assert "incident" in kinds
        assert "calls" not in kinds


def test_a_flood_of_calls_is_counted_and_not_told(room: Room) -> None:
    for n in range(MOST_TOLD + 3):
        room.clock.advance(seconds=1)
        hear(room, f"C-{n}")
    calls, more = waiting_calls(room.system.engine.known)
    assert (len(calls), more) == (MOST_TOLD, 3)
    assert calls[0].call_id == f"C-{MOST_TOLD + 2}"
