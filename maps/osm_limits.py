"""How fast a road may be driven: its signed limit, in whatever unit, or what a country's law says where no sign does.

It decides what the tags of a limit mean. How fast anybody goes under it is a profile's business.
Source: OSM wiki, "Key:maxspeed".
"""

from __future__ import annotations

import math
import re
from typing import TYPE_CHECKING, NamedTuple

from arls.roads.network import Access, StreetFlag
from maps import osm_access
from maps.osm_access import Directions

if TYPE_CHECKING:
    from collections.abc import Mapping

    Tags = Mapping[str, str]

_KMH_PER_UNIT = {"": 1.0, "km/h": 1.0, "kmh": 1.0, "kph": 1.0, "mph": 1.609344, "knots": 1.852}
_NUMBER = re.compile(r"(\d+(?:\.\d+)?) ?(km/h|kmh|kph|mph|knots|)")
_FASTEST_KMH = 200.0
_WALK_KMH = 7.0  # German courts hold `walk` (Schrittgeschwindigkeit) to be 4 to 7 km/h; 10 by some
_UNKNOWN_KMH = math.nan

_MPH = _KMH_PER_UNIT["mph"]
_SINGLE_KMH, _DUAL_KMH = 60 * _MPH, 70 * _MPH
_GREAT_BRITAIN = {
    **dict.fromkeys(("urban", "nsl_restricted"), 30 * _MPH),
    **dict.fromkeys(("nsl_single", "rural"), _SINGLE_KMH),
    **dict.fromkeys(("nsl_dual", "motorway"), _DUAL_KMH),
}
# What a country's law says where no sign does: `maxspeed=IT:rural`, `source:maxspeed=DE:urban`; NaN: no limit.
# OSM wiki, "Key:maxspeed", implicit values, and "Default speed limits", as read there for cars; GB: the Highway Code,
# rule 124; FR: Code de la route R413-2, R413-3; DE: StVO section 3; IT: Codice della strada, art. 142; PT: Codigo da
# Estrada, art. 27; AT: StVO 1960, section 20; CH: VRV art. 4a; NL: by day, RVV 1990, art. 21.
NATIONAL_KMH: dict[str, dict[str, float]] = {
    **dict.fromkeys(("gb", "uk"), _GREAT_BRITAIN),
    # Lowered on local roads, and there alone, to 60 on 2025-02-07: Road Traffic Act 2024; the tag does not tell which.
    "ie": {"urban": 50.0, "rural": 80.0, "national": 100.0, "motorway": 120.0},
    "at": {"urban": 50.0, "rural": 100.0, "trunk": 100.0, "motorway": 130.0},
    "au": {"urban": 50.0, "rural": 100.0},
    "be": {"urban": 50.0, "trunk": 120.0, "motorway": 120.0},
    "be-bru": {"urban": 30.0, "rural": 70.0},
    "be-vlg": {"rural": 70.0},
    "be-wal": {"rural": 90.0},
    "bg": {"urban": 50.0, "rural": 90.0, "trunk": 120.0, "motorway": 140.0},
    "ch": {"urban": 50.0, "rural": 80.0, "trunk": 100.0, "motorway": 120.0},
    "cz": {"urban": 50.0, "rural": 90.0, "trunk": 110.0, "motorway": 130.0},
    "de": {"urban": 50.0, "rural": 100.0, "motorway": _UNKNOWN_KMH},
    "dk": {"urban": 50.0, "rural": 80.0, "motorway": 130.0},
    "ee": {"urban": 50.0, "rural": 90.0},
    "es": {"urban": 50.0, "rural": 90.0, "trunk": 90.0, "motorway": 120.0},
    "fi": {"urban": 50.0, "rural": 80.0, "trunk": 100.0, "motorway": 120.0},
    "fr": {"urban": 50.0, "rural": 80.0, "trunk": 110.0, "motorway": 130.0},
    "gr": {"urban": 50.0, "rural": 90.0, "trunk": 110.0, "motorway": 130.0},
    "hr": {"urban": 50.0, "rural": 90.0, "trunk": 110.0, "motorway": 130.0},
    "hu": {"urban": 50.0, "rural": 90.0, "trunk": 110.0, "motorway": 130.0},
    "it": {"urban": 50.0, "rural": 90.0, "trunk": 110.0, "motorway": 130.0},
    "lt": {"urban": 50.0, "rural": 90.0},
    "lu": {"urban": 50.0, "rural": 90.0, "motorway": 130.0},
    "nl": {"urban": 50.0, "rural": 80.0, "trunk": 100.0, "motorway": 100.0},
    "no": {"urban": 50.0, "rural": 80.0},
    "nz": {"urban": 50.0, "rural": 100.0},
    "pl": {"urban": 50.0, "rural": 90.0, "motorway": 140.0},
    "pt": {"urban": 50.0, "rural": 90.0, "trunk": 100.0, "motorway": 120.0},
    "ro": {"urban": 50.0, "rural": 90.0, "trunk": 100.0, "motorway": 130.0},
    "se": {"urban": 50.0, "rural": 70.0},
    "si": {"urban": 50.0, "rural": 90.0, "trunk": 110.0, "motorway": 130.0},
    "sk": {"urban": 50.0, "rural": 90.0, "trunk": 90.0, "motorway": 130.0},
}
# Where the country is not in the table. Vienna Convention countries: 50 in towns.
_ANYWHERE_KMH = {"urban": 50.0, "walk": _WALK_KMH, "living_street": _WALK_KMH, "bicycle_road": 30.0}
_NATIONAL = {"national", "gb:national", "uk:national", "gb:nsl", "nsl"}
_NO_NUMBER = {"none", "signals", "variable", "sign", "signed"}
_ZONE = re.compile(r"([a-z]{2}):(?:zone)?:?(\d+)")
_BY_NAME = re.compile(r"(([a-z]{2})(?:-[a-z]{2,3})?):([a-z_]+)")

# Where the kind of limit is told, which stands in for its number.
KINDS = ("maxspeed:type", "source:maxspeed", "zone:maxspeed", "zone:traffic")
KEYS = frozenset({"maxspeed", "maxspeed:forward", "maxspeed:backward", *KINDS})


class Limits(NamedTuple):
    """The signed limit each way in km/h, NaN where none is known, and the keys whose value was not understood."""

    forward_kmh: float
    backward_kmh: float
    unread: tuple[str, ...]


def limits_of(tags: Tags, flags: StreetFlag) -> Limits:
    """The limits of a way of these flags."""
    speeds, unread = [], []
    for direction in (":forward", ":backward"):
        key, speed = _limit_kmh(tags, direction, flags)
        if speed is None:
            unread.append(key)
        speeds.append(_UNKNOWN_KMH if speed is None else speed)
    return Limits(speeds[0], speeds[1], tuple(dict.fromkeys(unread)))


def _limit_kmh(tags: Tags, direction: str, flags: StreetFlag) -> tuple[str, float | None]:
    """What tells the limit, and the limit; None where that was not understood."""
    for key in (f"maxspeed{direction}", "maxspeed"):
        if value := tags.get(key, "").strip().lower():
            return key, _signed_kmh(value, tags, flags)
    for key in KINDS:
        speed = _signed_kmh(tags.get(key, "").strip().lower(), tags, flags)
        if speed is not None:
            return key, speed
    return "maxspeed", _UNKNOWN_KMH


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
        region, country, kind = named[1], named[2], named[3]
        return (_ANYWHERE_KMH | NATIONAL_KMH.get(country, {}) | NATIONAL_KMH.get(region, {})).get(kind)
    return None


def _find_sensible(kmh: float) -> float | None:
    return kmh if 0.0 < kmh <= _FASTEST_KMH else None


def _is_dual(tags: Tags, flags: StreetFlag) -> bool:
    """True also for a one-way road: under the national limit that is one side of a dual carriageway."""
    one_way = osm_access.directions_of(tags, Access.MOTOR) is not Directions.BOTH
    return StreetFlag.DUAL_CARRIAGEWAY in flags or (one_way and StreetFlag.ROUNDABOUT not in flags)
