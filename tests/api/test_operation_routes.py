"""Operations and appointments over HTTP, and what rankings make of them."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest

from api.ticker import Ticker
from maps.areas import AreaBook
from tests.api.room import DRAWN, Room, open_room
from tests.api.test_area_routes import AREAS

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@pytest.fixture
def mapped(web: Path) -> Iterator[Room]:
    with open_room(web, areas=AreaBook([area for area, _ in AREAS], [shape for _, shape in AREAS])) as room:
        for callsign, node in (("AA1", "A"), ("CC1", "C")):
            room.book(callsign, at=DRAWN.node(node))
        room.book("PC1", at=DRAWN.node("B"), role="pcso")
        yield room


def tick(room: Room) -> None:
    Ticker(room.system.engine, room.system.roads, now=room.clock).tick()


def ranked(room: Room, incident: str) -> tuple[list[str], dict[str, tuple[str, str]]]:
    said = room.client.get(f"/v1/incidents/{incident}/ranking").json()
    bars = {one["callsign"]: (one["code"], one["reason"]) for one in said["exclusions"]}
    return [one["callsign"] for one in said["candidates"]], bars


def test_an_operation_holds_its_units_from_routine_and_not_from_what_is_its_own(mapped: Room) -> None:
    body = {"name": "Derby", "units": ["AA1"], "areas": ["W"], "note": "away fans"}
    made = mapped.client.post("/v1/operations", json=body)
    assert (made.status_code, made.headers["location"]) == (201, "/v1/operations/OP0001")
    assert (made.json()["status"], made.json()["units"]) == ("running", ["AA1"])
    mapped.incident(DRAWN.node("C"), grade="3")
    assert ranked(mapped, "INC0001") == (
        ["CC1", "PC1"],
        {"AA1": ("ring_fenced", "held for the operation OP0001, which grade 3 does not open")},
    )
    sent = mapped.assign("INC0001", "AA1")
    assert (sent.status_code, sent.json()["code"]) == (409, "ring_fenced")
    mapped.incident(DRAWN.node("C"), grade="1")
    assert "AA1" in ranked(mapped, "INC0002")[0]
    put = mapped.client.post("/v1/incidents/INC0001/operation", json={"operation": "OP0001"}).json()
    assert (put["operation"], "AA1" in ranked(mapped, "INC0001")[0]) == ("OP0001", True)
    mapped.incident(DRAWN.node("A"), grade="3")
    assert "AA1" in ranked(mapped, "INC0003")[0]  # in one of the operation's areas


def test_a_ring_is_widened_narrowed_and_ended_under_a_name(mapped: Room) -> None:
    mapped.client.post("/v1/operations", json={"name": "Derby", "units": ["AA1"]})
    ringed = mapped.client.post("/v1/operations/OP0001/ring", json={"units": ["CC1"]}).json()
    assert ringed["units"] == ["AA1", "CC1"]
    row = mapped.client.get("/v1/units/CC1").json()["properties"]
    assert row["operation"] == "OP0001"
    left = mapped.client.post("/v1/operations/OP0001/release", json={"units": ["AA1"], "reason": "quiet"}).json()
    assert left["units"] == ["CC1"]
    assert [one["id"] for one in mapped.client.get("/v1/operations").json()["operations"]] == ["OP0001"]
    assert mapped.client.post("/v1/operations/OP0001/end").json()["status"] == "over"
    assert mapped.client.get("/v1/operations").json()["operations"] == []
    assert mapped.client.get("/v1/operations/OP0001").json()["status"] == "over"
    again = mapped.client.post("/v1/operations/OP0001/end")
    assert (again.status_code, again.json()["code"]) == (409, "operation_over")


def test_an_operation_begins_and_ends_by_the_clock(mapped: Room) -> None:
    now = mapped.clock()
    body = {
        "name": "Fair",
        "units": ["AA1"],
        "since": (now + timedelta(minutes=5)).isoformat(),
        "until": (now + timedelta(minutes=9)).isoformat(),
    }
    mapped.client.post("/v1/operations", json=body)
    seen = []
    for _ in range(3):
        tick(mapped)
        status = mapped.client.get("/v1/operations/OP0001").json()["status"]
        seen.append((status, mapped.client.get("/v1/units/AA1").json()["properties"]["operation"]))
        mapped.clock.now += timedelta(minutes=5)
    assert seen == [("planned", ""), ("running", "OP0001"), ("over", "")]


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        ({"name": "X", "areas": ["ZZ"]}, 422, "unknown_area"),
        ({"name": "X", "units": ["ZZ9"]}, 404, "no_unit"),
        ({"name": "X", "until": "2020-01-01T00:00:00Z"}, 422, "no_time"),
        ({"name": ""}, 422, None),
        ({"name": "X", "since": "2026-03-02T14:00:00"}, 422, None),
        ({"name": "X", "colour": "red"}, 422, None),
    ],
)
def test_what_is_no_operation_is_a_problem(mapped: Room, body: dict[str, Any], status: int, code: str | None) -> None:
    answer = mapped.client.post("/v1/operations", json=body)
    assert (answer.status_code, answer.json().get("code")) == (status, code)


def test_where_an_area_forbids_a_role_its_units_are_left_out_with_the_areas_reason(mapped: Room) -> None:
    mapped.incident(DRAWN.node("A"), grade="3")
    mapped.incident(DRAWN.node("C"), grade="3")
    assert ranked(mapped, "INC0001")[1] == {
        "PC1": ("role_here", "pcso, not sent here: a dispersal order needs an officer")
    }
    assert "PC1" in ranked(mapped, "INC0002")[0]


def scheduled(room: Room) -> dict[str, Any]:
    begins = room.clock() + timedelta(hours=2)
    window = {"begins_at": begins.isoformat(), "ends_at": (begins + timedelta(hours=1)).isoformat()}
    return room.incident(DRAWN.node("C"), grade="3", appointment=window)


def test_an_appointment_is_not_ranked_before_its_time_and_says_when_it_is_due(mapped: Room) -> None:
    made = scheduled(mapped)
    assert made["held_until"] == "2026-03-02T15:00:00Z"  # an hour before it begins
    assert made["appointment"]["begins_at"] == "2026-03-02T16:00:00Z"
    early = mapped.client.get("/v1/incidents/INC0001/ranking")
    assert (early.status_code, early.json()["code"]) == (409, "held")
    assert mapped.client.get("/v1/incidents/INC0001/why-not/AA1").json()["code"] == "held"
    due = "INC0001 is held until 2026-03-02 15:00 UTC for its appointment 2026-03-02 16:00 to 17:00 UTC"
    assert early.json()["detail"] == f"{due}: release it to rank it"
    mapped.clock.now += timedelta(hours=1)
    assert mapped.client.get("/v1/incidents/INC0001/ranking").status_code == 200
    tick(mapped)
    now = mapped.client.get("/v1/incidents/INC0001").json()
    assert (now["held_until"], now["released_at"]) == (None, "2026-03-02T15:00:00Z")


def test_a_desk_releases_an_appointment_and_makes_another(mapped: Room) -> None:
    scheduled(mapped)
    released = mapped.client.post("/v1/incidents/INC0001/release", json={"reason": "he rang again"})
    assert (released.status_code, released.json()["held_until"]) == (200, None)
    assert mapped.client.post("/v1/incidents/INC0001/release").json()["code"] == "not_held"
    window = {"begins_at": "2026-03-03T10:00:00Z", "ends_at": "2026-03-03T11:00:00Z"}
    anew = mapped.client.post("/v1/incidents/INC0001/appointment", json=window | {"reason": "not at home"}).json()
    assert anew["held_until"] == "2026-03-03T09:00:00Z"
    backwards = {"begins_at": window["ends_at"], "ends_at": window["begins_at"]}
    assert mapped.client.post("/v1/incidents/INC0001/appointment", json=backwards).status_code == 422
    urgent = mapped.incident(DRAWN.node("C"), grade="1")
    assert (
        mapped.client.post(f"/v1/incidents/{urgent['id']}/appointment", json=window).json()["code"] == "not_scheduled"
    )
