"""What it takes from a unit to every arc, or from every arc to a goal, in one sweep down the hierarchy.

It decides nothing: the milliseconds are those that `search` gives for each arc by itself. Cover and isochrones are
made of them. (PHAST: Delling, Goldberg, Nowatzyk, Werneck 2011.) Ranks are a postorder, so that on the way down a row
by depth always holds the ancestors of the arc at hand.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numba import njit

from arls.roads.dijkstra import NEVER_MS, UNREACHED
from arls.roads.hierarchy.climb import ARRIVE, DEPART, climb, root_path, stops_at
from arls.roads.hierarchy.customise import INFINITE, way_below
from arls.roads.profile import FORBIDDEN

if TYPE_CHECKING:
    from arls.roads.hierarchy.climb import Stops
    from arls.roads.hierarchy.customise import Costs, Hierarchy
    from arls.roads.hierarchy.order import Frame
    from arls.roads.network import Longs, Places
    from arls.roads.profile import Millis


def starts_ms(hierarchy: Hierarchy, units: Places, unit: int) -> Millis:
    """[A] what it takes one of the units to the start of each arc, or UNREACHED."""
    stops = stops_at(hierarchy.frame, hierarchy.costs, DEPART, units, unit)
    return _swept(hierarchy.frame, hierarchy.costs, DEPART, stops, hierarchy.order.levels)


def ends_ms(hierarchy: Hierarchy, goal: Places) -> Millis:
    """[A] what it takes from the end of each arc to the goal, or UNREACHED."""
    stops = stops_at(hierarchy.frame, hierarchy.costs, ARRIVE, goal, 0)
    return _swept(hierarchy.frame, hierarchy.costs, ARRIVE, stops, hierarchy.order.levels)


@njit(cache=True, nogil=True)
def _swept(frame: Frame, costs: Costs, side: int, stops: Stops, levels: int) -> Millis:
    ms = np.full(len(frame.parent), INFINITE, np.int64)
    _climb_all(frame, costs, side, stops, levels, ms)
    _sweep(frame, costs, side, stops, levels, ms)
    _at_home(frame, costs, side, stops, ms)
    found = np.full(len(ms), UNREACHED, np.uint32)
    for rank in range(len(ms)):
        arc = frame.arc_of[rank]
        if costs.arc_ms[arc] < FORBIDDEN:
            from_end_ms = ms[rank] - (costs.arc_ms[arc] if side == ARRIVE else 0)
            if from_end_ms <= NEVER_MS:
                found[arc] = from_end_ms
    return found


@njit(cache=True, nogil=True)
def _climb_all(frame: Frame, costs: Costs, side: int, stops: Stops, levels: int, ms: Longs) -> None:
    """Fills in what the root paths of the stops have by going up."""
    row = np.empty(levels, np.uint32)
    for lowest in stops.rank:
        climb(frame, costs, side, stops, lowest, row)
        path = root_path(frame, lowest)
        for depth in range(len(path)):
            ms[path[depth]] = min(ms[path[depth]], np.int64(row[depth]))


@njit(cache=True, nogil=True)
def _sweep(frame: Frame, costs: Costs, side: int, stops: Stops, levels: int, ms: Longs) -> None:
    row = np.full(levels, INFINITE, np.int64)  # by depth: the ancestors at hand, stops on their arcs counted in
    stop = len(stops.rank) - 1
    for rank in range(len(ms) - 1, -1, -1):
        best_ms, group = ms[rank], 2 * rank + 1 - side
        for link in range(frame.start[group], frame.start[group + 1]):
            best_ms = min(best_ms, row[frame.high_depth[link]] + np.int64(costs.link_ms[link]))
        ms[rank] = best_ms
        while stop >= 0 and stops.rank[stop] == rank:
            best_ms = min(best_ms, stops.ms[stop])
            stop -= 1
        row[frame.depth[rank]] = best_ms


@njit(cache=True, nogil=True)
def _at_home(frame: Frame, costs: Costs, side: int, stops: Stops, ms: Longs) -> None:
    """The arcs of the stops themselves: round by lower arcs, or no way at all to the end of the arc one is at."""
    for stop in range(len(stops.rank)):
        rank, there = stops.rank[stop], 0.0 if side == DEPART else 1.0
        round_ms = 0 if stops.fraction[stop] == there else way_below(frame, costs, rank, rank)[0]
        if round_ms < INFINITE:
            ms[rank] = min(ms[rank], stops.ms[stop] + round_ms)
