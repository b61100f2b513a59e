"""Who refused an incident is left out of its ranking and of its board, and nobody who is alike in all else is."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from arls import messages as m
from arls.board import board_of, question_of
from arls.incident import Act, AssignmentId, IncidentId
from arls.ranking import rank
from arls.unit import Callsign
from arls.whynot import why_not
from tests.api.room import DRAWN

if TYPE_CHECKING:
    from tests.api.room import Room

FIRST, OTHER = IncidentId("INC0001"), IncidentId("INC0002")


def refuse(room: Room) -> None:
    """AB1 stands nearer than AB2, is sent, and says no."""
    room.book("AB1", at=DRAWN.node("A"))
    room.book("AB2", at=DRAWN.node("C"))
    room.incident(at=DRAWN.node("D"))
    room.incident(at=DRAWN.node("D"))
    room.assign(FIRST, "AB1")
    room.ask(m.Advance(**room.said(), assignment=AssignmentId("A00001"), act=Act.REFUSE, via="voice"))
    room.clock.advance(seconds=10)


def test_who_refused_is_left_out_of_that_ranking_and_of_no_other(room: Room) -> None:
    refuse(room)
    here = room.client.get(f"/v1/incidents/{FIRST}/ranking").json()
    assert [one["callsign"] for one in here["candidates"]] == ["AB2"]
    assert here["exclusions"] == [{"callsign": "AB1", "code": "refused", "reason": "refused 0:10 ago"}]
    there = room.client.get(f"/v1/incidents/{OTHER}/ranking").json()
    assert [one["callsign"] for one in there["candidates"]] == ["AB1", "AB2"]


def test_the_board_leaves_out_the_same(room: Room) -> None:
    refuse(room)
    known, roads = room.system.engine.known, room.system.roads
    board = board_of(known, roads, room.clock())
    assert board.first(FIRST, 2) == ("AB2",)
    ranking = rank(question_of(known.incidents[OTHER], room.clock()), known, roads)
    assert board.first(OTHER, 2) == tuple(one.callsign for one in ranking.candidates)
    assert np.all(board.orders[FIRST].numbers == known.picture.numbers[Callsign("AB2")])


def test_asked_again_it_would_be_first_and_who_asks_it_again_sends_it(room: Room) -> None:
    refuse(room)
    known = room.system.engine.known
    found = why_not(Callsign("AB1"), question_of(known.incidents[FIRST], room.clock()), known, room.system.roads)
    assert ([change.kind for change in found.changes], found.suffices) == (["asked_again"], True)
    assert room.assign(FIRST, "AB1").status_code == 201
    room.ask(m.Advance(**room.said(), assignment=AssignmentId("A00002"), act=Act.CANCEL))
    again = room.client.get(f"/v1/incidents/{FIRST}/ranking").json()
    assert [one["callsign"] for one in again["candidates"]] == ["AB1", "AB2"]


def test_a_ranking_says_what_it_leads_to_and_that_armed_units_need_authority(room: Room) -> None:
    room.incident(at=DRAWN.node("D"), firearms=True)
    before = room.client.get(f"/v1/incidents/{FIRST}/ranking").json()
    assert (before["goal"], before["warnings"]) == (
        "incident",
        ["firearms incident: armed units need authority, or go to the RVP only"],
    )
    rvp = DRAWN.node("B")
    room.client.put(f"/v1/incidents/{FIRST}/rvp", json={"lat": rvp.lat, "lon": rvp.lon})
    assert room.client.get(f"/v1/incidents/{FIRST}/ranking").json()["goal"] == "rvp"
