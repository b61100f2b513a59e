"""Up the root path: what it takes from places to every ancestor of their arcs, or from there to the places.

It decides what a place counts for at the start of its arc. The kernels here are those that `departures`, `arrival`,
`sweep` and `nearing` share.

Distances run between the starts of arcs. A unit on an arc has its part of it behind it already, so that it *departs*
from the arc's start with fewer than no milliseconds; a goal is *arrived* at by its part of the arc.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from numba import njit

from arls.roads.dijkstra import part_ms
from arls.roads.hierarchy.customise import INFINITE, lower
from arls.roads.network import steady
from arls.roads.profile import FORBIDDEN

if TYPE_CHECKING:
    from arls.roads.hierarchy.customise import Costs
    from arls.roads.hierarchy.order import Frame
    from arls.roads.network import Floats, Ints, Longs, Places
    from arls.roads.profile import Millis

# Which links one climbs: the side of a group.
DEPART, ARRIVE = 0, 1


class Stops(NamedTuple):
    """Places that may be used, lowest rank first."""

    rank: Ints  # [M]
    ms: Longs  # [M] between the start of the arc and the place, from the road or to it counted in
    fraction: Floats  # [M]
    place: Ints  # [M] its number among the places


@njit(cache=True, nogil=True)
def stops_of(frame: Frame, costs: Costs, side: int, arc: Ints, fraction: Floats, extra_ms: Millis) -> Stops:
    """The places in order, without those on arcs that nobody may use; an arc below 0 is no place."""
    rank, place = np.empty(len(arc), np.int32), np.empty(len(arc), np.int32)
    ms, along = np.empty(len(arc), np.int64), np.empty(len(arc))
    size = 0
    for i in range(len(arc)):
        if arc[i] < 0 or costs.arc_ms[arc[i]] >= FORBIDDEN:
            continue
        at = size
        while at > 0 and rank[at - 1] > frame.rank_of[arc[i]]:
            rank[at], ms[at], along[at], place[at] = rank[at - 1], ms[at - 1], along[at - 1], place[at - 1]
            at -= 1
        part = part_ms(fraction[i], costs.arc_ms[arc[i]])
        rank[at], along[at], place[at] = frame.rank_of[arc[i]], fraction[i], i
        ms[at] = np.int64(extra_ms[i]) + (part if side == ARRIVE else -part)
        size += 1
    return Stops(rank[:size], ms[:size], along[:size], place[:size])


@njit(cache=True, nogil=True)
def climb(frame: Frame, costs: Costs, side: int, stops: Stops, lowest: int, row: Millis) -> None:
    """Fills `row` up to the depth of the lowest: between each of its ancestors and the stops below that, or INFINITE.

    All stops on its root path take part. What a stop counts for on its own arc is not in the row.
    """
    row[: frame.depth[lowest] + 1] = INFINITE
    rank, stop = lowest, 0
    for depth in range(frame.depth[lowest], -1, -1):
        here_ms = row[depth]
        first, behind = frame.start[2 * rank + side], frame.start[2 * rank + side + 1]
        while stop < len(stops.rank) and stops.rank[stop] < rank:
            stop += 1
        if stop < len(stops.rank) and stops.rank[stop] == rank:
            stop = _set_out(frame, costs, first, behind, stops, stop, row, here_ms)
        elif here_ms < INFINITE:
            lower(frame.high_depth[first:behind], costs.link_ms[first:behind], here_ms, row)
        rank = frame.parent[rank]


@njit(cache=True, nogil=True)
def _set_out(
    frame: Frame, costs: Costs, first: int, behind: int, stops: Stops, stop: int, row: Millis, here_ms: int
) -> int:
    """Goes up these links from an arc that has stops, which may cost less than nothing; the stop behind them."""
    rank, best_ms = stops.rank[stop], np.int64(here_ms)
    while stop < len(stops.rank) and stops.rank[stop] == rank:
        best_ms = min(best_ms, stops.ms[stop])
        stop += 1
    for link in range(first, behind):
        if costs.link_ms[link] < INFINITE:
            at = frame.high_depth[link]
            row[at] = min(np.int64(row[at]), best_ms + np.int64(costs.link_ms[link]))
    return stop


@njit(cache=True, nogil=True)
def is_above(frame: Frame, rank: int, below: int) -> bool:
    """True if the rank is on the root path of the other."""
    return bool(frame.first[rank] <= below <= rank)


@njit(cache=True, nogil=True)
def root_path(frame: Frame, rank: int) -> Ints:
    """[depth + 1] the ranks from the root down to this one."""
    path = np.empty(frame.depth[rank] + 1, np.int32)
    for depth in range(frame.depth[rank], -1, -1):
        path[depth] = rank
        rank = frame.parent[rank]
    return path


def stops_at(frame: Frame, costs: Costs, side: int, places: Places, position: int) -> Stops:
    """The stops of one of the positions."""
    own = slice(int(places.start[position]), int(places.start[position + 1]))
    arc, fraction = steady(places.arc[own], np.int32), steady(places.fraction[own], np.float64)
    return Stops(*stops_of(frame, costs, side, arc, fraction, steady(places.extra_ms[own], np.uint32)))
