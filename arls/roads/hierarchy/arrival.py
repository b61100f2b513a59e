"""The label of a goal: what it takes to it from every ancestor of the arcs that it lies beside.

It decides how several places of a goal become one label. Their root paths form a small tree, and of it a unit shares a
piece from the root down, so that each unit reads one row however many streets the goal lies beside.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from numba import njit

from arls.roads.hierarchy.climb import ARRIVE, Stops, climb, is_above, root_path, stops_at
from arls.roads.hierarchy.customise import INFINITE
from arls.roads.hierarchy.elimination import NO_RANK
from arls.roads.network import steady

if TYPE_CHECKING:
    from arls.roads.hierarchy.customise import Costs, Hierarchy
    from arls.roads.hierarchy.order import Frame
    from arls.roads.network import Ints, Longs, Places
    from arls.roads.profile import Millis


class Tree(NamedTuple):
    """The root paths of a goal's arcs, B rows, all arrays read-only."""

    stops: Stops
    at_ms: Millis  # [B, levels] from the ancestor of each depth to the goal
    below_ms: Millis  # [B, levels] the same to those of its places that are on lower arcs
    cut: Ints  # [C] ranks in order: from here up to the next the deepest ancestor in the tree is
    cut_depth: Ints  # [C] at this depth (-1: there is none)
    cut_row: Ints  # [C] of this row


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Arrival:
    """The label of a goal."""

    hierarchy: Hierarchy
    tree: Tree


def arrival_of(hierarchy: Hierarchy, goal: Places) -> Arrival:
    """The label of a goal, which is all places of its one position."""
    frame, costs = hierarchy.frame, hierarchy.costs
    stops = stops_at(frame, costs, ARRIVE, goal, 0)
    feet = _feet(frame, stops.rank)
    at_ms, below_ms = _arrived(frame, costs, stops, feet, hierarchy.order.levels)
    cut, cut_depth, cut_row = _cuts(frame, feet)
    tree = Tree(
        stops=Stops(*(steady(array, array.dtype) for array in stops)),
        at_ms=steady(at_ms, np.uint32),
        below_ms=steady(below_ms, np.uint32),
        cut=steady(cut, np.int32),
        cut_depth=steady(cut_depth, np.int32),
        cut_row=steady(cut_row, np.int32),
    )
    return Arrival(hierarchy=hierarchy, tree=tree)


def _cuts(frame: Frame, feet: Ints) -> tuple[Longs, Longs, Longs]:
    """`Tree.cut`, `cut_depth` and `cut_row`.

    The subtrees of the ranks in the tree lie inside each other or apart: the deepest that holds a rank is as deep as
    there are subtrees that began before it and have not ended.
    """
    row_of: dict[int, int] = {}
    for row, foot in enumerate(feet.tolist()):
        row_of.update(dict.fromkeys(root_path(frame, foot).tolist(), row))
    ranks = np.array(sorted(row_of, reverse=True), np.int64)
    # Of the subtrees that begin at one rank the deepest comes last, and after one that ends there.
    cut = np.concatenate(([0], ranks + 1, frame.first[ranks]))
    rows = np.array([0, *(row_of[rank] for rank in ranks.tolist() * 2)])
    step = np.repeat((0, -1, 1), (1, len(ranks), len(ranks)))
    by_cut = np.argsort(cut, kind="stable")
    depth = np.cumsum(step[by_cut]) - 1
    last = np.append(np.diff(cut[by_cut]) > 0, True)
    return cut[by_cut][last], depth[last], rows[by_cut][last]


@njit(cache=True, nogil=True)
def _feet(frame: Frame, ranks: Ints) -> Ints:
    """Of some ranks, lowest first, those that are above no other."""
    feet, size = np.empty(len(ranks), np.int32), 0
    for rank in ranks:
        shared = False
        for i in range(size):
            shared = shared or is_above(frame, rank, feet[i])
        if not shared:
            feet[size] = rank
            size += 1
    return feet[:size]


@njit(cache=True, nogil=True)
def _arrived(frame: Frame, costs: Costs, stops: Stops, feet: Ints, levels: int) -> tuple[Millis, Millis]:
    """`Tree.at_ms` and `below_ms`; where rows share an ancestor they hold the same of it."""
    below_ms = np.full((len(feet), levels), INFINITE, np.uint32)
    for row in range(len(feet)):
        climb(frame, costs, ARRIVE, stops, feet[row], below_ms[row])
    for row in range(len(feet)):
        for other in range(row):
            shared = _shared_levels(frame, feet[row], feet[other])
            for depth in range(shared):
                best_ms = min(below_ms[row, depth], below_ms[other, depth])
                below_ms[row, depth] = below_ms[other, depth] = best_ms
    at_ms = below_ms.copy()
    for row in range(len(feet)):
        for stop in range(len(stops.rank)):
            if is_above(frame, stops.rank[stop], feet[row]):
                depth = frame.depth[stops.rank[stop]]
                at_ms[row, depth] = min(np.int64(at_ms[row, depth]), stops.ms[stop])
    return at_ms, below_ms


@njit(cache=True, nogil=True)
def _shared_levels(frame: Frame, one: int, other: int) -> int:
    """How many ancestors two ranks have in common, themselves counted in."""
    while one != NO_RANK and not is_above(frame, one, other):
        one = frame.parent[one]
    return 0 if one == NO_RANK else frame.depth[one] + 1
