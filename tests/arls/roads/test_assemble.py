"""Streets, junctions and turn restrictions become the arcs and turns that they should, and no others."""

from __future__ import annotations

from dataclasses import fields, replace
from itertools import product
from typing import TYPE_CHECKING

import numpy as np
import pytest
from hypothesis import given

from arls.geo import metres_between
from arls.roads.assemble import assemble
from arls.roads.network import NO_ARC, Access
from tests.drawing import draw, turn_restriction
from tests.strategies import streets

if TYPE_CHECKING:
    from arls.roads.assemble import Streets
    from arls.roads.network import Network
    from tests.drawing import Drawn

RESIDENTIAL = {"highway": "residential"}
ONEWAY = {"highway": "residential", "oneway": "yes"}
CROSSROADS = """
        N
        |
    W---X---E
        |
        S
"""
FOUR_ARMS = {"WX": RESIDENTIAL, "XE": RESIDENTIAL, "NX": RESIDENTIAL, "XS": RESIDENTIAL}


def crossroads(*restrictions: str, **tags: str) -> Drawn:
    """Four streets that meet at X, with these restrictions from the west into the south."""
    relations = [turn_restriction(kind, "WX", "X", "XS", **tags) for kind in restrictions]
    return draw(CROSSROADS, ways=FOUR_ARMS, relations=relations)


def test_a_street_open_both_ways_is_two_arcs_and_each_is_the_twin_of_the_other() -> None:
    drawn = draw("A--B", ways={"AB": RESIDENTIAL})
    there, back = drawn.arc("A", "B"), drawn.arc("B", "A")
    assert drawn.network.arc_twin[there] == back
    assert drawn.network.arc_twin[back] == there
    assert drawn.network.arc_backward[[there, back]].tolist() == [False, True]


def test_cars_have_one_arc_in_a_one_way_street_and_walkers_two() -> None:
    drawn = draw("A--B", ways={"AB": ONEWAY})
    assert drawn.access("A", "B") & Access.MOTOR
    assert drawn.access("B", "A") == Access.FOOT


def test_an_arc_is_as_long_as_the_geodesics_between_its_points() -> None:
    drawn = draw("A  C\n\n B  ", ways={"ABC": RESIDENTIAL}, grid_m=1000.0)
    a, b, c = (drawn.node(name) for name in "ABC")
    assert drawn.network.arc_length_m[drawn.arc("A", "C")] == pytest.approx(metres_between(a, b) + metres_between(b, c))


def test_nobody_turns_round_at_a_crossing_and_everybody_does_at_a_dead_end() -> None:
    drawn = crossroads()
    assert drawn.turn_access("W", "X", "W") == 0
    assert drawn.turn_access("X", "W", "X") == Access.EVERYONE
    assert drawn.turn_access("W", "X", "E") == Access.EVERYONE


def test_before_a_bollard_cars_turn_round_and_walkers_go_on() -> None:
    drawn = draw("A--B--C", ways={"AB": RESIDENTIAL, "BC": RESIDENTIAL}, nodes={"B": {"barrier": "bollard"}})
    assert drawn.turn_access("A", "B", "C") == Access.FOOT | Access.CYCLE
    assert drawn.turn_access("A", "B", "A") == Access.EVERYONE & ~(Access.FOOT | Access.CYCLE)


def test_at_the_end_of_a_one_way_street_who_may_not_go_back_does_not_turn_round() -> None:
    drawn = draw("A--B", ways={"AB": ONEWAY})
    assert drawn.turn_access("A", "B", "A") == Access.FOOT


def test_a_banned_turn_binds_vehicles_on_that_move_only() -> None:
    drawn = crossroads("no_right_turn")
    assert not drawn.turn_access("W", "X", "S") & Access.VEHICLES
    assert drawn.turn_access("W", "X", "S") & Access.FOOT
    assert drawn.turn_access("W", "X", "E") == Access.EVERYONE
    assert drawn.turn_access("E", "X", "S") == Access.EVERYONE


def test_a_banned_turn_except_for_buses_leaves_it_to_buses() -> None:
    assert crossroads("no_right_turn", except_="psv").turn_access("W", "X", "S") & Access.VEHICLES == Access.BUS


def test_the_only_permitted_turn_bans_all_others_from_that_street() -> None:
    drawn = crossroads("only_right_turn")
    assert drawn.turn_access("W", "X", "S") == Access.EVERYONE
    assert not drawn.turn_access("W", "X", "E") & Access.VEHICLES
    assert not drawn.turn_access("W", "X", "N") & Access.VEHICLES
    assert drawn.turn_access("N", "X", "E") == Access.EVERYONE


def test_an_only_permitted_turn_into_a_one_way_street_against_it_binds_no_car() -> None:
    ways = {**FOUR_ARMS, "XS": {**ONEWAY, "oneway": "-1"}}
    drawn = draw(CROSSROADS, ways=ways, relations=[turn_restriction("only_right_turn", "WX", "X", "XS")])
    assert drawn.turn_access("W", "X", "E") & Access.MOTOR


def test_a_right_turn_is_positive_and_a_left_turn_negative() -> None:
    drawn = crossroads()
    angles = {name: angle_of(drawn, "W", "X", name) for name in "ENS"}
    assert angles == {"E": pytest.approx(0, abs=1), "N": pytest.approx(-90, abs=1), "S": pytest.approx(90, abs=1)}


def test_an_angle_is_taken_where_the_streets_meet() -> None:
    drawn = draw("A   C\n\n  X\n\nB   D", ways={"AX": RESIDENTIAL, "XCD": RESIDENTIAL})
    assert angle_of(drawn, "A", "X", "D") == pytest.approx(-90, abs=1)


def angle_of(drawn: Drawn, first: str, via: str, last: str) -> float:
    leaving, entering = drawn.arc(first, via), drawn.arc(via, last)
    turns = np.arange(drawn.network.turn_start[leaving], drawn.network.turn_start[leaving + 1])
    return float(drawn.network.turn_angle_deg[turns[drawn.network.turn_to[turns] == entering][0]])


@given(streets())
def test_a_network_needs_a_street(drawn: Streets) -> None:
    with pytest.raises(ValueError, match="at least one street"):
        assemble(replace(drawn, street_from=drawn.street_from[:0]))


@given(streets())
def test_no_array_of_a_network_can_be_written(drawn: Streets) -> None:
    network = assemble(drawn)
    arrays = [getattr(network, field.name) for field in fields(network)]
    assert not any(array.flags.writeable for array in arrays if isinstance(array, np.ndarray))
    assert network.checksum() == assemble(drawn).checksum()


@given(streets())
def test_every_move_and_no_other_is_there_as_the_plain_rules_say(drawn: Streets) -> None:
    network = assemble(drawn)
    assert turns_in(network) == plain_turns(drawn, network)


@given(streets())
def test_arcs_are_the_directions_that_somebody_may_use(drawn: Streets) -> None:
    network = assemble(drawn)
    access = np.column_stack((drawn.forward_access, drawn.backward_access))
    assert network.arcs == np.count_nonzero(access)
    for arc in range(network.arcs):
        street, backward = network.arc_street[arc], bool(network.arc_backward[arc])
        ends = [drawn.street_from[street], drawn.street_to[street]]
        assert [network.arc_from[arc], network.arc_to[arc]] == (ends[::-1] if backward else ends)
        assert network.arc_access[arc] == access[street, int(backward)]
        twin = network.arc_twin[arc]
        assert (twin == NO_ARC) == (access[street, int(not backward)] == 0)
        assert twin == NO_ARC or network.arc_twin[twin] == arc


def turns_in(network: Network) -> dict[tuple[int, int], int]:
    leaving = np.repeat(np.arange(network.arcs), np.diff(network.turn_start))
    moves = zip(leaving.tolist(), network.turn_to.tolist(), strict=True)
    return dict(zip(moves, network.turn_access.tolist(), strict=True))


def plain_turns(drawn: Streets, network: Network) -> dict[tuple[int, int], int]:
    """For each kind of traffic by itself: all moves, less the banned; and the way back where there is no other."""
    turns: dict[tuple[int, int], int] = {}
    for kind, leaving in product(list(Access.EVERYONE), range(network.arcs)):
        ahead = [
            entering
            for entering in range(network.arcs)
            if network.arc_from[entering] == network.arc_to[leaving]
            and network.arc_access[leaving] & network.arc_access[entering] & kind
        ]
        back = network.arc_twin[leaving]
        ways_on = [
            entering for entering in ahead if entering == back or drawn.junction_access[network.arc_to[leaving]] & kind
        ]
        banned = set(ways_on) - set(obeying(drawn, network, kind, leaving, ways_on)) - {back}
        if kind == Access.EMERGENCY:
            marks = [entering for entering in banned if not is_no_entry(drawn, network, leaving, entering)]
            turns |= {(leaving, entering): turns.get((leaving, entering), 0) | Access.BANNED_TURN for entering in marks}
        ways_on = obeying(drawn, network, kind, leaving, ways_on)
        if set(ways_on) - {back}:
            ways_on = [entering for entering in ways_on if entering != back]
        for entering in ways_on:
            turns[leaving, entering] = turns.get((leaving, entering), 0) | kind
    return dict(sorted(turns.items()))


def is_no_entry(drawn: Streets, network: Network, leaving: int, entering: int) -> bool:
    bans = drawn.bans
    return any(
        bans.from_street[ban] == network.arc_street[leaving]
        and bans.via_junction[ban] == network.arc_to[leaving]
        and bans.to_street[ban] == network.arc_street[entering]
        and bans.binds[ban] & Access.BANNED_TURN
        and not bans.only[ban]
        for ban in range(len(bans.only))
    )


def obeying(drawn: Streets, network: Network, kind: Access, leaving: int, moves: list[int]) -> list[int]:
    bans = drawn.bans
    here = [
        ban
        for ban in range(len(bans.only))
        if bans.from_street[ban] == network.arc_street[leaving]
        and bans.via_junction[ban] == network.arc_to[leaving]
        and bans.binds[ban] & kind
    ]
    told = [m for m in moves if any(bans.only[b] and bans.to_street[b] == network.arc_street[m] for b in here)]
    banned = [m for m in moves if any(not bans.only[b] and bans.to_street[b] == network.arc_street[m] for b in here)]
    return [move for move in (told or moves) if move not in banned]
