"""The customizable contraction hierarchy: what every link of an order costs a profile.

It decides the milliseconds of links, all at once or only where weights have changed; the arrays are the same. What is
asked of them is the business of `departures`, `arrival`, `sweep` and `nearing`.

The cost of a link is that of its turn, or of the best way between its arcs through arcs that are lower than both, from
the start of the one to the start of the other. (Dibbelt, Strasser, Wagner 2016; partial customisation after
RoutingKit, `CustomizableContractionHierarchyPartialCustomization`.) One thread does Porto's 194,591 arcs in 36 ms and a
closure of 50 of them in 2 ms, so that there is nothing to gain by sharing it out.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from numba import njit

from arls.roads.hierarchy.elimination import NO_RANK, link_to
from arls.roads.network import steady
from arls.roads.profile import FORBIDDEN

if TYPE_CHECKING:
    from arls.roads.hierarchy.elimination import Depths
    from arls.roads.hierarchy.order import Frame, Order
    from arls.roads.network import Bools, Ints
    from arls.roads.profile import Millis, Weights

# No way is one that costs so much. Two of it fit uint32, and a way (below 2**30) less a part of an arc is below it
# with that part put back.
INFINITE = 2**31 - 1


class Costs(NamedTuple):
    """Milliseconds, all read-only."""

    arc_ms: Millis  # [A] by arc
    turn_ms: Millis  # [T] by turn
    link_ms: Millis  # [L] by link of the order, or INFINITE


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Hierarchy:
    """An order customised for the weights of a profile."""

    order: Order
    weights: Weights
    costs: Costs

    @property
    def frame(self) -> Frame:
        """The arrays of the order."""
        return self.order.frame


def customise(order: Order, weights: Weights) -> Hierarchy:
    """The hierarchy of these weights."""
    arc_ms, turn_ms = steady(weights.arc_ms, np.uint32), steady(weights.turn_ms, np.uint32)
    link_ms = np.full(len(order.frame.high), INFINITE, np.uint32)
    _lay_turns(order.frame, arc_ms, turn_ms, link_ms)
    _customise(order.frame, link_ms, np.zeros(order.levels, np.uint32))
    return Hierarchy(order=order, weights=weights, costs=Costs(arc_ms, turn_ms, steady(link_ms, np.uint32)))


def recustomise(hierarchy: Hierarchy, weights: Weights) -> Hierarchy:
    """The hierarchy of other weights of the same order, worked out only where they differ from those before."""
    before = hierarchy.costs
    after = Costs(
        arc_ms=steady(weights.arc_ms, np.uint32),
        turn_ms=steady(weights.turn_ms, np.uint32),
        link_ms=before.link_ms.copy(),
    )
    _repair(hierarchy.frame, before, after)
    costs = after._replace(link_ms=steady(after.link_ms, np.uint32))
    return Hierarchy(order=hierarchy.order, weights=weights, costs=costs)


@njit(cache=True, nogil=True)
def step_ms(arc_ms: Millis, turn_ms: Millis, arc: int, turn: int) -> np.int64:
    """From the start of an arc, by a turn at its end, to the start of the next; INFINITE where nobody may go."""
    if arc_ms[arc] >= FORBIDDEN or turn_ms[turn] >= FORBIDDEN:
        return np.int64(INFINITE)
    return np.int64(arc_ms[arc]) + np.int64(turn_ms[turn])


@njit(cache=True, nogil=True)
def _lay_turns(frame: Frame, arc_ms: Millis, turn_ms: Millis, link_ms: Millis) -> None:
    for arc in range(len(arc_ms)):
        for turn in range(frame.turn_start[arc], frame.turn_start[arc + 1]):
            link = frame.turn_link[turn]
            if link >= 0:
                link_ms[link] = min(link_ms[link], step_ms(arc_ms, turn_ms, arc, turn))


@njit(cache=True, nogil=True)
def _customise(frame: Frame, link_ms: Millis, row: Millis) -> None:
    """Bottom up, each group of links by all lower triangles at once, in a row by the depth of the upper end."""
    for group in range(len(frame.start) - 1):
        side = group & 1
        first, behind = frame.start[group], frame.start[group + 1]
        if first == behind:
            continue
        for link in range(first, behind):
            row[frame.high_depth[link]] = link_ms[link]
        for i in range(frame.low_start[group ^ 1], frame.low_start[(group ^ 1) + 1]):
            half_ms, below = link_ms[frame.low_link[i]], 2 * frame.low[i] + side
            if half_ms == INFINITE:
                continue
            links = slice(frame.start[below], frame.start[below + 1])
            lower(frame.high_depth[links], link_ms[links], half_ms, row)
        for link in range(first, behind):
            link_ms[link] = row[frame.high_depth[link]]


@njit(cache=True, nogil=True)
def lower(high_depth: Depths, link_ms: Millis, plus_ms: int, row: Millis) -> None:
    """Lowers each entry of a row, which is by depth, to what its link costs and `plus_ms` together.

    Unsigned, in 32 bits and with no branch it takes half the time, and all the time of the house is spent here.
    """
    for link in range(len(high_depth)):
        at = high_depth[link]
        row[at] = min(row[at], np.uint32(plus_ms + link_ms[link]))


@njit(cache=True, nogil=True)
def way_below(frame: Frame, costs: Costs, start: int, end: int) -> tuple[np.int64, int]:
    """The soonest from the start of one rank to that of another by one turn or through a rank lower than both.

    Its milliseconds, and that lower rank, or NO_RANK for the turn. From a rank to itself it is the soonest way round.
    """
    best_ms, through = np.int64(INFINITE), NO_RANK
    arc, entering = frame.arc_of[start], frame.arc_of[end]
    for turn in range(frame.turn_start[arc], frame.turn_start[arc + 1]):
        if frame.turn_to[turn] == entering:
            best_ms = min(best_ms, step_ms(costs.arc_ms, costs.turn_ms, arc, turn))
    side = 0 if start <= end else 1
    lower, depth = min(start, end), frame.depth[max(start, end)]
    near = 2 * lower + 1 - side
    for i in range(frame.low_start[near], frame.low_start[near + 1]):
        near_ms = np.int64(costs.link_ms[frame.low_link[i]])
        if near_ms < best_ms:
            far = link_to(frame.start, frame.high_depth, 2 * frame.low[i] + side, depth)
            if far >= 0 and near_ms + np.int64(costs.link_ms[far]) < best_ms:
                best_ms, through = near_ms + np.int64(costs.link_ms[far]), frame.low[i]
    return best_ms, through


@njit(cache=True, nogil=True)
def _repair(frame: Frame, before: Costs, after: Costs) -> None:
    """Works out again, in rank order, each link whose turn changed or one of whose triangles may have."""
    stale = np.zeros(len(frame.high), np.bool_)
    for rank in _stale_ranks(frame, before, after, stale):
        for group in (2 * rank, 2 * rank + 1):
            for link in range(frame.start[group], frame.start[group + 1]):
                if stale[link]:
                    ends = (rank, frame.high[link])
                    start, end = ends if group & 1 == 0 else (ends[1], ends[0])
                    after.link_ms[link] = way_below(frame, after, start, end)[0]
        for group in (2 * rank, 2 * rank + 1):
            for link in range(frame.start[group], frame.start[group + 1]):
                if after.link_ms[link] != before.link_ms[link]:
                    _spread(frame, before, after, group, link, stale)


@njit(cache=True, nogil=True)
def _stale_ranks(frame: Frame, before: Costs, after: Costs, stale: Bools) -> Ints:
    """Marks the links whose turns changed; the ranks on the root paths of their lower ends, in order."""
    seen = np.zeros(len(frame.parent), np.bool_)
    ranks = np.empty(len(frame.parent), np.int32)
    size = 0
    for arc in range(len(before.arc_ms)):
        for turn in range(frame.turn_start[arc], frame.turn_start[arc + 1]):
            same = after.arc_ms[arc] == before.arc_ms[arc] and after.turn_ms[turn] == before.turn_ms[turn]
            if same or frame.turn_link[turn] < 0:
                continue
            stale[frame.turn_link[turn]] = True
            rank = min(frame.rank_of[arc], frame.rank_of[frame.turn_to[turn]])
            while rank != NO_RANK and not seen[rank]:
                seen[rank] = True
                ranks[size] = rank
                size += 1
                rank = frame.parent[rank]
    return np.sort(ranks[:size])


@njit(cache=True, nogil=True)
def _spread(frame: Frame, before: Costs, after: Costs, group: int, link: int, stale: Bools) -> None:
    """Marks the links that a changed one carried, or now undercuts, together with another link of its lower end."""
    side, upper = group & 1, frame.high[link]
    for other in range(frame.start[group ^ 1], frame.start[(group ^ 1) + 1]):
        across = frame.high[other]
        if across == upper:
            continue
        if upper < across:
            third = link_to(frame.start, frame.high_depth, 2 * upper + 1 - side, frame.high_depth[other])
        else:
            third = link_to(frame.start, frame.high_depth, 2 * across + side, frame.high_depth[link])
        old_ms = np.int64(before.link_ms[link]) + np.int64(before.link_ms[other])
        new_ms = np.int64(after.link_ms[link]) + np.int64(after.link_ms[other])
        third_ms = np.int64(before.link_ms[third])
        if (old_ms == third_ms and old_ms < INFINITE) or new_ms < third_ms:
            stale[third] = True
