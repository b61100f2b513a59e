"""What arcs and turns cost each kind of unit, and which arcs hang together for it."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import networkx as nx
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from arls.geo import Position
from arls.roads.assemble import assemble
from arls.roads.network import Access
from arls.roads.profile import (
    CAR_NORMAL,
    CAR_RESPONSE,
    CYCLE,
    FOOT,
    FORBIDDEN,
    MAIN_COMPONENT,
    NO_COMPONENT,
    PROFILES,
    WALK_MPS,
    off_main,
    weights_of,
)
from tests.drawing import draw, turn_restriction
from tests.strategies import streets

if TYPE_CHECKING:
    from arls.roads.assemble import Streets
    from arls.roads.network import Network
    from arls.roads.profile import Profile, Weights
    from tests.drawing import Drawn

PORTO = Position(lat=41.15, lon=-8.6)
RESIDENTIAL = {"highway": "residential"}
CROSSROADS = """
        N
        |
    W---X---E
        |
        S
"""
FOUR_ARMS = {"WX": RESIDENTIAL, "XE": RESIDENTIAL, "NX": RESIDENTIAL, "XS": RESIDENTIAL}


def arc_ms(drawn: Drawn, profile: Profile, first: str, last: str) -> int:
    return int(weights_of(drawn.network, profile).arc_ms[drawn.arc(first, last)])


def turn_ms(drawn: Drawn, profile: Profile, first: str, via: str, last: str) -> int:
    network, entering = drawn.network, drawn.arc(via, last)
    leaving = drawn.arc(first, via)
    turns = np.arange(network.turn_start[leaving], network.turn_start[leaving + 1])
    found = turns[network.turn_to[turns] == entering]
    return int(weights_of(network, profile).turn_ms[found[0]]) if len(found) else FORBIDDEN


def test_a_car_drives_four_fifths_of_the_limit_and_on_response_the_limit() -> None:
    drawn = draw("A--B", ways={"AB": {"highway": "primary", "maxspeed": "30 mph"}})
    at_the_limit_ms = drawn.network.arc_length_m[drawn.arc("A", "B")] / (30 * 1.609344) * 3600
    assert arc_ms(drawn, CAR_RESPONSE, "A", "B") == pytest.approx(at_the_limit_ms, abs=1)
    assert arc_ms(drawn, CAR_NORMAL, "A", "B") == pytest.approx(at_the_limit_ms / 0.8, abs=1)


def test_nobody_drives_faster_than_the_cap_whatever_the_sign_says() -> None:
    drawn = draw("A--B", ways={"AB": {"highway": "motorway", "maxspeed": "200", "oneway": "no"}})
    length_m = drawn.network.arc_length_m[drawn.arc("A", "B")]
    assert arc_ms(drawn, CAR_RESPONSE, "A", "B") == pytest.approx(length_m / 145.0 * 3600, abs=1)


def test_a_walker_walks_and_takes_no_notice_of_limits() -> None:
    drawn = draw("A--B", ways={"AB": {"highway": "primary", "maxspeed": "30 mph"}})
    walk_ms = drawn.network.arc_length_m[drawn.arc("A", "B")] / WALK_MPS * 1000
    assert arc_ms(drawn, FOOT, "A", "B") == pytest.approx(walk_ms, abs=1)


def test_an_unpaved_road_slows_a_car() -> None:
    paved, unpaved = (draw("A--B", ways={"AB": {"highway": "primary", **more}}) for more in ({}, {"surface": "gravel"}))
    assert arc_ms(unpaved, CAR_NORMAL, "A", "B") > arc_ms(paved, CAR_NORMAL, "A", "B")


def test_a_footpath_is_for_walkers_and_not_for_cars() -> None:
    drawn = draw("A--B", ways={"AB": {"highway": "footway"}})
    assert arc_ms(drawn, CAR_RESPONSE, "A", "B") == FORBIDDEN
    assert arc_ms(drawn, FOOT, "A", "B") < FORBIDDEN


def test_only_a_response_car_follows_the_buses() -> None:
    drawn = draw("A--B--C", ways={"AB": RESIDENTIAL, "BC": {"highway": "service", "access": "no", "bus": "yes"}})
    assert arc_ms(drawn, CAR_RESPONSE, "B", "C") < FORBIDDEN
    assert arc_ms(drawn, CAR_NORMAL, "B", "C") == FORBIDDEN
    assert turn_ms(drawn, CAR_RESPONSE, "A", "B", "C") == 0


def test_no_exemption_lets_anybody_drive_against_a_one_way_street() -> None:
    drawn = draw("A--B", ways={"AB": {"highway": "residential", "oneway": "yes"}})
    assert arc_ms(drawn, CAR_RESPONSE, "B", "A") == FORBIDDEN


def test_a_private_estate_costs_once_at_its_entrance() -> None:
    private = {"highway": "service", "access": "private"}
    drawn = draw(
        "A--B--C--D\n  |  |\n  E  F",
        ways={"AB": RESIDENTIAL, "BE": RESIDENTIAL, "BC": private, "CD": private, "CF": private},
    )
    estate = 30_000
    assert turn_ms(drawn, CAR_RESPONSE, "A", "B", "C") >= estate
    assert turn_ms(drawn, CAR_RESPONSE, "B", "C", "D") < estate
    assert turn_ms(drawn, CAR_RESPONSE, "C", "B", "A") < estate


def test_turning_across_the_oncoming_traffic_costs_a_car_more() -> None:
    drawn = draw(CROSSROADS, ways=FOUR_ARMS)
    left, right, on = (turn_ms(drawn, CAR_NORMAL, "W", "X", last) for last in "NSE")
    assert drawn.network.left_hand
    assert right == pytest.approx(left + 1_000, abs=20)
    assert 0 <= on < 20 < left


def test_where_traffic_keeps_right_it_is_the_left_turn() -> None:
    drawn = draw(CROSSROADS, ways=FOUR_ARMS, origin=PORTO)
    assert not drawn.network.left_hand
    assert turn_ms(drawn, CAR_NORMAL, "W", "X", "N") > turn_ms(drawn, CAR_NORMAL, "W", "X", "S")


def test_a_bend_without_a_choice_costs_nothing() -> None:
    drawn = draw("A--B\n   |\n   C", ways={"AB": RESIDENTIAL, "BC": RESIDENTIAL})
    assert turn_ms(drawn, CAR_NORMAL, "A", "B", "C") == 0


def test_signals_make_drivers_wait_also_straight_on() -> None:
    drawn = draw(CROSSROADS, ways=FOUR_ARMS, nodes={"X": {"highway": "traffic_signals"}})
    assert turn_ms(drawn, CAR_NORMAL, "W", "X", "E") == pytest.approx(2_000, abs=20)
    assert turn_ms(drawn, CAR_RESPONSE, "W", "X", "E") == pytest.approx(1_000, abs=20)


def test_a_crossing_on_foot_costs_a_driver_a_little_wherever_it_lies_and_a_walker_nothing() -> None:
    def cost_ms(profile: Profile, kind: str, *ways: str) -> int:
        drawn = draw(
            "A--B--C", ways=dict.fromkeys(ways, RESIDENTIAL), nodes={"B": {"highway": "crossing", "crossing": kind}}
        )
        if len(ways) == 1:
            return arc_ms(drawn, profile, "A", "C")
        return sum(arc_ms(drawn, profile, *ends) for ends in ("AB", "BC")) + turn_ms(drawn, profile, "A", "B", "C")

    for ways in (("ABC",), ("AB", "BC")):
        assert cost_ms(CAR_NORMAL, "zebra", *ways) == pytest.approx(cost_ms(CAR_NORMAL, "unmarked", *ways) + 500, abs=2)
        assert cost_ms(FOOT, "zebra", *ways) == cost_ms(FOOT, "unmarked", *ways)


def test_an_aisle_is_driven_slowly_but_cycled_as_any_road() -> None:
    aisle, service = (
        draw("A--B", ways={"AB": {"highway": "service", "service": kind}}) for kind in ("parking_aisle", "x")
    )
    assert arc_ms(aisle, CAR_NORMAL, "A", "B") == pytest.approx(2 * arc_ms(service, CAR_NORMAL, "A", "B"), rel=1e-3)
    assert arc_ms(aisle, CYCLE, "A", "B") == arc_ms(service, CYCLE, "A", "B")


def test_banned_turns_are_obeyed_unless_the_pack_of_a_force_says_what_one_costs() -> None:
    drawn = draw(CROSSROADS, ways=FOUR_ARMS, relations=[turn_restriction("no_right_turn", "WX", "X", "XS")])
    free = draw(CROSSROADS, ways=FOUR_ARMS)
    assert turn_ms(drawn, CAR_RESPONSE, "W", "X", "S") == FORBIDDEN
    policy = replace(CAR_RESPONSE, exempt_ms={**CAR_RESPONSE.exempt_ms, Access.BANNED_TURN: 5_000})
    assert turn_ms(drawn, policy, "W", "X", "S") == turn_ms(free, CAR_RESPONSE, "W", "X", "S") + 5_000
    for last in "NE":
        assert turn_ms(drawn, policy, "W", "X", last) == turn_ms(drawn, CAR_RESPONSE, "W", "X", last)
    assert turn_ms(drawn, policy, "W", "X", "W") == FORBIDDEN


def test_no_policy_lets_anybody_past_a_no_entry_or_against_a_one_way_street() -> None:
    no_entry = draw(CROSSROADS, ways=FOUR_ARMS, relations=[turn_restriction("no_entry", "WX", "X", "XS")])
    one_way = draw(CROSSROADS, ways={**FOUR_ARMS, "SX": {**RESIDENTIAL, "oneway": "yes"}} | {"XS": {"highway": "path"}})
    policy = replace(CAR_RESPONSE, exempt_ms={**CAR_RESPONSE.exempt_ms, Access.BANNED_TURN: 5_000})
    assert turn_ms(no_entry, policy, "W", "X", "S") == FORBIDDEN
    weights = weights_of(one_way.network, policy)
    assert all(weights.arc_ms[arc] == FORBIDDEN for arc in one_way.find_arcs("X", "S"))


def test_turning_round_at_a_dead_end_costs_what_the_profile_says() -> None:
    drawn = draw("A--B", ways={"AB": RESIDENTIAL})
    assert turn_ms(drawn, CAR_NORMAL, "A", "B", "A") == CAR_NORMAL.u_turn_ms


def test_an_island_is_no_part_of_the_main_component() -> None:
    drawn = draw("A--B--C\n\nD--E", ways={"AB": RESIDENTIAL, "BC": RESIDENTIAL, "DE": RESIDENTIAL})
    weights = weights_of(drawn.network, CAR_NORMAL)
    island = np.array([drawn.arc("D", "E"), drawn.arc("E", "D")])
    main = np.array([drawn.arc("A", "B"), drawn.arc("C", "B")])
    assert off_main(weights, island).all()
    assert not off_main(weights, main).any()


@given(streets(), st.sampled_from([*PROFILES.values()]))
def test_components_are_the_strongly_connected_ones_the_biggest_first(drawn: Streets, profile: Profile) -> None:
    network = assemble(drawn)
    weights = weights_of(network, profile)
    found: dict[int, set[int]] = {}
    for arc, component in enumerate(weights.component.tolist()):
        found.setdefault(component, set()).add(arc)
    forbidden = set(np.flatnonzero(weights.arc_ms >= FORBIDDEN).tolist())
    assert found.pop(NO_COMPONENT, set()) == forbidden
    graph = open_turns(network, weights)
    assert {frozenset(arcs) for arcs in found.values()} == {
        frozenset(c) for c in nx.strongly_connected_components(graph)
    }
    assert [len(found[number]) for number in sorted(found)] == sorted(map(len, found.values()), reverse=True)
    assert not found or min(found) == MAIN_COMPONENT


def open_turns(network: Network, weights: Weights) -> nx.DiGraph[int]:
    graph: nx.DiGraph[int] = nx.DiGraph()
    graph.add_nodes_from(np.flatnonzero(weights.arc_ms < FORBIDDEN).tolist())
    for arc in range(network.arcs):
        for turn in range(network.turn_start[arc], network.turn_start[arc + 1]):
            if weights.turn_ms[turn] < FORBIDDEN:
                graph.add_edge(arc, int(network.turn_to[turn]))
    return graph


@given(streets(), st.sampled_from([*PROFILES.values()]))
def test_no_turn_leads_from_or_to_a_forbidden_arc_and_no_open_arc_is_free(drawn: Streets, profile: Profile) -> None:
    network = assemble(drawn)
    weights = weights_of(network, profile)
    leaving = np.repeat(np.arange(network.arcs), np.diff(network.turn_start))
    shut = (weights.arc_ms[leaving] >= FORBIDDEN) | (weights.arc_ms[network.turn_to] >= FORBIDDEN)
    assert (weights.turn_ms[shut] == FORBIDDEN).all()
    assert weights.arc_ms.min() >= 1
    assert not weights.arc_ms.flags.writeable


@given(streets())
def test_a_response_car_is_nowhere_slower_than_a_normal_one(drawn: Streets) -> None:
    network = assemble(drawn)
    response, normal = weights_of(network, CAR_RESPONSE), weights_of(network, CAR_NORMAL)
    assert (response.arc_ms <= normal.arc_ms).all()


def test_every_profile_is_found_by_its_name() -> None:
    by_road = {"car-response", "car-normal", "motorcycle-response", "van", "cycle", "foot"}
    assert {name for name, profile in PROFILES.items() if profile.kind == "road"} == by_road
    assert PROFILES.keys() - by_road == {"air", "boat"}
    assert all(name == profile.name for name, profile in PROFILES.items())
    assert PROFILES["cycle"] is CYCLE


@pytest.mark.parametrize("name", ["air", "boat"])
def test_no_road_is_the_way_of_a_helicopter_or_a_boat(name: str) -> None:
    weights = weights_of(draw("A--B--C", ways={"AB": RESIDENTIAL, "BC": RESIDENTIAL}).network, PROFILES[name])
    assert (weights.arc_ms == FORBIDDEN).all()
    assert (weights.turn_ms == FORBIDDEN).all()
    assert (weights.component == NO_COMPONENT).all()


def test_all_drivers_wait_alike_before_a_train() -> None:
    drawn = draw("A--B--C", ways={"ABC": RESIDENTIAL}, nodes={"B": {"railway": "level_crossing"}})
    assert turn_ms(drawn, CAR_RESPONSE, "A", "B", "C") == turn_ms(drawn, FOOT, "A", "B", "C") == 6_000


def test_signals_that_face_the_other_side_cost_nothing() -> None:
    signals = {"highway": "traffic_signals", "traffic_signals:direction": "forward"}
    drawn = draw("A--B--C", ways={"ABC": RESIDENTIAL}, nodes={"B": signals})
    assert turn_ms(drawn, CAR_NORMAL, "A", "B", "C") == 2_000
    assert turn_ms(drawn, CAR_NORMAL, "C", "B", "A") == 0


def test_a_van_turns_slower_than_a_car_and_a_motorcycle_quicker() -> None:
    drawn = draw("A--B", ways={"AB": RESIDENTIAL})
    car, van, motorcycle = (
        turn_ms(drawn, PROFILES[name], "A", "B", "A") for name in ("car-response", "van", "motorcycle-response")
    )
    assert motorcycle < car < van


def test_a_walker_is_slower_on_steps() -> None:
    level, steps = (draw("A--B", ways={"AB": {"highway": kind}}) for kind in ("footway", "steps"))
    assert arc_ms(steps, FOOT, "A", "B") > 2 * arc_ms(level, FOOT, "A", "B")
