"""The queue, the clocks and requests for more units, over HTTP and the live feed."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import TYPE_CHECKING

from api.ticker import Ticker

if TYPE_CHECKING:
    from tests.api.room import Room


def ticker(room: Room) -> Ticker:
    return Ticker(room.system.engine, room.system.roads, now=room.clock)


def test_what_nobody_is_on_ages_in_the_queue_until_somebody_is_sent(room: Room) -> None:
    room.book("AB12")
    slow, fast = room.incident(grade="2"), room.incident(grade="1")
    room.clock.advance(seconds=100)
    said = room.client.get("/v1/queue").json()
    assert [row["incident"] for row in said["queue"]] == [fast["id"], slow["id"]]
    assert [row["unresourced_s"] for row in said["queue"]] == [100.0, 100.0]
    assert room.assign(fast["id"], "AB12").status_code == 201
    assert [row["incident"] for row in room.client.get("/v1/queue").json()["queue"]] == [slow["id"]]


def test_a_breach_and_an_escalation_reach_every_screen_by_themselves_and_once(room: Room) -> None:
    made = room.incident(grade="1")
    with room.listen() as feed:
        assert json.loads(feed.recv(5))["type"] == "hello"
        room.clock.advance(seconds=301)
        for _ in range(2):
            ticker(room).tick()
        room.client.post(f"/v1/incidents/{made['id']}/log", json={"text": "the end"})
        told = []
        while "IncidentLogged" not in told:
            message = json.loads(feed.recv(5))
            if message["type"] == "event":
                told.append(message["event"]["message"])
    assert told == ["BreachWarned", "IncidentEscalated", "IncidentLogged"]
    shown = room.client.get(f"/v1/incidents/{made['id']}").json()
    assert [one["what"] for one in shown["told"]] == ["deploy breached", "escalated"]


def test_the_clocks_of_an_incident_are_told_by_its_policy_or_by_another(room: Room) -> None:
    called_at = (room.clock() - timedelta(seconds=40)).isoformat()
    made = room.incident(grade="1", called_at=called_at)
    room.clock.advance(seconds=60)
    said = room.client.get(f"/v1/incidents/{made['id']}/clocks").json()
    assert (said["policy"], said["setting"], len(said["clocks"])) == ("generic/1", "unknown", 8)
    from_call = [one["elapsed_s"] for one in said["clocks"] if one["start"] == "call"]
    assert from_call == [100.0, 100.0]
    other = room.client.get(f"/v1/incidents/{made['id']}/clocks", params={"policy": "suffolk"}).json()
    (claimed,) = (one for one in other["clocks"] if one["claimed"])
    assert (other["policy"], claimed["start"], claimed["state"]) == ("suffolk/1", "dispatch", "not_started")
    wrong = room.client.get(f"/v1/incidents/{made['id']}/clocks", params={"policy": "atlantis"})
    assert (wrong.status_code, wrong.json()["code"]) == (422, "unknown_policy")
    assert room.client.get("/v1/incidents/INC9/clocks").status_code == 404


def test_an_incident_says_when_it_is_due_and_by_which_policy(room: Room) -> None:
    made = room.incident(grade="1")
    due = (room.clock() + timedelta(seconds=900)).isoformat().replace("+00:00", "Z")
    assert (made["policy"], made["target_s"], made["due_at"]) == ("generic/1", 900, due)
    assert [one["grade"] for one in made["gradings"]] == ["1"]


def test_a_call_from_the_future_is_refused(room: Room) -> None:
    called_at = (room.clock() + timedelta(seconds=5)).isoformat()
    body = {"lat": 53.2, "lon": -0.03, "grade": "1", "called_at": called_at}
    answer = room.client.post("/v1/incidents", json=body)
    assert (answer.status_code, answer.json()["code"]) == (422, "future_call")


def test_more_units_are_asked_for_once_under_a_key_and_withdrawn(room: Room) -> None:
    made = room.incident(grade="1")
    path, key = f"/v1/incidents/{made['id']}/more-units", {"Idempotency-Key": "more-1"}
    for _ in range(2):
        answer = room.client.post(path, json={"n": 2, "capabilities": ["taser"], "reason": "a crowd"}, headers=key)
        assert answer.status_code == 201
    assert [one["n"] for one in answer.json()["more_units"]] == [2]
    (row,) = room.client.get("/v1/queue").json()["queue"]
    assert row["more_units"][0]["missing"] == 2
    assert room.client.post(path, json={"n": 0}).status_code == 422
    assert room.client.post(f"{path}/R1/withdraw", json={"reason": "calm"}).status_code == 200
    assert room.client.post(f"{path}/R1/withdraw").status_code == 409
    assert room.client.post(f"{path}/R7/withdraw").status_code == 404
