"""The ways to one goal by the hierarchy, from wherever they are asked for: the arcs and metres that `search` gives too.

It decides how much is worked out: for a few ways, what it takes to the goal from the arcs that they pass and may turn
into, each when it is come to (of Porto's 194,591 arcs some 2,000); for all units, from every arc in one sweep.
(Strasser and Zeitz, A Fast and Tight Heuristic for A* in Road Networks, SEA 2021: lazy RPHAST.)
"""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from numba import njit

from arls.roads.dijkstra import NEVER_MS, NO_PLACE, UNREACHED, spots_of
from arls.roads.hierarchy.climb import ARRIVE, climb, root_path, stops_at
from arls.roads.hierarchy.customise import INFINITE, way_below
from arls.roads.hierarchy.sweep import ends_ms
from arls.roads.network import steady
from arls.roads.profile import FORBIDDEN
from arls.roads.ways import Reached, Way, measure, next_turn, onward_of, set_out, unmeasured, unstarted

if TYPE_CHECKING:
    from arls.roads.dijkstra import Spots
    from arls.roads.hierarchy.climb import Stops
    from arls.roads.hierarchy.customise import Costs, Hierarchy
    from arls.roads.hierarchy.order import Frame
    from arls.roads.network import Bools, Ints, Places
    from arls.roads.profile import Millis
    from arls.roads.ways import Onward


class _Ground(NamedTuple):
    """What is known so far; a rank is known only when all its ancestors are."""

    known: Bools  # [A] by rank
    start_ms: Millis  # [A] by rank, from the start of the arc by its end to the goal, or INFINITE
    here_ms: Millis  # [A] by rank, the same, or to the goal's place on the arc itself
    end_ms: Millis  # [A] by arc, from its end to the goal, or UNREACHED: as of `sweep.ends_ms`


class Nearing:
    """What it takes to one goal, known where somebody has asked. Many threads may ask, and wait for each other."""

    def __init__(self, hierarchy: Hierarchy, goal: Places) -> None:
        self._hierarchy = hierarchy
        self._goal = goal
        self._spots = spots_of(goal)
        network = hierarchy.order.network
        self._onward = onward_of(
            hierarchy.weights,
            turn_start=network.turn_start,
            turn_to=network.turn_to,
            length_m=network.arc_length_m,
        )
        self._lock = threading.Lock()
        self._ground = _empty(network.arcs)
        self._behind_m = unmeasured(network.arcs)
        frame, costs = hierarchy.frame, hierarchy.costs
        _lay_out(frame, costs, stops_at(frame, costs, ARRIVE, goal, 0), hierarchy.order.levels, self._ground)

    def reached(self, units: Places) -> Reached:
        """What it takes each unit, and the metres of its way."""
        with self._lock:
            if not self._ground.known.all():
                self._ground.end_ms[:] = ends_ms(self._hierarchy, self._goal)
                self._ground.known[:] = True
        starts, spots = unstarted(len(units)), spots_of(units)
        set_out(self._onward, self._ground.end_ms, self._spots, spots, starts)
        with self._lock:
            # Metres that somebody's way was added up to once stay known: who asks again pays for the units alone.
            length_m = measure(self._onward, self._ground.end_ms, self._spots, spots, starts, self._behind_m)
        return Reached(cost_ms=starts.cost_ms, place=starts.place, length_m=length_m)

    def ends_ms(self, arcs: Ints) -> Millis:
        """[n] what it takes from the end of each of these arcs, or UNREACHED."""
        with self._lock:
            _know(self._hierarchy.frame, self._hierarchy.costs, self._ground, steady(arcs, np.int32))
            return self._ground.end_ms[arcs]

    def find_way(self, units: Places, unit: int) -> Way | None:
        """The soonest way of one of the units, or None where there is none."""
        own = units.of(np.array([unit]))
        starts, frame, costs = unstarted(1), self._hierarchy.frame, self._hierarchy.costs
        with self._lock:
            _know(frame, costs, self._ground, own.arc)
            set_out(self._onward, self._ground.end_ms, self._spots, spots_of(own), starts)
            if starts.place[0] == NO_PLACE:
                return None
            arc, spot = own.arc[starts.place[0]], int(starts.direct[0])
            arcs = np.array([arc], np.int32)
            if spot == NO_PLACE:
                arcs, spot = _follow(frame, costs, self._ground, self._onward, self._spots, int(arc))
        return Way(
            cost_ms=int(starts.cost_ms[0]),
            arcs=arcs,
            unit_place=int(units.start[unit]) + int(starts.place[0]),
            goal_place=int(spot),
        )


def _empty(arcs: int) -> _Ground:
    return _Ground(
        known=np.zeros(arcs, np.bool_),
        start_ms=np.full(arcs, INFINITE, np.uint32),
        here_ms=np.full(arcs, INFINITE, np.uint32),
        end_ms=np.full(arcs, UNREACHED, np.uint32),
    )


@njit(cache=True, nogil=True)
def _lay_out(frame: Frame, costs: Costs, stops: Stops, levels: int, ground: _Ground) -> None:
    """What the root paths of the stops have by going up, and the stops' own arcs by going round."""
    row = np.empty(levels, np.uint32)
    for stop in range(len(stops.rank)):
        lowest, stop_ms = stops.rank[stop], stops.ms[stop]
        climb(frame, costs, ARRIVE, stops, lowest, row)
        path = root_path(frame, lowest)
        for depth in range(len(path)):
            ground.start_ms[path[depth]] = min(ground.start_ms[path[depth]], row[depth])
        # Who is at the end of the arc is there, where that is the place; else it is a way round by lower arcs.
        round_ms = 0 if stops.fraction[stop] == 1.0 else way_below(frame, costs, lowest, lowest)[0]
        if round_ms < INFINITE:
            ground.start_ms[lowest] = min(np.int64(ground.start_ms[lowest]), stop_ms + round_ms)
        ground.here_ms[lowest] = min(np.int64(ground.here_ms[lowest]), stop_ms)


@njit(cache=True, nogil=True)
def _know(frame: Frame, costs: Costs, ground: _Ground, arcs: Ints) -> None:
    """Makes these arcs known, by what is known of their ancestors, from the top down."""
    for arc in arcs:
        rank = frame.rank_of[arc]
        if ground.known[rank]:
            continue
        path = root_path(frame, rank)
        for at in path:
            if not ground.known[at]:
                _learn(frame, costs, ground, at)


@njit(cache=True, nogil=True)
def _learn(frame: Frame, costs: Costs, ground: _Ground, rank: int) -> None:
    """One rank, all of whose ancestors are known."""
    best_ms = np.int64(ground.start_ms[rank])
    for link in range(frame.start[2 * rank], frame.start[2 * rank + 1]):
        best_ms = min(best_ms, np.int64(ground.here_ms[frame.high[link]]) + np.int64(costs.link_ms[link]))
    ground.start_ms[rank] = best_ms
    ground.here_ms[rank] = min(best_ms, np.int64(ground.here_ms[rank]))
    ground.known[rank] = True
    arc = frame.arc_of[rank]
    if costs.arc_ms[arc] < FORBIDDEN and best_ms - np.int64(costs.arc_ms[arc]) <= NEVER_MS:
        ground.end_ms[arc] = best_ms - np.int64(costs.arc_ms[arc])


@njit(cache=True, nogil=True)
def _follow(frame: Frame, costs: Costs, ground: _Ground, onward: Onward, goal: Spots, arc: int) -> tuple[Ints, int]:
    """As `ways.follow`, with what lies ahead made known."""
    arcs, spot = [np.int64(arc)], NO_PLACE
    while spot == NO_PLACE:
        _know(frame, costs, ground, onward.turn_to[onward.turn_start[arc] : onward.turn_start[arc + 1]])
        arc, spot = next_turn(onward, ground.end_ms, goal, arc)
        arcs.append(np.int64(arc))
    return np.array(arcs, np.int32), spot
