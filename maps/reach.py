"""What is reached in so many minutes as a layer for any map: the ground as polygons, or the road arc by arc.

It decides what stands in a layer of reach, in which order, and how much of it at most. What is reached is the roads'
to say, and how the ground is drawn `isochrones`'s.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import shapely

from arls.roads.legs import legs_of, lines_of
from maps.isochrones import isochrones_of
from maps.layers import DECIMALS, collection_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from shapely import LinearRing

    from arls.roads.legs import Legs
    from arls.roads.network import Network
    from arls.roads.spread import Spread
    from maps.isochrones import Isochrone
    from maps.layers import Collection, Feature

SHORTEST_MINUTES, LONGEST_MINUTES, MOST_CONTOURS = 1.0, 120.0, 6
# So many lines are some 6 MB of JSON.
MOST_LINES = 20_000


class MinutesError(ValueError):
    """These are no minutes to ask for; the text is one sentence."""


def minutes_of(text: str) -> list[float]:
    """The minutes of a text such as `5,10,15`, in order. Raises MinutesError."""
    try:
        found = sorted({float(part) for part in text.split(",")})
    except ValueError:
        found = []
    if not 1 <= len(found) <= MOST_CONTOURS or len(found) != text.count(",") + 1:
        raise MinutesError(f"minutes are one to {MOST_CONTOURS} different numbers, as 5,10,15")
    if not all(SHORTEST_MINUTES <= one <= LONGEST_MINUTES for one in found):
        raise MinutesError(f"minutes are from {SHORTEST_MINUTES:.0f} to {LONGEST_MINUTES:.0f}")
    return found


def ground_layer(network: Network, spread: Spread, minutes: Sequence[float], told: Mapping[str, object]) -> Collection:
    """An outline for each of the minutes, the widest first, so that the sooner ones are drawn over it.

    The member `reach` says what else is told, and how finely the ground was drawn.
    """
    drawn = isochrones_of(network, spread, minutes)
    finely = {"cell_m": round(drawn.cell_m, 1), "off_road_m": round(drawn.off_road_m, 1)}
    features = [_outline_feature(outline) for outline in reversed(drawn.outlines)]
    return collection_of(features, reach={**told, "basis": "road", "minutes": minutes, **finely})


def arcs_layer(
    network: Network, spread: Spread, minutes: Sequence[float], told: Mapping[str, object], *, most: int = MOST_LINES
) -> Collection:
    """A line for each piece of an arc that is reached within the longest of the minutes; at most so many lines.

    Those that are reached last come first, so that the soonest are drawn over them. The member `reach` says how many
    arcs there are, how many of them were left out, and until which minute none is missing.
    """
    within_ms = max(minutes) * 60_000
    legs = legs_of(spread, round(within_ms))
    begun_ms = np.minimum(legs.start_ms, legs.end_ms)
    order = np.argsort(begun_ms, kind="stable")
    complete_ms = within_ms if len(order) <= most else float(begun_ms[order[most]])
    counted = {
        "arcs": len(legs),
        "omitted": max(0, len(legs) - most),
        "complete_minutes": int(complete_ms / 600) / 100,
    }
    features = _leg_features(network, legs.only(order[:most][::-1]))
    return collection_of(features, reach={**told, "basis": "road", "minutes": minutes, **counted})


def _outline_feature(outline: Isochrone) -> Feature:
    polygons = [[_ring(ring) for ring in (part.exterior, *part.interiors)] for part in outline.shape.geoms]
    return {
        "type": "Feature",
        "geometry": {"type": "MultiPolygon", "coordinates": polygons} if polygons else None,
        "properties": {"minutes": outline.minutes, "area_km2": round(outline.area_km2, 3)},
    }


def _ring(ring: LinearRing) -> list[list[float]]:
    positions: list[list[float]] = np.round(shapely.get_coordinates(ring), DECIMALS).tolist()
    return positions


def _leg_features(network: Network, legs: Legs) -> Iterator[Feature]:
    """Lines in driving order, with the seconds at their ends and the minutes until all of each is reached."""
    lines = lines_of(network, legs)
    places = np.round(np.column_stack((lines.lon, lines.lat)), DECIMALS).tolist()
    columns = (legs.arc, legs.start_ms, legs.end_ms, lines.start[:-1], lines.start[1:])
    for arc, start_ms, end_ms, first, behind in zip(*(column.tolist() for column in columns), strict=True):
        yield {
            "type": "Feature",
            "geometry": {"type": "LineString", "coordinates": places[first:behind]},
            "properties": {
                "arc": arc,
                "street": network.name_of(arc),
                "start_s": round(start_ms / 1000, 3),
                "end_s": round(end_ms / 1000, 3),
                "minutes": round(max(start_ms, end_ms) / 60_000, 2),
            },
        }
