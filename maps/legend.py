"""The legend of the base map: what an OSM object is drawn as, with which attributes, and from which zoom on.

It decides what a dispatcher sees at each zoom. It reads tags only: `features` reads shapes, `tiles` cuts them.
Tags and their meanings: wiki.openstreetmap.org/wiki/Map_features.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import StrEnum
from typing import TYPE_CHECKING, Final

from arls.roads.network import Access
from maps.osm_access import Directions, directions_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    Tags = Mapping[str, str]

MIN_ZOOM: Final = 6
MAX_ZOOM: Final = 16  # one unit of a tile is 0.15 m at the equator: sharp enough to be drawn larger up to zoom 19


class Layer(StrEnum):
    """The layers of a tile, from the ground up."""

    LANDUSE = "landuse"
    WATER = "water"
    WATERWAY = "waterway"
    BUILDING = "building"
    BOUNDARY = "boundary"
    ROAD = "road"
    PLACE = "place"
    POI = "poi"


POINTS: Final = frozenset({Layer.PLACE, Layer.POI})

# The attributes of each layer and their types, as TileJSON's `vector_layers` names them.
FIELDS: Final[dict[Layer, dict[str, str]]] = {
    Layer.LANDUSE: {"kind": "String"},
    Layer.WATER: {"kind": "String"},
    Layer.WATERWAY: {"kind": "String", "name": "String"},
    Layer.BUILDING: {},
    Layer.BOUNDARY: {"kind": "String"},
    Layer.ROAD: {
        "class": "String",
        "name": "String",
        "ref": "String",
        "oneway": "Number",
        "bridge": "Number",
        "tunnel": "Number",
        "link": "Number",
    },
    Layer.PLACE: {"kind": "String", "name": "String", "rank": "Number"},
    Layer.POI: {"kind": "String", "name": "String"},
}


@dataclass(frozen=True, slots=True)
class Entry:
    """How one thing is drawn: its layer, the lowest zoom that shows it, and what the screen may ask of it."""

    layer: Layer
    from_zoom: int
    attributes: tuple[tuple[str, str | int], ...] = ()

    def at(self, zoom: int) -> Entry:
        """The same entry with the attributes that matter at this zoom, so that like becomes equal."""
        kept = tuple(pair for pair in self.attributes if zoom >= _FROM_ZOOM.get(pair[0], 0) or self.layer in POINTS)
        return replace(self, attributes=kept)


SEA: Final = Entry(Layer.WATER, 6, (("kind", "sea"),))

# Nobody reads the name of a street below zoom 12, and without it the pieces of a road become one line.
_FROM_ZOOM: Final = {"name": 12, "ref": 9}

# highway=* -> (class, lowest zoom). What is planned, being built or gone is not in it.
_HIGHWAYS: Final = {
    "motorway": ("motorway", 6),
    "trunk": ("trunk", 6),
    "primary": ("primary", 8),
    "secondary": ("secondary", 9),
    "tertiary": ("tertiary", 10),
    "unclassified": ("minor", 12),
    "residential": ("minor", 12),
    "living_street": ("minor", 12),
    "road": ("minor", 12),
    "service": ("service", 13),
    "busway": ("service", 13),
    "bus_guideway": ("service", 13),
    "raceway": ("service", 13),
    "track": ("track", 13),
    "pedestrian": ("path", 12),
    "footway": ("path", 13),
    "cycleway": ("path", 13),
    "bridleway": ("path", 13),
    "path": ("path", 13),
    "steps": ("path", 14),
}
_LINKS: Final = frozenset({"motorway_link", "trunk_link", "primary_link", "secondary_link", "tertiary_link"})
_LINK_LATER: Final = 2  # a slip road shows two zooms after its road
_RAILWAYS: Final = {"rail": 10, "light_rail": 11, "subway": 12, "tram": 13, "narrow_gauge": 12, "funicular": 13}
_SIDING_FROM_ZOOM: Final = 13
_FERRY_FROM_ZOOM: Final = 8

_WATERWAYS: Final = {"river": 9, "canal": 10, "stream": 12, "drain": 14, "ditch": 14}
_ADMIN_LEVELS: Final = {"2": ("country", 6), "4": ("region", 6), "6": ("county", 8), "8": ("district", 10)}

# (key, value) -> (kind, lowest zoom) of an area; the first that fits is drawn.
_WATERS: Final = {
    ("natural", "water"): ("water", 6),
    ("natural", "bay"): ("bay", 6),
    ("waterway", "riverbank"): ("river", 6),
    ("waterway", "dock"): ("dock", 11),
    ("landuse", "reservoir"): ("reservoir", 6),
    ("landuse", "basin"): ("basin", 12),
    ("leisure", "swimming_pool"): ("pool", 14),
}
_GROUNDS: Final = {
    ("leisure", "park"): ("park", 10),
    ("leisure", "garden"): ("park", 12),
    ("leisure", "common"): ("park", 11),
    ("leisure", "nature_reserve"): ("park", 10),
    ("leisure", "golf_course"): ("golf", 11),
    ("leisure", "pitch"): ("pitch", 13),
    ("leisure", "playground"): ("playground", 13),
    ("leisure", "sports_centre"): ("sport", 12),
    ("leisure", "stadium"): ("sport", 12),
    ("natural", "wood"): ("wood", 8),
    ("landuse", "forest"): ("wood", 8),
    ("natural", "scrub"): ("scrub", 11),
    ("natural", "heath"): ("scrub", 11),
    ("natural", "grassland"): ("grass", 11),
    ("natural", "wetland"): ("wetland", 11),
    ("natural", "beach"): ("sand", 11),
    ("natural", "sand"): ("sand", 11),
    ("natural", "bare_rock"): ("rock", 11),
    ("natural", "scree"): ("rock", 11),
    ("natural", "glacier"): ("ice", 8),
    ("landuse", "grass"): ("grass", 12),
    ("landuse", "meadow"): ("grass", 11),
    ("landuse", "village_green"): ("park", 12),
    ("landuse", "recreation_ground"): ("park", 12),
    ("landuse", "farmland"): ("farmland", 10),
    ("landuse", "orchard"): ("farmland", 11),
    ("landuse", "vineyard"): ("farmland", 11),
    ("landuse", "farmyard"): ("farmyard", 13),
    ("landuse", "allotments"): ("allotments", 12),
    ("landuse", "residential"): ("residential", 8),
    ("landuse", "retail"): ("commercial", 10),
    ("landuse", "commercial"): ("commercial", 10),
    ("landuse", "industrial"): ("industrial", 9),
    ("landuse", "port"): ("industrial", 9),
    ("landuse", "railway"): ("railway", 11),
    ("landuse", "quarry"): ("quarry", 11),
    ("landuse", "cemetery"): ("cemetery", 12),
    ("amenity", "grave_yard"): ("cemetery", 13),
    ("landuse", "military"): ("military", 10),
    ("aeroway", "aerodrome"): ("airport", 10),
    ("amenity", "hospital"): ("hospital", 12),
    ("amenity", "school"): ("school", 12),
    ("amenity", "college"): ("school", 12),
    ("amenity", "university"): ("school", 12),
    ("amenity", "parking"): ("parking", 13),
    ("highway", "pedestrian"): ("square", 13),
    ("highway", "footway"): ("square", 14),
    ("place", "square"): ("square", 13),
    ("place", "island"): ("island", 10),
}
# place=* -> (lowest zoom, rank: the smaller, the sooner its name is written).
_PLACES: Final = {
    "city": (6, 1),
    "town": (8, 2),
    "suburb": (11, 3),
    "village": (10, 4),
    "quarter": (12, 5),
    "neighbourhood": (13, 6),
    "hamlet": (12, 7),
}
# What a control room sends units to, waits at, or is told of by a caller.
_POIS: Final = {
    ("amenity", "police"): ("police", 12),
    ("amenity", "hospital"): ("hospital", 12),
    ("amenity", "fire_station"): ("fire_station", 13),
    ("emergency", "ambulance_station"): ("ambulance_station", 13),
    ("railway", "station"): ("station", 12),
    ("railway", "halt"): ("station", 13),
    ("amenity", "bus_station"): ("bus_station", 13),
    ("aeroway", "aerodrome"): ("airport", 11),
    ("amenity", "courthouse"): ("courthouse", 13),
    ("amenity", "prison"): ("prison", 13),
    ("amenity", "townhall"): ("townhall", 13),
    ("amenity", "university"): ("university", 13),
    ("amenity", "college"): ("college", 14),
    ("amenity", "school"): ("school", 14),
    ("leisure", "stadium"): ("stadium", 13),
    ("shop", "mall"): ("mall", 14),
    ("amenity", "fuel"): ("fuel", 14),
    ("amenity", "place_of_worship"): ("place_of_worship", 14),
}

# An object with none of these keys is not drawn.
KEYS: Final = (
    "highway",
    "railway",
    "route",
    "waterway",
    "boundary",
    "natural",
    "landuse",
    "leisure",
    "place",
    "building",
    "amenity",
    "emergency",
    "aeroway",
    "shop",
)

_NO: Final = frozenset({"", "no"})
_ONEWAY: Final = {Directions.FORWARD: 1, Directions.BACKWARD: -1}


def find_line(tags: Tags) -> Entry | None:
    """How a way itself is drawn, closed or not: road, rail, ferry, river, boundary, or the edge of the sea."""
    if tags.get("natural") == "coastline":
        return SEA
    return _find_highway(tags) or _find_rail_or_ferry(tags) or _find_waterway(tags) or _find_boundary(tags)


def find_area(tags: Tags) -> Entry | None:
    """How the inside of a closed way or of a multipolygon is drawn."""
    if tags.get("building", "") not in _NO:
        return Entry(Layer.BUILDING, 13)
    if found := _first_of(_WATERS, tags):
        kind, from_zoom = found
        return Entry(Layer.WATER, from_zoom, (("kind", tags.get("water", kind)),))
    if found := _first_of(_GROUNDS, tags):
        kind, from_zoom = found
        return Entry(Layer.LANDUSE, from_zoom, (("kind", kind),))
    return None


def find_place(tags: Tags) -> Entry | None:
    """How a settlement is drawn: by its name, so one without a name is not."""
    if (found := _PLACES.get(tags.get("place", ""))) is None or "name" not in tags:
        return None
    from_zoom, rank = found
    return Entry(Layer.PLACE, from_zoom, (("kind", tags["place"]), ("name", tags["name"]), ("rank", rank)))


def find_poi(tags: Tags) -> Entry | None:
    """How a point of interest is drawn, named or not."""
    if (found := _first_of(_POIS, tags)) is None:
        return None
    kind, from_zoom = found
    return Entry(Layer.POI, from_zoom, (("kind", kind), *_named(tags, "name")))


def is_area(tags: Tags) -> bool:
    """Whether a closed way with these tags is a place, and not a road that comes back to its start.

    wiki.openstreetmap.org/wiki/Key:area: a closed highway is a line unless `area=yes`.
    """
    return tags.get("area", "no" if "highway" in tags else "yes") != "no"


def find_road(
    highway: str, *, name: str = "", ref: str = "", oneway: int = 0, bridge: bool = False, tunnel: bool = False
) -> Entry | None:
    """How a road is drawn, by its value of `highway`; `oneway` is 1 along its points, -1 against them, 0 neither."""
    link = highway in _LINKS
    if (found := _HIGHWAYS.get(highway.removesuffix("_link") if link else highway)) is None:
        return None
    road_class, from_zoom = found
    from_zoom = min(MAX_ZOOM, from_zoom + _LINK_LATER * link)
    names = (("name", name), ("ref", ref))
    return _line(road_class, from_zoom, *names, oneway=oneway, bridge=bridge, tunnel=tunnel, link=link)


def _find_highway(tags: Tags) -> Entry | None:
    if is_area(tags):
        return None
    return find_road(
        tags.get("highway", ""),
        name=tags.get("name", ""),
        ref=tags.get("ref", ""),
        oneway=_ONEWAY.get(directions_of(tags, Access.MOTOR), 0),
        bridge=tags.get("bridge", "") not in _NO,
        tunnel=tags.get("tunnel", "") not in _NO,
    )


def _find_rail_or_ferry(tags: Tags) -> Entry | None:
    if from_zoom := _RAILWAYS.get(tags.get("railway", "")):
        from_zoom = _SIDING_FROM_ZOOM if "service" in tags else from_zoom
        bridge, tunnel = (tags.get(key, "") not in _NO for key in ("bridge", "tunnel"))
        return _line("rail", from_zoom, bridge=bridge, tunnel=tunnel)
    if tags.get("route") == "ferry":
        return _line("ferry", _FERRY_FROM_ZOOM, *_named(tags, "name"))
    return None


def _find_waterway(tags: Tags) -> Entry | None:
    kind = tags.get("waterway", "")
    if kind not in _WATERWAYS or tags.get("tunnel", "") not in _NO:
        return None
    return Entry(Layer.WATERWAY, _WATERWAYS[kind], (("kind", kind), *_named(tags, "name")))


def _find_boundary(tags: Tags) -> Entry | None:
    level = _ADMIN_LEVELS.get(tags.get("admin_level", ""))
    if tags.get("boundary") != "administrative" or level is None:
        return None
    kind, from_zoom = level
    return Entry(Layer.BOUNDARY, from_zoom, (("kind", kind),))


def _line(
    road_class: str,
    from_zoom: int,
    *names: tuple[str, str],
    oneway: int = 0,
    bridge: bool = False,
    tunnel: bool = False,
    link: bool = False,
) -> Entry:
    numbers = (("oneway", oneway), ("bridge", int(bridge)), ("tunnel", int(tunnel)), ("link", int(link)))
    return Entry(Layer.ROAD, from_zoom, (("class", road_class), *(pair for pair in names if pair[1]), *numbers))


def _first_of(kinds: Mapping[tuple[str, str], tuple[str, int]], tags: Tags) -> tuple[str, int] | None:
    return next((kinds[tag] for tag in tags.items() if tag in kinds), None)


def _named(tags: Tags, *keys: str) -> list[tuple[str, str]]:
    return [(key, tags[key]) for key in keys if key in tags]
