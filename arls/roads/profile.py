"""How fast each kind of unit moves: milliseconds per arc and per turn.

It decides where a profile may go, what that costs, and which arcs hang together for it. It leaves to `search` which
way is the soonest, and to `packs` what a profile is. Weights are whole milliseconds, so that every algorithm and
every replay adds up to the same.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from scipy.sparse import csr_matrix
from scipy.sparse.csgraph import connected_components

from arls.roads.network import Access, JunctionFlag, RoadClass, StreetFlag
from arls.roads.packs import Profile, load_profiles

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    from arls.roads.network import Bools, Floats, Ints, Longs, Network

    Millis = NDArray[np.uint32]

__all__ = [
    "CAR_NORMAL",
    "CAR_RESPONSE",
    "CYCLE",
    "FOOT",
    "FORBIDDEN",
    "MAIN_COMPONENT",
    "NO_COMPONENT",
    "PROFILES",
    "WALK_MPS",
    "Profile",
    "Weights",
    "off_main",
    "weights_of",
]

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
    flags = network.street_flags[network.arc_street]
    kmh = np.minimum(kmh, np.where(flags & StreetFlag.UNPAVED != 0, profile.unpaved_cap_kmh, profile.cap_kmh))
    if profile.aisle_cap_kmh is not None:
        kmh = np.where(flags & StreetFlag.AISLE != 0, np.minimum(kmh, profile.aisle_cap_kmh), kmh)
    cost_ms = network.arc_length_m[may_go] / kmh[may_go] * _MS_PER_M_AT_1_KMH
    crossings = network.street_crossings[network.arc_street[may_go]].astype(np.float64)
    cost_ms += crossings * profile.wait_ms.get(JunctionFlag.CROSSING, 0)
    ms = np.full(network.arcs, FORBIDDEN, np.uint32)
    ms[may_go] = np.clip(np.rint(cost_ms), 1, FORBIDDEN - 1)
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
    """[T] what it costs to leave the public roads by an exemption: paid there, not at each junction behind.

    A turn that a sign bans costs what it costs wherever it is made.
    """
    on_public = network.arc_access[leaving] & profile.uses != 0
    begins = on_public & (network.turn_access & profile.uses == 0)
    ms = np.zeros(network.turns, np.int64)
    for kind, begin_ms in sorted(profile.exempt_ms.items(), key=lambda item: -item[1]):
        ms[begins & (network.turn_access & kind != 0)] = begin_ms  # the cheapest exemption comes last, and holds
    obeying = profile.may_use & ~Access.BANNED_TURN
    ms[network.turn_access & obeying == 0] = profile.exempt_ms.get(Access.BANNED_TURN, 0)
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


PROFILES: Mapping[str, Profile] = load_profiles()
CAR_RESPONSE = PROFILES["car-response"]
CAR_NORMAL = PROFILES["car-normal"]
CYCLE = PROFILES["cycle"]
FOOT = PROFILES["foot"]
