"""What a dispatcher lives through, from call to clear: by the API as served, a real broker, and crews' terminals."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from arls.unit import Callsign
from gateways.broker import find_mosquitto
from gateways.payloads import Event, Mark, write_event
from gateways.topics import event_topic
from tests.api.room import DRAWN
from tests.journeys.control_room import FORCE, ControlRoom, control_room, until

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

pytestmark = [
    pytest.mark.broker,
    pytest.mark.skipif(find_mosquitto() is None, reason="mosquitto is not installed"),
]


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[ControlRoom]:
    with control_room(tmp_path) as made:
        yield made


def test_a_grade_1_from_call_to_clear(desk: ControlRoom) -> None:
    near, far = desk.crew("BX21", "E"), desk.crew("BX22", "A")
    incident = desk.incident()
    ranking = desk.room.client.get(f"/v1/incidents/{incident}/ranking").json()
    assert [one["callsign"] for one in ranking["candidates"]] == ["BX21", "BX22"]
    assert desk.shown(incident)["waiting_since"] is not None
    sent = desk.send(incident, "BX21")
    assert desk.shown(incident)["waiting_since"] is None
    taken = desk.post(f"incidents/{incident}/assignments", at="south", callsign="BX21")
    assert (taken.status_code, taken.json()["detail"]) == (409, f"BX21 is already assigned to {incident}")
    told = near.told(1)
    assert (told["assignment_id"], told["grade"], told["text"]) == (sent["id"], "1", "knife seen")
    assert told["route"]
    near.answer(sent["id"], "delivered", "accepted")
    desk.reaches(sent["id"], "accepted")
    desk.room.book("BX21", code=5)  # its radio says en route
    desk.reaches(sent["id"], "en_route")
    near.answer(sent["id"], "arrived")
    desk.reaches(sent["id"], "at_scene")
    early = desk.post(f"incidents/{incident}/close", result="arrest")
    assert (early.status_code, early.json()["code"]) == (409, "units_assigned")
    near.answer(sent["id"], "clear")
    desk.reaches(sent["id"], "cleared")
    assert near.told(2) == {"assignment_id": sent["id"], "released": True, "schema": "arls.dispatch/1"}
    closed = desk.post(f"incidents/{incident}/close", result="arrest").json()
    assert [step["via"] for step in closed["assignments"][0]["steps"]] == [
        "desk",
        "terminal",
        "terminal",
        "state_code",
        "terminal",
        "terminal",
    ]
    assert not far.heard


def test_a_refusal_brings_the_incident_back_and_the_next_unit_goes(desk: ControlRoom) -> None:
    first, _ = desk.crew("BX21", "E"), desk.crew("BX22", "A")
    incident = desk.incident()
    sent = desk.send(incident, "BX21")
    first.told(1)
    first.answer(sent["id"], "delivered", "refused")
    desk.reaches(sent["id"], "refused")
    shown = desk.shown(incident)
    assert shown["waiting_since"] is not None
    assert "BX21 refused: it is in the queue again, nobody attends" in [line["text"] for line in shown["log"]]
    ranking = desk.room.client.get(f"/v1/incidents/{incident}/ranking").json()
    assert [one["callsign"] for one in ranking["candidates"]] == ["BX22"]
    assert ranking["exclusions"][0]["code"] == "refused"
    desk.send(incident, "BX22")


def test_nobody_answers_and_the_desk_hears_of_it_and_calls(desk: ControlRoom) -> None:
    silent = desk.crew("BX21", "E")
    incident = desk.incident()
    with desk.room.listen() as feed:
        json.loads(feed.recv(timeout=10))
        sent = desk.send(incident, "BX21")
        silent.told(1)
        desk.room.clock.advance(seconds=30)
        desk.ticker.tick()
        told = next(
            event
            for event in (json.loads(feed.recv(timeout=10)) for _ in range(200))
            if event["type"] == "event" and event["event"]["message"] == "DeploymentUnanswered"
        )
    assert (told["event"]["callsign"], told["event"]["incident"]) == ("BX21", incident)
    desk.reaches(sent["id"], "unanswered")
    assert desk.shown(incident)["log"][-1]["text"] == "no answer from BX21's terminal: voice"
    desk.room.clock.advance(seconds=30)
    desk.ticker.tick()
    desk.reaches(sent["id"], "lapsed")
    assert desk.shown(incident)["waiting_since"] is not None
    assert desk.post(f"assignments/{sent['id']}/accept", via="voice").json()["state"] == "accepted"
    assert desk.shown(incident)["waiting_since"] is None


def test_a_diverted_crew_is_released_and_sent_on_and_the_first_incident_waits(desk: ControlRoom) -> None:
    crew = desk.crew("BX21", "E")
    minor, grave = desk.incident(grade="3"), desk.incident("C")
    old = desk.send(minor, "BX21")
    crew.told(1)
    crew.answer(old["id"], "delivered", "accepted")
    desk.reaches(old["id"], "accepted")
    new = desk.send(grave, "BX21", divert=True, reason="knife")
    assert crew.told(2) == {"assignment_id": old["id"], "released": True, "schema": "arls.dispatch/1"}
    assert crew.told(3)["assignment_id"] == new["id"]
    assert desk.shown(minor)["waiting_since"] is not None
    crew.answer(old["id"], "arrived")  # pressed before it had read that
    assert crew.told(4) == {"assignment_id": old["id"], "released": True, "schema": "arls.dispatch/1"}
    assert desk.intake.counters["late answers"] == 1
    desk.reaches(old["id"], "diverted")
    back = desk.post(f"incidents/{minor}/assignments", callsign="BX21", divert=True)
    assert (back.status_code, back.json()["code"]) == (409, "not_interruptible")


def test_a_shortfall_is_named_with_its_reason_until_somebody_fills_it(desk: ControlRoom) -> None:
    car, dog = desk.crew("BX21", "E"), desk.crew("DG7", "A", capabilities=["dog"])
    other, incident = desk.incident("C", grade="1"), desk.incident("F", grade="1")
    wanted = {"requirements": [{"label": "car"}, {"label": "dog", "capabilities": ["dog"]}], "reason": "he ran"}
    busy = desk.send(other, "DG7")
    dog.told(1)
    assert desk.room.client.put(f"/v1/incidents/{incident}/plan", json=wanted).status_code == 200
    ranking = desk.room.client.get(f"/v1/incidents/{incident}/ranking").json()
    (short,) = ranking["shortfalls"]
    assert short.startswith("1 dog: ")
    assert "DG7" in short
    assert other in short
    refused = desk.post(f"incidents/{incident}/assignments/set", callsigns=["BX21", "DG7"])
    assert (refused.status_code, desk.shown(incident)["assignments"], car.heard) == (409, [], [])
    sent = desk.send(incident, "BX21")
    dog.answer(busy["id"], "accepted", "arrived", "clear")
    desk.reaches(busy["id"], "cleared")
    ranking = desk.room.client.get(f"/v1/incidents/{incident}/ranking").json()
    assert ranking["shortfalls"] == []
    slots = [(slot["status"], slot["callsign"]) for slot in ranking["plan"]["slots"]]
    assert slots == [("assigned", "BX21"), ("filled", "DG7")]
    last = desk.send(incident, "DG7")
    assert car.told(1)["assignment_id"] == sent["id"]
    assert dog.told(3)["assignment_id"] == last["id"]


def test_a_next_job_reaches_the_terminal_when_the_first_is_done(desk: ControlRoom) -> None:
    crew = desk.crew("BX21", "E")
    first, second = desk.incident(), desk.incident("C", grade="2")
    now = desk.send(first, "BX21")
    later = desk.send(second, "BX21", queue=True)
    assert later["state"] == "queued"
    assert crew.told(1)["assignment_id"] == now["id"]
    crew.answer(now["id"], "accepted", "arrived", "clear")
    assert [crew.told(place)["assignment_id"] for place in (2, 3)] == [now["id"], later["id"]]
    desk.reaches(later["id"], "reserved")


def press(desk: ControlRoom, crew_link: Any, source: str) -> None:
    now = desk.room.clock()
    event = Event(id=f"press {source}", source=source, type="emergency", received_at=now, gateway="gw1")
    assert crew_link.publish(event_topic(FORCE, source, "emergency"), write_event(event, Mark()))


def test_an_emergency_button_overrides_everything_and_no_gate_is_before_it(desk: ControlRoom) -> None:
    crew = desk.crew("BX21", "E")
    armed = desk.crew("TJ1", "A", capabilities=("afo",))
    incident = desk.incident(firearms=True)
    desk.send(incident, "BX21")
    held = desk.post(f"incidents/{incident}/assignments", callsign="TJ1")
    assert held.json()["code"] == "needs_authority"
    press(desk, crew.link, "issi:BX21")
    until(lambda: Callsign("BX21") in desk.room.system.engine.known.emergencies)
    sent = desk.send(incident, "TJ1")
    assert armed.told(1)["assignment_id"] == sent["id"]
    assert desk.shown(incident)["assignments"][0]["active"]
    other = desk.post(f"incidents/{desk.incident('C')}/assignments", callsign="BX21", divert=True)
    assert other.status_code == 409


def test_armed_units_wait_at_the_rvp_until_a_commander_has_spoken(desk: ControlRoom) -> None:
    armed, plain = desk.crew("TJ1", "A", capabilities=("afo",)), desk.crew("BX21", "A")
    incident = desk.incident("C", firearms=True)
    rvp = DRAWN.node("B")
    body = {"lat": rvp.lat, "lon": rvp.lon, "note": "by North Street"}
    assert desk.room.client.put(f"/v1/incidents/{incident}/rvp", json=body).status_code == 200
    desk.send(incident, "TJ1", to_rvp=True)
    told = armed.told(1)
    assert (told["hold_at_rvp"], told["rvp"]["note"]) == (True, "by North Street")
    assert told["approach"] == "by North Street. do not pass the address"
    assert told["route"][-1] == pytest.approx([rvp.lon, rvp.lat], abs=1e-4)
    desk.send(incident, "BX21")
    assert plain.told(1)["warnings"] == ["firearms incident, unit not armed: go to the RVP and no further"]
    said = {"role": "tfc", "commander": "Insp. Gale", "reason": "shots heard"}
    assert desk.post(f"incidents/{incident}/authorise", **said).status_code == 200
    # It may have been told of the RVP and of its assignment in two messages that say the same.
    until(lambda: any(not told["hold_at_rvp"] for told in armed.heard))


def test_an_incident_goes_to_another_desk_and_its_log_says_who_did_what_where(desk: ControlRoom) -> None:
    desk.crew("BX21", "E")
    incident = desk.incident()
    desk.send(incident, "BX21")
    assert desk.post(f"incidents/{incident}/hand-over", desk="south", note="crossed the river").status_code == 200
    assert desk.post(f"incidents/{incident}/hand-over/accept", at="east").json()["code"] == "other_desk"
    assert desk.post(f"incidents/{incident}/hand-over/accept", at="south").json()["desk"] == "south"
    desk.post(f"assignments/{desk.shown(incident)['assignments'][0]['id']}/accept", at="south", via="voice")
    log = [(line["desk"], line["text"]) for line in desk.shown(incident)["log"]]
    assert log[-3:] == [
        ("north", "offered to south: crossed the river"),
        ("south", "handed over to south"),
        ("south", "BX21 accepted (by voice)"),
    ]


def test_answers_that_mean_nothing_are_counted_and_change_nothing(desk: ControlRoom) -> None:
    first, other = desk.crew("BX21", "E"), desk.crew("BX22", "A")
    sent = desk.send(desk.incident(), "BX21")
    first.told(1)
    other.answer(sent["id"], "accepted")
    first.answer("A99999", "accepted")
    first.answer(sent["id"], "perhaps")
    first.answer(sent["id"], "delivered", "delivered", "accepted")
    desk.reaches(sent["id"], "accepted")
    rejects = until(lambda: _rejects(desk))
    assert rejects == {"answer_for_another": 1, "answer_of_nobody": 1}
    assert desk.intake.counters["late answers"] == 1


def _rejects(desk: ControlRoom) -> dict[str, int] | None:
    found = {
        name: count
        for name, count in desk.room.system.engine.known.rejects.items()
        if name in {"answer_for_another", "answer_of_nobody"}
    }
    return found if len(found) == 2 else None
