"""The kernel of the search: a binary heap, labels at the ends of arcs, and a board of the units found.

It decides in which order arcs are looked at and when no better answer can come. It knows arrays only; what they mean
is told in `search`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from numba import njit

from arls.roads.network import steady
from arls.roads.profile import FORBIDDEN

if TYPE_CHECKING:
    from arls.roads.network import Floats, Ints, Longs, Places
    from arls.roads.profile import Millis

UNREACHED = 2**32 - 1
NO_PLACE = -1
NEVER_MS = FORBIDDEN - 1

LOW_32_BITS = 0xFFFFFFFF
_MANY = 16  # writing all labels in a row is sooner done than every sixteenth here and there


class Graph(NamedTuple):
    """Turns from behind, and what they and the arcs cost: the arrays of `search.Reverse` and `profile.Weights`."""

    in_start: Longs
    in_turn: Ints
    in_from: Ints
    arc_ms: Millis
    turn_ms: Millis


class Spots(NamedTuple):
    """The arrays of `network.Places`."""

    start: Longs
    arc: Ints
    fraction: Floats
    extra_ms: Millis
    beyond_m: Floats


def spots_of(places: Places) -> Spots:
    """The same places, for kernels."""
    return Spots(
        start=steady(places.start, np.int64),
        arc=steady(places.arc, np.int32),
        fraction=steady(places.fraction, np.float64),
        extra_ms=steady(places.extra_ms, np.uint32),
        beyond_m=steady(np.zeros(len(places.arc)) if places.beyond_m is None else places.beyond_m, np.float64),
    )


class Labels(NamedTuple):
    """What one search found. Between searches all of it is as new but for what `touched` names."""

    end_ms: Millis  # [A] from the end of the arc to the goal, or UNREACHED
    touched: Ints  # [A] the arcs that have a label
    marks: Longs  # [1] how many are touched
    heap: Longs  # milliseconds in the upper, arc in the lower 32 bits


class Board(NamedTuple):
    """What is known of each unit so far."""

    cost_ms: Millis  # [N]
    place: Longs  # [N]
    direct: Longs  # [N] the goal's place it drives to without leaving its arc, or NO_PLACE
    best: Longs  # [wanted] the units in order, while they are fewer than all
    found: Longs  # [1] how many units have a cost, at most `wanted`
    first_at: Ints  # [A] a place on the arc, or NO_PLACE
    next_at: Ints  # [M] another place on the same arc, or NO_PLACE
    owner: Ints  # [M] the unit whose place it is


@njit(cache=True, nogil=True)
def part_ms(fraction: float, arc_ms: int) -> int:
    """What the first part of an arc takes: the one rounding in the house; the rest takes arc_ms less this."""
    return int(np.floor(fraction * arc_ms + 0.5))


@njit(cache=True, nogil=True)
def search(graph: Graph, goal: Spots, units: Spots, labels: Labels, board: Board, bound_ms: int) -> None:
    """Fills labels and board: every unit that the board wants, if it needs no more than `bound_ms`."""
    _forget(labels)
    _seat(units, board)
    size = 0
    for spot in range(len(goal.arc)):
        if graph.arc_ms[goal.arc[spot]] < FORBIDDEN:
            _arrive_directly(graph, goal, spot, units, board, bound_ms)
            part = part_ms(goal.fraction[spot], graph.arc_ms[goal.arc[spot]]) + goal.extra_ms[spot]
            size = _relax(graph, labels, size, goal.arc[spot], part, bound_ms)
    limit_ms = _limit_ms(board, bound_ms)
    while size > 0 and labels.heap[0] >> 32 <= limit_ms:
        end_ms, arc = labels.heap[0] >> 32, labels.heap[0] & LOW_32_BITS
        size = pop(labels.heap, size)
        if end_ms == labels.end_ms[arc] and graph.arc_ms[arc] < FORBIDDEN:
            if board.first_at[arc] != NO_PLACE:
                _depart(graph, units, board, arc, end_ms, bound_ms)
                limit_ms = _limit_ms(board, bound_ms)
            size = _relax(graph, labels, size, arc, end_ms + graph.arc_ms[arc], limit_ms)
    _unseat(units, board)


@njit(cache=True, nogil=True)
def _limit_ms(board: Board, bound_ms: int) -> int:
    """A label above this can change nothing: as many units as are wanted have a cost that is no higher."""
    wanted = len(board.best)
    if board.found[0] < wanted:
        return bound_ms
    if wanted < len(board.cost_ms):
        return int(board.cost_ms[board.best[wanted - 1]])
    return int(board.cost_ms.max())


@njit(cache=True, nogil=True)
def _relax(graph: Graph, labels: Labels, size: int, arc: int, start_ms: int, limit_ms: int) -> int:
    """Labels the arcs from which one may turn into `arc`, `start_ms` being its start's; the heap's new size."""
    for i in range(graph.in_start[arc], graph.in_start[arc + 1]):
        before = graph.in_from[i]
        ms = start_ms + graph.turn_ms[graph.in_turn[i]]
        if ms <= limit_ms and ms < labels.end_ms[before]:
            if labels.end_ms[before] == UNREACHED:
                labels.touched[labels.marks[0]] = before
                labels.marks[0] += 1
            labels.end_ms[before] = ms
            size = push(labels.heap, size, ms << 32 | before)
    return size


@njit(cache=True, nogil=True)
def _arrive_directly(graph: Graph, goal: Spots, spot: int, units: Spots, board: Board, bound_ms: int) -> None:
    """Offers the units before the goal's place on its own arc."""
    arc, fraction = goal.arc[spot], goal.fraction[spot]
    part = part_ms(fraction, graph.arc_ms[arc]) + goal.extra_ms[spot]
    place = board.first_at[arc]
    while place != NO_PLACE:
        if units.fraction[place] <= fraction:
            ms = part - part_ms(units.fraction[place], graph.arc_ms[arc]) + units.extra_ms[place]
            _offer(board, place, ms, spot, bound_ms)
        place = board.next_at[place]


@njit(cache=True, nogil=True)
def _depart(graph: Graph, units: Spots, board: Board, arc: int, end_ms: int, bound_ms: int) -> None:
    """Offers the units on an arc from whose end it is known what it takes."""
    place = board.first_at[arc]
    while place != NO_PLACE:
        rest = graph.arc_ms[arc] - part_ms(units.fraction[place], graph.arc_ms[arc])
        _offer(board, place, units.extra_ms[place] + rest + end_ms, NO_PLACE, bound_ms)
        place = board.next_at[place]


@njit(cache=True, nogil=True)
def _offer(board: Board, place: int, ms: int, direct: int, bound_ms: int) -> None:
    """Takes a way for the owner of a place, if it is better than what is known."""
    unit = board.owner[place]
    if ms > bound_ms or (ms, place) >= (board.cost_ms[unit], board.place[unit]):
        return
    first = board.cost_ms[unit] == UNREACHED
    board.cost_ms[unit], board.place[unit], board.direct[unit] = ms, place, direct
    if len(board.best) < len(board.cost_ms):
        _rank(board, unit)
    elif first:
        board.found[0] += 1


@njit(cache=True, nogil=True)
def _rank(board: Board, unit: int) -> None:
    """Moves a unit that became better to where it belongs among the best."""
    best, cost_ms, found = board.best, board.cost_ms, board.found[0]
    at = 0
    while at < found and best[at] != unit:
        at += 1
    if at == len(best):
        if (cost_ms[best[at - 1]], best[at - 1]) < (cost_ms[unit], unit):
            return
        at -= 1
    elif at == found:
        board.found[0] += 1
    while at > 0 and (cost_ms[best[at - 1]], best[at - 1]) > (cost_ms[unit], unit):
        best[at] = best[at - 1]
        at -= 1
    best[at] = unit


@njit(cache=True, nogil=True)
def _seat(units: Spots, board: Board) -> None:
    """Chains the places that lie on one arc."""
    for unit in range(len(units.start) - 1):
        for place in range(units.start[unit], units.start[unit + 1]):
            board.owner[place] = unit
            board.next_at[place] = board.first_at[units.arc[place]]
            board.first_at[units.arc[place]] = place


@njit(cache=True, nogil=True)
def _unseat(units: Spots, board: Board) -> None:
    for place in range(len(units.arc)):
        board.first_at[units.arc[place]] = NO_PLACE


@njit(cache=True, nogil=True)
def _forget(labels: Labels) -> None:
    if labels.marks[0] > len(labels.end_ms) // _MANY:
        labels.end_ms[:] = UNREACHED
    else:
        for i in range(labels.marks[0]):
            labels.end_ms[labels.touched[i]] = UNREACHED
    labels.marks[0] = 0


@njit(cache=True, nogil=True)
def push(heap: Longs, size: int, key: int) -> int:
    """Adds a key, milliseconds in the upper and the arc in the lower 32 bits; the heap's new size."""
    at = size
    while at > 0 and heap[(at - 1) >> 1] > key:
        heap[at] = heap[(at - 1) >> 1]
        at = (at - 1) >> 1
    heap[at] = key
    return size + 1


@njit(cache=True, nogil=True)
def pop(heap: Longs, size: int) -> int:
    """Drops the least; the heap's new size."""
    size -= 1
    key, at, child = heap[size], 0, 1
    while child < size:
        if child + 1 < size and heap[child + 1] < heap[child]:
            child += 1
        if heap[child] >= key:
            break
        heap[at] = heap[child]
        at, child = child, 2 * child + 1
    heap[at] = key
    return size
