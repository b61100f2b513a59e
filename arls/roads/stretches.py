"""Stretches: parts of streets, where they lie on the plane and where they lie inside an area.

It decides how a part of a street is told: by fractions of the street, by metres on the plane. Which stretches a closure
shuts is the business of `closures`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import shapely

if TYPE_CHECKING:
    from collections.abc import Iterable

    from numpy.typing import NDArray
    from shapely.geometry.base import BaseGeometry

    from arls.roads.network import Floats, Longs
    from arls.roads.streets import StreetTree

# The box round an edge that is longer would hold too much else.
_LONGEST_EDGE_M = 500.0
# An edge drawn through a junction lies so much inside the streets behind it, by chance.
_LEAST_M = 0.1
# Less than a micrometre of any street: what is no further apart was the same before it was rounded.
_TOUCHING = 1e-9


class Stretches(NamedTuple):
    """Parts of streets, in order, none touching another: fractions of the street by metres on the plane."""

    street: Longs
    begin: Floats
    end: Floats


NOTHING = Stretches(street=np.zeros(0, np.int64), begin=np.zeros(0), end=np.zeros(0))


class Segments(NamedTuple):
    """Straight bits of streets, from one point to the next."""

    street: Longs
    point: Longs  # its first
    lines: NDArray[np.object_]  # of shapely.LineString

    def along(self, streets: StreetTree, which: Longs, part: Floats) -> Floats:
        """How far along its street each place is that lies so far along one of the segments."""
        along = streets.shape.along
        return along[self.point[which]] + part * (along[self.point[which] + 1] - along[self.point[which]])


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
    new = np.append(True, (street[1:] != street[:-1]) | (begin[1:] > end[furthest[:-1]] + _TOUCHING))
    last = np.append(np.flatnonzero(new)[1:] - 1, len(street) - 1)
    return Stretches(street=street[new], begin=begin[new], end=end[furthest[last]])


def points_on(streets: StreetTree, street: Longs, fraction: Floats) -> tuple[Floats, Floats]:
    """Where on the plane these fractions of streets are."""
    if not len(street):
        return np.zeros(0), np.zeros(0)
    owner, point = _points_of(streets, street)
    # Two for each row, so that the end of one is not the beginning of the next.
    key, at = 2.0 * owner + streets.shape.along[point], 2.0 * np.arange(len(street)) + fraction
    return np.interp(at, key, streets.shape.x[point]), np.interp(at, key, streets.shape.y[point])


def lines_of(streets: StreetTree, stretches: Stretches) -> list[Floats]:
    """The line of each stretch: [n, 2] latitudes and longitudes, n at least two."""
    if not len(stretches.street):
        return []
    owner, point = _points_of(streets, stretches.street)
    row = np.arange(len(stretches.street))
    along = streets.shape.along[point]
    key, at = 2.0 * owner + along, 2.0 * np.tile(row, 2) + np.append(stretches.begin, stretches.end)
    between = (along > stretches.begin[owner]) & (along < stretches.end[owner])
    lat_lon = [
        np.append(values[point][between], np.interp(at, key, values[point]))
        for values in (streets.network.point_lat, streets.network.point_lon)
    ]
    order = np.argsort(np.append(key[between], at), kind="stable")
    count = np.bincount(owner[between], minlength=len(row)) + 2
    return np.split(np.column_stack(lat_lon)[order], np.cumsum(count)[:-1])


def segments_of(streets: StreetTree, pieces: Longs) -> Segments:
    """The segments of some of the pieces of the tree."""
    first, count = streets.pieces.first[pieces], streets.pieces.last[pieces] - streets.pieces.first[pieces]
    owner, point = _spread(first, count)
    ends = np.stack((point, point + 1), axis=1)
    lines = shapely.linestrings(np.stack((streets.shape.x[ends], streets.shape.y[ends]), axis=2))
    return Segments(street=streets.pieces.street[pieces][owner], point=point, lines=np.asarray(lines))


def inside(streets: StreetTree, area: BaseGeometry) -> Stretches:
    """Where streets lie inside an area, but for what is too short to mean anything; nothing where it has no extent."""
    if area.area <= 0.0:
        return NOTHING
    shapely.prepare(area)
    near = streets.tree.query(area, predicate="intersects")
    whole = shapely.contains_properly(area, streets.boxes[near])
    pieces, along, within = streets.pieces, streets.shape.along, near[whole]
    wholly = Stretches(pieces.street[within], along[pieces.first[within]], along[pieces.last[within]])
    held = joined((wholly, _partly_inside(streets, area, near[~whole])))
    meant = (held.end - held.begin) * streets.length_m[held.street] >= _LEAST_M
    return Stretches._make(column[meant] for column in held)


def _partly_inside(streets: StreetTree, area: BaseGeometry, near: Longs) -> Stretches:
    """Segments are cut where they cross the edge, and each part is inside if its middle is."""
    segments = segments_of(streets, near)
    owner, cut = crossings(streets, segments, area.boundary)
    every = np.arange(len(segments.street))
    owner, cut = np.concatenate((owner, every, every)), np.concatenate((cut, np.zeros(len(every)), np.ones(len(every))))
    order = np.lexsort((cut, owner))
    owner, cut = owner[order], cut[order]
    part = np.flatnonzero((owner[1:] == owner[:-1]) & (cut[1:] > cut[:-1]))
    owner, begin, end = owner[part], cut[part], cut[part + 1]
    point, middle = segments.point[owner], (begin + end) / 2
    x, y = (
        values[point] + middle * (values[point + 1] - values[point]) for values in (streets.shape.x, streets.shape.y)
    )
    held = shapely.contains_xy(area, x, y)
    begin, end = (segments.along(streets, owner, at) for at in (begin, end))
    return Stretches(segments.street[owner][held], begin[held], end[held])


def crossings(streets: StreetTree, segments: Segments, lines: BaseGeometry) -> tuple[Longs, Floats]:
    """Which segments these lines cross or touch, and how far along the segment; a line along one does neither."""
    edges = _edges(shapely.segmentize(lines, _LONGEST_EDGE_M))
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
    meets = (along_segment >= 0.0) & (along_segment <= 1.0) & (along_edge >= 0.0) & (along_edge <= 1.0)
    return segment[meets], along_segment[meets]


def _edges(lines: BaseGeometry) -> Floats:
    """[E, 2, 2] the straight edges: ends, and x and y."""
    coordinates, owner = shapely.get_coordinates(shapely.get_parts(lines), return_index=True)
    edges: Floats = np.stack((coordinates[:-1], coordinates[1:]), axis=1)[owner[1:] == owner[:-1]]
    return edges


def _points_of(streets: StreetTree, street: Longs) -> tuple[Longs, Longs]:
    """For each street its number in the row and its points, one by one."""
    start = streets.network.street_point_start
    return _spread(start[street], start[street + 1] - start[street])


def _spread(first: Longs, count: Longs) -> tuple[Longs, Longs]:
    """For first (7, 3) and count (2, 3) the owners (0, 0, 1, 1, 1) and what they own (7, 8, 3, 4, 5)."""
    owner = np.repeat(np.arange(len(count)), count)
    return owner, np.arange(len(owner)) + (first - np.cumsum(count) + count)[owner]
