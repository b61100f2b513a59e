"""The live feed: hello, heartbeats, what changed, what happened; and nobody falls behind for ever."""

from __future__ import annotations

import asyncio
import json
import time
from typing import TYPE_CHECKING, Any

import httpx
import pytest

from api.feed import Full, Hello
from api.live import BACKLOG, TICK_S, TICKS_PER_FULL, Client, Hub
from tests.api.room import DRAWN, TOKEN

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from websockets.sync.connection import Connection

    from tests.api.room import Room


def messages(socket: Connection) -> Iterator[dict[str, Any]]:
    """What comes, for as long as a busy machine may take; the heartbeat alone would go on for ever."""
    end = time.monotonic() + 20
    while time.monotonic() < end:
        yield json.loads(socket.recv(timeout=5))


def until(socket: Connection, wanted: Callable[[dict[str, Any]], bool]) -> dict[str, Any]:
    return next(message for message in messages(socket) if wanted(message))


def shown_to(client: Client) -> None:
    """As if the whole picture had been sent."""
    client.whole = None


def test_hello_holds_the_whole_picture(room: Room) -> None:
    room.book("AB12", at=DRAWN.node("A"))
    room.book("CD34", code=11)
    room.incident()
    with room.listen() as socket:
        hello = next(messages(socket))
    assert (hello["type"], hello["schema"], hello["force"], hello["simulated"]) == (
        "hello",
        "arls.live/1",
        "demo",
        True,
    )
    (row,) = hello["units"]
    assert (row["callsign"], row["lat"], row["fix_at"]) == ("AB12", DRAWN.node("A").lat, "2026-03-02T14:00:00Z")
    assert [incident["id"] for incident in hello["incidents"]] == ["INC0001"]
    assert hello["status"]["network"]["made_up"] is True
    assert hello["status"]["units"] == 1


def test_a_tick_holds_what_changed_and_comes_when_nothing_did(room: Room) -> None:
    room.book("AB12", at=DRAWN.node("A"))
    room.book("CD34", at=DRAWN.node("C"))
    with room.listen() as socket:
        seen = next(messages(socket))["seq"]
        first, idle = next(messages(socket)), next(messages(socket))
        assert [first["type"], idle["type"]] == ["tick", "tick"]
        assert [first["seq"], idle["seq"]] == [seen + 1, seen + 2]
        assert (idle["units"], idle["gone"]) == ([], [])
        room.clock.advance(seconds=10)
        room.fix("AB12", DRAWN.node("B"))
        moved = until(socket, lambda message: bool(message.get("units")))
        assert [row["callsign"] for row in moved["units"]] == ["AB12"]
        room.clock.advance(seconds=150)
        aged = until(socket, lambda message: bool(message.get("units")))
        assert {row["freshness"] for row in aged["units"]} == {"ageing"}
        room.client.post("/v1/units/CD34/state", json={"code": 11})
        gone = until(socket, lambda message: bool(message.get("gone")))
        assert (gone["gone"], gone["units"]) == (["CD34"], [])


def test_what_happens_is_told_at_once_with_the_incident_as_it_is_now(room: Room) -> None:
    room.book("AB12", at=DRAWN.node("A"))
    room.incident()
    with room.listen() as socket:
        next(messages(socket))
        room.assign("INC0001", "AB12")
        event = until(socket, lambda message: message["type"] == "event")
        units = until(socket, lambda message: message["type"] == "units")
        incident = until(socket, lambda message: message["type"] == "incident")
    assert event["event"]["message"] == "UnitAssigned"
    assert (event["event"]["operator"], event["event"]["desk"]) == ("demo", "api")
    assert incident["incident"]["assignments"][0]["callsign"] == "AB12"
    (row,) = units["units"]
    assert (row["callsign"], row["assignment"]["incident"]) == ("AB12", "INC0001")
    assert (units["seq"], incident["seq"]) == (event["seq"] + 1, event["seq"] + 2)


def test_an_emergency_does_not_wait_for_the_tick_to_be_in_its_units_row(room: Room) -> None:
    room.book("AB12", at=DRAWN.node("A"))
    with room.listen() as socket:
        next(messages(socket))
        room.client.post("/v1/units/AB12/state", json={"code": 0})
        raised = until(socket, lambda message: message.get("event", {}).get("message") == "EmergencyRaised")
        told = next(messages(socket))
    assert (told["type"], told["seq"] > raised["seq"]) == ("units", True)
    assert [(row["callsign"], row["emergency"]) for row in told["units"]] == [("AB12", True)]


def test_a_unit_that_went_off_duty_is_told_of_by_no_row(room: Room) -> None:
    room.book("AB12", at=DRAWN.node("A"))
    with room.listen() as socket:
        next(messages(socket))
        room.client.post("/v1/units/AB12/state", json={"code": 11})
        until(socket, lambda message: message.get("event", {}).get("message") == "StateSet")
        later = until(socket, lambda message: bool(message.get("gone") or message.get("units")))
    assert (later["gone"], later["units"]) == (["AB12"], [])


def test_fixes_rankings_and_refusals_are_not_told_as_events(room: Room) -> None:
    with room.listen() as socket:
        next(messages(socket))
        room.book("AB12", at=DRAWN.node("A"))
        room.client.get("/v1/nearest", params={"lat": 52.5, "lon": -1.9})
        room.client.post("/v1/units/ZZ99/state", json={"code": 2})
        room.client.post("/v1/units/AB12/state", json={"code": 3})
        # A client that is behind is sent the whole picture instead: so few messages are waiting for that here.
        told: list[tuple[str, int | None]] = []
        while not told or told[-1] != ("StateSet", 3):
            event = until(socket, lambda message: message["type"] == "event")["event"]
            told.append((event["message"], event.get("code")))
    assert told == [("UnitPut", None), ("StateSet", 2), ("StateSet", 3)]


def test_the_same_feed_comes_as_server_sent_events(room: Room) -> None:
    room.book("AB12", at=DRAWN.node("A"))
    with room.client.stream("GET", "/v1/live/sse") as stream:
        assert stream.headers["content-type"].startswith("text/event-stream")
        lines = (line for line in stream.iter_lines() if line)
        hello, tick = (json.loads(next(lines).removeprefix("data: ")) for _ in range(2))
    assert (hello["type"], tick["type"]) == ("hello", "tick")
    assert tick["seq"] == hello["seq"] + 1


def test_a_client_that_left_is_forgotten(room: Room) -> None:
    with room.listen() as socket:
        next(messages(socket))
        assert room.system.hub.clients == 1
    with room.listen() as socket:
        next(messages(socket))
        next(messages(socket))
        assert room.system.hub.clients == 1


def test_a_ticket_opens_the_feed_where_no_cookie_can_be_had(room: Room) -> None:
    from websockets.sync.client import connect  # noqa: PLC0415 - only here, with no header at all

    ticket = room.system.keyring.mint_ticket("demo")
    with connect(f"{room.url.replace('http', 'ws')}/v1/live?ticket={ticket}") as socket:
        assert next(messages(socket))["type"] == "hello"


def test_a_client_that_falls_behind_keeps_nothing_and_is_given_the_whole_picture() -> None:
    client = Client()
    assert client.whole == Hello
    client.offer("before the hello, which will hold it")
    assert not client.waiting
    shown_to(client)
    for number in range(BACKLOG):
        client.offer(str(number))
    assert len(client.waiting) == BACKLOG
    client.offer("one too many")
    assert client.whole is Full
    assert not client.waiting


def test_the_hub_skips_a_slow_client_to_the_newest_full_picture(room: Room) -> None:
    hub, system = Hub(), room.system  # a hub of its own: the room's belongs to the server's loop
    room.book("AB12", at=DRAWN.node("A"))

    async def slow_reader() -> list[dict[str, Any]]:
        with hub.joined() as client:
            feed = hub.messages(client, system)
            hello = await anext(feed)
            for _ in range(BACKLOG + 1):
                for text in hub.teller.tick(system):
                    client.offer(text)
            whole = await anext(feed)
            for text in hub.teller.tick(system):
                client.offer(text)
            return [json.loads(text) for text in (hello, whole, await anext(feed))]

    hello, whole, tick = asyncio.run(slow_reader())
    assert [hello["type"], whole["type"], tick["type"]] == ["hello", "full", "tick"]
    assert whole["seq"] > hello["seq"] + BACKLOG
    assert tick["seq"] == whole["seq"] + 1
    assert [row["callsign"] for row in whole["units"]] == ["AB12"]


def test_the_whole_picture_comes_again_and_moves_the_count_on(room: Room) -> None:
    assert pytest.approx(30) == TICKS_PER_FULL * TICK_S
    with room.listen() as socket:
        seq = next(messages(socket))["seq"]
        (full,) = [json.loads(text) for text in room.system.hub.teller.full_again(room.system)]
    assert full["type"] == "full"
    assert full["seq"] > seq
    assert set(full) >= {"units", "incidents", "status", "force", "schema"}


def test_a_stranger_gets_no_events(room: Room) -> None:
    assert room.stranger.get("/v1/live/sse").status_code == 401
    assert httpx.get(f"{room.url}/v1/live/sse", headers={"Authorization": f"Bearer {TOKEN}x"}).status_code == 401
