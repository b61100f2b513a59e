"""What a desk is told to wait for: a terminal's answer, until when, and radios that were asked."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from arls import messages as m
from arls.incident import IncidentId
from arls.polled import RadioAsk
from arls.unit import Callsign
from tests.api.room import DRAWN

if TYPE_CHECKING:
    from tests.api.room import Room

UNANSWERED = ["accept", "refuse", "en-route", "arrived", "clear", "cancel"]


@pytest.fixture
def sent(room: Room) -> dict[str, Any]:
    """AB12, sent to a Grade 1, which is to be answered within 30 s."""
    room.book("AB12", at=DRAWN.node("A"))
    room.incident()
    return dict(room.assign("INC0001", "AB12").json())


def advanced(room: Room, act: str) -> dict[str, Any]:
    return dict(room.client.post(f"/v1/assignments/A00001/{act}", json={"via": "voice"}).json())


def test_an_assignment_says_until_when_its_answer_is_awaited_and_what_may_be_reported(
    room: Room, sent: dict[str, Any]
) -> None:
    assert (sent["answer_due_at"], sent["acts"]) == ("2026-03-02T14:00:30Z", UNANSWERED)
    room.clock.advance(seconds=30)
    room.ask(m.TurnAssignments(**room.said()))
    late = room.client.get("/v1/assignments/A00001").json()
    assert (late["state"], late["answer_due_at"]) == ("unanswered", "2026-03-02T14:01:00Z")
    accepted = advanced(room, "accept")
    assert (accepted["answer_due_at"], accepted["acts"]) == (
        None,
        ["refuse", "en-route", "arrived", "clear", "cancel"],
    )
    assert advanced(room, "arrived")["acts"] == ["clear", "cancel"]
    assert advanced(room, "clear")["acts"] == []


def test_a_next_job_is_answered_by_nobody_until_its_turn_has_come(room: Room, sent: dict[str, Any]) -> None:
    assert sent["active"]
    room.incident(grade="3")
    queued = room.client.post("/v1/incidents/INC0002/assignments", json={"callsign": "AB12", "queue": True}).json()
    assert (queued["state"], queued["answer_due_at"], queued["acts"]) == ("queued", None, ["cancel"])


def test_an_incident_names_the_radios_that_were_asked_and_how_long_they_are_waited_for(room: Room) -> None:
    room.book("AB12", at=DRAWN.node("A"))
    assert room.incident()["radios_asked"] is None
    radio = RadioAsk(callsign=Callsign("AB12"), source="issi:AB12", gateway="gw1", age_s=40.0, value_s=12.5)
    noted = m.NoteRadiosAsked(**room.said(), incident=IncidentId("INC0001"), radios=(radio,), regret_s=14.0, left_s=1.5)
    room.ask(noted)
    assert room.client.get("/v1/incidents/INC0001").json()["radios_asked"] == {
        "at": "2026-03-02T14:00:00Z",
        "until": "2026-03-02T14:00:30Z",
        "radios": [{"callsign": "AB12", "age_s": 40.0, "value_s": 12.5}],
    }
