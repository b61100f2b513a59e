"""Who may use a road, and which way: the tables of OSM's access and one-way tags, and of barriers.

It decides the Access mask of each direction of a way and of a barrier node. It leaves to profiles what a response
driver does about it. Source: OSM wiki, "Key:access", "Key:oneway", "Key:barrier".

PRIVATE is a kind of traffic, the car with the owner's leave: it goes wherever MOTOR goes, and where the tags say
`private`. So an arc is private where it has PRIVATE and lacks MOTOR, and a turn from a public road into a private
one keeps PRIVATE.
"""

from __future__ import annotations

from enum import IntEnum, IntFlag
from typing import TYPE_CHECKING

from arls.roads.network import Access

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    Tags = Mapping[str, str]


class Leave(IntEnum):
    """What a tag's value gives to the kind of traffic that its key names."""

    NO = 0
    OWNERS = 1
    YES = 2


LEAVE: dict[str, Leave] = {
    **dict.fromkeys(("no", "none", "restricted", "use_sidepath", "dismount"), Leave.NO),
    **dict.fromkeys(("private", "permit", "customers", "delivery", "residents", "staff", "employees"), Leave.OWNERS),
    **dict.fromkeys(("agricultural", "forestry", "military"), Leave.OWNERS),
    **dict.fromkeys(("yes", "permissive", "designated", "official", "destination", "public", "only"), Leave.YES),
}

# From the special to the general: the first key whose value is understood decides. OSM wiki, "Key:access",
# section "Land-based transportation".
_CAR = ("motorcar", "motor_vehicle", "vehicle", "access")
CHAINS: dict[Access, tuple[str, ...]] = {
    Access.MOTOR: _CAR,
    Access.EMERGENCY: ("emergency", *_CAR),
    Access.BUS: ("bus", "psv", "motor_vehicle", "vehicle", "access"),
    Access.CYCLE: ("bicycle", "vehicle", "access"),
    Access.FOOT: ("foot", "access"),
}

# `access=emergency` and `motor_vehicle=bus` shut a road to all but one kind.
_ONE_KIND = {"emergency": Access.EMERGENCY, "bus": Access.BUS, "psv": Access.BUS}

_NARROW = Access.FOOT | Access.CYCLE
_GATE = _NARROW | Access.PRIVATE
_OPENED_TO = Access.MOTOR | Access.EMERGENCY | Access.BUS  # whom a gate lets through once it is open

# Made to let a bus's axle over and no car's: nothing for a car that may follow buses, and no unit is a bus.
_BUS_TRAPS = ("bus_trap", "sump_buster")

# What lets whom pass where its own tags say nothing. OSM wiki, "Key:barrier"; what is not here lets nobody drive.
BARRIERS: dict[str, Access] = {
    **dict.fromkeys(("entrance", "toll_booth", "cattle_grid", "border_control", "checkpoint"), Access.EVERYONE),
    **dict.fromkeys(("kerb", "sally_port", "coupure", "toll_gantry", "no", "bump"), Access.EVERYONE),
    "height_restrictor": Access.EVERYONE & ~Access.BUS,
    **dict.fromkeys(("gate", "lift_gate", "swing_gate", "sliding_gate", "hampshire_gate", "bump_gate"), _GATE),
    **dict.fromkeys(("chain", "rope", "lift_chain", "sliding_beam"), _GATE),
    **dict.fromkeys(_BUS_TRAPS, _NARROW),
    **dict.fromkeys(("bollard", "block", "planter", "cycle_barrier", "motorcycle_barrier"), _NARROW),
    **dict.fromkeys(("jersey_barrier", "chicane", "yes"), _NARROW),
    **dict.fromkeys(("kissing_gate", "stile", "turnstile", "full-height_turnstile", "horse_stile"), Access.FOOT),
    **dict.fromkeys(("log", "debris", "wicket_gate"), Access.FOOT),
    **dict.fromkeys(("wall", "fence", "hedge", "ditch", "retaining_wall", "city_wall", "guard_rail"), Access(0)),
}
_UNKNOWN_BARRIER = _NARROW


class Directions(IntFlag):
    """The directions of a way that a one-way tag leaves open."""

    NEITHER = 0
    FORWARD = 1
    BACKWARD = 2
    BOTH = 3


ONEWAY: dict[str, Directions] = {
    **dict.fromkeys(("yes", "true", "1"), Directions.FORWARD),
    **dict.fromkeys(("-1", "reverse"), Directions.BACKWARD),
    **dict.fromkeys(("no", "false", "0", "alternating"), Directions.BOTH),
    # The direction changes with the hour, and the map does not say which holds now.
    "reversible": Directions.NEITHER,
}

_ONEWAY_CHAINS: dict[Access, tuple[str, ...]] = {
    Access.MOTOR: ("oneway:motorcar", "oneway:motor_vehicle", "oneway:vehicle"),
    Access.EMERGENCY: ("oneway:emergency", "oneway:motorcar", "oneway:motor_vehicle", "oneway:vehicle"),
    Access.BUS: ("oneway:bus", "oneway:psv", "oneway:motor_vehicle", "oneway:vehicle"),
    Access.CYCLE: ("oneway:bicycle", "oneway:vehicle"),
    Access.FOOT: ("oneway:foot",),
}

# Lanes against a one-way street: OSM wiki, "Key:cycleway" and "Key:busway".
_SIDES = ("", ":left", ":right", ":both")
_OPPOSITE: dict[Access, tuple[str, ...]] = {
    Access.CYCLE: ("bicycle", *(f"cycleway{side}" for side in _SIDES)),
    Access.BUS: ("bus", "psv", *(f"busway{side}" for side in _SIDES)),
}
_LANE_DIRECTIONS = tuple(f"cycleway{side}:oneway" for side in _SIDES[1:])
_BACKWARD_BUS_LANES = ("lanes:psv:backward", "lanes:bus:backward")
ROUND = {"roundabout", "circular"}

ACCESS_KEYS = frozenset(key for chain in CHAINS.values() for key in chain)
KEYS = frozenset(
    {
        *(f"{key}{direction}" for key in ACCESS_KEYS for direction in ("", ":forward", ":backward")),
        *(key for keys in (*_ONEWAY_CHAINS.values(), *_OPPOSITE.values()) for key in keys),
        *_LANE_DIRECTIONS,
        *_BACKWARD_BUS_LANES,
        "oneway",
        "junction",
        "highway",
    }
)


def access_of(tags: Tags, default: Access) -> tuple[Access, Access]:
    """Who may go forward and who backward along a way that all of `default` could use, were it not for its tags."""
    forward, backward = Access(0), Access(0)
    for kind in CHAINS:
        open_to = directions_of(tags, kind)
        if Directions.FORWARD in open_to:
            forward |= _granted(tags, kind, default, ":forward")
        if Directions.BACKWARD in open_to:
            backward |= _granted(tags, kind, default, ":backward")
    return forward, backward


def directions_of(tags: Tags, kind: Access) -> Directions:
    """Which directions the one-way tags leave open to one kind of traffic."""
    for key in _ONEWAY_CHAINS[kind]:
        if (special := ONEWAY.get(tags.get(key, ""))) is not None:
            return special
    if kind is Access.FOOT or _has_contraflow(tags, kind):
        return Directions.BOTH
    if (general := ONEWAY.get(tags.get("oneway", ""))) is not None:
        return general
    implied = tags.get("junction") in ROUND or tags.get("highway") == "motorway"
    return Directions.FORWARD if implied else Directions.BOTH


def passing(tags: Tags) -> Access:
    """Who may pass a node, by its barrier and by the barrier's own access tags."""
    if "barrier" not in tags:
        return Access.EVERYONE
    default = BARRIERS.get(tags["barrier"], _UNKNOWN_BARRIER)
    if tags.get("locked") == "yes":
        default = Access(0)
    mask = Access(0)
    for kind in CHAINS:
        mask |= _granted(tags, kind, default, "")
    if tags.get("emergency") == "yes" and Access.MOTOR not in mask:
        mask &= ~Access.PRIVATE  # it tells for whom it is opened
    return mask & ~Access.BUS if tags["barrier"] in _BUS_TRAPS else mask


def unread(tags: Tags) -> Iterable[str]:
    """The access and one-way keys whose value told us nothing."""
    for key, value in tags.items():
        silent = key in ACCESS_KEYS and not value.startswith("opposite") and _leave(value, Access.MOTOR) is None
        if silent or (key == "oneway" and value not in ONEWAY):
            yield key


def _granted(tags: Tags, kind: Access, default: Access, direction: str) -> Access:
    """The bits that one kind of traffic gets: its own, and PRIVATE by way of the motor car."""
    leave = _leave_of(tags, kind, default, direction)
    match kind:
        case Access.MOTOR:
            return (Access(0), Access.PRIVATE, Access.MOTOR | Access.PRIVATE)[leave]
        case Access.FOOT:
            # A private drive is closed to strangers, not to an officer on foot.
            return Access.FOOT if leave else Access(0)
        case _:
            return kind if leave is Leave.YES else Access(0)


def _leave_of(tags: Tags, kind: Access, default: Access, direction: str) -> Leave:
    owners = Access.PRIVATE in default and kind in _OPENED_TO
    untagged = Leave.YES if kind in default else Leave.OWNERS if owners else Leave.NO
    for key in CHAINS[kind]:
        for tag in (key + direction, key):
            if (leave := _leave(tags.get(tag, ""), kind)) is not None:
                # `access=yes` opens a gate, but makes no road of a footway and no gap between bollards.
                return untagged if key == "access" and not untagged else leave
    return untagged


def _leave(value: str, kind: Access) -> Leave | None:
    if value in _ONE_KIND:
        return Leave.YES if kind is _ONE_KIND[value] else Leave.NO
    if value in LEAVE:
        return LEAVE[value]
    # `agricultural;forestry`: whoever is named may go.
    return max((LEAVE[part] for part in value.replace(" ", "").split(";") if part in LEAVE), default=None)


def _has_contraflow(tags: Tags, kind: Access) -> bool:
    if any(tags.get(key, "").startswith("opposite") for key in _OPPOSITE.get(kind, ())):
        return True
    if kind is Access.CYCLE:
        return any(tags.get(key) in {"no", "-1"} for key in _LANE_DIRECTIONS)
    return kind is Access.BUS and any(tags.get(key, "0") != "0" for key in _BACKWARD_BUS_LANES)
