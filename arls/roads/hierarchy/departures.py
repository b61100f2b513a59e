"""The labels of units, and the ETA of all of them to a goal, to the millisecond as `search` has it.

It decides when labels are made, and how many units share a rack. A unit's label holds what it takes to each ancestor of
its arcs, a goal's what it takes from there (`arrival`); how the two meet is told in `meeting`. (Buchhold and Wagner,
Nearest-Neighbor Queries in Customizable Contraction Hierarchies, SEA 2021.)
"""

from __future__ import annotations

import os
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

import numpy as np
from numba import njit

from arls.roads.dijkstra import UNREACHED
from arls.roads.hierarchy.buffers import Buffers
from arls.roads.hierarchy.climb import DEPART, climb, is_above, stops_of
from arls.roads.hierarchy.elimination import NO_RANK
from arls.roads.hierarchy.meeting import meet_all, meet_some
from arls.roads.hierarchy.racks import (
    LANES,
    NO_LANE,
    NO_UNIT,
    Racks,
    Slots,
    copied,
    leave_lane,
    racks_for,
    take_lane,
    write_least,
)
from arls.roads.network import NO_ARC, steady

if TYPE_CHECKING:
    from arls.roads.hierarchy.arrival import Arrival
    from arls.roads.hierarchy.climb import Stops
    from arls.roads.hierarchy.customise import Costs, Hierarchy
    from arls.roads.hierarchy.order import Frame
    from arls.roads.network import Bools, Ints, Longs, Places
    from arls.roads.profile import Millis

# Below this another thread costs more than it saves.
ALONE = 64
# A cell has room for so many units when all are spread evenly: fewer leave lanes empty, more need more of the lines.
_UNITS_A_CELL = LANES
# Of so many units in one ranking it is sooner to rank all that share their racks.
_FEW = 32


class Departures:
    """The labels of N units on one hierarchy. One thread at a time may move them, and nobody rank meanwhile."""

    def __init__(
        self,
        hierarchy: Hierarchy,
        units: Places,
        *,
        slots: int = 2,
        cell_arcs: int | None = None,
        buffers: Buffers | None = None,
    ) -> None:
        """`cell_arcs`: units in a piece of town of so many arcs lie side by side; by default as suits their number."""
        self.hierarchy = hierarchy
        self._buffers = buffers or Buffers()
        counts = np.diff(units.start)
        self._slots = _empty(len(units), max(slots, 1, int(counts.max(initial=0))))
        if cell_arcs is None:
            cell_arcs = hierarchy.order.network.arcs * _UNITS_A_CELL // max(len(units), 1)
        self._racks = racks_for(
            hierarchy.frame,
            levels=hierarchy.order.levels,
            racks=max(1, len(units) // _UNITS_A_CELL),
            cell_arcs=cell_arcs,
        )
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
        other.hierarchy, other._buffers = hierarchy, self._buffers
        other._slots = Slots._make(array.copy() for array in self._slots)
        other._racks = copied(self._racks, self._buffers)
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
        about = self.hierarchy.frame, self.hierarchy.costs, self._slots, self._racks, arrival.tree
        if numbers is not None and len(numbers) < _FEW:
            eta_ms = np.full(len(numbers), UNREACHED, np.uint32)
            meet_some(*about, steady(numbers, np.int64), eta_ms)
            return eta_ms
        eta_ms = np.full(len(self), UNREACHED, np.uint32)
        meet_all(*about, eta_ms)
        return eta_ms if numbers is None else eta_ms[numbers]

    def _label(self, numbers: Longs) -> None:
        """Makes the labels of these units."""
        frame, costs = self.hierarchy.frame, self.hierarchy.costs
        waiting, few = steady(numbers, np.int64), len(numbers) < ALONE
        while len(waiting := waiting[_settle(frame, costs, self._slots, self._racks, waiting, few) :]):
            self._racks = copied(self._racks, self._buffers, times=2)
        if few:
            return
        lanes = np.sort(self._slots.lane[:, numbers].ravel())
        lanes = lanes[np.searchsorted(lanes, 0) :]
        if not len(lanes):
            return
        workers = os.cpu_count() or 1
        # No rack is shared out.
        cuts = np.searchsorted(lanes, lanes[np.arange(1, workers) * len(lanes) // workers] // LANES * LANES)
        parts = [steady(part, np.int32) for part in np.split(lanes, cuts)]
        with ThreadPoolExecutor(workers) as threads:
            list(threads.map(lambda part: _write_all(frame, costs, self._slots, self._racks, part), parts))


def _empty(units: int, places: int) -> Slots:
    return Slots(
        arc=np.full((units, places), NO_ARC, np.int32),
        fraction=np.zeros((units, places)),
        extra_ms=np.zeros((units, places), np.uint32),
        lowest=np.full((places, units), NO_RANK, np.int32),
        top=np.zeros((places, units), np.int32),
        lane=np.full((places, units), NO_LANE, np.int32),
    )


@njit(cache=True, nogil=True)
def _settle(frame: Frame, costs: Costs, slots: Slots, racks: Racks, numbers: Longs, write: bool) -> int:  # noqa: FBT001
    """Gives these units a lane for each root path that they stand on; how many have theirs when no rack is left.

    `write`: their labels as well.
    """
    row = np.zeros(racks.least.shape[1] if write else 0, np.uint32)
    for i in range(len(numbers)):
        unit, size = numbers[i], 0
        stops = stops_of(frame, costs, DEPART, slots.arc[unit], slots.fraction[unit], slots.extra_ms[unit])
        for stop in range(len(stops.rank)):
            rank = stops.rank[stop]
            shared = False
            for label in range(size):
                if is_above(frame, rank, slots.lowest[label, unit]):
                    slots.top[label, unit] = frame.depth[rank]
                    shared = True
            if not shared:
                slots.lowest[size, unit], slots.top[size, unit] = rank, frame.depth[rank]
                if not _move_in(frame, slots, racks, size, unit):
                    return i
                size += 1
        for label in range(size, len(slots.lane)):
            if slots.lane[label, unit] != NO_LANE:
                leave_lane(racks, slots.lane[label, unit])
            slots.lowest[label, unit], slots.lane[label, unit] = NO_RANK, NO_LANE
        for label in range(size if write else 0):
            _write(frame, costs, slots, racks, stops, label, unit, row)
            _close(frame, slots, racks, slots.lane[label, unit] // LANES)
    return len(numbers)


@njit(cache=True, nogil=True)
def _move_in(frame: Frame, slots: Slots, racks: Racks, label: int, unit: int) -> bool:
    """Keeps the lane where the cell is the same, or takes another; false where there is none."""
    rank, taken = slots.lowest[label, unit], slots.lane[label, unit]
    if taken != NO_LANE:
        if racks.home[taken // LANES] == racks.cell[rank]:
            return True
        leave_lane(racks, taken)
    slots.lane[label, unit] = take_lane(frame, racks, rank, unit)
    return bool(slots.lane[label, unit] != NO_LANE)


@njit(cache=True, nogil=True)
def _write_all(frame: Frame, costs: Costs, slots: Slots, racks: Racks, lanes: Ints) -> None:
    """Writes these labels, in the order of their lanes."""
    row = np.zeros(racks.least.shape[1], np.uint32)
    for i in range(len(lanes)):
        rack, unit, label = lanes[i] // LANES, racks.unit[lanes[i] // LANES, lanes[i] % LANES], 0
        while slots.lane[label, unit] != lanes[i]:
            label += 1
        stops = stops_of(frame, costs, DEPART, slots.arc[unit], slots.fraction[unit], slots.extra_ms[unit])
        _write(frame, costs, slots, racks, stops, label, unit, row)
        if i + 1 == len(lanes) or lanes[i + 1] // LANES != rack:
            _close(frame, slots, racks, rack)


@njit(cache=True, nogil=True)
def _write(
    frame: Frame, costs: Costs, slots: Slots, racks: Racks, stops: Stops, label: int, unit: int, row: Millis
) -> None:
    """Writes one label into its lane, by way of a row."""
    lowest, taken = slots.lowest[label, unit], slots.lane[label, unit]
    climb(frame, costs, DEPART, stops, lowest, row)
    lines, lane = racks.ms[taken // LANES], taken % LANES
    for depth in range(frame.depth[lowest] + 1):
        lines[depth, lane] = row[depth]


@njit(cache=True, nogil=True)
def _close(frame: Frame, slots: Slots, racks: Racks, rack: int) -> None:
    """What holds of all of a rack."""
    write_least(racks, rack, frame.depth[racks.home[rack]] + 1)
    top = racks.least.shape[1]
    for lane in range(LANES):
        unit = racks.unit[rack, lane]
        if unit != NO_UNIT:
            for label in range(len(slots.lane)):
                if slots.lane[label, unit] == rack * LANES + lane:
                    top = min(top, slots.top[label, unit])
    racks.top[rack] = top


def _changed(before: Hierarchy, after: Hierarchy) -> Bools:
    """[A] the ranks whose labels may be others on the two hierarchies: their arc is, or a link on their root path.

    Looking whether a label goes by a changed link spares few: 6 % where a closure makes 1,474 of 5,000 suspect (Porto).
    """
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
