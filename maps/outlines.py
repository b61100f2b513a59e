"""Shapes of closures from GeoJSON (RFC 7946) and to it.

It decides which geometries are shapes, and refuses every other in a sentence that names the fix. Which roads a shape
shuts is the roads' to say.
"""

from __future__ import annotations

import reprlib
from math import isfinite
from typing import TYPE_CHECKING, Any, NoReturn

import shapely

from arls.closure import MOST_POSITIONS, Area, Line, Point
from arls.geo import Position

if TYPE_CHECKING:
    from arls.closure import Ring, Shape

# What `shape_of` reads, as JSON Schema.
_POSITION = {"type": "array", "items": {"type": "number"}, "minItems": 2}
_POSITIONS = {"type": "array", "items": _POSITION}
_RINGS = {"type": "array", "items": _POSITIONS}
_KINDS: dict[str, Any] = {
    "Point": _POSITION,
    "LineString": _POSITIONS,
    "Polygon": _RINGS,
    "MultiPolygon": {"type": "array", "items": _RINGS},
}
GEOMETRY_SCHEMA: dict[str, Any] = {
    "oneOf": [
        {
            "type": "object",
            "properties": {"type": {"const": kind}, "coordinates": coordinates},
            "required": ["type", "coordinates"],
        }
        for kind, coordinates in _KINDS.items()
    ]
}


class OutlineError(ValueError):
    """This is the shape of no closure; the text is one sentence that names the fix."""


def shape_of(geometry: object) -> Shape:
    """The shape that a GeoJSON geometry draws. Raises OutlineError for whatever is none."""
    if not isinstance(geometry, dict):
        raise OutlineError("a geometry is an object with `type` and `coordinates`")
    kind, coordinates = geometry.get("type"), geometry.get("coordinates")
    if not isinstance(kind, str) or kind not in _KINDS:
        said = reprlib.repr(kind)
        raise OutlineError(
            f"a closure is a {', '.join(_KINDS)}, and {said} is none of them: draw several if it needs them"
        )
    if not isinstance(coordinates, list) or not coordinates:
        raise OutlineError(f"this {kind} is empty: it has no coordinates")
    _refuse_many(coordinates)
    match kind:
        case "Point":
            return Point(position=_position(coordinates))
        case "LineString":
            return _line(coordinates)
        case "Polygon":
            return Area(polygons=(_polygon(coordinates),))
        case _:
            return Area(polygons=tuple(_polygon(rings) for rings in coordinates))


def geometry_of(shape: Shape) -> dict[str, Any]:
    """The GeoJSON geometry of a shape."""
    match shape:
        case Point(position=position):
            return {"type": "Point", "coordinates": _pair(position)}
        case Line(positions=positions):
            return {"type": "LineString", "coordinates": [_pair(at) for at in positions]}
        case Area(polygons=(rings,)):
            return {"type": "Polygon", "coordinates": _pairs(rings)}
        case Area(polygons=polygons):
            return {"type": "MultiPolygon", "coordinates": [_pairs(rings) for rings in polygons]}


def _pair(position: Position) -> list[float]:
    return [position.lon, position.lat]


def _pairs(rings: tuple[Ring, ...]) -> list[list[list[float]]]:
    return [[_pair(at) for at in ring] for ring in rings]


def _refuse_many(coordinates: list[Any]) -> None:
    """Raise if these are more positions than a closure has, before anything is made of them."""
    count, waiting = 0, [coordinates]
    while waiting:
        part = waiting.pop()
        inner = [one for one in part if isinstance(one, list)]
        waiting += inner
        count += bool(part) and not inner
        if count > MOST_POSITIONS:
            raise OutlineError(f"a closure has at most {MOST_POSITIONS:,} positions: draw it simpler, or as several")


def _line(coordinates: list[Any]) -> Line:
    positions = tuple(map(_position, coordinates))
    if len(set(positions)) < 2:
        raise OutlineError("a LineString has two different positions at least: for one place use a Point")
    return Line(positions=positions)


def _polygon(rings: object) -> tuple[Ring, ...]:
    if not isinstance(rings, list) or not rings:
        raise OutlineError("a polygon has one ring at least: its outline, then its holes")
    made = tuple(map(_ring, rings))
    outline, *holes = ([(at.lon, at.lat) for at in ring] for ring in made)
    drawn = shapely.Polygon(outline, holes)
    if not drawn.is_valid:
        _refuse_invalid(shapely.is_valid_reason(drawn))
    return made


def _refuse_invalid(reason: str) -> NoReturn:
    """Raise with GEOS's reason, `Self-intersection[-1.9 52.5]`, in words."""
    what, _, place = reason.rstrip("]").partition("[")
    lon, _, lat = place.partition(" ")
    near = f" near latitude {lat}, longitude {lon}" if lat else ""
    said = "its outline crosses itself" if what.endswith("elf-intersection") else what.lower()
    raise OutlineError(f"this is no polygon: {said}{near}; draw its outline without a crossing")


def _ring(coordinates: object) -> Ring:
    if not isinstance(coordinates, list):
        raise OutlineError("a ring is a list of positions, each [longitude, latitude]")
    ring = tuple(map(_position, coordinates))
    if len(ring) < 4 or ring[0] != ring[-1]:
        raise OutlineError("a ring has four positions at least, and the last is the first again")
    if not shapely.LinearRing([(at.lon, at.lat) for at in ring]).convex_hull.area > 0:
        raise OutlineError("this ring encloses nothing: for a road use a LineString")
    return ring


def _position(pair: object) -> Position:
    if not isinstance(pair, list) or len(pair) < 2 or not all(map(_is_number, pair[:2])):
        raise OutlineError(f"a position is [longitude, latitude] in degrees, not {reprlib.repr(pair)}")
    lon, lat = float(pair[0]), float(pair[1])
    try:
        return Position(lat=lat, lon=lon)
    except ValueError as error:
        raise OutlineError(f"{error}; a position is [longitude, latitude], in this order") from None


def _is_number(value: object) -> bool:
    # An integer of five hundred digits is JSON, and no float.
    return isinstance(value, int | float) and not isinstance(value, bool) and abs(value) < 1e6 and isfinite(value)
