"""A named street between two others, `High Street, from Mill Lane to Church Road`, as a line; and where two meet.

It decides which streets a name means, where two names meet, and which way along the street is meant. It drives the
street both ways, so that of a dual carriageway the line runs along both sides, there and back.
"""

from __future__ import annotations

from difflib import get_close_matches
from itertools import product
from typing import TYPE_CHECKING

import numpy as np
import shapely
from scipy.sparse import csr_matrix
from scipy.sparse.csgraph import connected_components, dijkstra
from scipy.spatial import cKDTree

from arls.closure import Area, Point
from arls.geo import Position
from arls.roads.network import Access
from arls.roads.path import line_of

if TYPE_CHECKING:
    from arls.roads.network import Bools, Floats, Ints, Longs, Network
    from arls.roads.streets import StreetTree

# The sides of a dual carriageway meet a street at junctions of their own: so near to each other they are one place.
_ONE_PLACE_M = 80.0
# A street goes on behind so many metres of others, such as a roundabout; meanwhile each metre counts as several.
_GAP_M = 150.0
_DEAR = 10.0
_LEAST_M = 1e-6  # an edge that costs nothing would be none
_ALIKE = 3
# So far out of the junctions of one place its roads are shut: as much as a barrier at a single one does.
_MOUTH_M = 5.0


class StretchError(ValueError):
    """There is no such stretch; the text is a sentence for whoever named it.

    StretchError
    ├── UnknownStreetError   no street has that name
    ├── NotMeetingError      the street does not meet that other one
    ├── NotLeadingError      it does not lead from the one to the other
    └── SeveralError         more than one town has it: say near what
    """


class UnknownStreetError(StretchError):
    """No street has that name; the text names some that are written alike."""


class NotMeetingError(StretchError):
    """The street does not meet that other one."""


class NotLeadingError(StretchError):
    """The street does not lead from the one to the other, or they are the same place."""


class SeveralError(StretchError):
    """There are several such stretches, and no `near` to choose by."""


def find_stretch(
    streets: StreetTree, street: str, first: str, last: str, *, near: Position | None = None
) -> tuple[Position, ...]:
    """The street's line from where `first` meets it to where `last` does, of several the one nearest to `near`.

    Names are those on the map, or road numbers, in any case of letters. Raises StretchError.
    """
    network = streets.network
    named = _arcs_named(network, street)
    starts, goals = (_meetings(streets, named, street, other) for other in (first, last))
    graph = _Graph(network, named)
    there = [graph.ways(start, goals) for start in starts]
    back = [graph.ways(goal, starts) for goal in goals]
    found = {
        (i, j): (there[i][j], back[j][i])
        for i, j in product(range(len(starts)), range(len(goals)))
        if there[i][j] or back[j][i]
    }
    if not found:
        raise NotLeadingError(f"{street} does not lead from {first} to {last}")
    if len(found) > 1 and near is None:
        raise SeveralError(f"{street} leads from {first} to {last} in {len(found)} places: say near which")
    pair = min(found, key=lambda ends: _off_m(streets, near, np.append(starts[ends[0]], goals[ends[1]])))
    return _line(network, *found[pair])


def find_meeting(streets: StreetTree, street: str, other: str, *, near: Position | None = None) -> Point | Area:
    """Where the two meet, as a shape that shuts every road there: of several places the one nearest to `near`.

    A point is a single junction; where a dual carriageway makes several of one place, an area goes round them.
    Raises StretchError.
    """
    places = _meetings(streets, _arcs_named(streets.network, street), street, other)
    if len(places) > 1 and near is None:
        raise SeveralError(f"{street} and {other} meet in {len(places)} places: say near which")
    junctions = min(places, key=lambda place: _off_m(streets, near, place))
    if len(junctions) == 1:
        lat, lon = (column[junctions[0]] for column in (streets.network.junction_lat, streets.network.junction_lon))
        return Point(position=Position(lat=float(lat), lon=float(lon)))
    round_them = shapely.MultiPoint(_xy(streets, junctions)).convex_hull.buffer(_MOUTH_M, quad_segs=2)
    x, y = shapely.get_coordinates(round_them).T
    ring = [
        Position(lat=float(lat), lon=float(lon)) for lat, lon in zip(*streets.plane.degrees_of(x=x, y=y), strict=True)
    ]
    return Area(polygons=(((*ring[:-1], ring[0]),),))


class _Graph:
    """Junctions joined by arcs, those of the street for their length and all others dear."""

    def __init__(self, network: Network, named: Bools) -> None:
        drivable = network.arc_access & Access.VEHICLES != 0
        usable = np.flatnonzero(drivable if (named & drivable).any() else network.arc_access != 0)
        cost_m = network.arc_length_m[usable] * np.where(named[usable], 1.0, _DEAR)
        # Of several arcs between two junctions the cheapest.
        key = network.arc_from[usable].astype(np.int64) * len(network.junction_lat) + network.arc_to[usable]
        best = np.lexsort((cost_m, key))
        best = best[np.append(True, np.diff(key[best]) > 0)]
        self._network, self._named = network, named
        self._key, self._arc = key[best], usable[best]
        ends = network.arc_from[self._arc], network.arc_to[self._arc]
        junctions = len(network.junction_lat)
        self._graph = csr_matrix((cost_m[best] + _LEAST_M, ends), shape=(junctions, junctions))
        self._limit_m = float(network.arc_length_m[named].sum() + _DEAR * _GAP_M)

    def ways(self, start: Longs, goals: list[Longs]) -> list[tuple[int, ...]]:
        """The arcs along the street from one of these junctions to each of those places; none where it ends before."""
        cost_m, before, _ = dijkstra(
            self._graph, indices=start, min_only=True, return_predecessors=True, limit=self._limit_m
        )
        return [self._way(before, int(goal[np.argmin(cost_m[goal])])) for goal in goals]

    def _way(self, before: Ints, at: int) -> tuple[int, ...]:
        arcs: list[int] = []
        while before[at] >= 0:
            key = int(before[at]) * len(before) + at
            arcs.append(int(self._arc[np.searchsorted(self._key, key)]))
            at = int(before[at])
        arcs.reverse()
        lengths_m, named = self._network.arc_length_m[arcs], self._named[arcs]
        return tuple(arcs) if named.any() and lengths_m[~named].sum() <= _GAP_M else ()


def _arcs_named(network: Network, name: str) -> Bools:
    """[A] the arcs of streets of that name or number."""
    wanted = _plain(name)
    ids = [number for number, known in enumerate(network.names) if wanted in (_plain(one) for one in known.split(";"))]
    if not wanted or not ids:
        alike = get_close_matches(name, filter(None, network.names), _ALIKE)
        meant = f": did you mean {' or '.join(alike)}?" if alike else ""
        raise UnknownStreetError(f"there is no street called {name!r}{meant}")
    street = np.isin(network.street_name, ids) | np.isin(network.street_ref, ids)
    named: Bools = street[network.arc_street]
    return named


def _plain(name: str) -> str:
    return " ".join(name.casefold().split())


def _meetings(streets: StreetTree, named: Bools, street: str, other: str) -> list[Longs]:
    """The places where a street meets another, each one or several of its junctions. Raises StretchError."""
    network = streets.network
    own, others = (_junctions(network, arcs) for arcs in (named, _arcs_named(network, other)))
    shared = np.intersect1d(own, others)
    if not len(shared):
        near = cKDTree(_xy(streets, others)).query(_xy(streets, own), distance_upper_bound=_ONE_PLACE_M)[0]
        shared = own[np.isfinite(near)]
    if not len(shared):
        raise NotMeetingError(f"{street} and {other} do not meet")
    pairs = cKDTree(_xy(streets, shared)).query_pairs(_ONE_PLACE_M, output_type="ndarray")
    joined = csr_matrix((np.ones(len(pairs), np.bool_), pairs.T), shape=(len(shared), len(shared)))
    places, place = connected_components(joined, directed=False)
    return [shared[place == number] for number in range(places)]


def _junctions(network: Network, arcs: Bools) -> Longs:
    return np.unique(np.append(network.arc_from[arcs], network.arc_to[arcs])).astype(np.int64)


def _xy(streets: StreetTree, junctions: Longs) -> Floats:
    network = streets.network
    return np.column_stack(
        streets.plane.metres_of(lats=network.junction_lat[junctions], lons=network.junction_lon[junctions])
    )


def _off_m(streets: StreetTree, near: Position | None, junctions: Longs) -> float:
    """How far these are from a place, all together."""
    if near is None:
        return 0.0
    here = np.column_stack(streets.plane.metres_of(lats=[near.lat], lons=[near.lon]))
    return float(np.hypot(*(_xy(streets, junctions) - here).T).mean())


def _line(network: Network, there: tuple[int, ...], back: tuple[int, ...]) -> tuple[Position, ...]:
    """Along one way and, where the other runs on other streets, back along that."""
    one_road = set(network.arc_street[list(back)].tolist()) <= set(network.arc_street[list(there)].tolist())
    arcs = there if there and one_road else there + back
    points = [point for arc in arcs for point in zip(*line_of(network, arc), strict=True)]
    line = [Position(lat=float(lat), lon=float(lon)) for lat, lon in points]
    return tuple(at for number, at in enumerate(line) if not number or at != line[number - 1])
