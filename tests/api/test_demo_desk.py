"""The demo's desk takes calls, sends the nearest and closes what is done, and leaves people's work alone."""

from __future__ import annotations

import random
from itertools import islice
from time import monotonic, sleep
from typing import TYPE_CHECKING, Any

import httpx
import pytest

from api.demo_calls import invented_calls, read_calls
from api.demo_desk import DESK, DemoDesk
from arls.geo import Position, metres_between
from tests.api.room import DRAWN, TOKEN, Room

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path


class Seconds:
    """The desk's clock, which goes on when it is told."""

    def __init__(self) -> None:
        self.now_s = 1_000.0

    def __call__(self) -> float:
        return self.now_s


class Shift:
    """A desk in a room, and whom it calmed by voice."""

    def __init__(self, room: Room, calls: Path | None) -> None:
        self.room = room
        self.seconds = Seconds()
        self.calmed: list[str] = []
        self.desk = DemoDesk(
            room.url,
            TOKEN,
            network=DRAWN.network,
            calls=calls,
            on_calm=self.calmed.append,
            seed=1,
            clock=self.seconds,
        )

    def after(self, seconds: float) -> Shift:
        self.seconds.now_s += seconds
        self.desk.look()
        return self

    def incidents(self) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = self.room.client.get("/v1/incidents?closed=true").json()["incidents"]
        return found

    def assignments(self) -> list[tuple[str, str]]:
        return [(sent["callsign"], sent["state"]) for one in self.incidents() for sent in one["assignments"]]

    def advance(self, *acts: str) -> None:
        """What the crews' terminals say of every assignment that is active."""
        for incident in self.incidents():
            for sent in incident["assignments"]:
                for act in acts if sent["active"] else ():
                    answer = self.room.client.post(f"/v1/assignments/{sent['id']}/{act}", json={"via": "terminal"})
                    assert answer.is_success


@pytest.fixture
def shift_of(room: Room, tmp_path: Path) -> Iterator[Callable[..., Shift]]:
    """A desk to which calls of these grades come, and three units at A, B and C."""
    for callsign, node in (("AA1", "A"), ("BB2", "B"), ("CC3", "C")):
        room.book(callsign, DRAWN.node(node))
    shifts: list[Shift] = []

    def shift_of(*grades: str) -> Shift:
        at, file = DRAWN.node("E"), tmp_path / "calls.csv"
        rows = "".join(f'60,{at.lat},{at.lon},{grade},theft,"a bicycle, blue"\n' for grade in grades)
        file.write_text("offset_s,lat,lon,grade,type,text\n" + rows)
        shifts.append(Shift(room, file))
        return shifts[-1]

    yield shift_of
    for shift in shifts:
        shift.desk._api.close()


def test_a_call_is_taken_the_nearest_sent_and_what_is_cleared_closed(shift_of: Callable[..., Shift]) -> None:
    shift = shift_of("2")
    shift.after(10)
    (incident,) = shift.incidents()
    assert (incident["grade"], incident["text"], incident["log"][0]["desk"]) == ("2", "a bicycle, blue", DESK)
    shift.after(2)
    ((callsign, state),) = shift.assignments()
    assert (callsign, state) == ("BB2", "reserved")
    shift.advance("accept", "arrived")
    shift.after(2)
    assert shift.assignments() == [("BB2", "at_scene")]
    shift.advance("clear")
    shift.after(2)
    (incident,) = shift.incidents()
    assert incident["closed_at"] is not None
    assert incident["result"]


def test_an_emergency_call_gets_two_units(shift_of: Callable[..., Shift]) -> None:
    shift = shift_of("1").after(10).after(2)
    assert {callsign for callsign, _ in shift.assignments()} > {"BB2"}
    assert len(shift.assignments()) == 2


def test_who_refuses_is_not_asked_again_but_the_next_is(shift_of: Callable[..., Shift]) -> None:
    shift = shift_of("3").after(10).after(2)
    shift.advance("refuse")
    shift.after(11)
    assert len({callsign for callsign, _ in shift.assignments()}) == 2
    assert [state for _, state in shift.assignments()] == ["refused", "reserved"]


def test_what_no_terminal_answers_is_taken_back(shift_of: Callable[..., Shift]) -> None:
    shift = shift_of("2").after(10).after(2).after(2).after(61).after(2)
    sent = shift.incidents()[0]["assignments"]
    assert [(one["callsign"], one["state"]) for one in sent] == [
        ("BB2", "cancelled"),
        (sent[1]["callsign"], "reserved"),
    ]
    assert sent[1]["callsign"] != "BB2"


def test_what_needs_nobody_is_resolved_by_telephone_and_what_nobody_can_attend_is_closed_too(
    shift_of: Callable[..., Shift],
) -> None:
    shift = shift_of("4").after(10).after(2).after(121)
    assert shift.incidents()[0]["result"] == "resolved by telephone"
    assert shift.assignments() == []


def test_calls_come_every_half_minute_and_never_are_more_than_a_dozen_open(shift_of: Callable[..., Shift]) -> None:
    shift = shift_of("3")
    for _ in range(8):
        shift.after(10)
    assert 2 <= len(shift.incidents()) <= 4
    for _ in range(25):
        shift.after(20)
    assert shift.desk.counters["calls"] >= 12
    assert sum(incident["closed_at"] is None for incident in shift.incidents()) <= 12


def test_what_a_person_made_or_took_in_hand_is_left_alone(shift_of: Callable[..., Shift]) -> None:
    shift = shift_of("2")
    theirs = shift.room.incident()
    shift.after(10)
    (ours,) = [incident for incident in shift.incidents() if incident["id"] != theirs["id"]]
    assert shift.room.assign(ours["id"], "CC3").status_code == 201
    for _ in range(3):
        shift.after(6)
    shift.advance("accept", "clear")
    shift.after(2).after(125)
    assert shift.assignments() == [("CC3", "cleared")]
    assert all(
        shift.room.client.get(f"/v1/incidents/{one}").json()["closed_at"] is None for one in (theirs["id"], ours["id"])
    )


def test_an_emergency_ends_when_the_crew_has_said_that_all_is_well(shift_of: Callable[..., Shift]) -> None:
    shift = shift_of()
    shift.room.fix("AA1", DRAWN.node("A"), emergency=True)
    shift.after(2)
    shift.after(40)
    assert shift.calmed == []
    shift.after(50)
    assert shift.calmed == ["AA1"]
    assert in_need(shift.room) == ["AA1"]
    shift.after(2.1)
    assert in_need(shift.room) == []


def test_an_emergency_that_another_desk_ends_is_heard_of_too(shift_of: Callable[..., Shift]) -> None:
    shift = shift_of()
    shift.room.fix("AA1", DRAWN.node("A"), emergency=True)
    shift.after(2)
    assert shift.room.client.post("/v1/units/AA1/emergency/cancel").is_success
    assert shift.after(2).calmed == ["AA1"]


def test_a_refusal_is_counted_and_the_rest_goes_on(shift_of: Callable[..., Shift]) -> None:
    shift = shift_of("9", "3")
    for _ in range(8):
        shift.after(41)
    assert shift.desk.counters["refused 422"] >= 1
    assert shift.desk.counters["calls"] >= 1


def test_an_api_that_is_away_is_waited_for() -> None:
    desk = DemoDesk("http://127.0.0.1:1", TOKEN, network=DRAWN.network, on_calm=print, seed=1)
    with pytest.raises(httpx.TransportError):
        desk.look()
    desk.start()
    until_s = monotonic() + 15
    while not desk.counters["unanswered"] and monotonic() < until_s:
        sleep(0.05)
    desk.stop()
    assert desk.counters["unanswered"]


def test_invented_calls_come_from_streets_again_and_again_the_same_from_the_same_seed() -> None:
    calls = list(islice(invented_calls(DRAWN.network, random.Random(4)), 20))
    assert calls == list(islice(invented_calls(DRAWN.network, random.Random(4)), 20))
    for call in calls:
        at = Position(lat=call.lat, lon=call.lon)
        assert min(metres_between(at, DRAWN.node(name)) for name in "ABCDEF") < 1.0
        assert call.text.endswith(("Street", "Lane"))


def test_a_file_without_calls_brings_none(tmp_path: Path) -> None:
    file = tmp_path / "calls.csv"
    file.write_text("offset_s,lat,lon,grade,type,text\n")
    assert list(read_calls(file, random.Random(1))) == []


def in_need(room: Room) -> list[str]:
    return [unit["id"] for unit in room.client.get("/v1/units?state=emergency").json()["features"]]
