"""Turn restrictions, from the relation to the turn that is gone."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest

from arls.geo import Position
from arls.roads.network import Access
from arls.roads.path import find_path
from arls.roads.profile import CAR_NORMAL, weights_of
from arls.roads.search import reverse_of
from arls.roads.snap import Snapper
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


@pytest.mark.parametrize(
    ("kind", "mark"),
    [("no_right_turn", Access.BANNED_TURN), ("no_u_turn", Access.BANNED_TURN), ("no_entry", 0), ("no_exit", 0)],
)
def test_a_turn_that_a_sign_bans_is_kept_for_who_may_ignore_it_but_no_entry_for_nobody(kind: str, mark: int) -> None:
    drawn = _crossroads(turn_restriction(kind, "SX", "X", "XE"))
    assert drawn.turn_mask("S", "X", "E") == Access.FOOT | mark
    assert drawn.turn_mask("S", "X", "W") == Access.EVERYONE
    assert drawn.turn_mask("S", "X", "S") == 0


def test_what_an_only_turn_leaves_out_may_be_ignored_too() -> None:
    drawn = _crossroads(turn_restriction("only_straight_on", "SX", "X", "NX"))
    assert drawn.turn_mask("S", "X", "E") == Access.FOOT | Access.BANNED_TURN
    assert drawn.turn_mask("S", "X", "N") == Access.EVERYONE


def test_who_is_excepted_ignores_nothing() -> None:
    drawn = _crossroads(turn_restriction("no_right_turn", "SX", "X", "XE", except_="emergency"))
    assert drawn.turn_mask("S", "X", "E") == Access.FOOT | Access.EMERGENCY


def test_no_exit_binds_all_the_ways_that_it_names() -> None:
    relation = Relation(
        tags={"type": "restriction", "restriction": "no_exit"},
        members=[("from", "SX"), ("via", "X"), ("to", "XE"), ("to", "XW")],
    )
    drawn = _crossroads(relation)
    assert drawn.turn_access("S", "X", "E") == drawn.turn_access("S", "X", "W") == Access.FOOT
    assert drawn.turn_access("S", "X", "N") == Access.EVERYONE


@pytest.mark.parametrize(("whom", "binds"), [("hgv", Access(0)), ("bus", Access.BUS), ("bicycle", Access.CYCLE)])
def test_a_relation_may_say_in_its_type_whom_it_binds(whom: str, binds: Access) -> None:
    drawn = _crossroads(turn_restriction("no_right_turn", "SX", "X", "XE", type=f"restriction:{whom}"))
    assert drawn.turn_access("S", "X", "E") == Access.EVERYONE & ~binds
    assert drawn.report.restrictions_ignored == ({} if binds else {"binds nobody who is routed": 1})


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
        ({}, [("from", "SX"), ("via", "NX"), ("to", "XE")], "nobody could turn so"),
        ({}, [("from", "SX"), ("via", "QR"), ("to", "XE")], "from, via or to not among the roads"),
        ({}, [("from", "SX"), ("to", "XE")], "neither one via node nor via ways"),
        ({}, [("from", "SX"), ("via", "X"), ("via", "W"), ("to", "XE")], "neither one via node nor via ways"),
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


def test_a_restriction_that_tells_its_hours_in_the_old_way_holds_only_at_times() -> None:
    report = _crossroads(turn_restriction("no_right_turn", "SX", "X", "XE", hour_on="07:00", hour_off="09:00")).report
    assert report.restrictions_ignored == {"holds only at times": 1}
    assert report.conditional == {"hour_on": 1, "hour_off": 1}


def test_where_a_way_runs_on_through_the_junction_nobody_can_tell_which_half_is_meant() -> None:
    drawn = draw(
        CROSSROADS, ways={"SXN": ROAD, "WXE": ROAD}, relations=[turn_restriction("no_right_turn", "SXN", "X", "WXE")]
    )
    assert drawn.report.restrictions_ignored == {"more than one street fits": 1}


def test_a_ban_on_turning_round_is_found_on_both_halves() -> None:
    drawn = draw("A--B--C", ways={"AB": ROAD, "BC": ROAD}, relations=[turn_restriction("no_u_turn", "AB", "B", "AB")])
    assert drawn.report.restrictions_obeyed == 1
    assert drawn.turn_access("A", "B", "A") == 0


# Two carriageways, north to south and south to north, with a gap between them.
GAP = """
      P   U
      |   |
   W--A---B--E
      |   |
      Q   V
"""
CARRIAGEWAYS = {
    **{way: {**ROAD, "oneway": "yes"} for way in ("PA", "AQ", "VB", "BU")},
    **dict.fromkeys(("WA", "AB", "BE"), ROAD),
}


def _gap(*relations: Relation) -> Drawn:
    return draw(GAP, ways=CARRIAGEWAYS, relations=relations)


def _may_drive(drawn: Drawn, nodes: str, kind: Access = Access.MOTOR) -> bool:
    """Whether the arcs from node to node, copies among them, hang together for this kind of traffic."""
    network = drawn.network
    driven = set(drawn.find_arcs(*nodes[:2])[:1])  # the first is no copy
    for first, last in pairwise(nodes[1:]):
        turns = [np.arange(network.turn_start[arc], network.turn_start[arc + 1]) for arc in driven]
        open_to = np.concatenate(turns)[network.turn_access[np.concatenate(turns)] & kind != 0]
        driven = set(network.turn_to[open_to].tolist()) & set(drawn.find_arcs(first, last))
        if not driven:
            return False
    return True


def test_a_ban_via_a_way_takes_the_sequence_and_leaves_its_parts() -> None:
    drawn = _gap(turn_restriction("no_u_turn", "PA", "AB", "BU"))
    assert drawn.report.restrictions_obeyed == 1
    assert not _may_drive(drawn, "PABU")
    assert _may_drive(drawn, "PABE")
    assert _may_drive(drawn, "WABU")
    assert _may_drive(drawn, "PABU", Access.FOOT)


def test_who_may_ignore_a_ban_via_a_way_drives_it() -> None:
    drawn = _gap(turn_restriction("no_u_turn", "PA", "AB", "BU"))
    assert _may_drive(drawn, "PABU", Access.BANNED_TURN | Access.EMERGENCY)
    assert not _may_drive(drawn, "PABU", Access.EMERGENCY)


def test_who_is_excepted_from_a_ban_via_a_way_may_drive_it() -> None:
    drawn = _gap(turn_restriction("no_u_turn", "PA", "AB", "BU", except_="emergency"))
    assert not _may_drive(drawn, "PABU")
    assert _may_drive(drawn, "PABU", Access.EMERGENCY)


def test_an_only_via_a_way_forces_each_of_its_moves() -> None:
    drawn = _gap(turn_restriction("only_straight_on", "WA", "AB", "BE"))
    assert _may_drive(drawn, "WABE")
    assert not _may_drive(drawn, "WABU")
    assert not _may_drive(drawn, "WAQ")
    assert _may_drive(drawn, "PABU")


def test_bans_via_ways_that_begin_alike_and_end_apart_both_hold() -> None:
    drawn = _gap(turn_restriction("no_u_turn", "PA", "AB", "BU"), turn_restriction("no_left_turn", "PA", "AB", "BE"))
    assert not _may_drive(drawn, "PABU")
    assert not _may_drive(drawn, "PABE")
    assert _may_drive(drawn, "WABU")


def test_a_ban_via_two_ways_is_found_in_whatever_order_they_stand() -> None:
    relation = Relation(
        tags={"type": "restriction", "restriction": "no_u_turn"},
        members=[("from", "PA"), ("via", "BC"), ("via", "AB"), ("to", "CU")],
    )
    drawn = draw(
        """
        P      U
        |      |
        A--B---C--E
           |
           D
        """,
        ways={"PA": ROAD, "AB": ROAD, "BC": ROAD, "CU": ROAD, "CE": ROAD, "BD": ROAD},
        relations=[relation],
    )
    assert not _may_drive(drawn, "PABCU")
    assert _may_drive(drawn, "PABCE")
    assert _may_drive(drawn, "DBCU")


def test_who_is_bound_reaches_a_goal_in_the_via_way_and_leaves_it_again() -> None:
    joined = {**CARRIAGEWAYS, "UP": ROAD, "QV": ROAD}
    drawn = draw(GAP, ways=joined, relations=[turn_restriction("no_u_turn", "PA", "AB", "BU")])
    network, weights = drawn.network, weights_of(drawn.network, CAR_NORMAL)
    snapper, reverse = Snapper(network), reverse_of(network)

    def way_m(start: Position, goal: Position) -> float:
        units, goals = (
            snapper.snap(lats=np.array([at.lat]), lons=np.array([at.lon]), weights=weights, ends=at is goal)
            for at in (start, goal)
        )
        path = find_path(network, weights, reverse, goal=goals, units=units, unit=0)
        assert path is not None
        return path.length_m

    middle = Position(
        lat=(drawn.node("A").lat + drawn.node("B").lat) / 2, lon=(drawn.node("A").lon + drawn.node("B").lon) / 2
    )
    assert way_m(drawn.node("P"), middle) == pytest.approx(400.0, rel=0.01)
    # Who parks in the gap has turned into it before, and nobody knows from where.
    assert way_m(middle, drawn.node("U")) == pytest.approx(400.0, rel=0.01)


def test_a_via_way_of_very_many_streets_is_counted() -> None:
    relation = turn_restriction("no_u_turn", "PA", "ABCDEFGHIJKLMNOQRSTVWXYZ", "ZU")
    ways = dict.fromkeys(("PA", "ABCDEFGHIJKLMNOQRSTVWXYZ", "ZU"), ROAD)
    sides = {
        f"{node}{number}": ROAD for node, number in zip("BCDEFGHIJKLMNOQRSTVWX", "bcdefghijklmnoqrstvwx", strict=True)
    }
    text = "P\nABCDEFGHIJKLMNOQRSTVWXYZU\n bcdefghijklmnoqrstvwx"
    drawn = draw(text, ways={**ways, **sides}, relations=[relation])
    assert drawn.report.restrictions_ignored == {"via is too many streets": 1}
