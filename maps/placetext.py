"""What a caller or another system says in numbers: degrees in either notation, grid references, postcodes, addresses.

It decides which texts are such, and refuses to guess: what can be read in two ways is told in both. British grid
references go by Ordnance Survey, "A guide to coordinate systems in Great Britain", section 7.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

import msgspec

from arls.geo import Position, find_grid_position, find_grid_reference, find_grid_square, grid_degrees_of
from maps.named import Kind, Named

if TYPE_CHECKING:
    from arls.geo import Bounds

_NUMBER: Final = r"[+-]?\d{1,3}(?:\.\d+)?"
_PAIR: Final = re.compile(rf"^({_NUMBER})\s*[,;\s]\s*({_NUMBER})$")
_LABELLED: Final = re.compile(
    rf"^lat(?:itude)?\s*[:=]?\s*({_NUMBER})\s*[,;]?\s*(?:lon|lng|long|longitude)\s*[:=]?\s*({_NUMBER})$", re.IGNORECASE
)
_GEO_URI: Final = re.compile(rf"^geo:({_NUMBER}),({_NUMBER})(?:[,;?].*)?$", re.IGNORECASE)  # RFC 5870, section 3.3
# One coordinate: degrees, and minutes and seconds where they are given.
_PART: Final = (
    r"(?P<d{0}>\d{{1,3}}(?:\.\d+)?)\s*[\u00b0\u00baod:\s]?\s*"
    r"(?:(?P<m{0}>\d{{1,2}}(?:\.\d+)?)\s*['\u2032\u2019m:\s]?\s*)?"
    r"(?:(?P<s{0}>\d{{1,2}}(?:\.\d+)?)\s*(?:\"|\u2033|\u201d|''|s)?)?\s*"
)
_HEMISPHERE: Final = r"(?P<h{0}>[NSEW])"
_DMS: Final = tuple(
    re.compile(rf"^{form.format(1)}\s*[,;]?\s*{form.format(2)}$", re.IGNORECASE)
    for form in (rf"{_HEMISPHERE}\s*{_PART}", rf"{_PART}{_HEMISPHERE}")
)
_GRID: Final = re.compile(r"^([A-HJ-Z]{2})\s*(\d[\d\s]*)$", re.IGNORECASE)
_METRES: Final = re.compile(r"^(?:e\s*)?(\d{4,6})\s*[,;\s]\s*(?:n\s*)?(\d{4,7})$", re.IGNORECASE)
# what3words, "Regex": three words of letters of any script, between two full stops.
_WORDS: Final = re.compile(r"^/{0,3}([^\W\d_]{2,})[.\u3002\uff61]([^\W\d_]{2,})[.\u3002\uff61]([^\W\d_]{2,})$")
# BS 7666-2:2006, section 7.2.3: a UPRN has 12 digits at most. Fewer are written without its name as well, and are
# then taken for anything: only what calls itself one is.
_UPRN: Final = re.compile(r"^uprn\s*[:#]?\s*(\d{1,12})$", re.IGNORECASE)
# Royal Mail, "Programmers' Guide", postcode formats.
_POSTCODE: Final = re.compile(r"^([A-Z]{1,2}\d[A-Z\d]?)\s*(\d[A-Z]{2})$", re.IGNORECASE)
_SHIFT: Final = "the datum shift is good to 0.6 to 4 m"


class Read(msgspec.Struct, frozen=True, kw_only=True):
    """What a text in numbers is: `places` it may be (two where it can be read in two ways), and what to say of it."""

    kind: str
    places: tuple[Named, ...] = ()
    said: str = ""


def read_numbers(text: str, bounds: Bounds) -> Read | None:
    """What the text is where it is no name; None for everything else. `bounds` are those of the roads."""
    text = text.strip()
    return (
        _labelled(text)
        or _pair(text, bounds)
        or _sexagesimal(text)
        or _grid(text)
        or _metres(text)
        or _words(text)
        or _uprn(text)
    )


def find_postcode(text: str) -> str | None:
    """The postcode as `SO16 0AS`, where the text is a whole one."""
    found = _POSTCODE.match(text.strip())
    return f"{found[1]} {found[2]}".upper() if found else None


def _labelled(text: str) -> Read | None:
    found = _LABELLED.match(text) or _GEO_URI.match(text)
    return _at(float(found[1]), float(found[2]), "as labelled") if found else None


def _pair(text: str, bounds: Bounds) -> Read | None:
    found = _PAIR.match(text)
    if found is None:
        return None
    one, other = float(found[1]), float(found[2])
    readings = [
        (lat, lon, order)
        for lat, lon, order in ((one, other, "latitude, longitude"), (other, one, "longitude, latitude"))
        if abs(lat) <= 90 and abs(lon) <= 180
    ]
    if not readings:
        return Read(kind="coordinates", said=f"{text} is no place on Earth: latitudes end at 90, longitudes at 180")
    within = [one for one in readings if bounds.holds(Position(lat=one[0], lon=one[1]))]
    if len(readings) > 1 and len(within) == 1:
        lat, lon, order = within[0]
        return _at(lat, lon, f"read as {order}: the other way round it is off the map")
    if len(readings) == 1 or one == other:
        lat, lon, order = readings[0]
        return _at(lat, lon, f"read as {order}: the other way round is no place")
    where = "both ways round on the map" if within else "off the map both ways round"
    places = tuple(_place(lat, lon, order) for lat, lon, order in readings)
    return Read(
        kind="coordinates",
        places=places,
        said=f"{where}: say which is the latitude, as `lat {found[1]} lon {found[2]}` or with N, S, E, W",
    )


def _at(lat: float, lon: float, said: str) -> Read:
    if not (abs(lat) <= 90 and abs(lon) <= 180):
        return Read(kind="coordinates", said=f"latitude {lat:g}, longitude {lon:g} is no place on Earth")
    return Read(kind="coordinates", places=(_place(lat, lon, ""),), said=said)


def _place(lat: float, lon: float, detail: str) -> Named:
    return Named(kind=Kind.COORDINATES, name=f"{lat:.5f}, {lon:.5f}", lat=lat, lon=lon, detail=detail)


def _sexagesimal(text: str) -> Read | None:
    found = _DMS[0].match(text) or _DMS[1].match(text)
    if found is None:
        return None
    letters = [found[f"h{n}"].upper() for n in (1, 2)]
    if (letters[0] in "NS") == (letters[1] in "NS"):
        return Read(kind="coordinates", said=f"{text} has two {'latitudes' if letters[0] in 'NS' else 'longitudes'}")
    values = []
    for n in (1, 2):
        minutes, seconds = float(found[f"m{n}"] or 0), float(found[f"s{n}"] or 0)
        if minutes >= 60 or seconds >= 60:
            return Read(kind="coordinates", said=f"{text} has more than 59 minutes or seconds in one of its parts")
        value = float(found[f"d{n}"]) + minutes / 60 + seconds / 3600
        values.append(-value if letters[n - 1] in "SW" else value)
    lat, lon = values if letters[0] in "NS" else values[::-1]
    return _at(lat, lon, "by its hemispheres")


def _grid(text: str) -> Read | None:
    found = _GRID.match(text)
    if found is None:
        return None
    letters, digits = found[1].upper(), "".join(found[2].split())
    if len(digits) > 10 or len(digits) % 2:
        return Read(
            kind="grid_reference", said=f"{text} has {len(digits)} figures: a grid reference has 2, 4, 6, 8 or 10"
        )
    half = len(digits) // 2
    name = f"{letters} {digits[:half]} {digits[half:]}"
    centre = find_grid_position(name)
    square = find_grid_square(name)
    if centre is None or square is None:
        return Read(kind="grid_reference", said=f"there is no square {letters} on the National Grid")
    side_m = 10 ** (5 - half)
    size = f"{side_m // 1000} km" if side_m >= 1000 else f"{side_m} m"
    exact = f", and {_SHIFT}" if side_m < 10 else ""
    return Read(
        kind="grid_reference",
        places=(
            Named(
                kind=Kind.GRID_REFERENCE,
                name=name,
                lat=round(centre.lat, 7),
                lon=round(centre.lon, 7),
                extent=(square.west, square.south, square.east, square.north),
                detail=f"the middle of a square of {size}",
            ),
        ),
        said=f"anywhere in a square of {size}{exact}",
    )


def _metres(text: str) -> Read | None:
    found = _METRES.match(text)
    if found is None:
        return None
    easting_m, northing_m = int(found[1]), int(found[2])
    lats, lons = grid_degrees_of(eastings_m=[easting_m], northings_m=[northing_m])
    lat, lon = float(lats[0]), float(lons[0])
    reference = find_grid_reference(Position(lat=lat, lon=lon), figures=8) if abs(lat) <= 90 else None
    if reference is None:
        return Read(kind="grid_reference", said=f"{text} is no easting and northing on the National Grid")
    place = Named(
        kind=Kind.GRID_REFERENCE,
        name=f"E {easting_m} N {northing_m}",
        lat=round(lat, 7),
        lon=round(lon, 7),
        detail="easting, northing",
    )
    return Read(kind="grid_reference", places=(place,), said=f"read as easting, northing in metres: {_SHIFT}")


def _words(text: str) -> Read | None:
    if _WORDS.match(text) is None:
        return None
    return Read(
        kind="what3words",
        said="three words are not looked up here (what3words is a service of its own): ask for a street, a grid "
        "reference, or what can be seen; words that sound alike may lie 1 or 2 km away",
    )


def _uprn(text: str) -> Read | None:
    if _UPRN.match(text) is None:
        return None
    return Read(kind="uprn", said="property numbers (UPRN) are not looked up here: no open file of them is imported")
