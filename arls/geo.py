"""Where things are: the only place where degrees become metres, or a British grid reference.

It decides what a valid position is. It leaves to others what the position is of.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import TYPE_CHECKING

import numpy as np
from pyproj import CRS, Geod, Transformer

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

    Floats = NDArray[np.float64]

_WGS84 = Geod(ellps="WGS84")

# Two letters name a 100 km square of the National Grid: 5 x 5 squares of 500 km, each of 5 x 5, with no I.
# Ordnance Survey, "A guide to coordinate systems in Great Britain", section 7.
_GRID_LETTERS = "ABCDEFGHJKLMNOPQRSTUVWXYZ"
_SQUARE_M = 100_000
_GRID_EASTING_M = (0, 700_000)
_GRID_NORTHING_M = (0, 1_300_000)
_GRID_FIGURES = frozenset({2, 4, 6, 8, 10})


@dataclass(frozen=True, slots=True, kw_only=True)
class Position:
    """A place on the WGS 84 ellipsoid: `lat` in -90..90 and `lon` in -180..180 degrees, both finite.

    Raises ValueError for anything else.
    """

    lat: float
    lon: float

    def __post_init__(self) -> None:
        if not (-90.0 <= self.lat <= 90.0 and -180.0 <= self.lon <= 180.0):
            raise ValueError(f"no such place: latitude {self.lat}, longitude {self.lon}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Bounds:
    """A box in degrees, `west <= east` and `south <= north`; it never crosses the date line."""

    west: float
    south: float
    east: float
    north: float

    @property
    def centre(self) -> Position:
        """The middle of the box in degrees."""
        return Position(lat=(self.south + self.north) / 2, lon=(self.west + self.east) / 2)

    def holds(self, position: Position) -> bool:
        """True on the edge and within."""
        return self.west <= position.lon <= self.east and self.south <= position.lat <= self.north

    def grown_by(self, margin_m: float) -> Bounds:
        """The box with `margin_m` metres more on each side, cut at the poles."""
        d_lat = margin_m / 111_000.0
        d_lon = d_lat / max(0.01, math.cos(math.radians(self.centre.lat)))
        return Bounds(
            west=max(-180.0, self.west - d_lon),
            south=max(-90.0, self.south - d_lat),
            east=min(180.0, self.east + d_lon),
            north=min(90.0, self.north + d_lat),
        )


class LocalPlane:
    """A flat map in metres round one place: transverse Mercator, true to 1 in 1,000 within 200 km.

    Source: EPSG Guidance Note 7-2, section 3.2.3 (transverse Mercator), by pyproj.
    """

    def __init__(self, origin: Position) -> None:
        self.origin = origin

    @property
    def _forward(self) -> Transformer:
        return _plane_transformer(self.origin)

    def metres_of(self, *, lats: ArrayLike, lons: ArrayLike) -> tuple[Floats, Floats]:
        """Easting and northing from the origin in metres, of arrays of degrees of equal shape."""
        x, y = self._forward.transform(np.asarray(lons, np.float64), np.asarray(lats, np.float64))
        return np.asarray(x, np.float64), np.asarray(y, np.float64)

    def degrees_of(self, *, x: ArrayLike, y: ArrayLike) -> tuple[Floats, Floats]:
        """Latitudes and longitudes in degrees, of arrays of metres of equal shape."""
        lons, lats = self._forward.transform(np.asarray(x, np.float64), np.asarray(y, np.float64), direction="INVERSE")
        return np.asarray(lats, np.float64), np.asarray(lons, np.float64)


@lru_cache(maxsize=32)
def _plane_transformer(origin: Position) -> Transformer:
    crs = CRS.from_proj4(f"+proj=tmerc +lat_0={origin.lat!r} +lon_0={origin.lon!r} +k=1 +datum=WGS84 +units=m")
    return Transformer.from_crs("EPSG:4326", crs, always_xy=True)


def metres_between(a: Position, b: Position) -> float:
    """Geodesic distance in metres (Karney 2013, by pyproj)."""
    return float(_WGS84.inv(a.lon, a.lat, b.lon, b.lat)[2])


def distances_m(*, from_lats: Floats, from_lons: Floats, to_lats: Floats, to_lons: Floats) -> Floats:
    """Geodesic distances in metres between places of degrees, one by one: as `metres_between`, for arrays."""
    return np.asarray(_WGS84.inv(from_lons, from_lats, to_lons, to_lats)[2], np.float64)


def course_between(a: Position, b: Position) -> float:
    """The true course in degrees, 0 <= course < 360, with which the geodesic leaves `a` for `b`."""
    return float(_WGS84.inv(a.lon, a.lat, b.lon, b.lat)[0]) % 360.0


def moved(start: Position, *, course_deg: float, distance_m: float) -> Position:
    """The place `distance_m` metres from `start` on the true course `course_deg`."""
    lon, lat, _ = _WGS84.fwd(start.lon, start.lat, course_deg, distance_m)
    return Position(lat=float(lat), lon=float(lon))


@cache
def _grid() -> Transformer:
    # Without the OSTN15 file pyproj uses a seven-parameter shift, 0.6 to 4 m off: right for 6 and 8 figures.
    return Transformer.from_crs("EPSG:4326", "EPSG:27700", always_xy=True)


def find_grid_reference(position: Position, *, figures: int = 6) -> str | None:
    """The British National Grid reference with 2, 4, 6, 8 or 10 figures (`TQ 300 804`), or None off the grid.

    Ten figures (1 m) claim more than the built-in datum shift holds (0.6 to 4 m).
    """
    if figures not in _GRID_FIGURES:
        raise ValueError(f"a grid reference has 2, 4, 6, 8 or 10 figures, not {figures}")
    easting, northing = _grid().transform(position.lon, position.lat)
    low_e, high_e = _GRID_EASTING_M
    low_n, high_n = _GRID_NORTHING_M
    if not (low_e <= easting < high_e and low_n <= northing < high_n):
        return None
    e100, n100 = int(easting // _SQUARE_M), int(northing // _SQUARE_M)
    # The 500 km squares are counted from the false origin S, two east and one north of the grid's corner V.
    first = (19 - n100) - (19 - n100) % 5 + (e100 + 10) // 5
    second = (19 - n100) * 5 % 25 + e100 % 5
    half = figures // 2
    step = 10 ** (5 - half)
    east, north = int(easting % _SQUARE_M // step), int(northing % _SQUARE_M // step)
    return f"{_GRID_LETTERS[first]}{_GRID_LETTERS[second]} {east:0{half}d} {north:0{half}d}"


def find_grid_position(reference: str) -> Position | None:
    """The centre of the square that a grid reference names, or None when it is not one.

    Spaces and case do not matter: `TQ 300 804`, `tq300804`.
    """
    square = _find_square(reference)
    if square is None:
        return None
    easting_m, northing_m, side_m = square
    lats, lons = grid_degrees_of(eastings_m=[easting_m + side_m / 2], northings_m=[northing_m + side_m / 2])
    return Position(lat=float(lats[0]), lon=float(lons[0]))


def find_grid_square(reference: str) -> Bounds | None:
    """The box in degrees round the square that a grid reference names, or None when it is not one."""
    square = _find_square(reference)
    if square is None:
        return None
    easting_m, northing_m, side_m = square
    lats, lons = grid_degrees_of(
        eastings_m=[easting_m, easting_m + side_m, easting_m, easting_m + side_m],
        northings_m=[northing_m, northing_m, northing_m + side_m, northing_m + side_m],
    )
    return Bounds(west=float(lons.min()), south=float(lats.min()), east=float(lons.max()), north=float(lats.max()))


def grid_degrees_of(*, eastings_m: ArrayLike, northings_m: ArrayLike) -> tuple[Floats, Floats]:
    """Latitudes and longitudes of eastings and northings of the National Grid, of equal shape; good to 0.6 to 4 m.

    Off the grid they are infinite, or mean nothing.
    """
    lons, lats = _grid().transform(
        np.asarray(eastings_m, np.float64), np.asarray(northings_m, np.float64), direction="INVERSE"
    )
    return np.asarray(lats, np.float64), np.asarray(lons, np.float64)


def grid_metres_of(*, lats: ArrayLike, lons: ArrayLike) -> tuple[Floats, Floats]:
    """Eastings and northings on the National Grid of degrees, of equal shape; infinite where it does not reach."""
    eastings, northings = _grid().transform(np.asarray(lons, np.float64), np.asarray(lats, np.float64))
    return np.asarray(eastings, np.float64), np.asarray(northings, np.float64)


def _find_square(reference: str) -> tuple[int, int, int] | None:
    """Easting and northing of the south-west corner and the side, in metres."""
    text = reference.upper().replace(" ", "")
    letters, digits = text[:2], text[2:]
    known = len(letters) == 2 and all(letter in _GRID_LETTERS for letter in letters)
    if not known or not digits.isascii() or not digits.isdigit() or len(digits) not in _GRID_FIGURES:
        return None
    first, second = (_GRID_LETTERS.index(letter) for letter in letters)
    e100 = (first - 2) % 5 * 5 + second % 5
    n100 = 19 - first // 5 * 5 - second // 5
    half = len(digits) // 2
    side_m = 10 ** (5 - half)
    easting_m = e100 * _SQUARE_M + int(digits[:half]) * side_m
    northing_m = n100 * _SQUARE_M + int(digits[half:]) * side_m
    if not (easting_m < _GRID_EASTING_M[1] and 0 <= northing_m < _GRID_NORTHING_M[1]):
        return None
    return easting_m, northing_m, side_m
