"""Shifts over HTTP: booked on and off as one, checked, planned, and turned by the clock."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

from api.settings import UnitsSettings
from api.ticker import Ticker
from arls import messages as m
from arls.crew import Driver, Member, Vehicle
from arls.unit import Callsign
from tests.api.room import DRAWN

if TYPE_CHECKING:
    import pytest

    from tests.api.room import Room


def tick(room: Room, **after: float) -> None:
    room.clock.now += timedelta(**after)
    Ticker(room.system.engine, room.system.roads, now=room.clock, put_off_duty=True).tick()


def book_on(room: Room, *units: dict[str, Any], **query: Any) -> dict[str, Any]:
    answer = room.client.post("/v1/book-on", json={"units": units}, params=query)
    assert answer.status_code == 200, answer.text
    return dict(answer.json())


def at(room: Room, **after: float) -> str:
    return (room.clock() + timedelta(**after)).isoformat()


def row(room: Room, callsign: str) -> dict[str, Any]:
    return dict(room.client.get(f"/v1/units/{callsign}").json()["properties"])


def test_a_shift_is_booked_on_at_once_and_radios_that_changed_hands_are_named(room: Room) -> None:
    room.client.put("/v1/units/AB12", json={"sources": ["issi:7"]})
    said = book_on(
        room,
        {"callsign": "CD34", "sources": ["issi:7"], "code": 2},
        {"callsign": "EF56", "code": 3},
        {"callsign": "GH78", "code": 99},
        {"callsign": "EF56", "code": 2},
    )
    assert [booked["state"]["code"] for booked in said["booked"]] == [2, 3]
    (clash,) = said["conflicts"]
    text = "issi:7 is taken from AB12"
    expected = {"callsign": "CD34", "code": "device_taken", "text": text, "source": "issi:7", "taken_from": "AB12"}
    assert clash == expected
    assert [(line["callsign"], line["code"]) for line in said["refused"]] == [
        ("GH78", "unknown_code"),
        ("EF56", "booked_twice"),
    ]
    assert room.client.post("/v1/book-on", json={"units": [{"callsign": "X", "profile": "tank"}]}).status_code == 422
    known = room.system.engine.known
    assert known.sources[Callsign("AB12")] == ()
    assert Callsign("GH78") not in known.units, "a refused line leaves nothing behind"


def test_the_last_word_on_a_device_stands_whatever_the_order(room: Room) -> None:
    room.client.put("/v1/units/AB12", json={"sources": ["issi:7", "issi:8"]})
    book_on(room, {"callsign": "CD34", "sources": ["issi:7"]}, {"callsign": "AB12", "sources": ["issi:7", "issi:8"]})
    assert room.system.engine.known.sources == {"AB12": ("issi:7", "issi:8"), "CD34": ()}


def test_a_check_says_what_would_come_of_it_and_does_nothing(room: Room) -> None:
    before = len(room.journal.events)
    line = {"callsign": "AB12", "code": 2, "sources": ["issi:7"]}
    said = book_on(room, line, {"callsign": "CD34", "code": 99}, check=True)
    assert (said["done"], said["booked"], [it["callsign"] for it in said["refused"]]) == (False, [], ["CD34"])
    assert len(room.journal.events) == before


def test_all_of_a_shift_or_nothing_when_that_is_asked(room: Room) -> None:
    units = [{"callsign": "AB12"}, {"callsign": "CD34", "code": 99}]
    answer = room.client.post("/v1/book-on", json={"units": units}, params={"partial": False})
    assert (answer.status_code, answer.json()["code"]) == (422, "shift_refused")
    assert "CD34: there is no state code 99" in answer.json()["detail"]
    assert room.system.engine.known.units == {}


def test_an_officer_in_two_units_a_car_in_two_units_and_mixed_up_numbers_are_told(room: Room) -> None:
    crew = {"members": [{"id": "collar 1234"}], "vehicle": {"id": "7042"}}
    book_on(room, {"callsign": "AB12", **crew})
    said = book_on(
        room,
        {"callsign": "CD34", **crew},
        {"callsign": "EF56", "members": [{"id": "PC 7050"}, {"id": "2"}], "vehicle": {"id": "7050", "seats": 1}},
    )
    assert [(clash["callsign"], clash["code"]) for clash in said["conflicts"]] == [
        ("CD34", "member_elsewhere"),
        ("CD34", "vehicle_twice"),
        ("EF56", "too_few_seats"),
        ("EF56", "number_mixed_up"),
    ]
    room.client.post("/v1/book-off", json={"units": ["AB12"]})
    assert book_on(room, {"callsign": "CD34", **crew})["conflicts"] == [], "who is off duty is in nobody's way"


def test_shifts_of_one_unit_that_overlap_are_told(room: Room) -> None:
    now = {"begins_at": at(room, hours=0), "ends_at": at(room, hours=10)}
    late = {"begins_at": at(room, hours=9), "ends_at": at(room, hours=18)}
    book_on(room, {"callsign": "AB12", "shift": now})
    (clash,) = book_on(room, {"callsign": "AB12", "shift": late, "begins_at": late["begins_at"]})["conflicts"]
    assert clash["code"] == "shifts_overlap"


def test_words_that_the_force_does_not_have_are_refused_and_the_nearest_named(
    room: Room, monkeypatch: pytest.MonkeyPatch
) -> None:
    wanted = UnitsSettings(catalogue="uk-police", callsign_pattern="[A-Z]{2}[0-9]{2}")
    settings = room.system.settings.model_copy(update={"units": wanted})
    monkeypatch.setattr(type(room.system), "settings", property(lambda _: settings))
    said = book_on(
        room,
        {"callsign": "AB12", "members": [{"id": "1", "capabilities": ["tazer"]}]},
        {"callsign": "CD34", "role": "pcs"},
        {"callsign": "6012228"},
        {"callsign": "Bravo 6"},
        {"callsign": "EF56", "members": [{"id": "1"}, {"id": "1"}]},
        {"callsign": "GH78", "role": "pcso", "vehicle": {"id": "1", "capabilities": ["defibrillator"]}},
    )
    assert [booked["unit"]["callsign"] for booked in said["booked"]] == ["GH78"]
    reasons = {line["callsign"]: line["reason"] for line in said["refused"]}
    assert reasons["AB12"] == "there is no capability tazer in the catalogue: is it taser?"
    assert reasons["CD34"].endswith("is it pcso?")
    assert "looks like the number of a radio (ISSI)" in reasons["6012228"]
    assert "no callsign of this force ([A-Z]{2}[0-9]{2})" in reasons["Bravo 6"]
    assert reasons["EF56"] == "1 is named twice in EF56"
    put = room.client.put("/v1/units/ZZ99", json={"capabilities": ["dogg"]})
    assert (put.status_code, put.json()["code"]) == (422, "unknown_capability")


def test_the_taser_leaves_with_its_officer_and_rankings_see_it_within_a_second(room: Room) -> None:
    ends_at = room.clock() + timedelta(minutes=30)
    crew = (
        Member(id="1", driver=Driver.RESPONSE),
        Member(id="2", driver=Driver.BASIC, capabilities=("taser",), ends_at=ends_at),
    )
    room.book("AB12", at=DRAWN.node("A"), members=crew, vehicle=Vehicle(id="7042"), expected_interval_s=3600.0)
    nearest = {"lat": DRAWN.node("E").lat, "lon": DRAWN.node("E").lon, "requirement": ["taser"]}

    def able() -> list[str]:
        return [it["callsign"] for it in room.client.post("/v1/nearest", json=nearest).json()["candidates"]]

    tick(room, minutes=29, seconds=59)
    assert able() == ["AB12"]
    assert row(room, "AB12")["crew"] == 2
    tick(room, seconds=1)
    assert able() == []
    assert (row(room, "AB12")["crew"], row(room, "AB12")["capabilities"]) == (1, [])
    (turned,) = [event for event in room.journal.events if isinstance(event, m.CrewTurned)]
    assert (turned.left, turned.boarded, turned.operator) == (("2",), (), "clock")
    before = len(room.journal.events)
    tick(room, seconds=1)
    assert len(room.journal.events) == before, "what has turned turns once"


def test_a_booking_for_later_is_planned_and_begins_by_itself(room: Room) -> None:
    room.client.put("/v1/units/AB12", json={"sources": ["issi:7"]})
    line = {"callsign": "CD34", "code": 2, "sources": ["issi:7"], "begins_at": at(room, hours=2)}
    said = book_on(room, line)
    assert (said["booked"], [plan["callsign"] for plan in said["planned"]]) == ([], ["CD34"])
    assert room.client.get("/v1/units/CD34").status_code == 404
    tick(room, hours=1)
    assert room.system.engine.known.sources[Callsign("AB12")] == ("issi:7",)
    tick(room, hours=1)
    assert row(room, "CD34")["state"]["code"] == 2
    known = room.system.engine.known
    assert (known.sources[Callsign("CD34")], known.planned, known.due) == (("issi:7",), {}, {})


def test_a_booking_for_later_can_be_dropped_and_changed(room: Room) -> None:
    line = {"callsign": "AB12", "code": 2, "begins_at": at(room, hours=2)}
    book_on(room, line)
    book_on(room, line | {"code": 3})
    assert room.client.post("/v1/book-off", json={"units": ["AB12"]}).json() == {"off": ["AB12"], "refused": []}
    tick(room, hours=3)
    assert room.client.get("/v1/units/AB12").status_code == 404
    book_on(room, line | {"begins_at": at(room, hours=1)}, line | {"callsign": "CD34", "begins_at": at(room, hours=1)})
    book_on(room, line | {"code": 3, "begins_at": at(room, hours=1)})
    tick(room, hours=1)
    assert row(room, "AB12")["state"]["code"] == 3


def test_whoever_is_free_is_off_duty_at_the_end_of_the_shift_and_whoever_is_busy_is_asked(room: Room) -> None:
    shift = {"begins_at": at(room, hours=0), "ends_at": at(room, hours=8)}
    book_on(room, *({"callsign": name, "code": 2, "shift": shift} for name in ("AB12", "CD34", "EF56")))
    assert room.assign(room.incident()["id"], "CD34").status_code == 201
    room.client.post("/v1/units/EF56/state", json={"code": 0})
    tick(room, hours=8)
    endings = {event.callsign: event.ending for event in room.journal.events if isinstance(event, m.ShiftEnded)}
    assert endings == {"AB12": "off_duty", "CD34": "asked", "EF56": "asked"}
    assert room.client.get("/v1/units/AB12").json()["code"] == "off_duty"
    assert room.client.get("/v1/units/CD34").status_code == 200
    before = len(room.journal.events)
    tick(room, seconds=1)
    assert len(room.journal.events) == before
    assert room.system.engine.known.due == {}


def test_nobody_who_is_busy_or_needs_help_is_booked_off(room: Room) -> None:
    for name in ("AB12", "CD34", "EF56"):
        room.book(name, at=DRAWN.node("A"))
    room.assign(room.incident()["id"], "CD34")
    room.client.post("/v1/units/EF56/state", json={"code": 0})
    said = room.client.post("/v1/book-off", json={"units": ["AB12", "CD34", "EF56", "ZZ99"]}).json()
    assert said["off"] == ["AB12"]
    assert [line["code"] for line in said["refused"]] == ["assigned", "in_emergency", "no_unit"]
    alone = room.client.post("/v1/book-off", json={"units": ["CD34"]})
    assert (alone.status_code, alone.json()["code"]) == (409, "assigned")


def test_a_unit_is_lent_to_another_station_with_who_and_why_and_can_be_asked_for_there(room: Room) -> None:
    room.book("AB12", station="North", role="pcso")
    room.book("CD34", station="North", organisation="Neighbourshire")
    body = {"units": ["AB12"], "station": "South", "operation": "Harbour", "reason": "Gold meeting"}
    (moved,) = room.client.post("/v1/units/move", json=body).json()["units"]
    assert (moved["unit"]["station"], moved["unit"]["operation"]) == ("South", "Harbour")
    (event,) = [event for event in room.journal.events if isinstance(event, m.UnitMoved)]
    assert (event.reason, event.operator) == ("Gold meeting", "demo")
    for query, expected in {
        "station=South": {"AB12"},
        "station=North": {"CD34"},
        "role=pcso": {"AB12"},
        "organisation=Neighbourshire": {"CD34"},
        "organisation=": {"AB12"},
    }.items():
        features = room.client.get(f"/v1/units?{query}").json()["features"]
        assert {feature["id"] for feature in features} == expected, query
    assert room.client.post("/v1/units/move", json={"units": ["ZZ99"], "station": "X"}).status_code == 404
    back = room.client.post("/v1/units/move", json={"units": ["AB12"], "operation": ""}).json()["units"][0]["unit"]
    assert ("operation" in back, back["station"]) == (False, "South")


def test_refreshments_are_the_break_of_the_shift_and_outlast_its_being_booked_again(room: Room) -> None:
    shift = {"begins_at": at(room, hours=0), "ends_at": at(room, hours=8)}
    book_on(room, {"callsign": "AB12", "code": 2, "shift": shift})
    for code, hours in ((4, 3), (2, 1)):
        room.clock.now += timedelta(hours=hours)
        room.client.post("/v1/units/AB12/state", json={"code": code})
    book_on(room, {"callsign": "AB12", "crew": 2, "shift": shift})
    unit = room.system.engine.known.units[Callsign("AB12")]
    assert unit.shift is not None
    (taken,) = unit.shift.breaks
    assert taken.ended_at is not None
    assert (unit.crew, taken.ended_at - taken.began_at) == (2, timedelta(hours=1))


def test_what_people_carry_boards_and_leaves_with_them(room: Room) -> None:
    early = {"id": "1", "devices": ["itsi:1"], "ends_at": at(room, hours=1)}
    late = {"id": "2", "devices": ["itsi:2"], "begins_at": at(room, hours=1)}
    line = {"callsign": "AB12", "members": [early, late], "vehicle": {"id": "7", "devices": ["imei:7"]}}
    (booked,) = book_on(room, line | {"sources": ["itsi:9"]})["booked"]
    assert booked["sources"] == ["imei:7", "itsi:1", "itsi:9"]
    tick(room, hours=1)
    assert room.system.engine.known.sources[Callsign("AB12")] == ("imei:7", "itsi:2", "itsi:9")


def test_a_ranking_says_softly_that_a_break_is_overdue_and_that_a_basic_driver_does_not_respond(room: Room) -> None:
    shift = {"begins_at": at(room, hours=-7), "ends_at": at(room, hours=3)}
    crew = [{"id": "1", "driver": "basic"}, {"id": "2", "driver": "none"}]
    vehicle = {"id": "7042"}
    line = {
        "callsign": "AB12",
        "code": 2,
        "shift": shift,
        "members": crew,
        "vehicle": vehicle,
        "sources": ["issi:AB12"],
    }
    book_on(
        room, line, line | {"callsign": "CD34", "members": crew[1:], "vehicle": {"id": "9"}, "sources": ["issi:CD34"]}
    )
    room.fix("AB12", DRAWN.node("A"))
    room.fix("CD34", DRAWN.node("A"))
    found = room.client.get(f"/v1/incidents/{room.incident()['id']}/ranking").json()
    (first,) = found["candidates"]
    reasons = {reason["code"]: reason["text"] for reason in first["reasons"]}
    assert reasons["break_overdue"] == "a break of 60 min overdue by 1 h 00 min"
    assert reasons["no_response_drive"] == "basic driver: no response drive"
    assert first["profile"] == "car-normal"
    assert {it["callsign"]: it["reason"] for it in found["exclusions"]}["CD34"] == "nobody on board may drive the car"
    assert row(room, "AB12")["rest"]["left_s"] == 3600.0


def test_the_roster_tells_how_everybody_was_booked_last_on_duty_or_not_and_no_position(room: Room) -> None:
    room.book("AB12", DRAWN.node("A"), station="North")
    room.book("AB13", DRAWN.node("A"))
    room.client.post("/v1/book-off", json={"units": ["AB12"]})
    said = room.client.get("/v1/roster").json()["units"]
    assert [(one["unit"]["callsign"], one["state"]["availability"]) for one in said] == [
        ("AB12", "off_duty"),
        ("AB13", "available"),
    ]
    assert (said[0]["unit"]["station"], said[0]["sources"]) == ("North", ["issi:AB12"])
    assert not {"lat", "lon", "fix_at"} & {name for one in said for name in (*one, *one["unit"])}
    assert room.stranger.get("/v1/roster").status_code == 401
