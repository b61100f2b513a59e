"""Who has plainly arrived has, by position alone; who is plainly elsewhere is asked about, and nobody is cleared."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from api.ticker import Ticker
from arls import messages as m
from arls.asks import AskKind
from arls.geo import moved
from arls.geofence import Fence
from arls.incident import Act, AssignmentId, AssignmentState
from tests.api.room import DRAWN

if TYPE_CHECKING:
    from tests.api.room import Room

PLACE, FIRST = DRAWN.node("E"), AssignmentId("A00001")


def look(room: Room) -> AssignmentState:
    """One second of the ticker."""
    Ticker(room.system.engine, room.system.roads, now=room.clock, fence=Fence()).tick()
    return room.system.engine.known.assignments[FIRST].state


def seen(room: Room, metres: float, **fields: Any) -> AssignmentState:
    """A fix so far from the incident, five seconds after the last, and one look."""
    room.clock.advance(seconds=5)
    room.fix("AB12", moved(PLACE, course_deg=90, distance_m=metres), **fields)
    return look(room)


def sent(room: Room, act: Act | None = Act.ACCEPT) -> None:
    room.book("AB12", at=PLACE)
    room.incident(at=PLACE)
    room.assign("INC0001", "AB12")
    if act is not None:
        room.ask(m.Advance(**room.said(), assignment=FIRST, act=act, via="voice"))


def test_two_fixes_inside_are_an_arrival_and_none_from_before_it_was_sent_is(room: Room) -> None:
    sent(room)
    assert look(room) is AssignmentState.ACCEPTED, "the fix is as old as the assignment"
    assert seen(room, 60, accuracy_m=10.0, speed_mps=4.0) is AssignmentState.ACCEPTED
    assert seen(room, 40, accuracy_m=10.0, speed_mps=4.0) is AssignmentState.AT_SCENE
    step = room.system.engine.known.assignments[FIRST].steps[-1]
    assert (step.via, step.at) == ("geofence", room.clock())


@pytest.mark.parametrize(
    ("metres", "fields"),
    [
        (60, {"speed_mps": 14.0}),  # it drives past
        (60, {"speed_mps": 2.0, "accuracy_m": 300.0}),  # it may be anywhere
        (90, {"speed_mps": 2.0}),
        (74, {"speed_mps": 2.0, "accuracy_m": 120.0}),  # mostly outside
    ],
)
def test_what_is_not_plain_is_no_arrival(room: Room, metres: float, fields: dict[str, Any]) -> None:
    sent(room, Act.EN_ROUTE)
    for _ in range(3):
        assert seen(room, metres, **fields) is AssignmentState.EN_ROUTE


def test_who_stands_there_has_come_though_nobody_answered(room: Room) -> None:
    sent(room, None)
    assert seen(room, 30, speed_mps=4.0) is AssignmentState.RESERVED
    assert seen(room, 30, speed_mps=0.0) is AssignmentState.AT_SCENE


def test_a_unit_at_the_rvp_has_arrived(room: Room) -> None:
    sent(room)
    rvp = moved(PLACE, course_deg=90, distance_m=600)
    room.client.put("/v1/incidents/INC0001/rvp", json={"lat": rvp.lat, "lon": rvp.lon})
    assert seen(room, 30, speed_mps=0.0) is AssignmentState.ACCEPTED
    seen(room, 590, speed_mps=3.0)
    assert seen(room, 600, speed_mps=0.0) is AssignmentState.AT_SCENE


def test_who_is_elsewhere_after_that_is_asked_about_once_and_not_cleared(room: Room) -> None:
    sent(room)
    room.ask(m.Advance(**room.said(), assignment=FIRST, act=Act.ARRIVE, via="voice"))
    seen(room, 150, speed_mps=8.0)
    seen(room, 200, speed_mps=8.0)
    assert not room.system.engine.known.asks, "round the corner is not away"
    for metres in (300, 400, 500):
        assert seen(room, metres, speed_mps=8.0) is AssignmentState.AT_SCENE
    (ask,) = room.system.engine.known.asks.values()
    assert (ask.kind, ask.assignment, ask.text) == (
        AskKind.LEFT_SCENE,
        FIRST,
        "AB12: elsewhere, and at scene for INC0001: clear?",
    )
    room.ask(m.AnswerAsk(**room.said(), ask=ask.id, text="fetching a witness"))
    seen(room, 600, speed_mps=8.0)
    assert not room.system.engine.known.asks
    room.ask(m.Advance(**room.said(), assignment=FIRST, act=Act.CLEAR, via="voice"))


def test_without_a_fence_position_says_nothing(room: Room) -> None:
    sent(room)
    for _ in range(3):
        room.clock.advance(seconds=5)
        room.fix("AB12", PLACE, speed_mps=0.0)
        Ticker(room.system.engine, room.system.roads, now=room.clock).tick()
    assert room.system.engine.known.assignments[FIRST].state is AssignmentState.ACCEPTED
