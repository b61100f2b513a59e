"""An incident's plan is read and set, and a set of units is sent all at once or not at all."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from tests.api.room import DRAWN

if TYPE_CHECKING:
    from tests.api.room import Room

PLACE = {"lat": DRAWN.node("A").lat, "lon": DRAWN.node("A").lon}


def incident(room: Room, **fields: Any) -> str:
    body = {**PLACE, "grade": "1", **fields}
    return str(room.client.post("/v1/incidents", json=body).json()["id"])


def units(room: Room, *names: str) -> None:
    for name, node in zip(names, "BCDEF", strict=False):
        room.book(name, DRAWN.node(node))


def test_an_incident_of_an_unknown_type_needs_what_the_generic_plan_says(room: Room) -> None:
    found = room.client.get(f"/v1/incidents/{incident(room, type='a llama')}/plan").json()
    assert (found["origin"], found["label"]) == ("pack", "Generic: one unit")
    assert len(found["requirements"]) == 1


def test_a_dispatcher_sets_another_plan_and_the_ranking_follows(room: Room) -> None:
    units(room, "U1", "U2")
    name = incident(room)
    body = {"requirements": [{"n": 2}, {"label": "dog unit", "capabilities": ["dog"]}], "reason": "a dog was seen"}
    put = room.client.put(f"/v1/incidents/{name}/plan", json=body)
    assert put.status_code == 200
    assert (put.json()["origin"], put.json()["set_by"]["reason"]) == ("dispatcher", "a dog was seen")
    ranking = room.client.get(f"/v1/incidents/{name}/ranking", params={"k": 1}).json()
    assert [slot["status"] for slot in ranking["plan"]["slots"]] == ["filled", "filled", "missing"]
    assert ranking["shortfalls"] == ["1 dog unit: none is booked on"]
    back = room.client.put(f"/v1/incidents/{name}/plan", json={"requirements": None, "reason": "it went home"})
    assert back.json()["origin"] == "pack"


@pytest.mark.parametrize(
    ("requirements", "status"),
    [
        ([{"n": 0}], 422),
        ([{"n": 13}], 422),
        ([{"min_crew": 17}], 422),
        ([{"min_crew": 6, "kinds": ["car"]}], 422),
        ([{"n": 2, "shared": True}], 422),
        ([{"n": 7}, {"n": 6}], 422),
        ([{"horses": 2}], 422),
    ],
)
def test_an_impossible_plan_is_refused_with_a_sentence(room: Room, requirements: list[Any], status: int) -> None:
    answers = [
        room.client.put(f"/v1/incidents/{incident(room)}/plan", json={"requirements": requirements, "reason": "why"}),
        room.client.post("/v1/nearest", json={**PLACE, "requirements": requirements}),
    ]
    assert [one.status_code for one in answers] == [status, status]
    assert all(one.json()["detail"] for one in answers)


def test_nearest_takes_a_plan(room: Room) -> None:
    units(room, "U1", "U2", "U3")
    found = room.client.post("/v1/nearest", json={**PLACE, "requirements": [{"n": 2}], "k": 1}).json()
    assert found["plan"]["plan"]["origin"] == "asked"
    assert len(found["plan"]["send"]) == 2
    assert room.client.post("/v1/nearest", json=PLACE).json()["plan"] is None


def test_a_set_is_reserved_at_once(room: Room) -> None:
    units(room, "U1", "U2")
    name = incident(room)
    answer = room.client.post(f"/v1/incidents/{name}/assignments/set", json={"callsigns": ["U1", "U2"]})
    assert answer.status_code == 201
    made = answer.json()["assignments"]
    assert [(one["callsign"], one["state"]) for one in made] == [("U1", "reserved"), ("U2", "reserved")]
    assert len({one["id"] for one in made}) == 2
    assert {one["id"] for one in room.client.get(f"/v1/incidents/{name}").json()["assignments"]} == {
        one["id"] for one in made
    }


def test_of_a_set_nobody_is_sent_where_one_is_taken(room: Room) -> None:
    units(room, "U1", "U2")
    first, second = incident(room), incident(room)
    room.client.post(f"/v1/incidents/{first}/assignments", json={"callsign": "U2"})
    answer = room.client.post(f"/v1/incidents/{second}/assignments/set", json={"callsigns": ["U1", "U2"]})
    assert answer.status_code == 409
    assert answer.json()["detail"] == f"U2 is already assigned to {first}; nobody of the 2 was sent"
    assert room.client.get(f"/v1/incidents/{second}").json()["assignments"] == []


def test_the_same_key_sends_a_set_once(room: Room) -> None:
    units(room, "U1", "U2")
    path, body = f"/v1/incidents/{incident(room)}/assignments/set", {"callsigns": ["U1", "U2"]}
    answers = [room.client.post(path, json=body, headers={"Idempotency-Key": "k1"}) for _ in range(2)]
    assert [one.status_code for one in answers] == [201, 201]
    assert answers[0].json() == answers[1].json()


@pytest.mark.parametrize("callsigns", [[], ["U1", "U1"]])
def test_an_odd_set_is_refused(room: Room, callsigns: list[str]) -> None:
    units(room, "U1")
    answer = room.client.post(f"/v1/incidents/{incident(room)}/assignments/set", json={"callsigns": callsigns})
    assert answer.status_code == 422
