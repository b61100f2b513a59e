"""Everybody's soonest way to a goal: where the labels of units and the label of the goal meet.

It decides which lines of a rack are read. The best sum over the ancestors that unit and goal share is the way, unless
the unit's own arc is among these. All of a rack share the same ones, unless the goal lies in its cell: then each lane
goes by itself.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from numba import njit

from arls.roads.dijkstra import NEVER_MS
from arls.roads.hierarchy.climb import DEPART, stops_of
from arls.roads.hierarchy.customise import INFINITE, way_below
from arls.roads.hierarchy.elimination import NO_RANK
from arls.roads.hierarchy.racks import LANES, NO_LANE, NO_UNIT

if TYPE_CHECKING:
    from arls.roads.hierarchy.arrival import Tree
    from arls.roads.hierarchy.customise import Costs
    from arls.roads.hierarchy.order import Frame
    from arls.roads.hierarchy.racks import Racks, Slots
    from arls.roads.network import Longs
    from arls.roads.profile import Millis


# So many racks take each step together: what one of them waits for from memory, the others need not.
_BATCH = 32


class _Batch(NamedTuple):
    """Racks with the goal outside their cells, and what they share with it."""

    rack: Longs  # [_BATCH]
    row: Longs  # [_BATCH] of the tree's labels
    levels: Longs  # [_BATCH]
    first: Longs  # [_BATCH] the depth that promises most ...
    sums_ms: Millis  # [_BATCH, levels] ... since no lane needs less by way of a depth than this
    best_ms: Millis  # [_BATCH, LANES]
    worst_ms: Millis  # [_BATCH] of the lanes that are taken, the most of what they need by the depths looked at
    depth: Longs  # [levels] those that may be better for somebody


@njit(cache=True, nogil=True)
def meet_all(frame: Frame, costs: Costs, slots: Slots, racks: Racks, tree: Tree, eta_ms: Millis) -> None:
    """[N] what it takes each unit, where there is a way; the others are left as they are."""
    batch = _batch_of(racks.least.shape[1])
    size = 0
    for rack in range(len(racks.home)):
        cell = racks.home[rack]
        if cell == NO_RANK:
            continue
        cut = np.searchsorted(tree.cut, cell, side="right") - 1
        shared = tree.cut_depth[cut]
        if shared < 0:
            continue
        if shared < racks.top[rack] and tree.cut[cut] <= racks.first[rack]:
            batch.rack[size], batch.row[size], batch.levels[size] = rack, tree.cut_row[cut], shared + 1
            size += 1
            if size == _BATCH:
                _meet_batch(racks, tree, batch, size, eta_ms)
                size = 0
        else:
            _meet_each(frame, costs, slots, racks, tree, rack, eta_ms)
    _meet_batch(racks, tree, batch, size, eta_ms)


@njit(cache=True, nogil=True)
def _batch_of(levels: int) -> _Batch:
    return _Batch(
        rack=np.empty(_BATCH, np.int64),
        row=np.empty(_BATCH, np.int64),
        levels=np.empty(_BATCH, np.int64),
        first=np.empty(_BATCH, np.int64),
        sums_ms=np.empty((_BATCH, levels), np.uint32),
        best_ms=np.empty((_BATCH, LANES), np.uint32),
        worst_ms=np.empty(_BATCH, np.uint32),
        depth=np.empty(levels + 1, np.int64),
    )


@njit(cache=True, nogil=True)
def meet_some(
    frame: Frame, costs: Costs, slots: Slots, racks: Racks, tree: Tree, numbers: Longs, eta_ms: Millis
) -> None:
    """[n] what it takes each of these units, where there is a way; the others are left as they are."""
    for i in range(len(numbers)):
        soonest_ms = soonest(frame, costs, slots, racks, tree, numbers[i])
        if soonest_ms <= NEVER_MS:
            eta_ms[i] = soonest_ms


@njit(cache=True, nogil=True)
def _meet_each(frame: Frame, costs: Costs, slots: Slots, racks: Racks, tree: Tree, rack: int, eta_ms: Millis) -> None:
    """Each lane of a rack by itself."""
    for unit in racks.unit[rack]:
        if unit != NO_UNIT:
            soonest_ms = soonest(frame, costs, slots, racks, tree, unit)
            if soonest_ms <= NEVER_MS:
                eta_ms[unit] = min(np.int64(eta_ms[unit]), soonest_ms)


@njit(cache=True, nogil=True)
def _meet_batch(racks: Racks, tree: Tree, batch: _Batch, size: int, eta_ms: Millis) -> None:
    """All lanes of these racks by way of the ancestors they share with the goal."""
    for i in range(size):
        least = racks.least[batch.rack[i]]
        batch.first[i] = _sum_up(least, tree.at_ms[batch.row[i], : batch.levels[i]], batch.sums_ms[i])
    for i in range(size):
        batch.best_ms[i] = INFINITE
        batch.worst_ms[i] = _by_line(racks, tree, batch, i, batch.first[i])
    for i in range(size):
        for hit in range(_hits(batch, i)):
            _by_line(racks, tree, batch, i, batch.depth[hit])
    for i in range(size):
        units = racks.unit[batch.rack[i]]
        for lane in range(LANES):
            if units[lane] != NO_UNIT and batch.best_ms[i, lane] <= NEVER_MS:
                eta_ms[units[lane]] = min(eta_ms[units[lane]], batch.best_ms[i, lane])


@njit(cache=True, nogil=True)
def _sum_up(least: Millis, down_ms: Millis, sums_ms: Millis) -> int:
    """The sums by depth, in 32 bits, and the depth of the least: found as the low bits of one number with it."""
    promised = np.uint64(2**64 - 1)
    for depth in range(len(down_ms)):
        sums_ms[depth] = np.uint32(least[depth] + down_ms[depth])
        promised = min(promised, np.uint64(sums_ms[depth]) << np.uint64(16) | np.uint64(depth))
    return int(promised & np.uint64(2**16 - 1))


@njit(cache=True, nogil=True)
def _hits(batch: _Batch, i: int) -> int:
    """Notes the depths that may be better for somebody; how many. No branch, for no processor could foresee it."""
    hits, sums_ms, worst_ms = 0, batch.sums_ms[i], batch.worst_ms[i]
    for depth in range(batch.levels[i]):
        batch.depth[hits] = depth
        hits += sums_ms[depth] < worst_ms
    return hits


@njit(cache=True, nogil=True)
def _by_line(racks: Racks, tree: Tree, batch: _Batch, i: int, depth: int) -> np.uint32:
    """Lowers what each lane needs; what the slowest that is taken then needs."""
    rack, down_ms, worst_ms = batch.rack[i], tree.at_ms[batch.row[i], depth], np.uint32(0)
    line, units, best_ms = racks.ms[rack, depth], racks.unit[rack], batch.best_ms[i]
    for lane in range(len(best_ms)):
        best_ms[lane] = min(best_ms[lane], np.uint32(line[lane] + down_ms))
        worst_ms = max(worst_ms, best_ms[lane] & np.uint32(~(units[lane] >> 31)))
    return worst_ms


@njit(cache=True, nogil=True)
def soonest(frame: Frame, costs: Costs, slots: Slots, racks: Racks, tree: Tree, unit: int) -> np.int64:
    """What it takes one unit, by all of its labels and from its own arcs."""
    best_ms, on_path = np.int64(INFINITE), False
    for label in range(len(slots.lowest)):
        lowest, taken = slots.lowest[label, unit], slots.lane[label, unit]
        if taken == NO_LANE:
            break
        cut = np.searchsorted(tree.cut, lowest, side="right") - 1
        shared, down_ms = tree.cut_depth[cut], tree.at_ms[tree.cut_row[cut]]
        lines, lane = racks.ms[taken // LANES], taken % LANES
        for depth in range(min(shared + 1, frame.depth[lowest])):
            best_ms = min(best_ms, np.int64(lines[depth, lane]) + np.int64(down_ms[depth]))
        on_path = on_path or shared >= slots.top[label, unit]
    if on_path:
        best_ms = min(best_ms, _from_own_arcs(frame, costs, slots, tree, unit))
    return best_ms


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
