"""The way of one unit to a goal by the hierarchy: as soon as the one that `search` finds, and found without a search.

It decides between equally soon ways of one place: the one that comes to hand. Of equally soon places of the unit it
takes the first, as `search` does.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numba import njit

from arls.roads.dijkstra import NEVER_MS
from arls.roads.hierarchy.climb import ARRIVE, DEPART, root_path, stops_at
from arls.roads.hierarchy.customise import INFINITE, way_below
from arls.roads.hierarchy.elimination import NO_RANK
from arls.roads.search import Way

if TYPE_CHECKING:
    from arls.roads.hierarchy.climb import Stops
    from arls.roads.hierarchy.customise import Costs, Hierarchy
    from arls.roads.hierarchy.order import Frame
    from arls.roads.network import Ints, Longs, Places


def find_way(hierarchy: Hierarchy, *, goal: Places, units: Places, unit: int) -> Way | None:
    """The soonest way of one of the units to the goal, or None where there is none."""
    frame, costs = hierarchy.frame, hierarchy.costs
    starts, ends = stops_at(frame, costs, DEPART, units, unit), stops_at(frame, costs, ARRIVE, goal, 0)
    cost_ms, start, end, depth = _soonest(frame, costs, starts, ends)
    if cost_ms > NEVER_MS:
        return None
    ranks = _ranks(frame, costs, starts.rank[start], ends.rank[end], depth)
    return Way(
        cost_ms=int(cost_ms),
        arcs=frame.arc_of[ranks],
        unit_place=int(units.start[unit]) + int(starts.place[start]),
        goal_place=int(goal.start[0]) + int(ends.place[end]),
    )


# Instead of the depth of the arc where the ways up and down meet.
_STRAIGHT_ON, _ROUND = -1, -2


@njit(cache=True, nogil=True)
def _soonest(frame: Frame, costs: Costs, starts: Stops, ends: Stops) -> tuple[np.int64, int, int, int]:
    """Milliseconds, the stops that it starts and ends at, and the depth of the highest arc between."""
    best = (np.int64(INFINITE), -1, -1, 0)
    best_place = len(starts.rank)
    for start in range(len(starts.rank)):
        for end in range(len(ends.rank)):
            ms, depth = _between(frame, costs, starts, start, ends, end)
            if ms < best[0] or (ms == best[0] and starts.place[start] < best_place):
                best, best_place = (ms, start, end, depth), starts.place[start]
    return best


@njit(cache=True, nogil=True)
def _between(frame: Frame, costs: Costs, starts: Stops, start: int, ends: Stops, end: int) -> tuple[np.int64, int]:
    """Milliseconds, and the depth of the highest arc between."""
    first, last = starts.rank[start], ends.rank[end]
    own_ms = starts.ms[start] + ends.ms[end]
    if first == last and starts.fraction[start] <= ends.fraction[end]:
        return own_ms, _STRAIGHT_ON
    up_ms, _ = _climbed(frame, costs, DEPART, first)
    down_ms, _ = _climbed(frame, costs, ARRIVE, last)
    up_path, down_path = root_path(frame, first), root_path(frame, last)
    best_ms, best_depth = np.int64(INFINITE), 0
    if first == last:
        best_ms, best_depth = way_below(frame, costs, first, first)[0], _ROUND
    for depth in range(min(len(up_path), len(down_path))):
        if up_path[depth] != down_path[depth] or (first == last and up_path[depth] == first):
            break
        if up_ms[depth] + down_ms[depth] < best_ms:
            best_ms, best_depth = up_ms[depth] + down_ms[depth], depth
    return (own_ms + best_ms if best_ms < INFINITE else best_ms), best_depth


@njit(cache=True, nogil=True)
def _climbed(frame: Frame, costs: Costs, side: int, rank: int) -> tuple[Longs, Ints]:
    """[depth + 1] between each ancestor of a rank and the rank, and the depth of the arc that comes before it."""
    ms = np.full(frame.depth[rank] + 1, INFINITE, np.int64)
    before = np.zeros(len(ms), np.int32)
    ms[-1] = 0
    for depth in range(len(ms) - 1, -1, -1):
        if ms[depth] < INFINITE:
            group = 2 * rank + side
            for link in range(frame.start[group], frame.start[group + 1]):
                at, onward_ms = frame.high_depth[link], ms[depth] + costs.link_ms[link]
                if onward_ms < ms[at]:
                    ms[at], before[at] = onward_ms, depth
        rank = frame.parent[rank]
    return ms, before


@njit(cache=True, nogil=True)
def _ranks(frame: Frame, costs: Costs, first: int, last: int, depth: int) -> Ints:
    """The way as ranks in driving order: up from the first to the depth where it turns, and down to the last."""
    if depth == _STRAIGHT_ON:
        return np.array([first], np.int32)
    if depth == _ROUND:
        return _unpacked(frame, costs, np.array([first, last], np.int32))
    up, down = _hops(frame, costs, DEPART, first, depth), _hops(frame, costs, ARRIVE, last, depth)
    return _unpacked(frame, costs, np.append(up[::-1], down[1:]))


@njit(cache=True, nogil=True)
def _hops(frame: Frame, costs: Costs, side: int, rank: int, depth: int) -> Ints:
    """The ranks by which one climbs to that depth, from the top down."""
    path, before = root_path(frame, rank), _climbed(frame, costs, side, rank)[1]
    hops = np.empty(len(path), np.int32)
    size = 0
    while depth < len(path) - 1:
        hops[size] = path[depth]
        size += 1
        depth = before[depth]
    hops[size] = rank
    return hops[: size + 1]


@njit(cache=True, nogil=True)
def _unpacked(frame: Frame, costs: Costs, hops: Ints) -> Ints:
    """The same way with each hop taken apart until nothing but turns is left."""
    ranks = np.empty(len(frame.parent) + 1, np.int32)
    ranks[0], size = hops[0], 1
    ahead = hops[::-1].copy()  # the rank that comes next is the last
    left = len(ahead) - 1
    while left > 0:
        through = way_below(frame, costs, ranks[size - 1], ahead[left - 1])[1]
        if through == NO_RANK:
            ranks[size] = ahead[left - 1]
            size += 1
            left -= 1
        else:
            if left == len(ahead):
                ahead = np.append(ahead, np.empty_like(ahead))
            ahead[left] = through
            left += 1
    return ranks[:size].copy()
