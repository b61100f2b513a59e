"""RVP, firearms and hand-over over HTTP; diversion, next jobs and stale views of assignments."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from api.settings import Settings
from arls.closure import Closure, ClosureId, Point
from gateways.approach import find_approach
from tests.api.room import DRAWN

if TYPE_CHECKING:
    import httpx

    from tests.api.room import Room


def post(room: Room, path: str, at: str = "north", **body: Any) -> httpx.Response:
    return room.client.post(f"/v1/incidents/INC0001/{path}", json=body, headers={"X-Desk": at})


def test_a_ranking_leads_to_the_rvp_while_there_is_one(room: Room) -> None:
    room.book("AB12", at=DRAWN.node("A"))
    room.incident(at=DRAWN.node("F"))
    rvp = DRAWN.node("B")
    before = room.client.get("/v1/incidents/INC0001/ranking").json()
    put = room.client.put("/v1/incidents/INC0001/rvp", json={"lat": rvp.lat, "lon": rvp.lon, "note": "from the north"})
    assert put.json()["rvp"]["note"] == "from the north"
    there = room.client.get("/v1/incidents/INC0001/ranking").json()
    assert (there["lat"], there["lon"]) == (rvp.lat, rvp.lon)
    assert there["candidates"][0]["distance_m"] < before["candidates"][0]["distance_m"]
    assert room.client.delete("/v1/incidents/INC0001/rvp").json()["rvp"] is None
    assert room.client.get("/v1/incidents/INC0001/ranking").json()["lat"] == before["lat"]


def test_the_way_to_an_rvp_goes_round_the_address_where_it_can_and_says_where_it_cannot(room: Room) -> None:
    room.incident(at=DRAWN.node("B"))
    rvp, roads = DRAWN.node("C"), room.system.roads
    room.client.put("/v1/incidents/INC0001/rvp", json={"lat": rvp.lat, "lon": rvp.lon})
    incident = next(iter(room.system.engine.known.incidents.values()))
    found = find_approach(DRAWN.node("A"), incident, "car-response", roads, (), room.clock())
    assert found is not None
    assert found.note == "do not pass the address"
    here = DRAWN.node("B")
    assert all(abs(lat - here.lat) + abs(lon - here.lon) > 1e-5 for lon, lat in found.points)
    shut = Closure(id=ClosureId("C1"), shape=Point(position=DRAWN.node("E")), since=room.clock())
    forced = find_approach(DRAWN.node("A"), incident, "car-response", roads, (shut,), room.clock())
    assert forced is not None
    assert forced.note == "no way round the address is known: this one passes it"


def test_an_armed_unit_is_sent_once_a_commander_has_said_so(room: Room) -> None:
    room.book("TJ1", capabilities=("afo",))
    room.incident(firearms=True)
    held = room.assign("INC0001", "TJ1")
    assert (held.status_code, held.json()["code"]) == (409, "needs_authority")
    assert post(room, "authorise", role="tfc", commander="Insp. Gale", reason="shots heard").status_code == 200
    assert room.assign("INC0001", "TJ1").status_code == 201
    shown = post(room, "hand-over-command", role="sfc", commander="Supt. Moor", note="relieved").json()
    assert shown["authorised"]["commander"] == "Supt. Moor"
    assert post(room, "withdraw-authority", reason="toy gun").json()["authorised"] is None


def test_who_is_not_entered_as_a_commander_does_not_authorise(room: Room) -> None:
    settings = Settings(operators={"somebody": ("tfc",), "demo": ("supervisor",)})
    object.__setattr__(room.system, "settings", settings)
    room.incident(firearms=True)
    refused = post(room, "authorise", role="tfc", commander="Insp. Gale", reason="shots heard")
    assert (refused.status_code, refused.json()["code"]) == (403, "no_role")


def test_desks_hand_an_incident_on_and_each_sees_what_concerns_it(room: Room) -> None:
    place = DRAWN.node("E")
    body = {"lat": place.lat, "lon": place.lon, "grade": "1"}
    made = room.client.post("/v1/incidents", json=body, headers={"X-Desk": "north"}).json()
    assert made["desk"] == "north"

    def seen(desk: str) -> list[str]:
        return [one["id"] for one in room.client.get(f"/v1/incidents?desk={desk}").json()["incidents"]]

    assert (seen("north"), seen("south")) == (["INC0001"], [])
    assert post(room, "hand-over", at="east", desk="south").status_code == 409, "it is north's to offer"
    offered = post(room, "hand-over", desk="south", note="crossed the river").json()
    assert (offered["offer"]["desk"], seen("south")) == ("south", ["INC0001"])
    assert post(room, "hand-over/accept", at="east").json()["code"] == "other_desk"
    assert post(room, "hand-over/accept", at="south").json()["desk"] == "south"
    assert seen("north") == []
    assert post(room, "hand-over/take-over", at="north").json()["code"] == "no_reason"
    assert post(room, "hand-over/take-over", at="north", note="south is out").json()["desk"] == "north"


def test_a_unit_is_diverted_and_queued_over_http(room: Room) -> None:
    room.book("AB12", at=DRAWN.node("A"))
    for grade in ("3", "1", "2"):
        room.incident(grade=grade)
    room.assign("INC0001", "AB12")
    wanted = {"callsign": "AB12", "divert": True, "reason": "knife"}
    diverted = room.client.post("/v1/incidents/INC0002/assignments", json=wanted)
    assert (diverted.status_code, diverted.json()["id"], diverted.json()["state"]) == (201, "A00002", "reserved")
    left = room.client.get("/v1/incidents/INC0001").json()
    assert left["waiting_since"] is not None
    assert left["assignments"][0]["state"] == "diverted"
    back = room.client.post("/v1/incidents/INC0003/assignments", json={"callsign": "AB12", "divert": True})
    assert (back.status_code, back.json()["code"]) == (409, "not_interruptible")
    queued = room.client.post("/v1/incidents/INC0003/assignments", json={"callsign": "AB12", "queue": True})
    assert (queued.json()["state"], queued.json()["active"]) == ("queued", False)
    room.client.post("/v1/assignments/A00002/clear")
    assert room.client.get(f"/v1/assignments/{queued.json()['id']}").json()["state"] == "reserved"


def test_who_assigns_in_view_of_an_older_version_is_told_who_changed_what(room: Room) -> None:
    room.book("AB12", at=DRAWN.node("A"))
    room.incident()
    room.client.post("/v1/incidents/INC0001/log", json={"text": "he is back"}, headers={"X-Desk": "north"})
    stale = room.assign("INC0001", "AB12", **{"If-Match": '"1"'})
    assert stale.status_code == 412
    assert "demo at north: he is back" in stale.json()["detail"]
    assert room.assign("INC0001", "AB12", **{"If-Match": '"2"'}).status_code == 201
