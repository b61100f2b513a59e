"""Who has moved is placed before anybody asks, and the live feed tells when somebody else would be first."""

from __future__ import annotations

import json
from threading import Event
from typing import TYPE_CHECKING, Any

import numpy as np

from api.keeper import BOARD_EVERY_S, Keeper
from tests.api.room import DRAWN

if TYPE_CHECKING:
    import pytest

    from tests.api.room import Room


def keeper_of(room: Room, told: list[dict[str, Any]]) -> Keeper:
    return Keeper(
        room.system.engine,
        room.system.roads,
        tell=lambda firsts: told.append(dict(firsts)),
        now=room.clock,
    )


def test_a_change_of_first_place_is_told_once_and_the_same_first_never(room: Room) -> None:
    told: list[dict[str, Any]] = []
    keeper = keeper_of(room, told)
    room.book("FAR", at=DRAWN.node("A"))
    incident = room.incident(at=DRAWN.node("E"))["id"]
    keeper.step()
    assert told == [], "whoever opens a new incident asks anyway"
    room.book("NEAR", at=DRAWN.node("E"))
    keeper.step()
    assert told == [], "the orders are not made twice within a second"
    room.clock.advance(seconds=BOARD_EVERY_S)
    keeper.step()
    assert told == [{incident: "NEAR"}]
    room.clock.advance(seconds=BOARD_EVERY_S)
    keeper.step()
    assert len(told) == 1


def test_after_a_step_no_question_has_to_place_or_label_anybody(room: Room) -> None:
    room.book("AB12", at=DRAWN.node("A"))
    room.book("CD34", at=DRAWN.node("C"))
    keeper, roads = keeper_of(room, []), room.system.roads
    picture = room.system.engine.known.picture
    asked = picture.asked_of(np.arange(2), "car-response")
    keeper.step()
    assert roads.keep(asked) == 0
    room.clock.advance(seconds=60.0)
    room.fix("AB12", DRAWN.node("C"))
    moved = room.system.engine.known.picture.asked_of(np.arange(2), "car-response")
    assert roads.keep(moved) == 1
    assert roads.keep(moved) == 0


def test_the_thread_is_stirred_by_commits_and_a_look_that_breaks_ends_nothing(
    room: Room, monkeypatch: pytest.MonkeyPatch
) -> None:
    looked, broke = Event(), Event()

    def look(_: Keeper) -> None:
        if not broke.is_set():
            broke.set()
            raise OSError("broken")
        looked.set()

    monkeypatch.setattr(Keeper, "step", look)
    keeper = keeper_of(room, [])
    keeper.start()
    for wanted in (broke, looked):
        keeper.deliver([])
        assert wanted.wait(timeout=10.0)
    keeper.stop()


def test_the_live_feed_tells_who_is_first_now(room: Room) -> None:
    room.incident()
    with room.listen() as socket:
        json.loads(socket.recv(timeout=5))
        room.system.hub.tell_firsts({"INC0001": None})  # type: ignore[dict-item]
        message: dict[str, Any] = {}
        while message.get("type") != "first":
            message = json.loads(socket.recv(timeout=5))
    assert (message["id"], message["first"]) == ("INC0001", None)
