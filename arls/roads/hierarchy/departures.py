"""The labels of units, and the ETA of all of them to a goal, to the millisecond as `search` has it.

It decides how quickly everybody is ranked. A unit's label holds what it takes to each ancestor of its arcs, a goal's
what it takes from there (`arrival`); the best sum over the ancestors that both share is the way, unless the unit's own
arc is among these. (Buchhold and Wagner, Nearest-Neighbor Queries in Customizable Contraction Hierarchies, SEA 2021.)
"""

from __future__ import annotations

import os
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from numba import njit

from arls.roads.dijkstra import NEVER_MS, UNREACHED
from arls.roads.hierarchy.climb import DEPART, climb, is_above, stops_of
from arls.roads.hierarchy.customise import INFINITE, way_below
from arls.roads.hierarchy.elimination import NO_RANK
from arls.roads.network import NO_ARC, steady

if TYPE_CHECKING:
    from arls.roads.hierarchy.arrival import Arrival, Tree
    from arls.roads.hierarchy.customise import Costs, Hierarchy
    from arls.roads.hierarchy.order import Frame
    from arls.roads.network import Bools, Floats, Ints, Longs, Places
    from arls.roads.profile import Millis

# Below this another thread costs more than it saves.
_ALONE = 64
# So many levels of all labels lie together, since few ways to a goal meet further down: what a ranking of 5,000 units
# in Porto reads is then in one piece, and with cold caches it takes 0.3 ms instead of 0.6.
_BLOCK = 192


class Slots(NamedTuple):
    """Where N units stand, P places each, and their labels, one for each root path: a two-way street has one."""

    arc: Ints  # [N, P] or NO_ARC
    fraction: Floats  # [N, P]
    extra_ms: Millis  # [N, P]
    lowest: Ints  # [P, N] the rank at the foot of the label, or NO_RANK; a unit's labels come first
    depth: Ints  # [P, N] its depth
    top: Ints  # [P, N] the depth of the highest of the unit's arcs on that path
    ms: Millis  # [P, blocks, N, _BLOCK] to the ancestor of each depth below the foot's own, or INFINITE


class Departures:
    """The labels of N units on one hierarchy. One thread at a time may move them, and nobody rank meanwhile."""

    def __init__(self, hierarchy: Hierarchy, units: Places, *, slots: int = 2) -> None:
        self.hierarchy = hierarchy
        counts = np.diff(units.start)
        self._slots = _empty(len(units), max(slots, 1, int(counts.max(initial=0))), hierarchy.order.levels)
        self.move(np.arange(len(units)), units)

    def __len__(self) -> int:
        return len(self._slots.arc)

    def move(self, numbers: Longs, units: Places) -> None:
        """Puts the units of these numbers at these places. Raises ValueError where one has more than there is room."""
        counts = np.diff(units.start)
        if int(counts.max(initial=0)) > self._slots.arc.shape[1]:
            raise ValueError(f"a unit has {counts.max()} places, and there is room for {self._slots.arc.shape[1]}")
        unit = np.repeat(numbers, counts)
        slot = np.arange(len(unit)) - np.repeat(units.start[:-1], counts)
        self._slots.arc[numbers] = NO_ARC
        self._slots.arc[unit, slot] = units.arc
        self._slots.fraction[unit, slot] = units.fraction
        self._slots.extra_ms[unit, slot] = units.extra_ms
        self._label(numbers)

    def after(self, hierarchy: Hierarchy) -> Departures:
        """The same units on another hierarchy of the same order; what no changed link touches is taken over."""
        other = object.__new__(Departures)
        other.hierarchy = hierarchy
        other._slots = _copied(self._slots)
        arc = self._slots.arc
        outdated = (arc != NO_ARC) & _changed(self.hierarchy, hierarchy)[hierarchy.frame.rank_of[arc]]
        other._label(np.flatnonzero(outdated.any(axis=1)))
        return other

    def on(self, arcs: Longs) -> Longs:
        """The numbers of the units that stand on any of these arcs, or on none at all."""
        arc = self._slots.arc
        return np.flatnonzero(np.isin(arc, arcs).any(axis=1) | (arc == NO_ARC).all(axis=1))

    def eta_to(self, arrival: Arrival, numbers: Longs | None = None) -> Millis:
        """What it takes each unit, or each of those asked after, to get to the goal; or UNREACHED.

        Raises ValueError where the two are labelled by different hierarchies.
        """
        if arrival.hierarchy is not self.hierarchy:
            raise ValueError("units and goal are labelled by different weights: label one of them again")
        asked = np.arange(len(self)) if numbers is None else numbers
        eta_ms = np.full(len(asked), UNREACHED, np.uint32)
        if len(arrival.tree.stops.rank):
            frame, costs = self.hierarchy.frame, self.hierarchy.costs
            _rank(frame, costs, self._slots, arrival.tree, steady(asked, np.int64), eta_ms)
        return eta_ms

    def _label(self, numbers: Longs) -> None:
        frame, costs = self.hierarchy.frame, self.hierarchy.costs
        workers = min(os.cpu_count() or 1, 1 + len(numbers) // _ALONE)
        parts = [steady(part, np.int64) for part in np.array_split(numbers, workers)]
        if workers == 1:
            _make(frame, costs, self._slots, parts[0])
            return
        with ThreadPoolExecutor(workers) as threads:
            list(threads.map(lambda part: _make(frame, costs, self._slots, part), parts))


def _empty(units: int, places: int, levels: int) -> Slots:
    # Nearly all units have but one label: the memory of the other planes is never touched.
    return Slots(
        arc=np.full((units, places), NO_ARC, np.int32),
        fraction=np.zeros((units, places)),
        extra_ms=np.zeros((units, places), np.uint32),
        lowest=np.full((places, units), NO_RANK, np.int32),
        depth=np.zeros((places, units), np.int32),
        top=np.zeros((places, units), np.int32),
        ms=np.zeros((places, -(-levels // _BLOCK), units, _BLOCK), np.uint32),
    )


def _copied(slots: Slots) -> Slots:
    ms = np.zeros(slots.ms.shape, np.uint32)  # not zeros_like, which touches the memory
    for plane in np.flatnonzero((slots.lowest != NO_RANK).any(axis=1)):
        ms[plane] = slots.ms[plane]
    small = slots._replace(ms=slots.ms[:0])
    return Slots._make(array.copy() for array in small)._replace(ms=ms)


@njit(cache=True, nogil=True)
def _make(frame: Frame, costs: Costs, slots: Slots, numbers: Longs) -> None:
    """Makes the labels of these units: one at the foot of each root path that no other of its places is below."""
    blocks = slots.ms.shape[1]
    row = np.zeros(blocks * _BLOCK, np.uint32)
    for unit in numbers:
        stops = stops_of(frame, costs, DEPART, slots.arc[unit], slots.fraction[unit], slots.extra_ms[unit])
        slots.lowest[:, unit] = NO_RANK
        size = 0
        for stop in range(len(stops.rank)):
            rank = stops.rank[stop]
            shared = False
            for label in range(size):
                if is_above(frame, rank, slots.lowest[label, unit]):
                    slots.top[label, unit] = frame.depth[rank]
                    shared = True
            if not shared:
                slots.lowest[size, unit] = rank
                slots.depth[size, unit] = slots.top[size, unit] = frame.depth[rank]
                climb(frame, costs, DEPART, stops, rank, row)
                for block in range(blocks):
                    slots.ms[size, block, unit] = row[block * _BLOCK : (block + 1) * _BLOCK]
                size += 1


@njit(cache=True, nogil=True)
def _rank(frame: Frame, costs: Costs, slots: Slots, tree: Tree, numbers: Longs, eta_ms: Millis) -> None:
    for i in range(len(numbers)):
        unit, best_ms, on_path = numbers[i], np.int64(INFINITE), False
        for label in range(len(slots.lowest)):
            if slots.lowest[label, unit] == NO_RANK:
                break
            cut = np.searchsorted(tree.cut, slots.lowest[label, unit], side="right") - 1
            shared, row = tree.cut_depth[cut], tree.cut_row[cut]
            levels = min(shared + 1, slots.depth[label, unit])
            for block in range((levels + _BLOCK - 1) // _BLOCK):
                down_ms = tree.at_ms[row, block * _BLOCK : min(levels, (block + 1) * _BLOCK)]
                best_ms = min(best_ms, _meet(slots.ms[label, block, unit], down_ms))
            on_path = on_path or shared >= slots.top[label, unit]
        if on_path:
            best_ms = min(best_ms, _from_own_arcs(frame, costs, slots, tree, unit))
        if best_ms <= NEVER_MS:
            eta_ms[i] = best_ms


@njit(cache=True, nogil=True)
def _meet(up_ms: Millis, down_ms: Millis) -> np.int64:
    """The least sum by depth as far as the second goes: in 32 bits, so that a vector holds as many as it can."""
    best_ms = np.uint32(INFINITE)
    for depth in range(len(down_ms)):
        best_ms = min(best_ms, np.uint32(up_ms[depth] + down_ms[depth]))
    return np.int64(best_ms)


@njit(cache=True, nogil=True)
def _from_own_arcs(frame: Frame, costs: Costs, slots: Slots, tree: Tree, unit: int) -> np.int64:
    """The soonest of a unit whose own arc the goal's root paths pass: down from there, straight on, or round."""
    best_ms = np.int64(INFINITE)
    stops = stops_of(frame, costs, DEPART, slots.arc[unit], slots.fraction[unit], slots.extra_ms[unit])
    for stop in range(len(stops.rank)):
        rank = stops.rank[stop]
        cut = np.searchsorted(tree.cut, rank, side="right") - 1
        if tree.cut_depth[cut] != frame.depth[rank]:
            continue
        below_ms = np.int64(tree.below_ms[tree.cut_row[cut], frame.depth[rank]])
        if below_ms < INFINITE:
            best_ms = min(best_ms, stops.ms[stop] + below_ms)
        for end in range(len(tree.stops.rank)):
            if tree.stops.rank[end] == rank:
                ahead = stops.fraction[stop] <= tree.stops.fraction[end]
                round_ms = 0 if ahead else way_below(frame, costs, rank, rank)[0]
                if round_ms < INFINITE:
                    best_ms = min(best_ms, stops.ms[stop] + round_ms + tree.stops.ms[end])
    return best_ms


def _changed(before: Hierarchy, after: Hierarchy) -> Bools:
    """[A] the ranks whose labels are others on the two hierarchies: their arc is, or a link on their root path."""
    frame = before.frame
    links = np.flatnonzero(before.costs.link_ms != after.costs.link_ms)
    groups = np.searchsorted(frame.start, links, side="right") - 1
    changed = np.zeros(len(frame.parent), np.bool_)
    changed[groups[groups & 1 == DEPART] >> 1] = True
    _inherit(frame, changed)
    changed[frame.rank_of[before.costs.arc_ms != after.costs.arc_ms]] = True
    return changed


@njit(cache=True, nogil=True)
def _inherit(frame: Frame, changed: Bools) -> None:
    for rank in range(len(changed) - 1, -1, -1):
        if frame.parent[rank] != NO_RANK and changed[frame.parent[rank]]:
            changed[rank] = True
