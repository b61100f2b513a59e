"""Closures on the map: which stretches of which streets, and so which pieces of arcs, they shut.

It decides what an area, a line and a point mean on the streets. What a shut piece does to turns, units and incidents
is `cut`'s to decide; when a closure holds, and who may pass, was decided by whoever asks.

- An area shuts every street where it lies inside, on whatever level: a bridge over a shut road as well.
- A line shuts the streets that it runs along, there; one that runs along none shuts those it crosses, at the crossing.
- A point shuts the nearest street, there; where that is at a junction, all streets of the junction, there.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import shapely

from arls.closure import Area, Line, Point
from arls.roads.network import NO_ARC
from arls.roads.path import parts_of
from arls.roads.stretches import NOTHING, Stretches, crossings, inside, joined, lines_of, points_on, segments_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from shapely.geometry.base import BaseGeometry

    from arls.closure import Ring, Shape
    from arls.geo import Position
    from arls.roads.network import Bools, Floats, Longs
    from arls.roads.path import Path
    from arls.roads.streets import StreetTree

# A point is a barrier so long to each side of it, and one across a road is as long.
BARRIER_M = 5.0
# A point further off shuts nothing.
POINT_REACH_M = 25.0
# A line runs along what lies so near to it: half of a wide carriageway, and a hand that draws.
ALONG_M = 10.0
# What runs along a line gets on along it nearly as far as it is long; what crosses it does not.
_GETS_ON = 0.8
# A street belongs to a line that runs along so much of it, or that has so much of its own length there.
_MOST = 0.5
# A line is a scribble if it is so many times longer than the box round it, or crosses itself so often, judged by how
# many of its edges are near to each other: working out what it bounds would take seconds.
_SCRIBBLE_ROUNDS, _SCRIBBLE_NEAR, _SCRIBBLE_CROSSINGS = 20.0, 8, 1_000
# What is off the network by more than this is cut off, in degrees, before degrees become metres: some 2 km.
_MARGIN_DEG = 0.02


class Shut(NamedTuple):
    """Parts of arcs, in order: fractions in driving direction."""

    arc: Longs
    begin: Floats
    end: Floats

    def only(self, chosen: Bools | Longs) -> Shut:
        """Some of them."""
        return Shut._make(column[chosen] for column in self)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Extent:
    """What a closure shuts, as people are told: nothing, where it touches no road."""

    streets: tuple[str, ...]  # names, the one with the most metres first; a street without one is passed over
    length_m: float  # of road, both directions of a street counted once
    lines: tuple[Floats, ...]  # each [n, 2] latitudes and longitudes, n at least two


def stretches_of(shape: Shape, streets: StreetTree) -> Stretches:
    """What of the streets a shape shuts; nothing for one that lies off the map or has no extent."""
    match shape:
        case Area(polygons=polygons):
            return inside(streets, _flat(_area_of(polygons), streets, dimensions=2))
        case Line(positions=positions) if len(set(positions)) > 1:
            return _by_line(streets, _line_of(positions))
        case Line(positions=(position, *_)) | Point(position=position):
            return _at_point(streets, _flat(shapely.Point(position.lon, position.lat), streets, dimensions=0))
        case _:
            return NOTHING


def shut_on(stretches: Stretches, streets: StreetTree) -> Shut:
    """The same stretches on the arcs, both ways."""
    arc = streets.arcs[stretches.street].ravel()
    begin = np.column_stack((stretches.begin, 1.0 - stretches.end)).ravel()
    end = np.column_stack((stretches.end, 1.0 - stretches.begin)).ravel()
    order = np.lexsort((begin, arc))
    order = order[arc[order] != NO_ARC]
    return Shut(arc=arc[order], begin=begin[order], end=end[order])


def meets(shut: Shut, path: Path) -> bool:
    """True when a way goes over a part of what is shut."""
    begin, end = parts_of(path)
    here = np.flatnonzero(np.isin(shut.arc, path.arcs))
    order = np.argsort(path.arcs, kind="stable")
    step = order[np.searchsorted(path.arcs[order], shut.arc[here])]
    return bool(((shut.begin[here] < end[step]) & (shut.end[here] > begin[step])).any())


def extent_of(stretches: Stretches, streets: StreetTree) -> Extent:
    """The same stretches as people are told."""
    network = streets.network
    # A street has copies, which lie where it lies (`network`).
    at = (network.street_way[stretches.street], *points_on(streets, stretches.street, stretches.begin), stretches.end)
    once = np.sort(np.unique(np.column_stack(at), axis=0, return_index=True)[1])
    stretches = Stretches._make(column[once] for column in stretches)
    arc = streets.arcs[stretches.street].max(axis=1)
    length_m = (stretches.end - stretches.begin) * network.arc_length_m[arc]
    shut_m: dict[str, float] = {}
    for name, metres in zip(map(network.name_of, arc.tolist()), length_m.tolist(), strict=True):
        shut_m[name] = shut_m.get(name, 0.0) + metres
    names = sorted(filter(None, shut_m), key=lambda name: (-shut_m[name], name))
    return Extent(streets=tuple(names), length_m=float(length_m.sum()), lines=tuple(lines_of(streets, stretches)))


def _line_of(positions: Sequence[Position]) -> shapely.LineString:
    return shapely.LineString([(at.lon, at.lat) for at in positions])


def _area_of(polygons: tuple[tuple[Ring, ...], ...]) -> BaseGeometry:
    """One area of all polygons: of a ring that crosses itself all that it goes round."""
    areas = []
    for outer, *holes in filter(None, polygons):
        if len(set(outer)) > 2:
            corners = [_line_of(ring) for ring in (outer, *holes) if len(set(ring)) > 2]
            area = shapely.Polygon(corners[0], corners[1:])
            areas.append(area.convex_hull if _is_scribble(area.boundary) else area)
    return shapely.union_all([shapely.make_valid(area, method="structure", keep_collapsed=False) for area in areas])


def _is_scribble(line: BaseGeometry) -> bool:
    """True for a line that crosses itself so often, or is so long, that what it goes round is all that can be said."""
    corners = shapely.get_coordinates(line)
    edges = np.asarray(shapely.linestrings(np.stack((corners[:-1], corners[1:]), axis=1)))
    if line.length > _SCRIBBLE_ROUNDS * line.envelope.length:
        return True
    tree, near = shapely.STRtree(edges), 0
    for some in np.array_split(edges, len(edges) // 100 + 1):
        near += len(tree.query(some)[0])
        if near > _SCRIBBLE_NEAR * len(edges) + _SCRIBBLE_CROSSINGS:
            return True
    return False


def _flat(shape: BaseGeometry, streets: StreetTree, *, dimensions: int) -> BaseGeometry:
    """The shape in metres on the plane, without what is far off: what is straight in degrees stays where it is."""
    bounds = streets.network.bounds
    west, south = bounds.west - _MARGIN_DEG, bounds.south - _MARGIN_DEG
    near = shapely.box(west, south, bounds.east + _MARGIN_DEG, bounds.north + _MARGIN_DEG)
    if not near.covers(shape):
        parts = shapely.get_parts(shape.intersection(near))
        shape = shapely.union_all(parts[shapely.get_dimensions(parts) == dimensions])

    def metres_of(lon_lat: Floats) -> Floats:
        return np.column_stack(streets.plane.metres_of(lats=lon_lat[:, 1], lons=lon_lat[:, 0]))

    return shapely.transform(shape, metres_of)


def _by_line(streets: StreetTree, line: shapely.LineString) -> Stretches:
    if _is_scribble(line):
        hull = line.convex_hull
        return inside(streets, _flat(hull, streets, dimensions=int(shapely.get_dimensions(hull))).buffer(ALONG_M))
    lines = shapely.get_parts(_flat(line, streets, dimensions=1))
    along = joined(_run_along(streets, part) for part in lines)
    return along if len(along.street) else joined(_crossed(streets, part) for part in lines)


def _run_along(streets: StreetTree, line: shapely.LineString) -> Stretches:
    """Where streets run along a line."""
    near = inside(streets, line.buffer(ALONG_M, cap_style="flat"))
    if not len(near.street):
        return NOTHING
    length_m = (near.end - near.begin) * streets.length_m[near.street]
    ends = [np.asarray(shapely.points(*points_on(streets, near.street, at))) for at in (near.begin, near.end)]
    begins_m, ends_m = np.sort([shapely.line_locate_point(line, at) for at in ends], axis=0)
    runs = ends_m - begins_m >= _GETS_ON * length_m
    most = (near.end - near.begin >= _MOST) | (length_m >= _MOST * line.length)
    # The first and the last street of a line may be longer than what of them it runs along.
    ends_here = (length_m >= 2 * ALONG_M) & ((begins_m <= ALONG_M) | (ends_m >= line.length - ALONG_M))
    return Stretches._make(column[runs & (most | ends_here)] for column in near)


def _crossed(streets: StreetTree, line: shapely.LineString) -> Stretches:
    """A barrier on each street where a line crosses it."""
    segments = segments_of(streets, streets.tree.query(line))
    owner, part = crossings(streets, segments, line)
    return _barriers(streets, segments.street[owner], segments.along(streets, owner, part))


def _barriers(streets: StreetTree, street: Longs, at: Floats) -> Stretches:
    half = BARRIER_M / streets.length_m[street]
    return joined([Stretches(street, np.maximum(at - half, 0.0), np.minimum(at + half, 1.0))])


def _at_point(streets: StreetTree, place: BaseGeometry) -> Stretches:
    """A barrier on the nearest street, and on those that share a junction within it."""
    if place.is_empty:
        return NOTHING
    segments = segments_of(streets, streets.tree.query(place, predicate="dwithin", distance=POINT_REACH_M))
    off_m = shapely.distance(segments.lines, place)
    # Of equally near ones all: a street and its copies, or those of a junction.
    nearest = np.flatnonzero((off_m <= POINT_REACH_M) & (off_m <= off_m.min(initial=np.inf)))
    street = segments.street[nearest]
    part = shapely.line_locate_point(segments.lines[nearest], place, normalized=True)
    at, length_m = segments.along(streets, nearest, part), streets.length_m[street]
    mouths = [
        _mouths(streets, int(one), last=last, reach_m=BARRIER_M - from_end_m)
        for last, fraction in ((False, at), (True, 1.0 - at))
        for one, from_end_m in zip(street, fraction * length_m, strict=True)
        if from_end_m < BARRIER_M
    ]
    return joined((_barriers(streets, street, at), *mouths))


def _mouths(streets: StreetTree, street: int, *, last: bool, reach_m: float) -> Stretches:
    """The first metres of each street of the junction at one end of a street."""
    network = streets.network
    arc = int(streets.arcs[street].max())
    junction = (network.arc_to if last != network.arc_backward[arc] else network.arc_from)[arc]
    leaves, comes = (np.flatnonzero(ends == junction) for ends in (network.arc_from, network.arc_to))
    arcs = np.append(leaves, comes)
    at_last = network.arc_backward[arcs] ^ (np.arange(len(arcs)) >= len(leaves))
    reach = np.minimum(reach_m / streets.length_m[network.arc_street[arcs]], 1.0)
    begin, end = np.where(at_last, 1.0 - reach, 0.0), np.where(at_last, 1.0, reach)
    return joined([Stretches(network.arc_street[arcs].astype(np.int64), begin, end)])
