"""Whoever closures make late, make walk or cut off is told so, and by which."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from arls import messages as m
from arls.closure import Area, Passer
from arls.geo import Position, moved
from arls.ranking import Question, rank
from arls.unit import UnitKind
from tests.arls.test_effect import NOW, Room, drawn, roads, said  # noqa: F401 - fixtures

if TYPE_CHECKING:
    from arls.ranking import Ranking
    from arls.roads.live import Roads
    from tests.drawing import Drawn


def ranked(room: Room, roads: Roads, drawn: Drawn, name: str) -> Ranking:  # noqa: F811
    return rank(Question(position=drawn.node(name), at=NOW), room.known, roads)


def told(ranking: Ranking) -> dict[str, str]:
    """What is said of closures, of candidates and of who is left out."""
    reasons = {
        one.callsign: reason.text
        for one in ranking.candidates
        for reason in one.reasons
        if reason.code in {"detour", "on_foot"}
    }
    return reasons | {one.callsign: one.reason for one in ranking.exclusions if one.code == "cut_off"}


@pytest.fixture
def room(drawn: Drawn) -> Room:  # noqa: F811
    """Two cars and a walker north of the river, and an incident south of it, at its right end."""
    made = Room()
    made.unit("NEAR", drawn.node("F"))
    made.unit("LEFT", drawn.node("B"))
    made.unit("WALKS", drawn.node("F"), kind=UnitKind.FOOT, profile="foot")
    return made


def test_while_no_closure_costs_anybody_anything_nothing_is_said(room: Room, drawn: Drawn, roads: Roads) -> None:  # noqa: F811
    room.close(drawn, "Aa")
    found = ranked(room, roads, drawn, "D")
    assert (told(found), found.closures) == ({}, ("C0001",))


def test_who_goes_round_a_closure_is_told_how_much_later_and_round_which(
    room: Room,
    drawn: Drawn,  # noqa: F811
    roads: Roads,  # noqa: F811
) -> None:
    before = {one.callsign: one.eta_s.mid for one in ranked(room, roads, drawn, "f").candidates}
    room.close(drawn, "Gg", name="Long Bridge", passable=(Passer.FOOT,))
    found = ranked(room, roads, drawn, "f")
    after = {one.callsign: one.eta_s.mid for one in found.candidates}
    minutes, seconds = divmod(round(after["NEAR"] - before["NEAR"]), 60)
    assert told(found) == {"NEAR": f"{minutes}:{seconds:02d} later: goes round C0001 (Long Bridge)"}
    assert (after["LEFT"], after["WALKS"]) == (before["LEFT"], before["WALKS"])


def test_who_is_cut_off_is_told_by_which_closures_on_its_own_way(room: Room, drawn: Drawn, roads: Roads) -> None:  # noqa: F811
    room.close(drawn, "Gg", name="Long Bridge", passable=(Passer.FOOT,))
    room.close(drawn, "Aa")
    assert told(ranked(room, roads, drawn, "f")) == {
        "NEAR": "cut off by C0001 (Long Bridge)",
        "LEFT": "cut off by C0002",
    }
    room.close(drawn, "fg")
    assert told(ranked(room, roads, drawn, "e")) == {
        "NEAR": "cut off by C0001 (Long Bridge) and C0003",
        "LEFT": "cut off by C0002",
        "WALKS": "cut off by C0003",
    }


def test_only_those_who_would_be_there_first_are_told_which_when_many_are_cut_off(
    room: Room,
    drawn: Drawn,  # noqa: F811
    roads: Roads,  # noqa: F811
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("arls.detour.NAMED_FOR", 1)
    room.close(drawn, "Gg", passable=(Passer.FOOT,))
    room.close(drawn, "Aa")
    assert told(ranked(room, roads, drawn, "f")) == {"NEAR": "cut off by C0001", "LEFT": "cut off by closures"}


def test_whoever_leaves_the_car_at_a_cordon_is_told_how_far_the_crew_walks(
    room: Room,
    drawn: Drawn,  # noqa: F811
    roads: Roads,  # noqa: F811
) -> None:
    bridge = Position(lat=(drawn.node("G").lat + drawn.node("g").lat) / 2, lon=drawn.node("G").lon)
    corners = [moved(bridge, course_deg=course, distance_m=85.0) for course in (45.0, 135.0, 225.0, 315.0)]  # 60 m
    cordon = Area(polygons=(((*corners, corners[0]),),))
    room.ask(m.CloseRoads(**said(shape=cordon, name="cordon")))
    found = rank(Question(position=bridge, at=NOW), room.known, roads)
    reason = "the last 60 m on foot: shut by C0001 (cordon)"
    assert told(found) == {"NEAR": reason, "LEFT": reason}  # who walks anyway is no later
    assert found.exclusions == ()
