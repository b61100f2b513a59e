"""What it takes to a goal from wherever units may be by now: for each as many equally likely drives.

It decides how the places where a unit may be become drives. Where that is was decided by `scatter`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numba import njit

from arls.roads.dijkstra import UNREACHED, part_ms, spots_of
from arls.roads.network import Places, steady
from arls.roads.scatter import Scatter

if TYPE_CHECKING:
    from arls.roads.dijkstra import Spots
    from arls.roads.network import Bools, Floats, Ints, Longs
    from arls.roads.profile import Millis

# So many equally likely drives of each unit.
LEVELS = 32


def drives_of(scatter: Scatter, *, goal: Places, ends_ms: Millis, arc_ms: Millis) -> Millis:
    """[n, LEVELS] what it takes each unit to the goal, rising and equally likely; UNREACHED where no way is known.

    `ends_ms` [P] is what it takes from the end of the arc of each of the scatter's places, or UNREACHED. Getting from
    where a unit was seen to the road is not counted in, getting from the road to the goal is.
    """
    ms = np.full((len(scatter.start) - 1, LEVELS), UNREACHED, np.uint32)
    _drive(
        steady(scatter.start, np.int64),
        steady(scatter.beyond_ms, np.int64),
        steady(scatter.weight, np.float64),
        _from_places(
            steady(scatter.arc, np.int32),
            steady(scatter.part_ms, np.int64),
            steady(scatter.again, np.bool_),
            spots_of(goal),
            steady(ends_ms, np.uint32),
            steady(arc_ms, np.uint32),
        ),
        ms,
    )
    return ms


@njit(cache=True, nogil=True)
def _from_places(arcs: Ints, parts_ms: Longs, again: Bools, goal: Spots, ends_ms: Millis, arc_ms: Millis) -> Longs:
    """[P] from each place; of several ways to leave one spot the first has the soonest, the others have none."""
    ms = np.empty(len(arcs), np.int64)
    head = 0
    for place in range(len(arcs)):
        ms[place] = _from_place(arcs[place], parts_ms[place], goal, ends_ms[place], arc_ms)
        if again[place]:
            ms[head] = min(ms[head], ms[place])
            ms[place] = UNREACHED
        else:
            head = place
    return ms


@njit(cache=True, nogil=True)
def _from_place(arc: int, part: int, goal: Spots, end_ms: int, arc_ms: Millis) -> int:
    best_ms = np.int64(UNREACHED)
    if end_ms != UNREACHED:
        best_ms = np.int64(arc_ms[arc]) - part + end_ms
    for spot in range(len(goal.arc)):
        if goal.arc[spot] == arc:
            ahead_ms = part_ms(goal.fraction[spot], arc_ms[arc]) - part
            if ahead_ms >= 0:
                best_ms = min(best_ms, ahead_ms + np.int64(goal.extra_ms[spot]))
    return int(best_ms)


@njit(cache=True, nogil=True)
def _drive(start: Longs, beyond_ms: Longs, weight: Floats, from_ms: Longs, ms: Millis) -> None:
    for unit in range(len(ms)):
        size, most = 0, 2 * (start[unit + 1] - start[unit])
        drives_ms, weights = np.empty(most, np.int64), np.empty(most)
        for place in range(start[unit], start[unit + 1]):
            if from_ms[place] != UNREACHED:
                # What the search did not see: it may have come nearer for all that time, or gone away.
                drives_ms[size] = max(0, from_ms[place] - beyond_ms[place])
                drives_ms[size + 1] = from_ms[place] + beyond_ms[place]
                weights[size] = weights[size + 1] = 0.5 * weight[place]
                size += 2
        _cut(drives_ms[:size], weights[:size], ms[unit])


@njit(cache=True, nogil=True)
def _cut(drives_ms: Longs, weights: Floats, levels_ms: Millis) -> None:
    """The drives in order of time, cut into levels of equal weight: the middle one of each."""
    order = np.argsort(drives_ms, kind="mergesort")
    passed = np.cumsum(weights[order])
    if len(passed) == 0 or passed[-1] <= 0.0:
        return
    at = 0
    for level in range(len(levels_ms)):
        while passed[at] * len(levels_ms) < (level + 0.5) * passed[-1]:
            at += 1
        levels_ms[level] = min(drives_ms[order[at]], UNREACHED - 1)


def warm_up() -> None:
    """Compiles the kernels, or loads them from numba's cache, so that the first question is as quick as the next."""
    one = np.ones(1, np.uint32)
    here = Scatter(
        start=np.array([0, 1]),
        arc=np.zeros(1, np.int32),
        part_ms=np.zeros(1, np.int64),
        beyond_ms=np.zeros(1, np.int64),
        weight=np.ones(1),
        again=np.zeros(1, np.bool_),
        off_road_m=np.zeros(1),
    )
    goal = Places(
        start=np.array([0, 0]), arc=here.arc[:0], fraction=here.weight[:0], off_road_m=here.weight[:0], extra_ms=one[:0]
    )
    drives_of(here, goal=goal, ends_ms=one, arc_ms=one)
