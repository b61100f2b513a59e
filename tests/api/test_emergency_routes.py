"""Officers who need help, over HTTP and the live feed."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from arls import messages as m
from arls.unit import Callsign
from tests.api.room import DRAWN

if TYPE_CHECKING:
    from tests.api.room import Room


def press(room: Room, callsign: str = "AB12") -> None:
    room.ask(m.RadioEvent(**room.said(), source=f"issi:{callsign}", kind="emergency"))


def help_for(room: Room, callsign: str = "AB12") -> dict[str, Any]:
    return dict(room.client.get(f"/v1/units/{callsign}/help").json())


def test_who_can_help_is_ranked_for_where_the_officer_is_believed_to_be(room: Room) -> None:
    room.book("AB12", at=DRAWN.node("E"))
    room.book("NEAR", at=DRAWN.node("B"))
    room.book("FAR", at=DRAWN.node("A"))
    room.book("REST", at=DRAWN.node("D"), code=4)
    press(room)
    said = help_for(room)
    order = [one["callsign"] for one in said["ranking"]["candidates"]]
    assert order[0] == "NEAR"
    assert set(order) == {"NEAR", "FAR", "REST"}, "the most urgent grade interrupts a break"
    assert [(one["callsign"], one["code"]) for one in said["ranking"]["exclusions"]] == [("AB12", "emergency")]
    assert (said["ranking"]["lat"], said["ranking"]["lon"]) == (
        said["emergency"]["believed"]["lat"],
        said["emergency"]["believed"]["lon"],
    )


def test_an_old_fix_says_how_far_from_it_the_officer_may_be(room: Room) -> None:
    room.book("AB12")
    room.fix("AB12", DRAWN.node("E"), accuracy_m=10.0, speed_mps=0.0)
    room.clock.advance(seconds=40)
    press(room)
    believed = help_for(room)["emergency"]["believed"]
    assert (believed["fix_age_s"], believed["within_m"]) == (40.0, 70.0)


def test_an_officer_whom_nobody_has_heard_is_to_be_asked_by_voice(room: Room) -> None:
    room.book("AB12")
    press(room)
    said = help_for(room)
    assert (said["ranking"], said["emergency"]["believed"]) == (None, None)
    assert "ask by voice" in said["said"]


def test_emergencies_stand_until_somebody_cancels_them_and_say_what_they_override(room: Room) -> None:
    room.book("AB12", at=DRAWN.node("E"))
    room.book("AB13", at=DRAWN.node("A"), code=11)
    press(room)
    room.clock.advance(seconds=5)
    press(room, "AB13")
    listed = room.client.get("/v1/emergencies").json()["emergencies"]
    assert [(one["callsign"], one["before"], one["overrides"]) for one in listed] == [
        ("AB12", "on patrol", ""),
        ("AB13", "off duty", "off duty"),
    ]
    room.ask(m.CancelEmergency(**room.said(), callsign=Callsign("AB12")))
    assert [one["callsign"] for one in room.client.get("/v1/emergencies").json()["emergencies"]] == ["AB13"]
    gone = room.client.get("/v1/units/AB12/help")
    assert (gone.status_code, gone.json()["code"]) == (404, "no_emergency")
    assert room.client.get("/v1/units/NOBODY/help").json()["code"] == "no_unit"


def test_a_press_is_told_before_the_next_tick(room: Room) -> None:
    room.book("AB12", at=DRAWN.node("E"))
    with room.listen() as feed:
        assert json.loads(feed.recv(5))["type"] == "hello"
        press(room)
        kinds = []
        while "event" not in kinds:
            message = json.loads(feed.recv(5))
            kinds.append(message["type"])
    assert message["event"]["message"] == "EmergencyRaised"
    assert kinds.count("tick") <= 1, "one tick may have been on its way already"
