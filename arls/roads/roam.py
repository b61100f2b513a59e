"""Where one who was last seen at a place of the road may be by now: places on arcs, each with its weight.

It decides how what may have been driven since spreads over the network. How long that was is the asker's to say, and
what it takes from there to anywhere is `drives`'s business.

The set is that of a forward search, bounded in time and in arcs. The weights are those of one who is on the way to an
aim, all arcs of the set and about it being equally probable aims: so at each junction the ways onward are taken in
proportion to how many arcs are soonest reached by them. What was driven is told as a few equally likely times; each
leaves its weight on the arcs that are reached just then. Where no arc is that far away, it stays on the furthest.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from numba import njit

from arls.roads.dijkstra import LOW_32_BITS, NEVER_MS, part_ms, pop, push
from arls.roads.network import steady
from arls.roads.profile import FORBIDDEN
from arls.roads.ways import Onward

if TYPE_CHECKING:
    from arls.roads.network import Floats, Ints, Longs

# The search ends after so many arcs: those within some five minutes' drive of the middle of a city.
MOST_ARCS = 4096

# An aim lies up to so many times as far as one can have come: beyond that, the wide roads differ little from others.
AHEAD = 2

NO_ARC_BEFORE = -1
_UNSEEN = 2**62
# A place in the middle of an arc began that arc before now; keys of the heap are not negative.
_SHIFT = FORBIDDEN


class Tree(NamedTuple):
    """One search's tree. Between searches `start_ms` is _UNSEEN everywhere but for what `touched` names."""

    start_ms: Longs  # [A] when the start of the arc is passed, since the beginning; before it for where one begins
    before: Ints  # [A] the arc before it, or NO_ARC_BEFORE
    aims: Ints  # [A] how many arcs of the tree are reached by it, itself counted in
    settled: Ints  # [most] the arcs of the tree, in the order of their starts
    touched: Ints  # [A]
    marks: Longs  # [1] how many are touched
    heap: Longs  # milliseconds, shifted, in the upper, arc in the lower 32 bits


class Roamed(NamedTuple):
    """Room for places, of which the first `size[0]` are there: all arrays of one length."""

    arc: Ints
    part_ms: Longs  # what of the arc is driven
    beyond_ms: Longs  # what was driven after the search ended there: further by as much, either way
    weight: Floats
    size: Longs  # [1]


def tree_for(arcs: int, turns: int) -> Tree:
    """Room for the searches of one thread on a network of that size."""
    return Tree(
        start_ms=np.full(arcs, _UNSEEN, np.int64),
        before=np.zeros(arcs, np.int32),
        aims=np.zeros(arcs, np.int32),
        settled=np.zeros(MOST_ARCS, np.int32),
        touched=np.zeros(arcs, np.int32),
        marks=np.zeros(1, np.int64),
        heap=np.zeros(arcs + turns, np.int64),
    )


def roamed_for(places: int) -> Roamed:
    """Room for so many places."""
    return Roamed(
        arc=np.zeros(places, np.int32),
        part_ms=np.zeros(places, np.int64),
        beyond_ms=np.zeros(places, np.int64),
        weight=np.zeros(places),
        size=np.zeros(1, np.int64),
    )


@njit(cache=True, nogil=True)
def roam(onward: Onward, arcs: Ints, fractions: Floats, gone_ms: Longs, most: int, tree: Tree, out: Roamed) -> None:
    """Adds to `out` where one may be who began at any of these places and has driven for one of the times `gone_ms`.

    The times rise; at most `most` arcs are looked at, and what is driven after that is told by `beyond_ms`. The
    weights add up to 1. Nothing is added where none of the places can be left.
    """
    size = _begin(onward, arcs, fractions, tree)
    if size == 0:
        return
    settled, horizon_ms = _settle(onward, size, min(AHEAD * gone_ms[-1], NEVER_MS), most, tree)
    for i in range(settled - 1, -1, -1):  # children are settled after their parents
        arc = tree.settled[i]
        if tree.before[arc] != NO_ARC_BEFORE:
            tree.aims[tree.before[arc]] += tree.aims[arc]
    for gone in gone_ms:
        _leave(onward, settled, min(gone, horizon_ms), gone - min(gone, horizon_ms), 1.0 / len(gone_ms), tree, out)
    _forget(tree)


@njit(cache=True, nogil=True)
def _begin(onward: Onward, arcs: Ints, fractions: Floats, tree: Tree) -> int:
    """Seats the places that may be left; how many arcs they lie on."""
    size = 0
    for i in range(len(arcs)):
        arc = arcs[i]
        if onward.arc_ms[arc] < FORBIDDEN and tree.start_ms[arc] == _UNSEEN:
            size = _label(tree, size, arc, -part_ms(fractions[i], onward.arc_ms[arc]), NO_ARC_BEFORE)
    return size


@njit(cache=True, nogil=True)
def _settle(onward: Onward, size: int, limit_ms: int, most: int, tree: Tree) -> tuple[int, int]:
    """Dijkstra forward over arcs: how many it settled, and the time up to which the tree is whole."""
    settled = 0
    while size > 0:
        start_ms, arc = (tree.heap[0] >> 32) - _SHIFT, tree.heap[0] & LOW_32_BITS
        if settled == most:
            return settled, max(start_ms, 0)
        size = pop(tree.heap, size)
        if start_ms != tree.start_ms[arc]:
            continue
        tree.settled[settled] = arc
        settled += 1
        end_ms = start_ms + onward.arc_ms[arc]
        for turn in range(onward.turn_start[arc], onward.turn_start[arc + 1]):
            to = onward.turn_to[turn]
            ms = end_ms + onward.turn_ms[turn]
            if ms <= limit_ms and ms < tree.start_ms[to] and onward.arc_ms[to] < FORBIDDEN:
                size = _label(tree, size, to, ms, arc)
    return settled, limit_ms


@njit(cache=True, nogil=True)
def _label(tree: Tree, size: int, arc: int, start_ms: int, before: int) -> int:
    if tree.start_ms[arc] == _UNSEEN:
        tree.touched[tree.marks[0]] = arc
        tree.marks[0] += 1
    tree.start_ms[arc], tree.before[arc] = start_ms, before
    tree.aims[arc] = 1
    return push(tree.heap, size, (start_ms + _SHIFT) << 32 | arc)


@njit(cache=True, nogil=True)
def _leave(onward: Onward, settled: int, gone_ms: int, beyond_ms: int, weight: float, tree: Tree, out: Roamed) -> None:
    """Leaves the weight of one time where it ends."""
    first, aims = out.size[0], 0
    furthest, furthest_ms = 0, -1
    for i in range(settled):
        arc = tree.settled[i]
        before, start_ms = tree.before[arc], tree.start_ms[arc]
        end_ms = start_ms + onward.arc_ms[arc]
        from_ms = 0 if before == NO_ARC_BEFORE else tree.start_ms[before] + onward.arc_ms[before]
        if end_ms > furthest_ms:
            furthest, furthest_ms = arc, end_ms
        if from_ms <= gone_ms < end_ms:
            aims += tree.aims[arc]
            if gone_ms < start_ms:
                _put(out, before, onward.arc_ms[before], beyond_ms, float(tree.aims[arc]))  # it waits to turn
            else:
                _put(out, arc, gone_ms - start_ms, beyond_ms, float(tree.aims[arc]))
    if out.size[0] == first:
        _put(out, furthest, onward.arc_ms[furthest], beyond_ms, weight)
        return
    for place in range(first, out.size[0]):
        out.weight[place] *= weight / aims


@njit(cache=True, nogil=True)
def _put(out: Roamed, arc: int, part_ms: int, beyond_ms: int, weight: float) -> None:
    """One place more."""
    at = out.size[0]
    out.arc[at], out.part_ms[at], out.beyond_ms[at], out.weight[at] = arc, part_ms, beyond_ms, weight
    out.size[0] = at + 1


@njit(cache=True, nogil=True)
def _forget(tree: Tree) -> None:
    for i in range(tree.marks[0]):
        tree.start_ms[tree.touched[i]] = _UNSEEN
    tree.marks[0] = 0


def warm_up() -> None:
    """Compiles the kernels, or loads them from numba's cache, so that the first question is as quick as the next."""
    nowhere = steady(np.zeros(2), np.int64)
    one = steady(np.ones(1), np.uint32)
    onward = Onward(
        turn_start=nowhere,
        turn_to=steady(one, np.int32)[:0],
        turn_ms=one[:0],
        arc_ms=one,
        length_m=steady(one, np.float64),
    )
    roam(onward, np.zeros(1, np.int32), np.zeros(1), np.zeros(1, np.int64), 1, tree_for(1, 0), roamed_for(1))
