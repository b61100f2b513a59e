"""Of equally soon ways everybody takes the same: the one whose next turn has the lowest number."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from arls.roads import ways
from arls.roads.assemble import assemble
from arls.roads.dijkstra import UNREACHED, part_ms, spots_of
from arls.roads.network import Places
from arls.roads.profile import CAR_NORMAL, FORBIDDEN, weights_of
from arls.roads.search import eta_to, find_way, reverse_of
from tests.drawing import draw
from tests.strategies import any_places, any_weights, streets

if TYPE_CHECKING:
    from arls.roads.network import Network
    from arls.roads.profile import Weights


def on_arcs(*arcs: int, fraction: float) -> Places:
    """Positions with one place each."""
    return Places(
        start=np.arange(len(arcs) + 1),
        arc=np.array(arcs, np.int32),
        fraction=np.full(len(arcs), fraction),
        off_road_m=np.zeros(len(arcs)),
        extra_ms=np.zeros(len(arcs), np.uint32),
    )


def plainly_followed(network: Network, weights: Weights, goal: Places, arc: int) -> list[int]:
    """The arcs behind this one as the rule says, from what the search says of the end of every arc."""
    reverse, arcs = reverse_of(network), range(network.arcs)
    end_ms = eta_to(weights, reverse, goal=goal, units=on_arcs(*arcs, fraction=1.0)).cost_ms.tolist()
    followed = [arc]
    while True:
        left_ms = end_ms[arc]
        for turn in range(network.turn_start[arc], network.turn_start[arc + 1]):
            entering, turn_ms = int(network.turn_to[turn]), int(weights.turn_ms[turn])
            arc_ms = int(weights.arc_ms[entering])
            if turn_ms >= FORBIDDEN or arc_ms >= FORBIDDEN:
                continue
            arrives = [
                turn_ms + part_ms(goal.fraction[i], arc_ms) + int(goal.extra_ms[i]) == left_ms
                for i in range(len(goal.arc))
                if goal.arc[i] == entering
            ]
            if any(arrives):
                return [*followed, entering]
            if turn_ms + arc_ms + end_ms[entering] == left_ms:
                arc = entering
                followed.append(arc)
                break
        else:
            pytest.fail("no turn is as soon as the search says")


@given(st.data())
def test_each_turn_of_a_way_is_the_lowest_that_is_as_soon(data: st.DataObject) -> None:
    network = assemble(data.draw(streets()))
    weights, goal = data.draw(any_weights(network)), data.draw(any_places(network, positions=1))
    for arc in range(network.arcs):
        way = find_way(weights, reverse_of(network), goal=goal, units=on_arcs(arc, fraction=0.9), unit=0)
        if way is not None and len(way.arcs) > 1:
            assert way.arcs.tolist() == plainly_followed(network, weights, goal, arc)


def test_round_a_square_everybody_goes_the_same_way_round() -> None:
    street = {"highway": "residential"}
    drawn = draw("S-A--B\n  |  |\n  C--D-G", ways=dict.fromkeys(("SA", "AB", "BD", "AC", "CD", "DG"), street))
    network = drawn.network
    weights, reverse = weights_of(network, CAR_NORMAL), reverse_of(network)
    flat = weights.turn_ms.copy()
    flat[:] = np.where(flat < FORBIDDEN, 0, flat)
    even = weights.arc_ms.copy()
    even[:] = 1_000
    level = type(weights)(profile="level", arc_ms=even, turn_ms=flat, component=weights.component)
    goal, unit = on_arcs(drawn.arc("D", "G"), fraction=0.5), on_arcs(drawn.arc("S", "A"), fraction=0.5)
    way = find_way(level, reverse, goal=goal, units=unit, unit=0)
    assert way is not None
    onward = {"B": drawn.arc("A", "B"), "C": drawn.arc("A", "C")}
    turns = network.turn_to[network.turn_start[drawn.arc("S", "A")] :].tolist()
    assert way.arcs[1] == min(onward.values(), key=turns.index)


def test_milliseconds_that_are_of_no_way_are_refused() -> None:
    drawn = draw("A--B--C", ways={"AB": {"highway": "residential"}, "BC": {"highway": "residential"}})
    network, weights = drawn.network, weights_of(drawn.network, CAR_NORMAL)
    onward = ways.onward_of(
        weights, turn_start=network.turn_start, turn_to=network.turn_to, length_m=network.arc_length_m
    )
    goal = spots_of(on_arcs(drawn.arc("B", "C"), fraction=0.5))
    wrong = np.full(network.arcs, UNREACHED, np.uint32)
    wrong[drawn.arc("A", "B")] = 7
    with pytest.raises(ValueError, match="no turn"):
        ways.follow(onward, wrong, goal, drawn.arc("A", "B"))
