"""The customizable contraction hierarchy: what every link of an order costs a profile.

It decides the milliseconds of links, all at once or only where weights have changed; the arrays are the same. What is
asked of them is the business of `departures`, `arrival`, `sweep` and `nearing`.

The cost of a link is that of its turn, or of the best way between its arcs through arcs that are lower than both, from
the start of the one to the start of the other. (Dibbelt, Strasser, Wagner 2016; partial customisation after
RoutingKit, `CustomizableContractionHierarchyPartialCustomization`, but by arc instead of by link: where a closure
changes thousands of links, most of them at the top, that takes half the time.) One thread does Porto's 201,893 arcs in
36 ms and a closure of 50 of them in 2 to 4 ms, so that there is nothing to gain by sharing it out.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from numba import njit

from arls.roads.hierarchy.buffers import Buffers
from arls.roads.hierarchy.elimination import NO_RANK, link_to
from arls.roads.network import steady
from arls.roads.profile import FORBIDDEN

if TYPE_CHECKING:
    from arls.roads.hierarchy.elimination import Depths
    from arls.roads.hierarchy.order import Frame, Order
    from arls.roads.network import Bools, Ints, Longs
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


def recustomise(hierarchy: Hierarchy, weights: Weights, buffers: Buffers | None = None) -> Hierarchy:
    """The hierarchy of other weights of the same order, worked out only where they differ from those before."""
    before = hierarchy.costs
    after = Costs(
        arc_ms=steady(weights.arc_ms, np.uint32),
        turn_ms=steady(weights.turn_ms, np.uint32),
        link_ms=(buffers or Buffers()).copy_of(before.link_ms),
    )
    changed = np.flatnonzero(_changed_turns(hierarchy.frame, before, after))
    _repair(hierarchy.frame, after, changed, np.zeros(hierarchy.order.levels, np.uint32))
    costs = after._replace(link_ms=steady(after.link_ms, np.uint32))
    return Hierarchy(order=hierarchy.order, weights=weights, costs=costs)


def _changed_turns(frame: Frame, before: Costs, after: Costs) -> Bools:
    """[T] those that cost something else, or the arc that they leave does."""
    changed: Bools = before.turn_ms != after.turn_ms
    if before.arc_ms is not after.arc_ms and not np.array_equal(before.arc_ms, after.arc_ms):
        changed |= np.repeat(before.arc_ms != after.arc_ms, np.diff(frame.turn_start))
    return changed


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
        first, behind = frame.start[group], frame.start[group + 1]
        if first == behind:
            continue
        for link in range(first, behind):
            row[frame.high_depth[link]] = link_ms[link]
        _by_triangles(frame, link_ms, group, row)
        for link in range(first, behind):
            link_ms[link] = row[frame.high_depth[link]]


@njit(cache=True, nogil=True)
def _by_triangles(frame: Frame, link_ms: Millis, group: int, row: Millis) -> None:
    """Lowers a row, which is by the depth of the upper end, to what the links of a group cost through lower arcs."""
    side = group & 1
    for i in range(frame.low_start[group ^ 1], frame.low_start[(group ^ 1) + 1]):
        half_ms, below = link_ms[frame.low_link[i]], 2 * frame.low[i] + side
        if half_ms != INFINITE:
            links = slice(frame.start[below], frame.start[below + 1])
            lower(frame.high_depth[links], link_ms[links], half_ms, row)


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
    best_ms, through = _by_turn(frame, costs, start, end), NO_RANK
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
def _by_turn(frame: Frame, costs: Costs, start: int, end: int) -> np.int64:
    best_ms = np.int64(INFINITE)
    arc, entering = frame.arc_of[start], frame.arc_of[end]
    for turn in range(frame.turn_start[arc], frame.turn_start[arc + 1]):
        if frame.turn_to[turn] == entering:
            best_ms = min(best_ms, step_ms(costs.arc_ms, costs.turn_ms, arc, turn))
    return best_ms


@njit(cache=True, nogil=True)
def _repair(frame: Frame, costs: Costs, turns: Longs, row: Millis) -> None:
    """Works out again, bottom up, the links of each arc that has one of these turns or lower links that changed."""
    ranks, stale = _above(frame, turns)
    for rank in ranks:
        if stale[rank]:
            changed = False
            for group in (2 * rank, 2 * rank + 1):
                changed = _again(frame, costs, group, row) or changed
            if changed:
                stale[frame.high[frame.start[2 * rank] : frame.start[2 * rank + 2]]] = True


@njit(cache=True, nogil=True)
def _again(frame: Frame, costs: Costs, group: int, row: Millis) -> bool:
    """Works out the links of a group; true if any is another now."""
    first, behind = frame.start[group], frame.start[group + 1]
    for link in range(first, behind):
        start, end = (group >> 1, frame.high[link]) if group & 1 == 0 else (frame.high[link], group >> 1)
        row[frame.high_depth[link]] = _by_turn(frame, costs, start, end)
    _by_triangles(frame, costs.link_ms, group, row)
    changed = False
    for link in range(first, behind):
        ms = row[frame.high_depth[link]]
        changed = changed or ms != costs.link_ms[link]
        costs.link_ms[link] = ms
    return changed


@njit(cache=True, nogil=True)
def _above(frame: Frame, turns: Longs) -> tuple[Ints, Bools]:
    """The ranks on the root paths of the lower ends of these turns, in order; and [A] the lower ends."""
    seen, lower_end = np.zeros(len(frame.parent), np.bool_), np.zeros(len(frame.parent), np.bool_)
    ranks = np.empty(len(frame.parent), np.int32)
    size = 0
    for turn in turns:
        if frame.turn_link[turn] < 0:
            continue
        arc = np.searchsorted(frame.turn_start, turn, side="right") - 1
        rank = min(frame.rank_of[arc], frame.rank_of[frame.turn_to[turn]])
        lower_end[rank] = True
        while rank != NO_RANK and not seen[rank]:
            seen[rank] = True
            ranks[size] = rank
            size += 1
            rank = frame.parent[rank]
    return np.sort(ranks[:size]), lower_end
