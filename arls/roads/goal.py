"""How goals are reached under closures, that lie beside the open road at such and such places.

It decides what a closure means to where somebody wants to go:

- What lies before the first shut piece of an arc is driven to, over the ends of those arcs that lead into it.
- Into what is shut one walks, in a straight line from where the road is shut; and so behind it, where the closure may
  be passed on foot.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from arls.roads.dijkstra import part_ms
from arls.roads.network import Places
from arls.roads.profile import FORBIDDEN, WALK_MPS

if TYPE_CHECKING:
    from collections.abc import Iterator

    from arls.geo import Position
    from arls.roads.cordon import Edge
    from arls.roads.cut import Cut
    from arls.roads.network import Bools
    from arls.roads.ways import Way

# One walks in as far as a place may be from the road (`snap`), from so many places where the road is shut.
WALK_IN_M = 500.0
WALKS_IN_FROM = 16


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Goal:
    """Where a position is reached."""

    places: Places  # as the search is told: at ends of arcs instead of on the shut arcs that they lead into
    ends: Places  # the same places, each where one gets off the road
    drives_on: Bools  # [M] true of one at the end of an arc from which one turns onto a shut arc to get there

    def whole(self, way: Way) -> Way:
        """The same way to where one gets off the road."""
        if not self.drives_on[way.goal_place]:
            return way
        return replace(way, arcs=np.append(way.arcs, self.ends.arc[way.goal_place]))


def goal_at(places: Places) -> Goal:
    """How a position is reached that lies beside the open road at these places, where all roads are open."""
    return Goal(places=places, ends=places, drives_on=np.zeros(len(places.arc), np.bool_))


class _Row(NamedTuple):
    """One place: where the search ends, and where the drive does."""

    arc: int
    fraction: float
    end_arc: int
    end_fraction: float
    off_road_m: float
    extra_ms: int
    beyond_m: float
    drives_on: bool


def goal_under(cut: Cut, places: Places, position: Position) -> Goal:
    """How a position is reached that lies beside the open road at these places."""
    rows = []
    columns = (places.arc, places.fraction, places.off_road_m, places.extra_ms)
    for arc, at, off_m, extra_ms in zip(*(column.tolist() for column in columns), strict=True):
        rows.append(_Row(arc, at, arc, at, off_m, extra_ms, 0.0, drives_on=False))
        if cut.shut.has(arc) and at <= cut.shut.head(arc):
            rows += _over_ends(cut, arc, at, off_m, extra_ms)
    rows += _walking_in(cut, places, position)
    told = Places(
        start=np.array([0, len(rows)]),
        arc=np.array([row.arc for row in rows], np.int32),
        fraction=np.array([row.fraction for row in rows], np.float64),
        off_road_m=np.array([row.off_road_m for row in rows], np.float64),
        extra_ms=np.array([row.extra_ms for row in rows], np.uint32),
        beyond_m=np.array([row.beyond_m for row in rows], np.float64),
    )
    end_arc = np.array([row.end_arc for row in rows], np.int32)
    end_fraction = np.array([row.end_fraction for row in rows], np.float64)
    ends = replace(told, arc=end_arc, fraction=end_fraction, beyond_m=None)
    return Goal(places=told, ends=ends, drives_on=np.array([row.drives_on for row in rows], np.bool_))


def _over_ends(cut: Cut, arc: int, fraction: float, off_road_m: float, extra_ms: int) -> Iterator[_Row]:
    """A place before the first piece of a shut arc, from the ends of the arcs that lead into it."""
    reverse, beyond_m = cut.reverse, fraction * float(cut.streets.network.arc_length_m[arc])
    drive_ms = extra_ms + int(part_ms(fraction, cut.opened.arc_ms[arc]))
    for into in range(reverse.in_start[arc], reverse.in_start[arc + 1]):
        before, turn_ms = int(reverse.in_from[into]), int(cut.opened.turn_ms[reverse.in_turn[into]])
        if turn_ms < FORBIDDEN:
            yield _Row(before, 1.0, arc, fraction, off_road_m, drive_ms + turn_ms, beyond_m, drives_on=True)


def _walking_in(cut: Cut, places: Places, position: Position) -> Iterator[_Row]:
    """The nearest places where the road is shut before a closure that the goal lies in."""
    nearest = np.flatnonzero(places.off_road_m <= places.off_road_m.min(initial=np.inf))
    arcs, fractions = places.arc[nearest], places.fraction[nearest]
    x, y = (float(at[0]) for at in cut.streets.plane.metres_of(lats=[position.lat], lons=[position.lon]))
    for cordon in cut.cordons:
        if cordon.holds(arcs, fractions):
            yield from _from_edges(cut, cordon.edges_near(x, y, WALK_IN_M))


def _from_edges(cut: Cut, edges: list[Edge]) -> Iterator[_Row]:
    left = WALKS_IN_FROM
    for arc, fraction, walk_m in edges:
        # Another closure may shut the same arc before this one does.
        if not left or not cut.shut.has(arc) or fraction > cut.shut.head(arc):
            continue
        walk_ms = round(walk_m / WALK_MPS * 1000.0)
        rows = list(_over_ends(cut, arc, fraction, walk_m, walk_ms))
        if not all(cut.shut.has(row.arc) for row in rows):
            # Who is on the arc already drives up to there.
            yield _Row(arc, fraction, arc, fraction, walk_m, walk_ms, 0.0, drives_on=False)
            yield from rows
            left -= 1
