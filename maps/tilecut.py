"""The map at one zoom, cut into what each of its tiles holds.

It decides how much detail a zoom keeps and how far a tile reaches over its edge. It leaves the bytes to `tiles`.
Coordinates are the units of the Mapbox Vector Tile specification 2.1: 4096 to a tile's side, y downward.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum
from itertools import pairwise
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import shapely

from maps import legend
from maps.features import on_the_square

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from arls.geo import Bounds
    from maps.features import Bools, Features, Ints, Shapes

EXTENT: Final = 4096
# MapLibre draws a tile at 512 pixels, so 8 units are one: a line 20 pixels wide goes on over the edge unbroken.
_MARGIN: Final = 80
# Half a pixel is not seen. The deepest tiles are drawn up to 8 times larger, so they keep nearly every point.
_TOLERANCE: Final = 4.0
_DEEPEST_TOLERANCE: Final = 0.5
_SMALLEST_AREA: Final = 16.0**2  # 2 x 2 pixels


class _Dimension(IntEnum):
    """Of a shape, as shapely counts."""

    POINT = 0
    LINE = 1
    AREA = 2


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Content:
    """What one tile holds: one shape of many parts for each entry."""

    x: int
    y: int
    shapes: Shapes  # [C] in the tile's own units, whole ones for areas; outer rings have a positive area
    entries: Sequence[legend.Entry]  # [C]


def contents(features: Features, zoom: int) -> Iterator[Content]:
    """The tiles of one zoom that hold anything and touch the bounds, by row and column."""
    entries, entry = _entries_at(features, zoom)
    drawn = entry >= 0
    shapes, visible = _generalised(features.shapes[drawn], zoom)
    entry = entry[drawn][visible]
    tile, member = _spread(shapes, features.bounds, zoom)
    order = np.argsort(tile, kind="stable")
    tiles, starts = np.unique(tile[order], return_index=True)
    for number, (start, stop) in zip(tiles.tolist(), pairwise((*starts, len(order))), strict=True):
        y, x = divmod(number, 1 << zoom)
        members = member[order[start:stop]]
        held, which = _cut(shapes[members], entry[members], x=x, y=y)
        if len(held):
            yield Content(x=x, y=y, shapes=held, entries=[entries[each] for each in which])


def _entries_at(features: Features, zoom: int) -> tuple[list[legend.Entry], Ints]:
    """The entries that this zoom tells apart, and the one of each feature: -1 where it is not drawn yet."""
    known: dict[legend.Entry, int] = {}
    numbers = [
        known.setdefault(entry.at(zoom), len(known)) if entry.from_zoom <= zoom else -1 for entry in features.entries
    ]
    return list(known), np.array(numbers, np.int64)[features.entry]


def _generalised(shapes: Shapes, zoom: int) -> tuple[Shapes, Bools]:
    """The shapes that are large enough to see, in units and with as many points as the zoom needs; which they are."""
    deepest = zoom == legend.MAX_ZOOM
    shapes = shapely.transform(shapes, lambda square: square * (EXTENT << zoom))
    areas = shapely.get_dimensions(shapes) == _Dimension.AREA
    visible = ~areas | deepest | (shapely.area(shapes) >= _SMALLEST_AREA)
    return shapely.simplify(shapes[visible], _DEEPEST_TOLERANCE if deepest else _TOLERANCE), visible


def _spread(shapes: Shapes, bounds: Bounds, zoom: int) -> tuple[Ints, Ints]:
    """Which tile (row * tiles in a row + column) may hold which shape: pairs, by the boxes round the shapes."""
    corners = on_the_square(np.array([(bounds.west, bounds.north), (bounds.east, bounds.south)]))
    lowest, highest = np.floor(corners * (1 << zoom))
    boxes = shapely.bounds(shapes).reshape(-1, 2, 2)
    margin = np.where(shapely.get_dimensions(shapes) == _Dimension.POINT, 0, _MARGIN)[:, None]  # a name is written once
    first = np.maximum(np.floor((boxes[:, 0] - margin) / EXTENT), lowest).astype(np.int64)
    last = np.minimum(np.floor((boxes[:, 1] + margin) / EXTENT), highest).astype(np.int64)
    columns, rows = np.maximum(last - first + 1, 0).T
    tiles = columns * rows
    member = np.repeat(np.arange(len(shapes)), tiles)
    nth = np.arange(len(member)) - np.repeat(np.cumsum(tiles) - tiles, tiles)
    row, column = np.divmod(nth, columns[member])
    return ((first[member, 1] + row) << zoom) + first[member, 0] + column, member


def _cut(shapes: Shapes, entry: Ints, *, x: int, y: int) -> tuple[Shapes, Ints]:
    """What of the shapes lies in one tile, joined by entry, and the entry of each."""
    corner = np.array((x, y)) * EXTENT
    low, high = corner - _MARGIN, corner + EXTENT + _MARGIN
    clipped = shapely.transform(shapely.clip_by_rect(shapes, *low, *high), lambda units: units - corner)
    dimension = shapely.get_dimensions(shapes)
    joined = [_joined(clipped[dimension == each], entry[dimension == each], each) for each in _Dimension]
    return np.concatenate([shape for shape, _ in joined]), np.concatenate([which for _, which in joined])


def _joined(shapes: Shapes, entry: Ints, dimension: _Dimension) -> tuple[Shapes, Ints]:
    """One shape of many parts for each entry: few features make small tiles, and streets whose names fit."""
    if dimension == _Dimension.AREA:
        shapes = _on_whole_units(shapes)
    parts, shape = shapely.get_parts(shapes, return_index=True)
    kept = np.flatnonzero((shapely.get_dimensions(parts) == dimension) & ~shapely.is_empty(parts))
    kept = kept[np.argsort(entry[shape[kept]], kind="stable")]
    which, group = np.unique(entry[shape[kept]], return_inverse=True)
    parts = parts[kept]
    many: Any  # of arrays shapely makes arrays, but its types do not say so
    match dimension:
        case _Dimension.AREA:
            many = shapely.multipolygons(shapely.orient_polygons(parts), indices=group)
        case _Dimension.LINE:
            many = shapely.line_merge(shapely.multilinestrings(parts, indices=group), directed=True)
        case _Dimension.POINT:
            many = shapely.multipoints(parts, indices=group)
    return many, which


def _on_whole_units(areas: Shapes) -> Shapes:
    """Valid areas whose corners are whole units: rounding one by one would let rings cross themselves."""
    crossed = ~shapely.is_valid(areas)
    areas[crossed] = shapely.make_valid(areas[crossed])
    return shapely.set_precision(areas, 1.0)
