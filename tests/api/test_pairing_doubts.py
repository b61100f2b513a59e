"""A radio on the wrong unit, one that nobody carries and one that is switched off are told of, and nothing is moved."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest

from api.ticker import Ticker
from arls import messages as m
from arls.fix import Fix
from arls.geo import Position
from arls.unit import Callsign
from tests.api.room import DRAWN

if TYPE_CHECKING:
    from tests.api.room import Room

HERE = DRAWN.node("A")
FAR = Position(lat=HERE.lat + 0.05, lon=HERE.lon)  # 5.6 km


@pytest.fixture
def ticker(room: Room) -> Ticker:
    return Ticker(room.system.engine, room.system.roads, now=room.clock)


def report(room: Room, source: str, at: Position) -> None:
    now = room.clock()
    fix = Fix(id=f"{source}/{now}", source=source, received_at=now, fix_time=now, lat=at.lat, lon=at.lon)
    room.ask(m.RecordFixes(**room.said(), fixes=(fix,)))


def doubts(room: Room) -> list[dict[str, Any]]:
    return list(room.client.get("/v1/pairings/doubts").json()["doubts"])


def last(room: Room, ticker: Ticker, minutes: int, **places: Position) -> None:
    """Every device reports from its place each half minute."""
    for _ in range(2 * minutes):
        room.clock.now += timedelta(seconds=30)
        for source, place in places.items():
            report(room, source.replace("_", ":"), place)
        ticker.tick()


def test_a_radio_that_is_far_from_the_others_of_its_unit_for_a_while_is_doubted_until_it_is_not(
    room: Room, ticker: Ticker
) -> None:
    room.client.put("/v1/units/AB12", json={"sources": ["imei:1", "issi:2", "issi:6012228"]})
    last(room, ticker, 1, imei_1=HERE, issi_2=HERE, issi_6012228=FAR)
    assert doubts(room) == []
    last(room, ticker, 2, imei_1=HERE, issi_2=HERE, issi_6012228=FAR)
    (doubt,) = doubts(room)
    assert (doubt["kind"], doubt["callsign"], doubt["source"]) == ("far_apart", "AB12", "issi:6012228")
    assert doubt["text"] == "issi:6012228 is 5.6 km from the other devices of AB12: is it on the wrong unit?"
    row = room.client.get("/v1/units/AB12").json()["properties"]
    assert [it["source"] for it in row["doubts"]] == ["issi:6012228"]
    assert room.system.engine.known.sources[Callsign("AB12")] == ("imei:1", "issi:2", "issi:6012228")
    last(room, ticker, 2, imei_1=FAR, issi_2=FAR, issi_6012228=FAR)
    assert doubts(room) == []
    kinds = [type(event).__name__ for event in room.journal.events if type(event).__name__.startswith("Pairing")]
    assert kinds == ["PairingDoubted", "PairingTrusted"]


def test_of_two_devices_that_are_far_apart_nobody_knows_which_is_wrong(room: Room, ticker: Ticker) -> None:
    room.client.put("/v1/units/AB12", json={"sources": ["imei:1", "issi:2"]})
    last(room, ticker, 3, imei_1=HERE, issi_2=FAR)
    assert [it["source"] for it in doubts(room)] == ["imei:1", "issi:2"]


def test_a_device_that_nobody_carries_and_who_had_it_last_is_told(room: Room, ticker: Ticker) -> None:
    room.client.put("/v1/units/AB12", json={"sources": ["issi:7"]})
    last(room, ticker, 1, issi_7=HERE)
    room.client.put("/v1/units/AB12", json={"sources": []})
    last(room, ticker, 3, issi_7=HERE, issi_9=HERE)
    assert {it["text"] for it in doubts(room)} == {
        "issi:7 reports, and no unit carries it: AB12 had it last",
        "issi:9 reports, and no unit carries it",
    }
    last(room, ticker, 6)
    assert doubts(room) == [], "it is silent now"


def test_a_unit_that_was_never_heard_since_it_was_booked_on_may_be_switched_off(room: Room, ticker: Ticker) -> None:
    report(room, "issi:7", HERE)
    room.clock.now += timedelta(minutes=1)
    room.client.put("/v1/units/AB12", json={"sources": ["issi:7"], "expected_interval_s": 60})
    last(room, ticker, 2)
    assert doubts(room) == []
    last(room, ticker, 4)
    (doubt,) = doubts(room)
    assert doubt["text"] == "nothing was heard of issi:7 since AB12 was booked on: switched off?"
    last(room, ticker, 1, issi_7=HERE)
    assert doubts(room) == []
    room.client.put("/v1/units/CD34", json={"sources": ["issi:8"]})
    room.client.post("/v1/units/CD34/state", json={"code": 11})
    last(room, ticker, 8, issi_7=HERE)
    assert doubts(room) == [], "nobody expects to hear who is off duty"


def test_a_restart_neither_forgets_a_doubt_nor_tells_it_twice(room: Room, ticker: Ticker) -> None:
    last(room, ticker, 3, issi_9=HERE)
    before = len(room.journal.events)
    last(room, Ticker(room.system.engine, room.system.roads, now=room.clock), 1, issi_9=HERE)
    assert len(doubts(room)) == 1
    assert not any(isinstance(event, m.PairingDoubted) for event in room.journal.events[before:])
