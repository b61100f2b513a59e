"""How soon each of many units can be at one place by road, and by which way: plain reverse Dijkstra over arcs.

It decides what an ETA by road is, and is the oracle of everything faster. Whom the units are and who may be sent is
not its business. The search runs backward from the goal, so that one search answers for every unit.

What a unit needs from its place (arc u, fraction f) to the goal's (arc t, fraction g): what it takes to get to the
road, the rest of u, turns and arcs, the part of t up to g, what it takes from the road; on one arc with f <= g the
piece between; with f > g the way round. Of several places of a unit or of the goal the cheapest counts. Which of
equally soon ways is taken, and so its metres, `ways` decides.
"""

from __future__ import annotations

import threading
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from arls.roads.dijkstra import (
    NEVER_MS,
    NO_PLACE,
    UNREACHED,
    Board,
    Graph,
    Labels,
    search,
    spots_of,
)
from arls.roads.network import Places, steady
from arls.roads.profile import Weights
from arls.roads.ways import Onward, Reached, Starts, Way, follow, measure, onward_of, unmeasured

if TYPE_CHECKING:
    from arls.roads.network import Floats, Ints, Longs, Network


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Reverse:
    """The turns of a network by the arc they lead into: those into arc a are in_start[a]:in_start[a + 1].

    And as the network has them, to drive back by the ways that a search found.
    """

    in_start: Longs  # [A + 1]
    in_turn: Ints  # [T] its number among the network's turns
    in_from: Ints  # [T] the arc it leaves
    turn_start: Longs  # [A + 1]
    turn_to: Ints  # [T]
    arc_length_m: Floats  # [A]


def reverse_of(network: Network) -> Reverse:
    """The network's turns seen from behind."""
    leaving = np.repeat(np.arange(network.arcs, dtype=np.int32), np.diff(network.turn_start))
    in_turn = np.argsort(network.turn_to, kind="stable").astype(np.int32)
    into = np.bincount(network.turn_to, minlength=network.arcs)
    return Reverse(
        in_start=np.append(0, np.cumsum(into)),
        in_turn=in_turn,
        in_from=leaving[in_turn],
        turn_start=network.turn_start,
        turn_to=network.turn_to,
        arc_length_m=network.arc_length_m,
    )


def eta_to(
    weights: Weights,
    reverse: Reverse,
    *,
    goal: Places,
    units: Places,
    k: int | None = None,
    bound_ms: int = NEVER_MS,
    measured: bool = False,
) -> Reached:
    """What it takes each unit to get to the goal, which is all the places of `goal`, within `bound_ms`.

    With `k` only the k soonest units are reached, of equals those with the lower number: the search ends as soon as
    they are certain. `measured`: the metres of their ways as well.
    """
    wanted = len(units) if k is None else max(0, min(k, len(units)))
    board, labels = _searched(weights, reverse, goal, units, wanted=wanted, bound_ms=bound_ms)
    if wanted < len(units):
        others = np.ones(len(units), np.bool_)
        others[board.best[: board.found[0]]] = False
        board.cost_ms[others], board.place[others] = UNREACHED, NO_PLACE
    length_m = np.full(len(units), np.nan)
    if measured and wanted:
        onward, behind_m = onward_by(weights, reverse), unmeasured(len(labels.end_ms))
        length_m = measure(onward, labels.end_ms, spots_of(goal), spots_of(units), _starts(board), behind_m)
    return Reached(cost_ms=board.cost_ms, place=board.place, length_m=length_m)


def find_way(weights: Weights, reverse: Reverse, *, goal: Places, units: Places, unit: int) -> Way | None:
    """The soonest way of one of the units to the goal, or None where there is none."""
    first, behind = int(units.start[unit]), int(units.start[unit + 1])
    alone = Places(
        start=np.array([0, behind - first]),
        arc=units.arc[first:behind],
        fraction=units.fraction[first:behind],
        off_road_m=units.off_road_m[first:behind],
        extra_ms=units.extra_ms[first:behind],
    )
    board, labels = _searched(weights, reverse, goal, alone, wanted=1, bound_ms=NEVER_MS)
    if not board.found[0]:
        return None
    arc, goal_place = int(alone.arc[board.place[0]]), int(board.direct[0])
    arcs = np.array([arc], np.int32)
    if goal_place == NO_PLACE:
        arcs, goal_place = follow(onward_by(weights, reverse), labels.end_ms, spots_of(goal), arc)
    return Way(
        cost_ms=int(board.cost_ms[0]), arcs=arcs, unit_place=first + int(board.place[0]), goal_place=int(goal_place)
    )


class _Room(threading.local):
    """One thread's arrays of the size of the network: clearing what was touched beats making them anew."""

    def __init__(self) -> None:
        self._made_for = (-1, -1)

    def for_size(self, *, arcs: int, pushes: int) -> tuple[Labels, Ints]:
        """Clean labels with room in the heap, and an array that says no place is on any arc."""
        if self._made_for[0] != arcs or self._made_for[1] < pushes:
            self._made_for = (arcs, pushes)
            self._labels = Labels(
                end_ms=np.full(arcs, UNREACHED, np.uint32),
                touched=np.zeros(arcs, np.int32),
                marks=np.zeros(1, np.int64),
                heap=np.zeros(pushes, np.int64),
            )
            self._first_at = np.full(arcs, NO_PLACE, np.int32)
        return self._labels, self._first_at


_room = _Room()


def _searched(
    weights: Weights, reverse: Reverse, goal: Places, units: Places, *, wanted: int, bound_ms: int
) -> tuple[Board, Labels]:
    # Each turn is looked at once behind its arc, and once more for each place of the goal on that arc.
    pushes = len(reverse.in_turn) + int((reverse.in_start[goal.arc + 1] - reverse.in_start[goal.arc]).sum())
    labels, first_at = _room.for_size(arcs=len(weights.arc_ms), pushes=pushes)
    board = Board(
        cost_ms=np.full(len(units), UNREACHED, np.uint32),
        place=np.full(len(units), NO_PLACE, np.int64),
        direct=np.full(len(units), NO_PLACE, np.int64),
        best=np.zeros(wanted, np.int64),
        found=np.zeros(1, np.int64),
        first_at=first_at,
        next_at=np.empty(len(units.arc), np.int32),
        owner=np.empty(len(units.arc), np.int32),
    )
    graph = Graph(
        in_start=steady(reverse.in_start, np.int64),
        in_turn=steady(reverse.in_turn, np.int32),
        in_from=steady(reverse.in_from, np.int32),
        arc_ms=steady(weights.arc_ms, np.uint32),
        turn_ms=steady(weights.turn_ms, np.uint32),
    )
    if wanted:
        search(graph, spots_of(goal), spots_of(units), labels, board, min(bound_ms, NEVER_MS))
    return board, labels


def onward_by(weights: Weights, reverse: Reverse) -> Onward:
    """What ways are followed by, on the same roads."""
    return onward_of(weights, turn_start=reverse.turn_start, turn_to=reverse.turn_to, length_m=reverse.arc_length_m)


def _starts(board: Board) -> Starts:
    return Starts(cost_ms=board.cost_ms, place=board.place, direct=board.direct)


def warm_up() -> None:
    """Compiles the kernels, or loads them from numba's cache, so that the first question is as quick as the next."""
    one = np.ones(2, np.uint32)
    weights = Weights(profile="", arc_ms=one, turn_ms=one, component=np.zeros(2, np.int32))
    turns = np.array([1, 0], np.int32)
    reverse = Reverse(
        in_start=np.arange(3),
        in_turn=turns,
        in_from=turns,
        turn_start=np.arange(3),
        turn_to=turns,
        arc_length_m=np.ones(2),
    )
    places = Places(
        start=np.array([0, 1]), arc=turns[:1], fraction=np.zeros(1), off_road_m=np.zeros(1), extra_ms=one[:1]
    )
    eta_to(weights, reverse, goal=places, units=places, measured=True)
    find_way(weights, reverse, goal=places, units=places, unit=0)
