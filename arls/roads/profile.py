"""How fast each kind of unit moves: milliseconds per arc and per turn.

It decides where a profile may go, what that costs, and which arcs hang together for it. It leaves to `search` which
way is the soonest. Weights are whole milliseconds, so that every algorithm and every replay adds up to the same.

The speeds, turn costs and waits are OSRM's (`profiles/car.lua`, `foot.lua`, `bicycle.lua`, `lib/obstacles.lua`),
fitted to everyday driving. No police journeys have been fitted to: what a response driver gains is our own
conservative guess, and stands in `CAR_RESPONSE`.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np
from scipy.sparse import csr_matrix
from scipy.sparse.csgraph import connected_components

from arls.roads.network import Access, JunctionFlag, RoadClass, StreetFlag

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    from arls.roads.network import Bools, Floats, Ints, Longs, Network

    Millis = NDArray[np.uint32]

# No sum that passes it is an answer: two of them fit uint32, and a way takes less than 2**30 ms (12 days).
FORBIDDEN = 2**30
MAIN_COMPONENT = 0
NO_COMPONENT = -1

# Preferred walking speed: Browning, Baker, Herron and Kram, J. Appl. Physiol. 100 (2006).
WALK_MPS = 1.4

_MS_PER_M_AT_1_KMH = 3600.0
# How much of a turn a bend is: nothing straight on, half at a right angle, all at a turn right round (the curve of
# OSRM's `car.lua`). By whole degrees, so that no processor's exp() rounds to another millisecond.
_SHARPNESS = 1.0 / (1.0 + np.exp(6.5 - 13.0 * np.arange(181) / 180.0))


@dataclass(frozen=True, slots=True, kw_only=True)
class Profile:
    """A mobility in a response mode: where it may go, and how fast it is there."""

    name: str
    uses: Access  # the kinds of traffic it counts as
    exempt_ms: Mapping[Access, int]  # kinds of traffic that it may follow, and what it costs to begin doing so
    class_kmh: Mapping[RoadClass, float]  # where no limit is known; it may not go on a class that is not here
    limit_factor: float | None  # its speed by the signed limit; None: limits are nothing to it
    cap_kmh: float
    unpaved_cap_kmh: float
    turn_ms: int  # a turn right round, where there was another way to go; a right angle costs half of it
    across_ms: int  # the same, more, for a turn across the oncoming traffic
    u_turn_ms: int  # onto the other side of the same street
    wait_ms: Mapping[JunctionFlag, int]

    @property
    def may_use(self) -> Access:
        """Every kind of traffic that it counts as or may follow."""
        mask = self.uses
        for kind in self.exempt_ms:
            mask |= kind
        return mask


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Weights:
    """What a profile's arcs and turns cost on one network, all arrays read-only."""

    profile: str
    arc_ms: Millis  # [A] at least 1, or FORBIDDEN
    turn_ms: Millis  # [T] or FORBIDDEN
    component: Ints  # [A] arcs of equal number reach each other; MAIN_COMPONENT has the most; NO_COMPONENT: forbidden


def weights_of(network: Network, profile: Profile) -> Weights:
    """The milliseconds of every arc and turn of the network for this profile."""
    leaving = np.repeat(np.arange(network.arcs), np.diff(network.turn_start))
    arc_ms = _arc_ms(network, profile)
    turn_ms = _turn_ms(network, profile, arc_ms, leaving)
    component = _components(arc_ms, leaving, network.turn_to, turn_ms)
    for array in (arc_ms, turn_ms, component):
        array.flags.writeable = False
    return Weights(profile=profile.name, arc_ms=arc_ms, turn_ms=turn_ms, component=component)


def _arc_ms(network: Network, profile: Profile) -> Millis:
    class_kmh = np.zeros(max(RoadClass) + 1)
    class_kmh[list(profile.class_kmh)] = list(profile.class_kmh.values())
    kmh = class_kmh[network.street_class[network.arc_street]]
    may_go = (kmh > 0) & (network.arc_access & profile.may_use != 0)
    if profile.limit_factor is not None:
        signed = network.arc_speed_kmh > 0
        kmh[signed] = network.arc_speed_kmh[signed] * profile.limit_factor
    unpaved = network.street_flags[network.arc_street] & StreetFlag.UNPAVED != 0
    kmh = np.minimum(kmh, np.where(unpaved, profile.unpaved_cap_kmh, profile.cap_kmh))
    ms = np.full(network.arcs, FORBIDDEN, np.uint32)
    ms[may_go] = np.clip(np.rint(network.arc_length_m[may_go] / kmh[may_go] * _MS_PER_M_AT_1_KMH), 1, FORBIDDEN - 1)
    return ms


def _turn_ms(network: Network, profile: Profile, arc_ms: Millis, leaving: Longs) -> Millis:
    entering = network.turn_to
    may_go = (
        (network.turn_access & profile.may_use != 0) & (arc_ms[leaving] < FORBIDDEN) & (arc_ms[entering] < FORBIDDEN)
    )
    back = network.arc_twin[leaving] == entering
    ways_on = np.bincount(leaving[may_go & ~back], minlength=network.arcs)
    # A bend without a choice is part of the road, whose speed already counts it.
    ms = np.where(ways_on[leaving] > 1, _bend_ms(network, profile), 0.0)
    ms += _waits_ms(profile)[network.arc_waits[leaving]]
    ms[back] = profile.u_turn_ms
    ms += _begin_ms(network, profile, leaving)
    return np.where(may_go, np.rint(ms), FORBIDDEN).astype(np.uint32)


def _bend_ms(network: Network, profile: Profile) -> Floats:
    angle_deg = network.turn_angle_deg
    across = (angle_deg > 0) if network.left_hand else (angle_deg < 0)
    sharpness: Floats = _SHARPNESS[np.rint(np.abs(angle_deg)).astype(np.int64)]
    return sharpness * (profile.turn_ms + across * profile.across_ms)


def _waits_ms(profile: Profile) -> Floats:
    """[256] by junction flags: the longest of what they ask for."""
    waits = np.zeros(256)
    for flag, wait_ms in profile.wait_ms.items():
        told = np.arange(256) & flag != 0
        waits[told] = np.maximum(waits[told], wait_ms)
    return waits


def _begin_ms(network: Network, profile: Profile, leaving: Longs) -> Longs:
    """[T] what it costs to leave the public roads by an exemption: paid there, not at each junction behind."""
    on_public = network.arc_access[leaving] & profile.uses != 0
    begins = on_public & (network.turn_access & profile.uses == 0)
    ms = np.zeros(network.turns, np.int64)
    for kind, begin_ms in sorted(profile.exempt_ms.items(), key=lambda item: -item[1]):
        ms[begins & (network.turn_access & kind != 0)] = begin_ms  # the cheapest exemption comes last, and holds
    return ms


def _components(arc_ms: Millis, leaving: Longs, entering: Ints, turn_ms: Millis) -> Ints:
    """[A] strongly connected components, the biggest first (of equals the one with the lowest arc)."""
    open_arc, open_turn = arc_ms < FORBIDDEN, turn_ms < FORBIDDEN
    moves = np.ones(int(open_turn.sum()), np.bool_)
    graph = csr_matrix((moves, (leaving[open_turn], entering[open_turn])), shape=(len(arc_ms), len(arc_ms)))
    found: NDArray[Any] = connected_components(graph, directed=True, connection="strong")[1]
    component = np.full(len(arc_ms), NO_COMPONENT, np.int32)
    _, first, inverse, size = np.unique(found[open_arc], return_index=True, return_inverse=True, return_counts=True)
    rank = np.empty(len(size), np.int32)
    rank[np.lexsort((first, -size))] = np.arange(len(size))
    component[open_arc] = rank[inverse]
    return component


def off_main(weights: Weights, arcs: Ints | Longs) -> Bools:
    """True for an arc from which most of the network cannot be reached and left again."""
    off: Bools = weights.component[arcs] != MAIN_COMPONENT
    return off


# OSRM `car.lua`, table `speeds`; the classes below SERVICE, where tags let cars in, are ours.
_CAR_KMH = {
    RoadClass.MOTORWAY: 90.0,
    RoadClass.MOTORWAY_LINK: 45.0,
    RoadClass.TRUNK: 85.0,
    RoadClass.TRUNK_LINK: 40.0,
    RoadClass.PRIMARY: 65.0,
    RoadClass.PRIMARY_LINK: 30.0,
    RoadClass.SECONDARY: 55.0,
    RoadClass.SECONDARY_LINK: 25.0,
    RoadClass.TERTIARY: 40.0,
    RoadClass.TERTIARY_LINK: 20.0,
    RoadClass.UNCLASSIFIED: 25.0,
    RoadClass.RESIDENTIAL: 25.0,
    RoadClass.LIVING_STREET: 10.0,
    RoadClass.SERVICE: 15.0,
    RoadClass.BUSWAY: 25.0,
    RoadClass.TRACK: 15.0,
    **dict.fromkeys((RoadClass.PEDESTRIAN, RoadClass.CYCLEWAY, RoadClass.BRIDLEWAY), 10.0),
    **dict.fromkeys((RoadClass.FOOTWAY, RoadClass.PATH), 5.0),
}

CAR_NORMAL = Profile(
    name="car-normal",
    uses=Access.MOTOR,
    exempt_ms={Access.PRIVATE: 60_000},  # somebody has to open
    class_kmh=_CAR_KMH,
    limit_factor=0.8,  # `car.lua`, speed_reduction
    cap_kmh=113.0,  # 70 mph, the national limit for cars: Highway Code, rule 124
    unpaved_cap_kmh=40.0,  # `car.lua`, surface_speeds
    turn_ms=7_500,  # `car.lua`, turn_penalty
    across_ms=2_000,  # `car.lua` has turn_bias, 7.5 % more or less; here it is a gap in the traffic to be waited for
    u_turn_ms=20_000,  # `car.lua`, u_turn_penalty
    wait_ms={JunctionFlag.SIGNALS: 2_000, JunctionFlag.STOP: 2_000, JunctionFlag.GIVE_WAY: 1_000},  # `obstacles.lua`
)

# Road Traffic Regulation Act 1984 s.87 lifts the speed limits; the Traffic Signs Regulations and General Directions
# 2016, schedule 14, make a red light a give-way. One-way streets and banned turns bind by default.
CAR_RESPONSE = replace(
    CAR_NORMAL,
    name="car-response",
    uses=Access.MOTOR | Access.EMERGENCY,
    exempt_ms={Access.BUS: 0, Access.PRIVATE: 30_000},  # through a bus gate as a bus; estates are told to open
    class_kmh={road: kmh / 0.8 for road, kmh in _CAR_KMH.items()},
    limit_factor=1.0,  # on the average of a whole drive the limit itself: at times above it, at each corner below
    cap_kmh=145.0,  # 90 mph
    across_ms=0,  # the oncoming traffic gives way
    wait_ms={JunctionFlag.SIGNALS: 1_000, JunctionFlag.STOP: 1_000, JunctionFlag.GIVE_WAY: 1_000},
)

MOTORCYCLE_RESPONSE = replace(CAR_RESPONSE, name="motorcycle-response", u_turn_ms=10_000)

_LEGS_KMH = dict.fromkeys(RoadClass, WALK_MPS * 3.6)

FOOT = Profile(
    name="foot",
    uses=Access.FOOT,
    exempt_ms={},
    class_kmh=_LEGS_KMH,
    limit_factor=None,
    cap_kmh=WALK_MPS * 3.6,
    unpaved_cap_kmh=WALK_MPS * 3.6,
    turn_ms=0,
    across_ms=0,
    u_turn_ms=0,
    wait_ms={JunctionFlag.SIGNALS: 2_000},  # OSRM `foot.lua`, traffic_signal_penalty
)

CYCLE = Profile(
    name="cycle",
    uses=Access.CYCLE,
    exempt_ms={},
    class_kmh={
        # OSRM `bicycle.lua`, bicycle_speeds: what is shared with walkers, or rough, is slower.
        **dict.fromkeys(RoadClass, 15.0),
        RoadClass.TRACK: 12.0,
        RoadClass.PATH: 12.0,
        **dict.fromkeys((RoadClass.PEDESTRIAN, RoadClass.FOOTWAY, RoadClass.STEPS), 4.0),
    },
    limit_factor=None,
    cap_kmh=15.0,
    unpaved_cap_kmh=12.0,
    turn_ms=6_000,  # `bicycle.lua`, turn_penalty
    across_ms=0,
    u_turn_ms=20_000,
    wait_ms={JunctionFlag.SIGNALS: 2_000},
)

PROFILES: Mapping[str, Profile] = {
    profile.name: profile for profile in (CAR_RESPONSE, CAR_NORMAL, MOTORCYCLE_RESPONSE, CYCLE, FOOT)
}
