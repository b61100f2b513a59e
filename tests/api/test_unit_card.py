"""What is told of one unit: who and what is on board, which device says where it is, what it does next."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from arls.crew import Driver, Member, Vehicle
from tests.api.room import DRAWN

if TYPE_CHECKING:
    from tests.api.room import Room


def aboard(room: Room, callsign: str) -> dict[str, Any]:
    response = room.client.get(f"/v1/units/{callsign}/aboard")
    assert response.status_code == 200, response.text
    return dict(response.json())


def test_who_and_what_is_on_board_is_told_with_the_device_that_says_where_it_is(room: Room) -> None:
    crew = (Member(id="1234", driver=Driver.RESPONSE, devices=("issi:AB12",)), Member(id="2345"))
    room.book("AB12", members=crew, vehicle=Vehicle(id="V7", devices=("imei:9",)))
    body = {"sources": ["issi:AB12", "imei:9"], "members": [{"id": "1234", "devices": ["issi:AB12"]}]}
    room.client.put("/v1/units/AB12", json=body | {"vehicle": {"id": "V7", "devices": ["imei:9"]}})
    room.fix("AB12", DRAWN.node("A"))
    said = aboard(room, "AB12")
    assert said["unit"]["vehicle"]["id"] == "V7"
    by_source = {one["source"]: one for one in said["devices"]}
    carried, fixed = by_source["issi:AB12"], by_source["imei:9"]
    assert (carried["where"], carried["member"], carried["bears"]) == ("carried", "1234", True)
    assert (fixed["where"], fixed["bears"], fixed["heard_at"]) == ("vehicle", False, None)
    assert said["afoot_m"] is None


def test_the_next_jobs_of_a_unit_are_told_in_their_order(room: Room) -> None:
    room.book("AB12", DRAWN.node("A"))
    first, second = room.incident(grade="2"), room.incident(grade="2")
    assert room.assign(first["id"], "AB12").status_code == 201
    queued = room.client.post(f"/v1/incidents/{second['id']}/assignments", json={"callsign": "AB12", "queue": True})
    assert queued.status_code == 201, queued.text
    assert [(job["incident"], job["state"]) for job in aboard(room, "AB12")["next_jobs"]] == [(second["id"], "queued")]


def test_nobody_off_duty_is_told_of(room: Room) -> None:
    room.book("AB12", DRAWN.node("A"))
    room.client.post("/v1/book-off", json={"units": ["AB12"]})
    assert room.client.get("/v1/units/AB12/aboard").json()["code"] == "off_duty"
    assert room.client.get("/v1/units/ZZ99/aboard").json()["code"] == "no_unit"
