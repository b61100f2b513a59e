"""Shapes in which PIDF-LO says where somebody is (RFC 5491, section 5), each as one place and a radius round it.

It decides where the best single place of a shape lies and how far from it the truth may be. Only WGS 84, metres and
degrees are read: anything else is refused, never guessed.
"""

from __future__ import annotations

from math import cos, radians, sin, sqrt
from typing import TYPE_CHECKING, NamedTuple

from shapely import Polygon

from arls.geo import Position, metres_between, moved
from gateways.decoders.message import DecodeError, decimal_of, position_of
from gateways.decoders.xml_tree import children, find_child, local_name

if TYPE_CHECKING:
    from collections.abc import Callable
    from xml.etree.ElementTree import Element

# RFC 5491, sections 5.1 and 5.2: coordinate systems of two and of three dimensions, and the units of all shapes.
_DIMENSIONS = {"urn:ogc:def:crs:EPSG::4326": 2, "urn:ogc:def:crs:EPSG::4979": 3}
_METRE = "urn:ogc:def:uom:EPSG::9001"
_DEGREE = "urn:ogc:def:uom:EPSG::9102"

# Half way round the earth: no caller is less well known than that.
_LONGEST_M = 20_000_000.0
_WIDEST_DEG = 180


class Place(NamedTuple):
    """A place and how far from it the truth may be; None for a point, which does not say."""

    lat: float
    lon: float
    altitude_m: float | None = None  # above the ellipsoid
    radius_m: float | None = None


def is_shape(element: Element) -> bool:
    """True for an element that says where, in coordinates."""
    return local_name(element) in _READERS


def place_of(shape: Element) -> Place:
    """The place of a shape. Raises DecodeError."""
    dimensions = _DIMENSIONS.get(shape.get("srsName", ""))
    if dimensions is None:
        raise DecodeError("crs_unsupported")  # not what stood there: a caller's number may have slipped into it
    return _READERS[local_name(shape)](shape, dimensions)


def _point(shape: Element, _: int) -> Place:
    return _centre(shape)


def _round(shape: Element, _: int) -> Place:
    """Circle and Sphere."""
    return _centre(shape)._replace(radius_m=_length(shape, "radius"))


def _long(shape: Element, _: int) -> Place:
    """Ellipse and Ellipsoid: the circle round them, for the longer half axis may lie in any direction."""
    axes = [_length(shape, name) for name in ("semiMajorAxis", "semiMinorAxis")]
    return _centre(shape)._replace(radius_m=max(axes))


def _arc_band(shape: Element, _: int) -> Place:
    """A part of a ring round a mast: its centroid, since the mast is where the caller is not."""
    mast = _centre(shape)
    inner_m, outer_m = _length(shape, "innerRadius"), _length(shape, "outerRadius")
    start, opening = _angle(shape, "startAngle"), _angle(shape, "openingAngle")
    if not (inner_m < outer_m and 0 < opening <= 360):
        raise DecodeError("bad_arc_band")
    half = radians(opening / 2)
    # The centroid of a ring sector, and the corner of it that is farthest from there.
    ring_m = 2 / 3 * (outer_m**3 - inner_m**3) / (outer_m**2 - inner_m**2)
    away_m = max(0.0, ring_m * sin(half) / half)
    corners = (edge**2 + away_m**2 - 2 * edge * away_m * cos(half) for edge in (inner_m, outer_m))
    centroid = moved(Position(lat=mast.lat, lon=mast.lon), course_deg=(start + opening / 2) % 360, distance_m=away_m)
    return Place(centroid.lat, centroid.lon, mast.altitude_m, sqrt(max(corners)))


def _polygon(shape: Element, dimensions: int) -> Place:
    return _enclosed(_corners(shape, dimensions))


def _prism(shape: Element, dimensions: int) -> Place:
    """A polygon lifted: the middle of its height."""
    base = find_child(shape, "base")
    floor = None if base is None else find_child(base, "Polygon")
    if floor is None:
        raise DecodeError("bad_prism")
    place = _enclosed(_corners(floor, dimensions))
    height_m = _length(shape, "height")
    middle_m = None if place.altitude_m is None else place.altitude_m + height_m / 2
    return place._replace(altitude_m=middle_m)


_READERS: dict[str, Callable[[Element, int], Place]] = {
    "Point": _point,
    "Circle": _round,
    "Sphere": _round,
    "Ellipse": _long,
    "Ellipsoid": _long,
    "ArcBand": _arc_band,
    "Polygon": _polygon,
    "Prism": _prism,
}


def _enclosed(corners: list[Place]) -> Place:
    """The centroid of a polygon, and the distance to its farthest corner."""
    if len(corners) < 4 or corners[0][:2] != corners[-1][:2]:
        raise DecodeError("bad_polygon", f"{len(corners)} corners, or not closed")
    lons, lats = [corner.lon for corner in corners], [corner.lat for corner in corners]
    if max(lons) - min(lons) > _WIDEST_DEG:
        raise DecodeError("bad_polygon", "half the earth or more")
    area = Polygon(zip(lons, lats, strict=True))
    # One that crosses itself has no centroid worth the name; what lies round it has.
    centroid = (area if area.is_valid else area.convex_hull).centroid
    place = Position(lat=centroid.y, lon=centroid.x)
    radius_m = max(metres_between(place, Position(lat=corner.lat, lon=corner.lon)) for corner in corners)
    return Place(place.lat, place.lon, corners[0].altitude_m, radius_m)


def _corners(polygon: Element, dimensions: int) -> list[Place]:
    """The corners of the outer ring, from one list of numbers or from an element for each."""
    exterior = find_child(polygon, "exterior")
    ring = None if exterior is None else find_child(exterior, "LinearRing")
    if ring is None:
        raise DecodeError("bad_polygon", "no ring")
    listed = find_child(ring, "posList")
    if listed is None:
        return [_place(_numbers(corner)) for corner in children(ring, "pos")]
    step = {"2": 2, "3": 3}.get(listed.get("srsDimension", ""), dimensions)
    numbers = _numbers(listed)
    if len(numbers) % step:
        raise DecodeError("bad_polygon", f"{len(numbers)} numbers")
    return [_place(numbers[at : at + step]) for at in range(0, len(numbers), step)]


def _centre(shape: Element) -> Place:
    position = find_child(shape, "pos")
    if position is None:
        raise DecodeError("position_missing")
    return _place(_numbers(position))


def _place(numbers: list[float]) -> Place:
    """Latitude, longitude, and perhaps an altitude, which senders also write in two dimensions."""
    match numbers:
        case [lat, lon, *altitude] if len(altitude) <= 1:
            return Place(*position_of(lat, lon), altitude[0] if altitude else None)
        case _:
            raise DecodeError("bad_position", f"{len(numbers)} numbers")


def _numbers(element: Element) -> list[float]:
    numbers = [decimal_of(word) for word in (element.text or "").split()]
    if None in numbers:
        raise DecodeError("bad_position", "not numbers")
    return [number for number in numbers if number is not None]


def _length(shape: Element, name: str) -> float:
    metres = _quantity(shape, name, _METRE)
    if not 0 <= metres <= _LONGEST_M:
        raise DecodeError("bad_length", name)
    return metres


def _angle(shape: Element, name: str) -> float:
    degrees = _quantity(shape, name, _DEGREE)
    if not -360 <= degrees <= 360:
        raise DecodeError("bad_angle", name)
    return degrees


def _quantity(shape: Element, name: str, unit: str) -> float:
    element = find_child(shape, name)
    number = None if element is None else decimal_of((element.text or "").strip())
    if element is None or number is None:
        raise DecodeError("size_missing", name)
    if element.get("uom") != unit:
        raise DecodeError("unit_unsupported", name)
    return number
