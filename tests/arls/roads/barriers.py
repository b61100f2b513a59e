"""Closures for tests, and what they do to the roads told plainly: the graph is really cut, and scipy finds the ways."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from scipy.sparse import csr_matrix
from scipy.sparse.csgraph import dijkstra

from arls.closure import Area, Closure, ClosureId
from arls.geo import Position, moved
from arls.roads.closures import stretches_of
from arls.roads.dijkstra import part_ms
from arls.roads.network import NO_ARC
from arls.roads.profile import FORBIDDEN
from arls.roads.streets import StreetTree

if TYPE_CHECKING:
    from arls.closure import Closures, Passer, Shape
    from arls.roads.cut import Cut
    from arls.roads.goal import Goal
    from arls.roads.network import Bools, Floats, Ints, Longs, Network, Places
    from tests.drawing import Drawn

SINCE = datetime(2026, 3, 30, tzinfo=UTC)


def beside(place: Position, *, east_m: float = 0.0, north_m: float = 0.0) -> Position:
    return moved(moved(place, course_deg=0.0, distance_m=north_m), course_deg=90.0, distance_m=east_m)


def square(middle: Position, half_m: float = 40.0) -> Area:
    corners = [
        beside(middle, north_m=north_m, east_m=east_m)
        for north_m, east_m in ((half_m, half_m), (half_m, -half_m), (-half_m, -half_m), (-half_m, half_m))
    ]
    return Area(polygons=(((*corners, corners[0]),),))


def closed(*shapes: Shape, passable: tuple[Passer, ...] = ()) -> Closures:
    return tuple(
        Closure(id=ClosureId(f"C{number}"), shape=shape, since=SINCE, passable=passable)
        for number, shape in enumerate(shapes)
    )


def shut_m(drawn: Drawn, shape: Shape) -> dict[str, list[tuple[int, int]]]:
    """From how many to how many metres of each street a shape shuts, counted in drawing direction."""
    streets = StreetTree(drawn.network)
    shut = stretches_of(shape, streets)
    told: dict[str, list[tuple[int, int]]] = {}
    for street, begin, end in zip(*shut, strict=True):
        arc, length_m = int(streets.arcs[street].max()), streets.length_m[street]
        told.setdefault(drawn.network.name_of(arc), []).append((round(begin * length_m), round(end * length_m)))
    return told


def columns(places: list[Position], courses: list[float]) -> dict[str, Floats]:
    course_deg = np.array(courses)
    return {
        "lat": np.array([place.lat for place in places]),
        "lon": np.array([place.lon for place in places]),
        "course_deg": course_deg,
        "speed_mps": np.where(np.isnan(course_deg), np.nan, 10.0),
        "accuracy_m": np.full(len(places), np.nan),
    }


class Piece(NamedTuple):
    begin: float
    end: float


class Told(NamedTuple):
    """What each unit needs, infinite where there is no way; and whether it is told: not of who is deep inside."""

    cost_ms: Floats
    told: Bools


class CutRoads:
    """The roads of a scene with the shut pieces taken out of them."""

    def __init__(self, network: Network, cut: Cut) -> None:
        self.network, self.opened, self.u_turn_ms = network, cut.opened, cut.u_turn_ms
        self.pieces: dict[int, list[Piece]] = {}
        for arc, begin, end in zip(*(column.tolist() for column in cut.shut.shut), strict=True):
            self.pieces.setdefault(arc, []).append(Piece(begin, end))
        leaving = np.repeat(np.arange(network.arcs), np.diff(network.turn_start))
        self.is_shut = np.zeros(network.arcs, np.bool_)
        self.is_shut[list(self.pieces)] = True
        may = self.opened.turn_ms < FORBIDDEN
        self._leaving, self._entering = leaving[may], network.turn_to[may]
        self._turn_ms = self.opened.turn_ms[may].astype(np.float64)
        passed = ~self.is_shut[self._entering]
        row, column = self._entering[passed], self._leaving[passed]
        self._backward = _least(row, column, self._turn_ms[passed] + self.opened.arc_ms[row], network.arcs + 1)
        self.nowhere = self._nowhere()

    def _nowhere(self) -> Bools:
        """The open arcs from which one comes to shut ones only."""
        dead = self.is_shut.copy()
        while True:
            goes = np.bincount(self._leaving, ~dead[self._entering], self.network.arcs)
            stops = np.bincount(self._leaving, dead[self._entering], self.network.arcs)
            new = (goes == 0) & (stops > 0) & ~dead
            if not new.any():
                return dead & ~self.is_shut
            dead |= new

    def costs(self, goal: Goal, units: Places) -> Told:
        """What the units need to where one gets off the road; how far it is on foot from there is taken as said."""
        ends = goal.ends
        own = np.flatnonzero(~goal.drives_on)
        spots = [(int(ends.arc[i]), float(ends.fraction[i]), int(ends.extra_ms[i])) for i in own]
        from_end_ms = self._from_ends(spots)
        cost_ms, told = np.full(len(units), np.inf), np.ones(len(units), np.bool_)
        for unit in range(len(units)):
            rows = range(units.start[unit], units.start[unit + 1])
            places = [(int(units.arc[i]), float(units.fraction[i]), int(units.extra_ms[i])) for i in rows]
            if len(places) == 1 and (self._stops(*places[0][:2]) or self._leads_nowhere(places[0][0])):
                arc, at, extra_ms = places[0]
                twin = int(self.network.arc_twin[arc])
                if twin != NO_ARC and self.opened.arc_ms[twin] < FORBIDDEN:
                    places.append((twin, 1.0 - at, extra_ms + self.u_turn_ms))
            for arc, at, extra_ms in places:
                arc_ms = int(self.opened.arc_ms[arc])
                rest_ms = extra_ms + arc_ms - part_ms(at, arc_ms)
                if not self._stops(arc, at):
                    cost_ms[unit] = min(cost_ms[unit], rest_ms + from_end_ms[arc])
                for there, fraction, more_ms in spots:
                    if there == arc and at <= fraction and not self._between(arc, at, fraction):
                        straight_ms = part_ms(fraction, arc_ms) - part_ms(at, arc_ms)
                        cost_ms[unit] = min(cost_ms[unit], extra_ms + straight_ms + more_ms)
                told[unit] &= not self._deep(arc, at)
        return Told(cost_ms, told)

    def _from_ends(self, spots: list[tuple[int, float, int]]) -> Floats:
        """[A] from the end of each arc to the goal."""
        network, arc_ms = self.network, self.opened.arc_ms
        ends: dict[int, float] = {}
        for arc, fraction, extra_ms in spots:
            if arc_ms[arc] < FORBIDDEN and not self._between(arc, 0.0, fraction):
                for turn in np.flatnonzero(self._entering == arc):
                    before, part = int(self._leaving[turn]), part_ms(fraction, int(arc_ms[arc]))
                    ends[before] = min(ends.get(before, np.inf), self._turn_ms[turn] + part + extra_ms)
        # The goal is the last row. No edge may cost nothing, and each way has one that leads to the goal.
        roads, goal = self._backward, network.arcs
        graph = csr_matrix(
            (
                np.append(roads.data, [end_ms + 1.0 for end_ms in ends.values()]),
                np.append(roads.indices, np.array([*ends], np.int32)),
                np.append(roads.indptr[:-1], roads.indptr[-1] + len(ends)),
            ),
            shape=roads.shape,
        )
        return np.asarray(dijkstra(graph, indices=goal)[:goal] - 1.0)

    def _between(self, arc: int, begin: float, end: float) -> bool:
        """True if a piece lies ahead of the one place and begins before the other."""
        return any(begin <= piece.begin < end for piece in self.pieces.get(arc, ()))

    def _stops(self, arc: int, at: float) -> bool:
        return any(piece.begin >= at for piece in self.pieces.get(arc, ()))

    def _exits(self, arc: int) -> bool:
        onto = self._entering[self._leaving == arc]
        return not (self.is_shut[onto] | self.nowhere[onto]).all()

    def _leads_nowhere(self, arc: int) -> bool:
        return bool(self.nowhere[arc]) or (bool(self.is_shut[arc]) and not self._exits(arc))

    def _deep(self, arc: int, at: float) -> bool:
        """True inside of what is shut to the end of the arc, where no good way leads on from there."""
        pieces = self.pieces.get(arc)
        return pieces is not None and pieces[-1].begin < at and not self._exits(arc)


def _least(row: Ints, column: Longs, cost: Floats, size: int) -> csr_matrix:
    """Of several edges between two nodes the cheapest; scipy would add them up."""
    order = np.lexsort((cost, column, row))
    first = np.append(True, (np.diff(row[order]) != 0) | (np.diff(column[order]) != 0))[: len(order)]
    kept = order[first]
    return csr_matrix((cost[kept], (row[kept], column[kept])), shape=(size, size))
