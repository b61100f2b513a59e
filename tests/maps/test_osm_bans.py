"""Turn restrictions, from the relation to the turn that is gone."""

from __future__ import annotations

import pytest

from arls.roads.network import Access
from tests.drawing import Drawn, Relation, draw, turn_restriction

ROAD = {"highway": "residential"}
CARS = Access.MOTOR | Access.EMERGENCY | Access.PRIVATE
CROSSROADS = """
      N
      |
   W--X--E
      |
      S
"""
ARMS = {"NX": ROAD, "XE": ROAD, "SX": ROAD, "XW": ROAD}


def _crossroads(*relations: Relation) -> Drawn:
    return draw(CROSSROADS, ways=ARMS, relations=relations)


def test_a_banned_turn_is_open_only_on_foot() -> None:
    drawn = _crossroads(turn_restriction("no_right_turn", "SX", "X", "XE"))
    assert drawn.turn_access("S", "X", "E") == Access.FOOT
    assert drawn.turn_access("S", "X", "N") == drawn.turn_access("W", "X", "E") == Access.EVERYONE
    assert drawn.report.restrictions_obeyed == 1


def test_an_only_turn_bans_the_others() -> None:
    drawn = _crossroads(turn_restriction("only_straight_on", "SX", "X", "NX"))
    assert drawn.turn_access("S", "X", "N") == Access.EVERYONE
    assert drawn.turn_access("S", "X", "E") == drawn.turn_access("S", "X", "W") == Access.FOOT


@pytest.mark.parametrize(
    ("excepted", "still"),
    [
        ("bicycle", Access.CYCLE),
        ("psv", Access.BUS),
        ("bicycle; bus", Access.CYCLE | Access.BUS),
        ("emergency", Access.EMERGENCY),
        ("taxi", Access(0)),
        ("motorcar", CARS),
    ],
)
def test_who_is_excepted_may_turn(excepted: str, still: Access) -> None:
    drawn = _crossroads(turn_restriction("no_right_turn", "SX", "X", "XE", except_=excepted))
    assert drawn.turn_access("S", "X", "E") == Access.FOOT | still


def test_a_restriction_for_one_kind_binds_it_alone() -> None:
    relation = Relation(
        tags={"type": "restriction", "restriction:bus": "no_right_turn"},
        members=[("from", "SX"), ("via", "X"), ("to", "XE")],
    )
    assert _crossroads(relation).turn_access("S", "X", "E") == Access.EVERYONE & ~Access.BUS


def test_no_entry_binds_all_the_ways_that_it_names() -> None:
    relation = Relation(
        tags={"type": "restriction", "restriction": "no_entry"},
        members=[("from", "SX"), ("from", "XW"), ("via", "X"), ("to", "XE")],
    )
    drawn = _crossroads(relation)
    assert drawn.turn_access("S", "X", "E") == drawn.turn_access("W", "X", "E") == Access.FOOT


def test_the_one_way_street_tells_which_half_of_a_way_is_meant() -> None:
    drawn = draw(
        CROSSROADS,
        ways={"SXN": {**ROAD, "oneway": "yes"}, "WX": ROAD, "XE": ROAD},
        relations=[turn_restriction("no_right_turn", "SXN", "X", "XE")],
    )
    assert drawn.turn_access("S", "X", "E") == Access.FOOT
    assert drawn.report.restrictions_ignored == {}


@pytest.mark.parametrize(
    ("tags", "members", "reason"),
    [
        ({}, [("from", "SX"), ("via", "NX"), ("to", "XE")], "via a way"),
        ({}, [("from", "SX"), ("to", "XE")], "no single via node"),
        ({}, [("from", "SX"), ("via", "X")], "no from or no to"),
        ({}, [("from", "SX"), ("via", "N"), ("to", "XE")], "nobody could turn so"),
        ({}, [("from", "SX"), ("via", "Q"), ("to", "XE")], "via not among the junctions"),
        ({}, [("from", "SX"), ("via", "X"), ("to", "QR")], "from or to not among the roads"),
        ({"restriction": "no_flying"}, [("from", "SX"), ("via", "X"), ("to", "XE")], "turn not understood"),
        ({"except": "vehicle"}, [("from", "SX"), ("via", "X"), ("to", "XE")], "binds nobody who is routed"),
    ],
)
def test_what_cannot_be_obeyed_is_counted(tags: dict[str, str], members: list[tuple[str, str]], reason: str) -> None:
    relation = Relation(tags={"type": "restriction", "restriction": "no_right_turn", **tags}, members=members)
    drawn = draw(CROSSROADS + "\nQ--R", ways={**ARMS, "QR": {"waterway": "river"}}, relations=[relation])
    assert drawn.report.restrictions_ignored == {reason: 1}
    assert drawn.report.restrictions_obeyed == 0
    assert drawn.turn_access("S", "X", "E") == Access.EVERYONE


def test_a_restriction_at_times_is_counted_twice_as_not_obeyed_and_as_conditional() -> None:
    relation = Relation(
        tags={"type": "restriction", "restriction:conditional": "no_right_turn @ (Mo-Fr)"},
        members=[("from", "SX"), ("via", "X"), ("to", "XE")],
    )
    report = _crossroads(relation).report
    assert report.restrictions_ignored == {"holds only at times": 1}
    assert report.conditional == {"restriction:conditional": 1}


def test_where_a_way_runs_on_through_the_junction_nobody_can_tell_which_half_is_meant() -> None:
    drawn = draw(
        CROSSROADS, ways={"SXN": ROAD, "WXE": ROAD}, relations=[turn_restriction("no_right_turn", "SXN", "X", "WXE")]
    )
    assert drawn.report.restrictions_ignored == {"more than one street fits": 1}


def test_a_ban_on_turning_round_is_found_on_both_halves() -> None:
    drawn = draw("A--B--C", ways={"AB": ROAD, "BC": ROAD}, relations=[turn_restriction("no_u_turn", "AB", "B", "AB")])
    assert drawn.report.restrictions_obeyed == 1
    assert drawn.turn_access("A", "B", "A") == 0
