"""Where the labels of units lie: sixteen side by side by depth, those of one piece of town together.

It decides who lies beside whom. A *cell* is a subtree of the elimination tree with few arcs, so that all units in it
share their ancestors above it, and a *rack* holds the labels of up to sixteen units of one cell: at each depth one line
of memory. What a goal outside the cell needs of a rack is bounded from below by the least of each line, and since a
cell is small and most ancestors lie in the wrong direction, few lines can hold the soonest way of anybody: of the 136
that a unit and a goal in Porto share, 8.

The least of a line may be less than all that is in it, when who had it has left: a bound still, and right again when
the rack is next written to.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
from numba import njit

from arls.roads.hierarchy.elimination import NO_RANK

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from arls.roads.hierarchy.buffers import Buffers
    from arls.roads.hierarchy.order import Frame
    from arls.roads.network import Floats, Ints
    from arls.roads.profile import Millis

# As many milliseconds as a line of memory holds, and as one instruction of AVX-512 adds up.
LANES = 16
NO_RACK = -1
NO_LANE = -1
NO_UNIT = -1


class Slots(NamedTuple):
    """Where N units stand, P places each, and where their labels lie, one for each root path."""

    arc: Ints  # [N, P] or NO_ARC
    fraction: Floats  # [N, P]
    extra_ms: Millis  # [N, P]
    lowest: Ints  # [P, N] the rank at the foot of the label, or NO_RANK; a unit's labels come first
    top: Ints  # [P, N] the depth of the highest of the unit's arcs on that path
    lane: Ints  # [P, N] LANES times the rack plus the lane in it, or NO_LANE


class Racks(NamedTuple):
    """R racks, some of them in use; the milliseconds of a lane that nobody has mean nothing."""

    cell: Ints  # [A] by rank, the rank at the top of its cell
    newest: Ints  # [A] by the rank at the top of a cell: its rack opened last, or NO_RACK
    older: Ints  # [R] the rack of the same cell opened before, or NO_RACK
    home: Ints  # [R] the rank at the top of its cell, or NO_RANK: not in use
    first: Ints  # [R] the lowest rank of its cell
    size: Ints  # [R] how many lanes are taken
    unit: Ints  # [R, LANES] or NO_UNIT
    top: Ints  # [R] no unit here has an arc above this depth, on the root path of its label
    ms: Millis  # [R, levels, LANES]
    least: Millis  # [R, levels] of each line, down to the top of the cell: no more than any in it
    spare: Ints  # [R] racks that are not in use ...
    spares: Ints  # [1] ... and how many


def racks_for(frame: Frame, *, levels: int, racks: int, cell_arcs: int) -> Racks:
    """Empty racks over cells of at most so many arcs; an arc with more below it is a cell of its own."""
    return Racks(
        cell=_cells(frame, cell_arcs),
        newest=np.full(len(frame.parent), NO_RACK, np.int32),
        older=np.full(racks, NO_RACK, np.int32),
        home=np.full(racks, NO_RANK, np.int32),
        first=np.zeros(racks, np.int32),
        size=np.zeros(racks, np.int32),
        unit=np.full((racks, LANES), NO_UNIT, np.int32),
        top=np.zeros(racks, np.int32),
        ms=np.zeros((racks, levels, LANES), np.uint32),
        least=np.zeros((racks, levels), np.uint32),
        spare=np.arange(racks)[::-1].astype(np.int32),
        spares=np.array([racks], np.int32),
    )


def copied(racks: Racks, buffers: Buffers, *, times: int = 1) -> Racks:
    """The same with so many times as many racks, to be written to apart from these."""
    count, end = len(racks.home), int(np.flatnonzero(racks.home != NO_RANK).max(initial=-1)) + 1
    more = times * count
    spare = np.append(np.arange(count, more)[::-1], racks.spare[: racks.spares[0]])

    def beside(array: NDArray[Any], unused: int = 0) -> NDArray[Any]:
        other = np.full((more, *array.shape[1:]), unused, array.dtype)
        other[:end] = array[:end]
        return other

    def written(array: NDArray[Any]) -> NDArray[Any]:
        # What is not written to, and was not before, takes no memory.
        other = buffers.array((more, *array.shape[1:]), array.dtype)
        other[:end] = array[:end]
        return other

    return Racks(
        cell=racks.cell,
        newest=racks.newest.copy(),
        older=beside(racks.older, NO_RACK),
        home=beside(racks.home, NO_RANK),
        first=beside(racks.first),
        size=beside(racks.size),
        unit=beside(racks.unit, NO_UNIT),
        top=beside(racks.top),
        ms=written(racks.ms),
        least=written(racks.least),
        spare=np.append(spare, np.zeros(more - len(spare))).astype(np.int32),
        spares=np.array([len(spare)], np.int32),
    )


@njit(cache=True, nogil=True)
def _cells(frame: Frame, cell_arcs: int) -> Ints:
    cell = np.empty(len(frame.parent), np.int32)
    for rank in range(len(cell) - 1, -1, -1):
        above = frame.parent[rank]
        small = above != NO_RANK and above - frame.first[above] < cell_arcs
        cell[rank] = cell[above] if small else rank
    return cell


@njit(cache=True, nogil=True)
def take_lane(frame: Frame, racks: Racks, rank: int, unit: int) -> int:
    """A lane in a rack of the rank's cell, or NO_LANE where there is no rack left."""
    cell = racks.cell[rank]
    rack = racks.newest[cell]
    while rack != NO_RACK and racks.size[rack] == LANES:
        rack = racks.older[rack]
    if rack == NO_RACK:
        if racks.spares[0] == 0:
            return NO_LANE
        racks.spares[0] -= 1
        rack = racks.spare[racks.spares[0]]
        racks.home[rack], racks.first[rack] = cell, frame.first[cell]
        racks.older[rack], racks.newest[cell] = racks.newest[cell], rack
    lane = 0
    while racks.unit[rack, lane] != NO_UNIT:
        lane += 1
    racks.unit[rack, lane] = unit
    racks.size[rack] += 1
    return int(rack * LANES + lane)


@njit(cache=True, nogil=True)
def leave_lane(racks: Racks, taken: int) -> None:
    """Gives the lane up, and the rack that nobody is left in."""
    rack, lane = taken // LANES, taken % LANES
    racks.unit[rack, lane] = NO_UNIT
    racks.size[rack] -= 1
    if racks.size[rack]:
        return
    cell = racks.home[rack]
    if racks.newest[cell] == rack:
        racks.newest[cell] = racks.older[rack]
    else:
        newer = racks.newest[cell]
        while racks.older[newer] != rack:
            newer = racks.older[newer]
        racks.older[newer] = racks.older[rack]
    racks.home[rack] = NO_RANK
    racks.spare[racks.spares[0]] = rack
    racks.spares[0] += 1


@njit(cache=True, nogil=True)
def write_least(racks: Racks, rack: int, levels: int) -> None:
    """The least of each line of the lanes that are taken."""
    units, lines, least = racks.unit[rack], racks.ms[rack], racks.least[rack]
    for level in range(levels):
        line, least_ms = lines[level], np.uint32(2**32 - 1)
        for lane in range(len(line)):
            # A free lane's sign, shifted, has all bits and so is no least.
            least_ms = min(least_ms, line[lane] | np.uint32(units[lane] >> 31))
        least[level] = least_ms
