"""The road network as frozen arrays: junctions, streets, arcs and the turns between arcs.

It decides the vocabulary of the roads. How the arrays come about is `assemble`'s business, how fast each kind of
unit moves on them is `profile`'s, and which file they lie in is `maps.roadfile`'s.

A *street* is one undirected piece of road between two junctions, with its shape and names. An *arc* is one
direction of a street that somebody may use. A *turn* is a permitted move from the end of one arc to the start of
the next, so that banned turns, U-turns and the side of a dual carriageway are part of the model instead of
exceptions. (Model: Caldwell 1961; the arrays follow RoutingKit and conveyal/r5 `EdgeStore`.)

Where a turn restriction runs via a street, that street stands here again behind all others, with one arc: a copy for
those drivers whom the restriction binds next (`sequences`). It lies where its origin lies, so that whoever looks for
streets by place finds both.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, fields
from enum import IntEnum, IntFlag
from typing import TYPE_CHECKING, Any, NewType

import numpy as np

from arls.geo import Bounds, LocalPlane, Position

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import DTypeLike, NDArray

    Bools = NDArray[np.bool_]
    Bytes = NDArray[np.uint8]
    Masks = NDArray[np.uint16]
    Ints = NDArray[np.int32]
    Longs = NDArray[np.int64]
    Floats = NDArray[np.float64]
    Speeds = NDArray[np.float32]

ArcId = NewType("ArcId", int)

NO_ARC = -1


class Access(IntFlag):
    """Who may use an arc or a turn: one bit a kind of traffic, as the signs and tags give it to each."""

    MOTOR = 1  # any motor car
    EMERGENCY = 2  # a police, fire or ambulance car: what MOTOR has, and what is signed for emergencies
    BUS = 4  # buses; a profile may let a response car follow them through a bus gate
    CYCLE = 8
    FOOT = 16
    PRIVATE = 32  # a car with the owner's leave: wherever MOTOR goes, and on estates and behind gates that open
    # No kind of traffic but a policy, of turns alone: EMERGENCY could turn so, were it not for a sign that bans it.
    BANNED_TURN = 64
    VEHICLES = MOTOR | EMERGENCY | BUS | CYCLE
    EVERYONE = MOTOR | EMERGENCY | BUS | CYCLE | FOOT | PRIVATE


class RoadClass(IntEnum):
    """What kind of road a street is, from the widest to the smallest (the values of OSM's `highway`)."""

    MOTORWAY = 0
    MOTORWAY_LINK = 1
    TRUNK = 2
    TRUNK_LINK = 3
    PRIMARY = 4
    PRIMARY_LINK = 5
    SECONDARY = 6
    SECONDARY_LINK = 7
    TERTIARY = 8
    TERTIARY_LINK = 9
    UNCLASSIFIED = 10
    RESIDENTIAL = 11
    LIVING_STREET = 12
    SERVICE = 13
    BUSWAY = 14
    TRACK = 15
    PEDESTRIAN = 16
    CYCLEWAY = 17
    BRIDLEWAY = 18
    FOOTWAY = 19
    PATH = 20
    STEPS = 21


class StreetFlag(IntFlag):
    """What else is known of a street."""

    ROUNDABOUT = 1
    BRIDGE = 2
    TUNNEL = 4
    FORD = 8
    UNPAVED = 16
    DUAL_CARRIAGEWAY = 32
    URBAN = 64
    AISLE = 128  # a parking aisle, a driveway, an alley or a drive-through: as narrow as it is short


class JunctionFlag(IntFlag):
    """What makes drivers wait at a junction."""

    SIGNALS = 1
    CROSSING = 2
    LEVEL_CROSSING = 4
    STOP = 8
    GIVE_WAY = 16
    MINI_ROUNDABOUT = 32


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Network:
    """Junctions (J), streets (S) with their points (P), arcs (A) and turns (T), all arrays read-only.

    Lengths are metres on the ellipsoid, angles degrees, speeds km/h as signed. `x` and `y` are metres on `plane`.
    """

    left_hand: bool  # traffic keeps left
    junction_lat: Floats  # [J]
    junction_lon: Floats  # [J]
    junction_flags: Bytes  # [J] JunctionFlag

    street_point_start: Longs  # [S + 1] into the points; a street's first and last point are its junctions
    point_lat: Floats  # [P]
    point_lon: Floats  # [P]
    point_x: Floats  # [P]
    point_y: Floats  # [P]
    street_way: Longs  # [S] OSM way id
    street_name: Ints  # [S] into names; names[0] is "" for a street that has none
    street_ref: Ints  # [S] into names: `A38`
    street_class: Bytes  # [S] RoadClass
    street_flags: Masks  # [S] StreetFlag
    street_crossings: Bytes  # [S] crossings on foot within it where drivers give way, 255 at most; not at its ends
    names: tuple[str, ...]

    arc_street: Ints  # [A]
    arc_backward: Bools  # [A] true: runs from the street's last point to its first
    arc_from: Ints  # [A] junction
    arc_to: Ints  # [A] junction
    arc_length_m: Floats  # [A]
    arc_speed_kmh: Speeds  # [A] the signed limit, NaN where none is known
    arc_access: Masks  # [A] Access, never 0
    arc_waits: Bytes  # [A] JunctionFlag: what makes drivers wait at its end; a sign may face one side only
    arc_twin: Ints  # [A] the arc the other way along the same street, or NO_ARC; a copy has its origin's

    turn_start: Longs  # [A + 1] the turns out of arc a are turn_start[a]:turn_start[a + 1]
    turn_to: Ints  # [T] arc
    turn_access: Masks  # [T] Access, never 0
    turn_angle_deg: Speeds  # [T] how far the driver turns: 0 straight on, right positive, in -180..180

    @property
    def arcs(self) -> int:
        """How many arcs there are."""
        return len(self.arc_street)

    @property
    def turns(self) -> int:
        """How many turns there are."""
        return len(self.turn_to)

    @property
    def bounds(self) -> Bounds:
        """The box round every point. Raises ValueError for a network with no street."""
        return Bounds(
            west=float(self.point_lon.min()),
            south=float(self.point_lat.min()),
            east=float(self.point_lon.max()),
            north=float(self.point_lat.max()),
        )

    @property
    def plane(self) -> LocalPlane:
        """The flat map on which `point_x` and `point_y` are metres: centred on the bounds."""
        return plane_of(lats=self.point_lat, lons=self.point_lon)

    def name_of(self, arc: int) -> str:
        """What people call the street: its name, else its road number, else an empty string."""
        street = self.arc_street[arc]
        return str(self.names[self.street_name[street]] or self.names[self.street_ref[street]])

    def checksum(self) -> str:
        """SHA-256 over every array and name: the identity of the network that a ranking records."""
        digest = hashlib.sha256()
        for field in fields(self):
            value = getattr(self, field.name)
            digest.update(field.name.encode())
            if isinstance(value, np.ndarray):
                digest.update(value.dtype.str.encode() + str(value.shape).encode())
                digest.update(np.ascontiguousarray(value).data)
            else:
                digest.update(repr(value).encode())
        return digest.hexdigest()


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Places:
    """Where N positions touch the road: position i may start (or end) at any of start[i]:start[i + 1].

    A parked car may leave either way and an incident may be reached from every arc beside it, so a position has
    several places; one that touches no road has none.
    """

    start: Longs  # [N + 1] into the places
    arc: Ints  # [M]
    fraction: Floats  # [M] how far along the arc: 0 its start, 1 its end
    off_road_m: Floats  # [M] from the position to the road
    extra_ms: NDArray[np.uint32]  # [M] what getting from there to the road, or from the road to there, costs
    beyond_m: Floats | None = (
        None  # [M] metres on the road between there and the position, which extra_ms pays; or none
    )

    def __len__(self) -> int:
        return len(self.start) - 1

    def of(self, positions: Longs) -> Places:
        """The places of some of the positions, in their order."""
        count = np.diff(self.start)[positions]
        start = np.append(0, np.cumsum(count))
        taken = np.repeat(self.start[positions] - start[:-1], count) + np.arange(start[-1])
        return Places(
            start=start,
            arc=self.arc[taken],
            fraction=self.fraction[taken],
            off_road_m=self.off_road_m[taken],
            extra_ms=self.extra_ms[taken],
            beyond_m=None if self.beyond_m is None else self.beyond_m[taken],
        )


def together(several: Sequence[Places]) -> Places:
    """The places of several positions, one after the other."""
    return Places(
        start=np.append(
            0, np.cumsum(np.concatenate([np.zeros(0, np.int64), *(np.diff(one.start) for one in several)]))
        ),
        arc=np.concatenate([np.zeros(0, np.int32), *(one.arc for one in several)]),
        fraction=np.concatenate([np.zeros(0), *(one.fraction for one in several)]),
        off_road_m=np.concatenate([np.zeros(0), *(one.off_road_m for one in several)]),
        extra_ms=np.concatenate([np.zeros(0, np.uint32), *(one.extra_ms for one in several)]),
    )


def steady(values: NDArray[Any], dtype: DTypeLike) -> NDArray[Any]:
    """A read-only view of one layout and type: numba compiles a kernel anew for each other kind of array."""
    view = np.ascontiguousarray(values, dtype).view(np.ndarray)
    view.flags.writeable = False
    return view


def plane_of(*, lats: Floats, lons: Floats) -> LocalPlane:
    """The flat map centred on the box round these points, its origin rounded to 0.001 degrees."""
    lat = round((float(lats.min()) + float(lats.max())) / 2, 3)
    lon = round((float(lons.min()) + float(lons.max())) / 2, 3)
    return LocalPlane(Position(lat=lat, lon=lon))
