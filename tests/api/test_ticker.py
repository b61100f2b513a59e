"""The clock's duties do not hang on each other."""

from __future__ import annotations

from typing import TYPE_CHECKING, NoReturn

from api import ticker
from api.ticker import Ticker
from arls import messages as m
from tests.api.room import DRAWN

if TYPE_CHECKING:
    import pytest

    from tests.api.room import Room


def test_a_duty_that_breaks_keeps_none_of_the_others_from_theirs(room: Room, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: object) -> NoReturn:
        raise RuntimeError("broken")

    room.ask(m.PlanOperation(**room.said(), name="Derby", units=()))
    room.book("BX21", at=DRAWN.node("E"))
    place = DRAWN.node("F")
    body = {"lat": place.lat, "lon": place.lon, "grade": "1"}
    incident = room.client.post("/v1/incidents", json=body).json()["id"]
    sent = room.client.post(f"/v1/incidents/{incident}/assignments", json={"callsign": "BX21"}).json()["id"]
    clock = Ticker(room.system.engine, room.system.roads, now=room.clock)
    room.clock.advance(seconds=31)
    monkeypatch.setattr(ticker, "find_operation_turn", broken)
    monkeypatch.setattr(ticker, "find_misfits", broken)
    clock.tick()
    assert room.client.get(f"/v1/assignments/{sent}").json()["state"] == "unanswered"
