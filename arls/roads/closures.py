"""Closures on the map: which stretches of which streets, and so which pieces of arcs, they shut.

It decides what an area, a line and a point mean on the streets. What a shut piece does to turns, units and incidents
is `cut`'s to decide; when a closure holds, and who may pass, was decided by whoever asks.

- An area shuts every street where it lies inside, on whatever level: a bridge over a shut road as well.
- A line shuts the streets that it runs along, there; one that runs along none shuts those it crosses, at the crossing.
- A point shuts the nearest street, there; where that is at a junction, all streets of the junction, there.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import shapely

from arls.closure import Area, Line, Point
from arls.roads.network import NO_ARC

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from numpy.typing import NDArray
    from shapely.geometry.base import BaseGeometry

    from arls.closure import Ring, Shape
    from arls.geo import Position
    from arls.roads.network import Floats, Longs
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
# What is off the network by more than this is cut off, in degrees, before degrees become metres: some 2 km.
_MARGIN_DEG = 0.02


class Stretches(NamedTuple):
    """Parts of streets, in order, none touching another: fractions of the street by metres on the plane."""

    street: Longs
    begin: Floats
    end: Floats


class Shut(NamedTuple):
    """Parts of arcs, in order, none touching another: fractions in driving direction."""

    arc: Longs
    begin: Floats
    end: Floats


NOTHING = Stretches(street=np.zeros(0, np.int64), begin=np.zeros(0), end=np.zeros(0))


def stretches_of(shape: Shape, streets: StreetTree) -> Stretches:
    """What of the streets a shape shuts; nothing for one that lies off the map or has no extent."""
    match shape:
        case Area(polygons=polygons):
            return _inside(streets, _flat(_valid(polygons), streets))
        case Line(positions=positions) if len(set(positions)) > 1:
            lines = shapely.get_parts(_flat(_line(positions), streets))
            along = joined(_run_along(streets, line) for line in lines)
            return along if len(along.street) else joined(_crossed(streets, line) for line in lines)
        case Line(positions=(position, *_)) | Point(position=position):
            return _at_point(streets, _flat(shapely.Point(position.lon, position.lat), streets))
        case _:
            return NOTHING


def joined(parts: Iterable[Stretches]) -> Stretches:
    """All of these as one, those that overlap or touch made one."""
    several = [part for part in parts if len(part.street)]
    if not several:
        return NOTHING
    street, begin, end = (np.concatenate(columns) for columns in zip(*several, strict=True))
    order = np.lexsort((begin, street))
    street, begin, end = street[order], begin[order], end[order]
    by_end = np.lexsort((end, street))
    rank = np.empty_like(by_end)
    rank[by_end] = np.arange(len(by_end))
    furthest = by_end[np.maximum.accumulate(rank)]
    new = np.append(True, (street[1:] != street[:-1]) | (begin[1:] > end[furthest[:-1]]))
    last = np.append(np.flatnonzero(new)[1:] - 1, len(street) - 1)
    return Stretches(street=street[new], begin=begin[new], end=end[furthest[last]])


def shut_by(stretches: Stretches, streets: StreetTree) -> Shut:
    """The same stretches on the arcs, both ways."""
    arc = streets.arcs[stretches.street].ravel()
    begin = np.column_stack((stretches.begin, 1.0 - stretches.end)).ravel()
    end = np.column_stack((stretches.end, 1.0 - stretches.begin)).ravel()
    order = np.lexsort((begin, arc))
    order = order[arc[order] != NO_ARC]
    return Shut(arc=arc[order], begin=begin[order], end=end[order])


def points_on(streets: StreetTree, street: Longs, fraction: Floats) -> tuple[Floats, Floats]:
    """Where on the plane these fractions of streets are."""
    start = streets.network.street_point_start
    owner, point = _points_of(start, street)
    # Two for each row, so that the end of one is not the beginning of the next.
    key = 2.0 * owner + streets.shape.along[point]
    at = 2.0 * np.arange(len(street)) + fraction
    return np.interp(at, key, streets.shape.x[point]), np.interp(at, key, streets.shape.y[point])


def _points_of(start: Longs, street: Longs) -> tuple[Longs, Longs]:
    """For each street its number in the row and its points, one by one."""
    count = start[street + 1] - start[street]
    owner = np.repeat(np.arange(len(street)), count)
    return owner, np.arange(len(owner)) - (np.cumsum(count) - count)[owner] + start[street][owner]


def _line(positions: Sequence[Position]) -> shapely.LineString:
    return shapely.LineString([(at.lon, at.lat) for at in positions])


def _valid(polygons: tuple[tuple[Ring, ...], ...]) -> BaseGeometry:
    """One area of all polygons. Where a ring crosses itself, what it goes round an odd number of times is inside."""
    made = [_polygon(rings) for rings in polygons]
    return shapely.union_all([shapely.make_valid(area) for area in made if area is not None])


def _polygon(rings: tuple[Ring, ...]) -> shapely.Polygon | None:
    corners = [[(at.lon, at.lat) for at in ring] for ring in rings if len(set(ring)) > 2]
    return shapely.Polygon(corners[0], corners[1:]) if rings and corners and len(set(rings[0])) > 2 else None


def _flat(shape: BaseGeometry, streets: StreetTree) -> BaseGeometry:
    """The shape in metres on the plane, without what is far off: what is straight in degrees stays where it is."""
    bounds = streets.network.bounds
    west, south = bounds.west - _MARGIN_DEG, bounds.south - _MARGIN_DEG
    near = shapely.box(west, south, bounds.east + _MARGIN_DEG, bounds.north + _MARGIN_DEG)
    if not near.covers(shape):
        shape = shape.intersection(near)

    def metres_of(lon_lat: Floats) -> Floats:
        return np.column_stack(streets.plane.metres_of(lats=lon_lat[:, 1], lons=lon_lat[:, 0]))

    return shapely.transform(shape, metres_of)


class _Segments(NamedTuple):
    street: Longs
    point: Longs  # its first
    lines: NDArray[np.object_]  # of shapely.LineString


def _segments(streets: StreetTree, pieces: Longs) -> _Segments:
    first, last = streets.pieces.first[pieces], streets.pieces.last[pieces]
    owner = np.repeat(np.arange(len(pieces)), last - first)
    point = np.arange(len(owner)) - (np.cumsum(last - first) - (last - first))[owner] + first[owner]
    ends = np.stack((point, point + 1), axis=1)
    lines = np.asarray(shapely.linestrings(np.stack((streets.shape.x[ends], streets.shape.y[ends]), axis=2)))
    return _Segments(street=streets.pieces.street[pieces][owner], point=point, lines=lines)


def _inside(streets: StreetTree, area: BaseGeometry) -> Stretches:
    """Where streets lie inside."""
    if area.area <= 0.0:
        return NOTHING
    shapely.prepare(area)
    near = streets.tree.query(area, predicate="intersects")
    whole = shapely.contains_properly(area, streets.boxes[near])
    pieces, along = streets.pieces, streets.shape.along
    within = near[whole]
    wholly = Stretches(pieces.street[within], along[pieces.first[within]], along[pieces.last[within]])
    return joined((wholly, _partly_inside(streets, area, near[~whole])))


def _partly_inside(streets: StreetTree, area: BaseGeometry, near: Longs) -> Stretches:
    """Segments are cut where they cross the edge, and each part is inside if its middle is."""
    segments = _segments(streets, near)
    owner, cut = _cuts(segments, streets, _edges(area))
    every = np.arange(len(segments.street))
    owner = np.concatenate((owner, every, every))
    cut = np.concatenate((cut, np.zeros(len(every)), np.ones(len(every))))
    order = np.lexsort((cut, owner))
    owner, cut = owner[order], cut[order]
    part = np.flatnonzero((owner[1:] == owner[:-1]) & (cut[1:] > cut[:-1])) if len(owner) else every
    owner, begin, end = owner[part], cut[part], cut[part + 1]
    middle = (begin + end) / 2
    point = segments.point[owner]

    def at(values: Floats, how_far: Floats) -> Floats:
        return values[point] + how_far * (values[point + 1] - values[point])

    shape = streets.shape
    inside = shapely.contains_xy(area, at(shape.x, middle), at(shape.y, middle))
    return Stretches(segments.street[owner][inside], at(shape.along, begin)[inside], at(shape.along, end)[inside])


def _edges(shape: BaseGeometry) -> Floats:
    """[E, 2, 2] the straight edges of lines or areas: ends, and x and y."""
    outline = shape.boundary if shapely.get_dimensions(shape) == 2 else shape
    coordinates, owner = shapely.get_coordinates(shapely.get_parts(outline), return_index=True)
    edges: Floats = np.stack((coordinates[:-1], coordinates[1:]), axis=1)[owner[1:] == owner[:-1]]
    return edges


def _cuts(segments: _Segments, streets: StreetTree, edges: Floats) -> tuple[Longs, Floats]:
    """Which segments cross an edge, and how far along the segment."""
    segment, edge = shapely.STRtree(np.asarray(shapely.linestrings(edges))).query(segments.lines)
    point, shape = segments.point[segment], streets.shape
    from_x, from_y = shape.x[point], shape.y[point]
    dx, dy = shape.x[point + 1] - from_x, shape.y[point + 1] - from_y
    ex, ey = (edges[edge, 1] - edges[edge, 0]).T
    off_x, off_y = edges[edge, 0, 0] - from_x, edges[edge, 0, 1] - from_y
    turn = dx * ey - dy * ex
    with np.errstate(divide="ignore", invalid="ignore"):
        along_segment = (off_x * ey - off_y * ex) / turn
        along_edge = (off_x * dy - off_y * dx) / turn
    crosses = (along_segment >= 0.0) & (along_segment <= 1.0) & (along_edge >= 0.0) & (along_edge <= 1.0)
    return segment[crosses], along_segment[crosses]


def _run_along(streets: StreetTree, line: shapely.LineString) -> Stretches:
    """Where streets run along a line."""
    near = _inside(streets, line.buffer(ALONG_M, cap_style="flat"))
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
    segments = _segments(streets, streets.tree.query(line))
    owner, cut = _cuts(segments, streets, _edges(line))
    street, point = segments.street[owner], segments.point[owner]
    along = streets.shape.along
    return _barriers(streets, street, along[point] + cut * (along[point + 1] - along[point]))


def _barriers(streets: StreetTree, street: Longs, at: Floats) -> Stretches:
    half = BARRIER_M / streets.length_m[street]
    return joined([Stretches(street, np.maximum(at - half, 0.0), np.minimum(at + half, 1.0))])


def _at_point(streets: StreetTree, place: BaseGeometry) -> Stretches:
    """A barrier on the nearest street, and on those that share a junction within it."""
    if place.is_empty:
        return NOTHING
    segments = _segments(streets, streets.tree.query(place, predicate="dwithin", distance=POINT_REACH_M))
    off_m = shapely.distance(segments.lines, place)
    # Of equally near ones all: a street and its copies, or those of a junction.
    nearest = np.flatnonzero((off_m <= POINT_REACH_M) & (off_m <= off_m.min(initial=np.inf)))
    street, point = segments.street[nearest], segments.point[nearest]
    along, length_m = streets.shape.along, streets.length_m
    part = shapely.line_locate_point(segments.lines[nearest], place, normalized=True)
    at = along[point] + part * (along[point + 1] - along[point])
    mouths = [
        _mouths(streets, int(one), last=last, reach_m=BARRIER_M - from_end_m)
        for last, fraction in ((False, at), (True, 1.0 - at))
        for one, from_end_m in zip(street, fraction * length_m[street], strict=True)
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
