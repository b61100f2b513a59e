"""On which side of the road a map drives.

It decides by what the map itself shows, tags and roundabouts, and only then by a table of countries.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from arls.geo import Bounds, Position
from arls.roads.network import Access, StreetFlag

if TYPE_CHECKING:
    from arls.roads.network import Floats
    from maps.extract import Extract, Ways
    from maps.osm_tags import Road

# Fewer roundabouts than this may all be one mapper's slip.
_ENOUGH = 3
_CLEAR = 2 / 3

# Boxes within which traffic keeps left, drawn by hand so that no right-hand coast lies in them.
# Countries: OSM wiki, "Key:driving_side"; Lucas 2005, "Which side of the road do they drive on?".
LEFT_HAND: dict[str, Bounds] = {
    "Great Britain and Ireland": Bounds(west=-11.0, south=50.95, east=1.45, north=61.0),
    "Great Britain, the south coast": Bounds(west=-6.6, south=49.85, east=1.05, north=50.95),
    "Great Britain, East Anglia": Bounds(west=1.0, south=51.5, east=1.8, north=53.1),
    "Channel Islands": Bounds(west=-2.75, south=49.15, east=-2.0, north=49.75),
    "Virgin Islands": Bounds(west=-65.2, south=17.2, east=-63.9, north=18.8),
    "Malta": Bounds(west=14.1, south=35.7, east=14.7, north=36.2),
    "Cyprus": Bounds(west=32.2, south=34.5, east=34.7, north=35.8),
    "Jamaica": Bounds(west=-78.5, south=17.6, east=-76.1, north=18.6),
    "India, the south": Bounds(west=72.0, south=5.8, east=82.0, north=20.0),
    "Hong Kong": Bounds(west=113.82, south=22.15, east=114.45, north=22.45),
    "Singapore": Bounds(west=103.6, south=1.15, east=104.1, north=1.48),
    "Japan, the west and south": Bounds(west=129.7, south=30.0, east=142.0, north=37.2),
    "Japan, the north": Bounds(west=138.0, south=37.2, east=145.3, north=45.6),
    "Australia": Bounds(west=112.0, south=-44.0, east=154.0, north=-10.5),
    "New Zealand": Bounds(west=166.0, south=-47.5, east=179.0, north=-34.0),
    "South Africa": Bounds(west=16.4, south=-35.0, east=33.0, north=-22.0),
}


def left_hand_of(extract: Extract) -> tuple[bool, str]:
    """Whether traffic keeps left, and what says so."""
    sides = extract.driving_sides
    if sides["left"] + sides["right"] >= _ENOUGH:
        return sides["left"] > sides["right"], "driving_side tags"
    clockwise, others = _roundabouts(extract.ways)
    votes = clockwise + others
    if votes >= _ENOUGH and max(clockwise, others) >= _CLEAR * votes:
        return clockwise > others, f"{clockwise} of {votes} roundabouts run clockwise"
    centre = _find_centre(extract.ways)
    country = next((name for name, bounds in LEFT_HAND.items() if centre and bounds.holds(centre)), None)
    return country is not None, f"table of countries: {country or 'none that keeps left'}"


def _roundabouts(ways: Ways) -> tuple[int, int]:
    """How many closed roundabouts run clockwise, and how many the other way."""
    clockwise = others = 0
    turning = np.array([_turning(road) for road in ways.roads], np.int8)
    for row in np.flatnonzero(turning[ways.road]).tolist():
        ring = slice(ways.start[row], ways.start[row + 1])
        if ring.start == ring.stop:
            continue
        area = _signed_area(ways.lat[ring], ways.lon[ring]) * int(turning[ways.road[row]])
        if ways.node[ring][0] == ways.node[ring][-1]:
            clockwise += area < 0.0
            others += area > 0.0
    return clockwise, others


def _turning(road: Road) -> int:
    """1 where cars go round as the way is drawn, -1 where against it, 0 where it is no one-way roundabout."""
    if StreetFlag.ROUNDABOUT not in road.flags:
        return 0
    return (Access.MOTOR in road.forward_access) - (Access.MOTOR in road.backward_access)


def _signed_area(lat: Floats, lon: Floats) -> float:
    """Positive for a closed ring that runs anticlockwise (the shoelace formula, in square degrees)."""
    x, y = lon - lon[0], lat - lat[0]
    return float(np.sum(x[:-1] * y[1:] - x[1:] * y[:-1]))


def _find_centre(ways: Ways) -> Position | None:
    good = (np.abs(ways.lat) <= 90.0) & (np.abs(ways.lon) <= 180.0)
    if not good.any():
        return None
    return Position(lat=float(np.median(ways.lat[good])), lon=float(np.median(ways.lon[good])))
