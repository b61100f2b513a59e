"""What the tags of an OSM way mean: its class, what else is known of it, and why it is no road.

It decides what a `Road` is. Who may use it is `osm_access`'s business, how fast that is allowed `osm_limits`', and how
fast anybody goes on it a profile's. Source: OSM wiki, "Key:highway", "Key:service", "Key:surface", "Key:tracktype".
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from arls.roads.network import Access, JunctionFlag, RoadClass, StreetFlag
from maps import osm_access, osm_limits
from maps.osm_access import ROUND

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    Tags = Mapping[str, str]

_ALL = Access.EVERYONE
_CARS_ONLY = _ALL & ~(Access.CYCLE | Access.FOOT)
_ON_FOOT = Access.FOOT
_NO_CARS = Access.FOOT | Access.CYCLE

# The class of each value of `highway`, and who may use it where no access tag says otherwise.
# OSM wiki, "OSM tags for routing/Access restrictions", the table for the United Kingdom.
HIGHWAYS: dict[str, tuple[RoadClass, Access]] = {
    "motorway": (RoadClass.MOTORWAY, _CARS_ONLY),
    "motorway_link": (RoadClass.MOTORWAY_LINK, _CARS_ONLY),
    "trunk": (RoadClass.TRUNK, _ALL),
    "trunk_link": (RoadClass.TRUNK_LINK, _ALL),
    "primary": (RoadClass.PRIMARY, _ALL),
    "primary_link": (RoadClass.PRIMARY_LINK, _ALL),
    "secondary": (RoadClass.SECONDARY, _ALL),
    "secondary_link": (RoadClass.SECONDARY_LINK, _ALL),
    "tertiary": (RoadClass.TERTIARY, _ALL),
    "tertiary_link": (RoadClass.TERTIARY_LINK, _ALL),
    "unclassified": (RoadClass.UNCLASSIFIED, _ALL),
    "road": (RoadClass.UNCLASSIFIED, _ALL),
    "residential": (RoadClass.RESIDENTIAL, _ALL),
    "living_street": (RoadClass.LIVING_STREET, _ALL),
    "service": (RoadClass.SERVICE, _ALL),
    "busway": (RoadClass.BUSWAY, Access.BUS),
    "bus_guideway": (RoadClass.BUSWAY, Access.BUS),
    "track": (RoadClass.TRACK, _ALL),
    "pedestrian": (RoadClass.PEDESTRIAN, _ON_FOOT),
    "cycleway": (RoadClass.CYCLEWAY, _NO_CARS),
    "bridleway": (RoadClass.BRIDLEWAY, _NO_CARS),
    "footway": (RoadClass.FOOTWAY, _ON_FOOT),
    "corridor": (RoadClass.FOOTWAY, _ON_FOOT),
    "path": (RoadClass.PATH, _NO_CARS),
    "steps": (RoadClass.STEPS, _ON_FOOT),
    "platform": (RoadClass.FOOTWAY, _ON_FOOT),
}

_NOT_YET = {"construction", "proposed", "planned", "abandoned", "disused", "razed", "demolished"}

_UNPAVED = {
    *("unpaved", "compacted", "gravel", "fine_gravel", "pebblestone", "dirt", "earth", "ground", "grass", "mud"),
    *("sand", "rock", "stone", "woodchips", "grass_paver"),
}
# OSM wiki, "Key:service", of `highway=service`.
_AISLES = {"parking_aisle", "parking", "driveway", "alley", "drive-through"}
_SOFT_TRACKS = {"grade2", "grade3", "grade4", "grade5"}

# Of a value that was not understood, so many characters are told.
_SHOWN = 30

KEYS = (
    osm_access.KEYS
    | osm_limits.KEYS
    | {
        *("area", "route", "service", "surface", "tracktype", "bridge", "tunnel", "ford", "motorroad"),
        *("dual_carriageway", "carriageway"),
    }
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Road:
    """What a way's tags say, but for its names."""

    road_class: RoadClass
    flags: StreetFlag
    forward_access: Access
    backward_access: Access
    forward_kmh: float  # NaN where none is known
    backward_kmh: float
    is_area: bool  # drawn round a place; only who walks goes along its edge
    doubts: tuple[str, ...]  # the tags whose value told us nothing, and what else is not as it should be


def road_of(tags: Tags) -> Road | str:
    """The road that these tags describe, or the reason why there is none."""
    if reason := _no_road(tags):
        return reason
    if tags.get("service") == "emergency_access":
        tags = {"emergency": "yes", "motor_vehicle": "no", **tags}
    road_class, default = HIGHWAYS[tags["highway"]]
    if tags.get("motorroad") == "yes":
        default &= _CARS_ONLY
    forward, backward = osm_access.access_of(tags, default)
    is_area = tags.get("area") == "yes"
    if is_area:
        # Of a square only the edge is drawn. Walkers may well go along it; where a car drives on it is not known.
        forward, backward = forward & _ON_FOOT, backward & _ON_FOOT
    if not forward | backward:
        return "area" if is_area else "closed to everybody"
    flags = _flags_of(tags)
    limits = osm_limits.limits_of(tags, flags)
    return Road(
        road_class=road_class,
        flags=flags,
        forward_access=forward,
        backward_access=backward,
        forward_kmh=limits.forward_kmh,
        backward_kmh=limits.backward_kmh,
        is_area=is_area,
        doubts=tuple(_doubts_of(tags, (*osm_access.unread(tags), *limits.unread))),
    )


def _doubts_of(tags: Tags, unread: Iterable[str]) -> Iterator[str]:
    yield from (f"{key}={tags[key][:_SHOWN]} not understood" for key in unread)
    if tags.get("oneway") == "reversible":
        yield "oneway=reversible: shut to drivers, for nobody knows which way it runs now"


def waits_of(tags: Tags) -> tuple[JunctionFlag, JunctionFlag]:
    """What makes drivers wait at a node: those who come along its way as it is drawn, and those who come against it."""
    forward, backward = JunctionFlag(0), JunctionFlag(0)
    for flag in _waits_in(tags):
        told = next((tags[key] for key in _DIRECTION_KEYS.get(flag, ()) if key in tags), "")
        forward |= JunctionFlag(0) if told == "backward" else flag
        backward |= JunctionFlag(0) if told == "forward" else flag
    return forward, backward


def _waits_in(tags: Tags) -> Iterator[JunctionFlag]:
    for value in tags.get("highway", "").split(";"):
        flag = _WAITS.get(value.strip())
        if flag and not (flag is JunctionFlag.CROSSING and tags.get("crossing") in _NO_RIGHT_OF_WAY):
            yield flag
    if tags.get("crossing") in _SIGNAL_CROSSINGS or tags.get("crossing:signals") == "yes":
        yield JunctionFlag.SIGNALS
    if tags.get("railway") in {"level_crossing", "tram_level_crossing"}:
        yield JunctionFlag.LEVEL_CROSSING


_WAITS = {
    "traffic_signals": JunctionFlag.SIGNALS,
    "crossing": JunctionFlag.CROSSING,
    "stop": JunctionFlag.STOP,
    "give_way": JunctionFlag.GIVE_WAY,
    "mini_roundabout": JunctionFlag.MINI_ROUNDABOUT,
}
# OSM wiki, "Key:crossing": with signals, by their British names as well; and where walkers wait for the cars.
_SIGNAL_CROSSINGS = {"traffic_signals", "pelican", "puffin", "toucan", "pegasus"}
_NO_RIGHT_OF_WAY = {"unmarked", "informal", "no"}
# Where it is told from which side a sign is seen: `forward` is for those who drive as the way is drawn.
# OSM wiki, "Key:traffic_signals:direction", "Key:stop:direction", "Tag:highway=give_way".
_DIRECTION_KEYS = {
    JunctionFlag.SIGNALS: ("traffic_signals:direction",),
    JunctionFlag.STOP: ("stop:direction", "direction"),
    JunctionFlag.GIVE_WAY: ("direction",),
}


def _no_road(tags: Tags) -> str | None:
    highway = tags.get("highway")
    if tags.get("route") == "ferry":
        return "ferry"
    if highway is None:
        return "not a road"
    if highway in _NOT_YET:
        return f"not in use: {highway}"
    return None if highway in HIGHWAYS else f"no kind of road that we know: {highway[:_SHOWN]}"


def _flags_of(tags: Tags) -> StreetFlag:
    limits = " ".join(tags.get(key, "") for key in ("maxspeed", *osm_limits.KINDS)).lower()
    found = {
        StreetFlag.ROUNDABOUT: tags.get("junction") in ROUND,
        StreetFlag.BRIDGE: tags.get("bridge", "no") != "no",
        StreetFlag.TUNNEL: tags.get("tunnel", "no") != "no",
        StreetFlag.FORD: tags.get("ford", "no") != "no",
        StreetFlag.UNPAVED: tags.get("surface") in _UNPAVED
        or ("surface" not in tags and tags.get("tracktype") in _SOFT_TRACKS),
        StreetFlag.DUAL_CARRIAGEWAY: tags.get("dual_carriageway") == "yes"
        or tags.get("carriageway") == "dual"
        or tags["highway"] == "motorway"
        or "nsl_dual" in limits,
        StreetFlag.AISLE: tags["highway"] == "service" and tags.get("service") in _AISLES,
        StreetFlag.URBAN: ":urban" in limits or ":nsl_restricted" in limits or ":zone" in limits,
    }
    return StreetFlag(sum(flag for flag, is_so in found.items() if is_so))
