"""What the tags of an OSM way mean: its class, what else is known of it, its speed limit, and why it is no road.

It decides what a `Road` is. Who may use it is `osm_access`'s business, how fast anybody goes on it a profile's.
Source: OSM wiki, "Key:highway", "Key:maxspeed", "Key:surface", "Key:tracktype".
"""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from arls.roads.network import Access, JunctionFlag, RoadClass, StreetFlag
from maps import osm_access
from maps.osm_access import ROUND, Directions

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

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
}

_NOT_YET = {"construction", "proposed", "planned", "abandoned", "disused", "razed", "demolished"}

_UNPAVED = {
    *("unpaved", "compacted", "gravel", "fine_gravel", "pebblestone", "dirt", "earth", "ground", "grass", "mud"),
    *("sand", "rock", "stone", "woodchips", "grass_paver"),
}
_SOFT_TRACKS = {"grade2", "grade3", "grade4", "grade5"}

_KMH_PER_UNIT = {"": 1.0, "km/h": 1.0, "kmh": 1.0, "kph": 1.0, "mph": 1.609344, "knots": 1.852}
_NUMBER = re.compile(r"(\d+(?:\.\d+)?) ?(km/h|kmh|kph|mph|knots|)")
_FASTEST_KMH = 200.0
_WALK_KMH = 7.0  # German courts hold `walk` (Schrittgeschwindigkeit) to be 4 to 7 km/h; 10 by some
_UNKNOWN_KMH = math.nan

_MPH = _KMH_PER_UNIT["mph"]
_SINGLE_KMH, _DUAL_KMH = 60 * _MPH, 70 * _MPH
# What a country's law says where no sign does: `maxspeed=IT:rural`, `source:maxspeed=DE:urban`; NaN: no limit.
# OSM wiki, "Default speed limits", as read there for cars; GB: the Highway Code, rule 124; FR: Code de la route
# R413-2, R413-3; DE: StVO section 3; IT: Codice della strada, art. 142; PT: Codigo da Estrada, art. 27.
NATIONAL_KMH: dict[str, dict[str, float]] = {
    "gb": {
        **dict.fromkeys(("urban", "nsl_restricted"), 30 * _MPH),
        **dict.fromkeys(("nsl_single", "rural"), _SINGLE_KMH),
        **dict.fromkeys(("nsl_dual", "motorway"), _DUAL_KMH),
    },
    # Lowered on local roads, and there alone, to 60 on 2025-02-07: Road Traffic Act 2024; the tag does not tell which.
    "ie": {"urban": 50.0, "rural": 80.0, "national": 100.0, "motorway": 120.0},
    "fr": {"urban": 50.0, "rural": 80.0, "trunk": 110.0, "motorway": 130.0},
    "de": {"urban": 50.0, "rural": 100.0, "motorway": _UNKNOWN_KMH},
    "it": {"urban": 50.0, "rural": 90.0, "trunk": 110.0, "motorway": 130.0},
    "pt": {"urban": 50.0, "rural": 90.0, "trunk": 100.0, "motorway": 120.0},
}
# Where the country is not in the table. Vienna Convention countries: 50 in towns.
_ANYWHERE_KMH = {"urban": 50.0, "walk": _WALK_KMH, "living_street": _WALK_KMH, "bicycle_road": 30.0}
_NATIONAL = {"national", "gb:national", "uk:national", "gb:nsl", "nsl"}
_NO_NUMBER = {"none", "signals", "variable", "sign", "signed"}
_ZONE = re.compile(r"([a-z]{2}):(?:zone)?:?(\d+)")
_BY_NAME = re.compile(r"([a-z]{2}):([a-z_]+)")
_LIMIT_NAMES = ("maxspeed:type", "source:maxspeed", "zone:maxspeed", "zone:traffic")

KEYS = osm_access.KEYS | {
    *("maxspeed", "maxspeed:forward", "maxspeed:backward", *_LIMIT_NAMES),
    *("area", "route", "service", "surface", "tracktype", "bridge", "tunnel", "ford", "motorroad"),
    *("dual_carriageway", "carriageway"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Road:
    """What a way's tags say, but for its names."""

    road_class: RoadClass
    flags: StreetFlag
    forward_access: Access
    backward_access: Access
    forward_kmh: float  # NaN where none is known
    backward_kmh: float
    unread: tuple[str, ...]  # the keys whose value told us nothing


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
    if not forward | backward:
        return "closed to everybody"
    flags = _flags_of(tags)
    speeds = [_limit_kmh(tags, direction, flags) for direction in (":forward", ":backward")]
    unread = tuple(osm_access.unread(tags))
    return Road(
        road_class=road_class,
        flags=flags,
        forward_access=forward,
        backward_access=backward,
        forward_kmh=_UNKNOWN_KMH if speeds[0] is None else speeds[0],
        backward_kmh=_UNKNOWN_KMH if speeds[1] is None else speeds[1],
        unread=(*unread, "maxspeed") if None in speeds else unread,
    )


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
        if flag := _WAITS.get(value.strip()):
            yield flag
    if tags.get("crossing") == "traffic_signals":
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
    if highway not in HIGHWAYS:
        return "no kind of road that we know"
    return "area" if tags.get("area") == "yes" else None


def _flags_of(tags: Tags) -> StreetFlag:
    limits = " ".join(tags.get(key, "") for key in ("maxspeed", *_LIMIT_NAMES)).lower()
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
        StreetFlag.URBAN: ":urban" in limits or ":nsl_restricted" in limits or ":zone" in limits,
    }
    return StreetFlag(sum(flag for flag, is_so in found.items() if is_so))


def _limit_kmh(tags: Tags, direction: str, flags: StreetFlag) -> float | None:
    """The signed limit in km/h, NaN where none is signed, None where the value was not understood."""
    for key in (f"maxspeed{direction}", "maxspeed"):
        if value := tags.get(key, "").strip().lower():
            return _signed_kmh(value, tags, flags)
    for key in _LIMIT_NAMES:
        speed = _signed_kmh(tags.get(key, "").strip().lower(), tags, flags)
        if speed is not None:
            return speed
    return _UNKNOWN_KMH


def _signed_kmh(value: str, tags: Tags, flags: StreetFlag) -> float | None:
    if ";" in value:
        # Two limits on one way: the lower one promises nothing that the road may not hold.
        speeds = [_signed_kmh(part.strip(), tags, flags) for part in value.split(";")]
        return min((speed for speed in speeds if speed is not None and not math.isnan(speed)), default=None)
    if number := _NUMBER.fullmatch(value):
        return _find_sensible(float(number[1]) * _KMH_PER_UNIT[number[2]])
    if value in _NO_NUMBER:
        return _UNKNOWN_KMH
    if value in _NATIONAL:
        return _DUAL_KMH if _is_dual(tags, flags) else _SINGLE_KMH
    return _named_kmh(value)


def _named_kmh(value: str) -> float | None:
    if value == "walk":
        return _WALK_KMH
    if zone := _ZONE.fullmatch(value):
        return _find_sensible(float(zone[2]) * (_MPH if zone[1] == "gb" else 1.0))
    if named := _BY_NAME.fullmatch(value):
        return (_ANYWHERE_KMH | NATIONAL_KMH.get(named[1], {})).get(named[2])
    return None


def _find_sensible(kmh: float) -> float | None:
    return kmh if 0.0 < kmh <= _FASTEST_KMH else None


def _is_dual(tags: Tags, flags: StreetFlag) -> bool:
    """True also for a one-way road: under the national limit that is one side of a dual carriageway."""
    one_way = osm_access.directions_of(tags, Access.MOTOR) is not Directions.BOTH
    return StreetFlag.DUAL_CARRIAGEWAY in flags or (one_way and StreetFlag.ROUNDABOUT not in flags)
