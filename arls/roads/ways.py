"""Which of equally soon ways is taken, and how many metres it has.

It decides between them: of the turns at the end of an arc by which one is there as soon as can be, the one of the
lowest number is taken; into an arc beside which the goal lies, straight to the goal, if that is as soon. So the way
depends on the weights alone and not on who found it out: `search` and the hierarchy give the same arcs and metres.

It is asked of milliseconds that are known already: from the end of each arc on the way, and of each that one may turn
into from there, to the goal.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from numba import njit

from arls.roads.dijkstra import NEVER_MS, NO_PLACE, UNREACHED, part_ms
from arls.roads.network import steady
from arls.roads.profile import FORBIDDEN

if TYPE_CHECKING:
    from arls.roads.dijkstra import Spots
    from arls.roads.network import Floats, Ints, Longs
    from arls.roads.profile import Millis, Weights


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Way:
    """The arcs of one unit's soonest way, from one of its places to one of the goal's."""

    cost_ms: int
    arcs: Ints  # in driving order, at least one
    unit_place: int
    goal_place: int


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Reached:
    """What is known of N units and a goal."""

    cost_ms: Millis  # [N] from the unit to the goal, or UNREACHED
    place: Longs  # [N] the place the unit starts from, of equally good ones the first; or NO_PLACE
    length_m: Floats  # [N] metres on the road; NaN where there is no way or nobody asked


class Onward(NamedTuple):
    """Turns as the network has them, and what they and the arcs cost and measure, all arrays read-only."""

    turn_start: Longs  # [A + 1]
    turn_to: Ints  # [T]
    turn_ms: Millis  # [T]
    arc_ms: Millis  # [A]
    length_m: Floats  # [A]


class Starts(NamedTuple):
    """How each of N units sets out."""

    cost_ms: Millis  # [N] to the goal, or UNREACHED
    place: Longs  # [N] the place it starts from, of equally good ones the first; or NO_PLACE
    direct: Longs  # [N] the goal's place it drives to without leaving its arc, or NO_PLACE


def onward_of(weights: Weights, *, turn_start: Longs, turn_to: Ints, length_m: Floats) -> Onward:
    """What a way is followed by, of these arrays of a network."""
    return Onward(
        turn_start=steady(turn_start, np.int64),
        turn_to=steady(turn_to, np.int32),
        turn_ms=steady(weights.turn_ms, np.uint32),
        arc_ms=steady(weights.arc_ms, np.uint32),
        length_m=steady(length_m, np.float64),
    )


def unstarted(units: int) -> Starts:
    """The starts of units of which nothing is known yet."""
    return Starts(
        cost_ms=np.full(units, UNREACHED, np.uint32),
        place=np.full(units, NO_PLACE, np.int64),
        direct=np.full(units, NO_PLACE, np.int64),
    )


@njit(cache=True, nogil=True)
def set_out(onward: Onward, end_ms: Millis, goal: Spots, units: Spots, starts: Starts) -> None:
    """Fills the starts, of milliseconds [A] from the ends of arcs, or UNREACHED."""
    for unit in range(len(starts.place)):
        for place in range(units.start[unit], units.start[unit + 1]):
            arc, arc_ms = units.arc[place], np.int64(onward.arc_ms[units.arc[place]])
            if arc_ms >= FORBIDDEN:
                continue
            here_ms = np.int64(units.extra_ms[place]) - part_ms(units.fraction[place], onward.arc_ms[arc])
            for spot in range(len(goal.arc)):
                if goal.arc[spot] == arc and units.fraction[place] <= goal.fraction[spot]:
                    _offer(starts, unit, place, here_ms + _until_ms(onward, goal, spot), spot)
            if end_ms[arc] != UNREACHED:
                _offer(starts, unit, place, here_ms + arc_ms + np.int64(end_ms[arc]), NO_PLACE)


@njit(cache=True, nogil=True)
def _offer(starts: Starts, unit: int, place: int, ms: np.int64, direct: int) -> None:
    if ms <= NEVER_MS and ms < starts.cost_ms[unit]:
        starts.cost_ms[unit], starts.place[unit], starts.direct[unit] = ms, place, direct


@njit(cache=True, nogil=True)
def _until_ms(onward: Onward, goal: Spots, spot: int) -> np.int64:
    """From the start of its arc to the goal by one of its places."""
    return np.int64(goal.extra_ms[spot]) + part_ms(goal.fraction[spot], onward.arc_ms[goal.arc[spot]])


@njit(cache=True, nogil=True)
def next_turn(onward: Onward, end_ms: Millis, goal: Spots, arc: int) -> tuple[int, int]:
    """The arc into which the way turns at the end of this one, and the goal's place to which it drives there.

    The place is NO_PLACE where it drives on to the end. Raises ValueError where the milliseconds are of no way.
    """
    left_ms = np.int64(end_ms[arc])
    for turn in range(onward.turn_start[arc], onward.turn_start[arc + 1]):
        entering = onward.turn_to[turn]
        if onward.turn_ms[turn] >= FORBIDDEN or onward.arc_ms[entering] >= FORBIDDEN:
            continue
        rest_ms = left_ms - np.int64(onward.turn_ms[turn])
        for spot in range(len(goal.arc)):
            if goal.arc[spot] == entering and _until_ms(onward, goal, spot) == rest_ms:
                return entering, spot
        if rest_ms == np.int64(onward.arc_ms[entering]) + np.int64(end_ms[entering]):
            return entering, NO_PLACE
    raise ValueError("no turn is as soon as was said")


@njit(cache=True, nogil=True)
def follow(onward: Onward, end_ms: Millis, goal: Spots, arc: int) -> tuple[Ints, int]:
    """The arcs from this one, which the way leaves by its end, and the goal's place at which they end."""
    arcs, spot = [arc], NO_PLACE
    while spot == NO_PLACE:
        arc, spot = next_turn(onward, end_ms, goal, arc)
        arcs.append(arc)
    return np.array(arcs, np.int32), spot


def unmeasured(arcs: int) -> Floats:
    """[A] metres from the end of each arc to a goal, of which none is known yet."""
    return np.full(arcs, -1.0)


@njit(cache=True, nogil=True)
def measure(onward: Onward, end_ms: Millis, goal: Spots, units: Spots, starts: Starts, behind_m: Floats) -> Floats:
    """[N] the metres on the way of each unit; NaN of one that has none.

    `behind_m` is what was measured to this goal so far, first `unmeasured`; it is added to.
    """
    length_m = np.full(len(starts.place), np.nan)
    passed = np.empty(len(end_ms), np.int32)
    for unit in range(len(length_m)):
        place = starts.place[unit]
        if place == NO_PLACE:
            continue
        arc, fraction = units.arc[place], units.fraction[place]
        if starts.direct[unit] != NO_PLACE:
            spot = starts.direct[unit]
            length_m[unit] = goal.beyond_m[spot] + (goal.fraction[spot] - fraction) * onward.length_m[arc]
        else:
            _measure_behind(onward, end_ms, goal, arc, behind_m, passed)
            length_m[unit] = behind_m[arc] + (1.0 - fraction) * onward.length_m[arc]
        length_m[unit] += units.beyond_m[place]
    return length_m


@njit(cache=True, nogil=True)
def _measure_behind(onward: Onward, end_ms: Millis, goal: Spots, arc: int, behind_m: Floats, passed: Ints) -> None:
    """Down the way until something is known, and back up to leave at every arc passed what is known now.

    Metres are always added up from the goal, so that those of an arc are the same to the last bit whoever asks.
    """
    size, spot = 0, NO_PLACE
    while behind_m[arc] < 0.0 and spot == NO_PLACE:
        passed[size] = arc
        size += 1
        arc, spot = next_turn(onward, end_ms, goal, arc)
    if spot == NO_PLACE:
        total_m = behind_m[arc] + onward.length_m[arc]
    else:
        total_m = goal.beyond_m[spot] + goal.fraction[spot] * onward.length_m[arc]
    while size > 0:
        size -= 1
        behind_m[passed[size]] = total_m
        total_m += onward.length_m[passed[size]]
