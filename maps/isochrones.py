"""Isochrones: the ground that is reached within so many minutes, as polygons with holes where nobody gets in time.

It decides how far from a road the ground still counts, and how finely it is drawn. What each place beside the road
takes is the roads' to say (`arls.roads.ground`), so that an outline agrees with the ETA of an incident there.

The ground counts up to 50 m from a road, and where roads enclose less than 7 ha (a block, a green) all of it, once all
roads round it are reached. So a river, a wood and an airfield stay open unless there is a road through them. Outlines
are contours of one grid, and each holds the one before it.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING

import contourpy
import numpy as np
import shapely
from scipy import ndimage

from arls.roads.ground import Grid, Ground, grid_about, ground_of
from arls.roads.legs import legs_of, lines_of
from arls.roads.profile import WALK_MPS

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from numpy.typing import NDArray
    from shapely.geometry.base import BaseGeometry

    from arls.geo import LocalPlane
    from arls.roads.network import Network
    from arls.roads.spread import Spread

    Floats = NDArray[np.float64]

# Houses and their gardens stand so near to a road.
OFF_ROAD_M = 50.0
# A city block; the square of a park that one crosses on foot. What is larger keeps its hole.
ENCLOSED_M2 = 70_000.0
# Where streets are 50 m apart a cell of 20 m tells them apart. A grid of so many nodes takes about 0.2 s.
_FINEST_M = 20.0
_NODES = 400_000
# Parts and holes of fewer cells are noise of the grid, and so is what an outline bends by less than this of a cell.
_SPECK_CELLS = 4.0
_BEND_CELLS = 0.2
# RFC 7946, section 11.2; the layers are written with as many decimals.
_STEP_DEG = 1e-7


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Isochrone:
    """What is reached within so many minutes."""

    minutes: float
    shape: shapely.MultiPolygon  # longitudes and latitudes, valid, outer rings counter-clockwise; empty for nothing
    area_km2: float


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Isochrones:
    """Outlines, the soonest first, each within the next; and how they were drawn."""

    outlines: tuple[Isochrone, ...]
    cell_m: float  # of the grid: what is smaller is not shown
    off_road_m: float  # so far from a road the ground counts


def isochrones_of(network: Network, spread: Spread, minutes: Sequence[float]) -> Isochrones:
    """The outlines of what is reached within each of these minutes, one at least."""
    legs = legs_of(spread, round(max(minutes) * 60_000))
    if not len(legs):
        nothing = tuple(Isochrone(minutes=one, shape=shapely.MultiPolygon(), area_km2=0.0) for one in sorted(minutes))
        return Isochrones(outlines=nothing, cell_m=_FINEST_M, off_road_m=OFF_ROAD_M)
    lines = lines_of(network, legs)
    grid = grid_about(lines, margin_m=OFF_ROAD_M + 3 * _FINEST_M, cell_m=_FINEST_M, nodes=_NODES)
    # A road is never lost between the nodes.
    off_road_m = max(OFF_ROAD_M, grid.cell_m)
    # Beyond that the outline runs between nodes that know how far from the road they are.
    reach_m = off_road_m + 1.5 * grid.cell_m
    ground = _enclosed(ground_of(network, spread, legs, lines, grid=grid, reach_m=reach_m), off_road_m)
    outlines = tuple(_outlines(ground, network.plane, sorted(minutes), off_road_m))
    return Isochrones(outlines=outlines, cell_m=grid.cell_m, off_road_m=off_road_m)


def _enclosed(ground: Ground, off_road_m: float) -> Ground:
    """The same ground, where that within a few roads is as late as the last of the ground round it."""
    far = ground.road_m > off_road_m
    label, count = ndimage.label(far)
    small = np.bincount(label.ravel()) * ground.grid.cell_m**2 < ENCLOSED_M2
    for edge in (label[0], label[-1], label[:, 0], label[:, -1]):
        small[edge] = False
    small[0] = False
    inside = small[label]
    round_it = ndimage.grey_dilation(np.where(inside, label, 0), size=(3, 3))
    round_it[far] = 0
    last_ms = np.asarray(ndimage.maximum(ground.ms, round_it, np.arange(count + 1)))
    return Ground(
        grid=ground.grid,
        ms=np.where(inside, last_ms[label], ground.ms),
        road_m=np.where(inside, 0.0, ground.road_m),
    )


def _outlines(ground: Ground, plane: LocalPlane, minutes: Sequence[float], off_road_m: float) -> Iterator[Isochrone]:
    cell_m = ground.grid.cell_m
    off_m = np.clip(ground.road_m - off_road_m, -cell_m, cell_m)

    def degrees_of(xy: Floats) -> Floats:
        lats, lons = plane.degrees_of(x=xy[:, 0], y=xy[:, 1])
        return np.column_stack((lons, lats))

    before = shapely.MultiPolygon()
    for one in minutes:
        # Both in metres: how far the walk is too long, and how far the place is too far from the road.
        late_m = np.clip((ground.ms - one * 60_000) / 1000 * WALK_MPS, -cell_m, cell_m)
        shape = _simple(_contour(np.maximum(late_m, off_m), ground.grid), cell_m)
        # Where bends were cut off, the outline of a sooner one may stand out.
        united = shapely.get_parts(shapely.union(shapely.transform(shape, degrees_of), before, grid_size=_STEP_DEG))
        # Rounding leaves lines of what is narrower than a step.
        parts = united[shapely.get_type_id(united) == shapely.GeometryType.POLYGON]
        before = shapely.MultiPolygon(shapely.orient_polygons(parts).tolist())
        yield Isochrone(minutes=one, shape=before, area_km2=shape.area / 1e6)


def _contour(z: Floats, grid: Grid) -> list[shapely.Polygon]:
    """Where z is below zero, on the plane."""
    rows, columns = (np.flatnonzero((z < 0.0).any(axis=axis)) for axis in (1, 0))
    if not len(rows):
        return []
    # The nodes at the edge of the grid are outside.
    rows, columns = np.arange(rows[0] - 1, rows[-1] + 2), np.arange(columns[0] - 1, columns[-1] + 2)
    generator = contourpy.contour_generator(
        x=grid.x_m + columns * grid.cell_m,
        y=grid.y_m + rows * grid.cell_m,
        z=z[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1],
        name="serial",
        fill_type=contourpy.FillType.OuterOffset,
    )
    polygons = []
    for points, offsets in zip(*generator.filled(-np.inf, 0.0), strict=True):
        rings = [points[first:behind] for first, behind in pairwise(offsets)]
        polygons.append(shapely.Polygon(rings[0], rings[1:]))
    return polygons


def _simple(polygons: list[shapely.Polygon], cell_m: float) -> BaseGeometry:
    """The polygons without specks and bends of no meaning."""
    speck_m2 = _SPECK_CELLS * cell_m**2
    large = [polygon for polygon in polygons if polygon.area >= speck_m2]
    shape = shapely.MultiPolygon([_without_specks(polygon, speck_m2) for polygon in large])
    simple = shapely.simplify(shape, _BEND_CELLS * cell_m, preserve_topology=False)
    # Where a ring touches itself or another it becomes two, or one.
    return simple if simple.is_valid else shapely.make_valid(simple, method="structure", keep_collapsed=False)


def _without_specks(polygon: shapely.Polygon, speck_m2: float) -> shapely.Polygon:
    rings = [ring for ring in polygon.interiors if shapely.Polygon(ring).area >= speck_m2]
    return shapely.Polygon(polygon.exterior, rings)
