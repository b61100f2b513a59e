"""Names of an OSM extract that are on no road: settlements, what is in them, and the junctions of motorways.

It decides which objects a caller may name. `legend` decides which of them a control room cares for.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np
import osmium
import shapely
from osmium.filter import KeyFilter
from scipy.spatial import cKDTree

from arls.roads.network import RoadClass
from maps import legend
from maps.named import Kind, Named
from maps.report import MapError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from pathlib import Path

    from shapely.geometry.base import BaseGeometry

    from arls.roads.network import Network

_NOT_OSM: Final = (RuntimeError, ValueError, osmium.InvalidLocationError)
_KEYS: Final = ("place", "amenity", "emergency", "railway", "aeroway", "leisure", "shop", "tourism", "highway")

# What has a name and is worth finding beyond what the base map draws.
_AMENITIES: Final = ("amenity", "emergency", "railway", "aeroway", "leisure", "shop", "tourism")
_LONGEST: Final = 120  # characters of a name

# A junction of a motorway is drawn at each of its slip roads: those as near as this are one junction.
_ONE_JUNCTION_M: Final = 2_500.0
_ON_THE_ROAD_M: Final = 30.0


def read_names(file: Path, network: Network, *, source: str) -> list[Named]:
    """What the extract names beside its roads. Raises MapError where it cannot be read to its end."""
    keys = KeyFilter(*_KEYS)
    found: list[Named] = []
    exits: list[tuple[str, str, float, float]] = []
    make = osmium.geom.WKBFactory()
    try:
        for seen in osmium.FileProcessor(file).with_areas(keys).with_filter(keys):
            match seen:
                case osmium.osm.Node():
                    tags = dict(seen.tags)
                    point = (seen.location.lat, seen.location.lon)
                    if tags.get("highway") == "motorway_junction":
                        exits.append((tags.get("ref", ""), tags.get("name", ""), *point))
                    elif one := _find_named(tags, source, shapely.Point(point[1], point[0])):
                        found.append(one)
                case osmium.osm.Area():
                    tags = dict(seen.tags)
                    if "name" in tags and "highway" not in tags and (shape := _find_shape(make, seen)) is not None:
                        found.extend(filter(None, (_find_named(tags, source, shape),)))
    except _NOT_OSM as error:
        raise MapError(f"{file.name} cannot be read for its names ({error}): download or export it again") from error
    return found + list(_junctions(exits, network, source))


def _find_shape(make: osmium.geom.WKBFactory, area: osmium.osm.Area) -> BaseGeometry | None:
    try:
        return shapely.from_wkb(make.create_multipolygon(area))
    except (RuntimeError, osmium.InvalidLocationError):
        return None  # not whole: the base map leaves it out as well


def _find_named(tags: Mapping[str, str], source: str, shape: BaseGeometry) -> Named | None:
    name = tags.get("name", "").strip()[:_LONGEST]
    if not name:
        return None
    settlement = legend.find_place(tags)
    detail = tags["place"] if settlement else next((tags[key] for key in _AMENITIES if key in tags), "")
    if not detail:
        return None
    point = shape.point_on_surface()
    west, south, east, north = (round(edge, 7) for edge in shape.bounds)
    return Named(
        kind=Kind.SETTLEMENT if settlement else Kind.AMENITY,
        name=name,
        lat=round(point.y, 7),
        lon=round(point.x, 7),
        extent=None if isinstance(shape, shapely.Point) else (west, south, east, north),
        detail=detail.replace("_", " ")[:_LONGEST],
        source=source,
    )


def _junctions(exits: Iterable[tuple[str, str, float, float]], network: Network, source: str) -> Iterator[Named]:
    """`M6 J10` once, however many slip roads it has: the number of the road is that of the motorway it stands on."""
    exits = [one for one in exits if one[0]]
    street = np.flatnonzero((network.street_class == RoadClass.MOTORWAY) | (network.street_class == RoadClass.TRUNK))
    street = street[network.street_ref[street] != 0]
    if not exits or not len(street):
        return
    first, last = network.street_point_start[street], network.street_point_start[street + 1]
    points = np.concatenate([np.arange(low, high) for low, high in zip(first, last, strict=True)])
    of_street = np.repeat(street, last - first)
    tree = cKDTree(np.column_stack((network.point_x[points], network.point_y[points])))
    x, y = network.plane.metres_of(lats=[one[2] for one in exits], lons=[one[3] for one in exits])
    away_m, nearest = tree.query(np.column_stack((x, y)))
    groups: dict[tuple[str, str], list[int]] = {}
    for n, (ref, *_) in enumerate(exits):
        if away_m[n] <= _ON_THE_ROAD_M:
            road = network.names[network.street_ref[of_street[nearest[n]]]].split(";")[0].strip()
            groups.setdefault((road, ref), []).append(n)
    for (road, ref), members in groups.items():
        yield from _clustered(f"{road} J{ref}", [(exits[n], float(x[n]), float(y[n])) for n in members], source)


def _clustered(
    name: str, members: list[tuple[tuple[str, str, float, float], float, float]], source: str
) -> Iterator[Named]:
    """Slip roads of one number; two roads of one number, far apart, have a junction each."""
    left = members
    while left:
        _, x, y = left[0]
        near = [one for one in left if np.hypot(one[1] - x, one[2] - y) <= _ONE_JUNCTION_M]
        left = [one for one in left if one not in near]
        lats, lons = [one[0][2] for one in near], [one[0][3] for one in near]
        yield Named(
            kind=Kind.MOTORWAY_JUNCTION,
            name=name,
            lat=round(sum(lats) / len(lats), 7),
            lon=round(sum(lons) / len(lons), 7),
            extent=(min(lons), min(lats), max(lons), max(lats)) if len(near) > 1 else None,
            detail=next((one[0][1] for one in near if one[0][1]), ""),
            source=source,
        )
