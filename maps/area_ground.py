"""The shapes of a file of areas as valid polygons in degrees, or a sentence that says which is none and why.

It decides which coordinates can be meant. What the areas are called is `area_rows`' to read.
"""

from __future__ import annotations

from math import cos, isfinite, pi
from typing import TYPE_CHECKING, Any, NoReturn

import numpy as np
import shapely
from pyproj import CRS
from pyproj.exceptions import CRSError

from arls.geo import LocalPlane, Position
from maps.area_rows import AreaError, number_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    import geopandas
    from numpy.typing import NDArray

    Shapes = NDArray[np.object_]

_DEGREES, _GRID = "EPSG:4326", "EPSG:27700"
# Ordnance Survey, "A guide to coordinate systems in Great Britain", section 7: the grid's 7 by 13 squares of 100 km.
_GRID_M = (0.0, 0.0, 700_000.0, 1_300_000.0)
# Latitudes and longitudes of the British Isles, the wrong way round: open sea off Somalia.
_SWAPPED = (49.0, -9.0, 61.0, 2.0)
# Corners of a quarter of the circle that is drawn round a point.
_CORNERS = 16


def grounded(
    frame: geopandas.GeoDataFrame,
    file: str,
    names: Sequence[str],
    *,
    crs: str | None,
    radii_m: Sequence[Any],
) -> Shapes:
    """The shapes in degrees, each a valid polygon; a point becomes a circle of its radius. Raises AreaError."""
    shapes: Shapes = shapely.force_2d(np.asarray(frame.geometry.values, dtype=object))
    wheres = [f"{file}: {name}" for name in names]
    for where, shape in zip(wheres, shapes, strict=True):
        _refuse_empty(where, shape)
    said = _crs_of(frame, file, crs)
    _refuse_contradiction(shapes, wheres, said, file)
    degrees = np.asarray(frame.set_geometry(shapes).set_crs(said, allow_override=True).to_crs(_DEGREES).geometry.values)
    made = [
        _circle(shape, radius, where) if shape.geom_type == "Point" else _polygon(shape, where)
        for shape, radius, where in zip(degrees, radii_m, wheres, strict=True)
    ]
    # RFC 7946, section 3.1.6: outer rings run anticlockwise.
    return np.asarray(shapely.orient_polygons(np.array(made, dtype=object)))


def _refuse_empty(where: str, shape: Any) -> None:
    if shape is None:
        raise AreaError(f"{where} has no shape that can be read: a ring that does not close, or none at all")
    if shape.is_empty:
        raise AreaError(f"{where} is empty")
    if not np.isfinite(shapely.get_coordinates(shape)).all():
        raise AreaError(f"{where} has a coordinate that is no number")


def _crs_of(frame: geopandas.GeoDataFrame, file: str, crs: str | None) -> CRS:
    if crs is not None:
        try:
            return CRS.from_user_input(crs)
        except CRSError:
            raise AreaError(f"{file}: {crs!r} is no CRS: say {_GRID} (National Grid) or {_DEGREES} (degrees)") from None
    if frame.crs is None:
        guess = _GRID if _within(frame.total_bounds, _GRID_M) and not _are_degrees(frame.total_bounds) else _DEGREES
        raise AreaError(
            f'{file} does not say what its coordinates are: put its .prj beside it, or say crs = "{guess}" for it '
            f"if they are {'British National Grid' if guess == _GRID else 'degrees (WGS 84)'}, as they look"
        )
    return CRS.from_user_input(frame.crs)


def _refuse_contradiction(shapes: Shapes, wheres: Sequence[str], crs: CRS, file: str) -> None:
    box = shapely.total_bounds(shapes)
    each = shapely.bounds(shapes)
    if crs.is_geographic:
        wrong = [where for where, bounds in zip(wheres, each, strict=True) if not _are_degrees(bounds)]
        if wrong and _within(box, _GRID_M):
            _refuse_crs(file, "British National Grid", "WGS 84", _GRID)
        if wrong:
            raise AreaError(f"{wrong[0]} lies beyond 180 degrees of longitude or 90 of latitude: it is not in degrees")
        if _within(box, _SWAPPED):
            raise AreaError(f"{file}: latitude and longitude look swapped: each pair is longitude, then latitude")
        return
    said = "British National Grid" if _is_grid(crs) else crs.name
    if _are_degrees(box):
        _refuse_crs(file, "degrees (WGS 84)", said, _DEGREES)
    if _is_grid(crs):
        for where, bounds in zip(wheres, each, strict=True):
            if not _within(bounds, _GRID_M):
                raise AreaError(f"{where} lies off the British National Grid, in which {file} says it is")


def _refuse_crs(file: str, look: str, said: str, crs: str) -> NoReturn:
    raise AreaError(f'{file}: coordinates look like {look} but the file says {said}: say crs = "{crs}" for it')


def _is_grid(crs: CRS) -> bool:
    return crs.to_epsg() == 27700 or "british national grid" in crs.name.replace("_", " ").lower()


def _within(bounds: Any, box: tuple[float, float, float, float]) -> bool:
    west, south, east, north = map(float, bounds)
    return box[0] <= west and box[1] <= south and east <= box[2] and north <= box[3]


def _are_degrees(bounds: Any) -> bool:
    return _within(bounds, (-180.0, -90.0, 180.0, 90.0))


def _circle(point: Any, radius: Any, where: str) -> Any:
    radius_m = number_of(radius, where, "radius_m")
    if radius_m is None or not (0 < radius_m <= 100_000 and isfinite(radius_m)):
        raise AreaError(f"{where} is a point: say its `radius_m`, from 0 to 100,000 m, or draw a polygon")
    plane = LocalPlane(Position(lat=float(point.y), lon=float(point.x)))
    # Its corners lie a little outside, so that whatever is within the radius is inside.
    circle = shapely.Point(0.0, 0.0).buffer(radius_m / cos(pi / (4 * _CORNERS)), quad_segs=_CORNERS)
    x, y = shapely.get_coordinates(circle).T
    lats, lons = plane.degrees_of(x=x, y=y)
    return shapely.Polygon(np.column_stack((lons, lats)))


def _polygon(shape: Any, where: str) -> Any:
    if shape.geom_type not in {"Polygon", "MultiPolygon"}:
        raise AreaError(
            f"{where} is a {shape.geom_type}: an area is a Polygon, a MultiPolygon, or a Point with a radius"
        )
    if not shape.is_valid:
        what, _, place = shapely.is_valid_reason(shape).rstrip("]").partition("[")
        lon, _, lat = place.partition(" ")
        near = f" near latitude {float(lat):.5f}, longitude {float(lon):.5f}" if lat else ""
        crossed = what.endswith("elf-intersection")
        said = "its outline crosses itself" if crossed else f"it is broken ({what.lower()})"
        raise AreaError(f"{where}: {said}{near}; mend it, in QGIS by Fix geometries, and look at what that made")
    if not shape.area > 0:
        raise AreaError(f"{where} encloses nothing")
    return shape
