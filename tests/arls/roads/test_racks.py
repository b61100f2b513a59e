"""Whoever lies beside whom, everybody is ranked as the search ranks them, wherever they were before."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from arls.roads.assemble import assemble
from arls.roads.hierarchy.arrival import arrival_of
from arls.roads.hierarchy.customise import customise
from arls.roads.hierarchy.departures import Departures
from arls.roads.hierarchy.elimination import NO_RANK
from arls.roads.hierarchy.order import order_of
from arls.roads.hierarchy.racks import LANES, NO_LANE, NO_RACK, NO_UNIT
from arls.roads.network import Places
from arls.roads.profile import FORBIDDEN, PROFILES, weights_of
from arls.roads.search import eta_to, reverse_of
from tests.drawing import draw
from tests.strategies import any_places, any_weights, streets

if TYPE_CHECKING:
    from arls.roads.hierarchy.customise import Hierarchy

STREET = {"highway": "residential"}
TOWN = """
    A--B--C--D
    |  |  |  |
    E--F--G--H
    |  |  |  |
    I--J--K--L
"""
STREETS = ("ABCD", "EFGH", "IJKL", "AEI", "BFJ", "CGK", "DHL")


def on(arcs: list[int], *, fraction: float = 0.5) -> Places:
    """One place on each of these arcs."""
    return Places(
        start=np.arange(len(arcs) + 1),
        arc=np.array(arcs, np.int32),
        fraction=np.full(len(arcs), fraction),
        off_road_m=np.zeros(len(arcs)),
        extra_ms=np.zeros(len(arcs), np.uint32),
    )


def assert_in_order(standing: Departures, ready: Hierarchy) -> None:
    """Each label has one lane in a rack of its cell, no line is less than its least says, and no rack is lost."""
    slots, racks, depth = standing._slots, standing._racks, ready.frame.depth
    used = np.flatnonzero(racks.home != NO_RANK)
    taken = racks.unit != NO_UNIT
    assert taken.sum(axis=1).tolist() == racks.size.tolist()
    assert set(used) == set(np.flatnonzero(racks.size))
    assert sorted([*used, *racks.spare[: racks.spares[0]]]) == list(range(len(racks.home)))
    lanes = slots.lane[slots.lane != NO_LANE]
    assert sorted(lanes) == np.flatnonzero(taken.ravel()).tolist()
    for label, unit in np.argwhere(slots.lane != NO_LANE):
        rack, lane = divmod(int(slots.lane[label, unit]), LANES)
        assert racks.unit[rack, lane] == unit
        assert racks.home[rack] == racks.cell[slots.lowest[label, unit]]
        assert racks.top[rack] <= slots.top[label, unit]
        held = slice(depth[racks.home[rack]] + 1)
        assert (racks.least[rack, held] <= racks.ms[rack, held, lane]).all()
    for cell in np.unique(racks.home[used]):
        chained, rack = [], racks.newest[cell]
        while rack != NO_RACK:
            chained.append(rack)
            rack = racks.older[rack]
        assert sorted(chained) == np.flatnonzero(racks.home == cell).tolist()


@given(st.data())
def test_units_that_move_about_are_ranked_as_the_search_ranks_them(data: st.DataObject) -> None:
    network = assemble(data.draw(streets()))
    weights = data.draw(any_weights(network))
    ready, reverse = customise(order_of(network), weights), reverse_of(network)
    units = data.draw(any_places(network, positions=data.draw(st.integers(0, 20))))
    standing = Departures(ready, units, slots=3, cell_arcs=data.draw(st.integers(0, 8)))
    for _ in range(2):
        assert_in_order(standing, ready)
        goal = data.draw(any_places(network, positions=1))
        expected_ms = eta_to(weights, reverse, goal=goal, units=units).cost_ms
        assert standing.eta_to(arrival_of(ready, goal)).tolist() == expected_ms.tolist()
        numbers = data.draw(st.permutations(range(len(units)))) if len(units) else []
        moved = np.array(numbers[: len(units) // 2], np.int64)
        there = data.draw(any_places(network, positions=len(moved)))
        standing.move(moved, there)
        units = _with(units, moved, there)


def _with(units: Places, moved: np.ndarray, there: Places) -> Places:
    """The places after a move."""
    source = np.arange(len(units))
    source[moved] = len(units) + np.arange(len(moved))
    both = Places(
        start=np.append(units.start, units.start[-1] + there.start[1:]),
        arc=np.append(units.arc, there.arc),
        fraction=np.append(units.fraction, there.fraction),
        off_road_m=np.append(units.off_road_m, there.off_road_m),
        extra_ms=np.append(units.extra_ms, there.extra_ms),
    )
    return both.of(source)


def test_a_crowd_finds_room_wherever_it_goes() -> None:
    network = draw(TOWN, ways=dict.fromkeys(STREETS, STREET)).network
    weights = weights_of(network, PROFILES["foot"])
    ready, reverse = customise(order_of(network), weights), reverse_of(network)
    crowd, goal = 200, on([0])
    for cell_arcs in (1, 4, network.arcs):
        standing = Departures(ready, on([0] * crowd), cell_arcs=cell_arcs)
        for spread in (1, 3, network.arcs, 1):
            units = on([(unit * 7) % spread for unit in range(crowd)], fraction=0.25)
            for part in np.array_split(np.arange(crowd), spread):  # alone, a few, and all at once
                standing.move(part, units.of(part))
            assert_in_order(standing, ready)
            searched = eta_to(weights, reverse, goal=goal, units=units).cost_ms
            assert standing.eta_to(arrival_of(ready, goal)).tolist() == searched.tolist()
            few = np.array([7, 70, 0])
            assert standing.eta_to(arrival_of(ready, goal), few).tolist() == searched[few].tolist()
            many = np.arange(crowd)[::-2]
            assert standing.eta_to(arrival_of(ready, goal), many).tolist() == searched[many].tolist()


def test_who_stands_where_nobody_may_drive_takes_no_lane() -> None:
    network = draw("A--B--C", ways={"ABC": STREET}).network
    weights = weights_of(network, PROFILES["foot"])
    shut = weights.arc_ms.copy()
    shut[:] = FORBIDDEN
    ready = customise(order_of(network), replace(weights, arc_ms=shut))
    standing = Departures(ready, on([0] * 100))
    assert_in_order(standing, ready)
    assert (standing._slots.lane == NO_LANE).all()
