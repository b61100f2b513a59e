"""The sea of an extract, told from its coastlines.

It decides where an extract says enough to tell sea from land; where a coastline ends within the extract, as on the
edge of one that was cut along a border, it does not, and nothing is drawn there.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np
import shapely

if TYPE_CHECKING:
    from arls.geo import Bounds
    from maps.features import Floats, Ints, Shapes

_ASIDE_DEG: Final = 2e-8  # a step off the line, shorter than the 1e-7 degrees to which OSM knows places
_SURE: Final = 0.9  # of the coast round a piece; one islet drawn the wrong way round does not drain a sea


def sea_of(coasts: Shapes, bounds: Bounds) -> Shapes:
    """The areas of sea within the bounds, in degrees, from coastlines that keep it on their right.

    Source: wiki.openstreetmap.org/wiki/Tag:natural=coastline.
    """
    box = shapely.box(bounds.west, bounds.south, bounds.east, bounds.north)
    lines = shapely.intersection(shapely.union_all(coasts), box)
    pieces = shapely.get_parts(shapely.polygonize([shapely.union(lines, box.exterior)]))
    right, left = _beside(coasts)
    sea, land = _hits(pieces, right), _hits(pieces, left)
    return pieces[(sea > 0) & (sea >= _SURE * (sea + land))]


def _beside(coasts: Shapes) -> tuple[Floats, Floats]:
    """A place [N, 2] just to the right and one just to the left of the middle of each stretch of coast."""
    points, line = shapely.get_coordinates(coasts, return_index=True)
    ahead = np.diff(points, axis=0)
    length = np.hypot(*ahead.T)
    stretch = (np.diff(line) == 0) & (length > 0)
    middle = (points[:-1] + points[1:])[stretch] / 2
    to_right = (ahead[:, ::-1] * (1, -1))[stretch] * (_ASIDE_DEG / length[stretch, None])
    return middle + to_right, middle - to_right


def _hits(pieces: Shapes, places: Floats) -> Ints:
    """How many of the places lie in each piece."""
    _, piece = shapely.STRtree(pieces).query(shapely.points(places), predicate="within")
    return np.bincount(piece, minlength=len(pieces))
