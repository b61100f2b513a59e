"""Streets, junctions and banned turns in; a Network of arcs and turns out.

It decides which moves at a junction exist. What a street is and who may use it was decided by whoever read the map.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from arls.roads.network import Bools, Bytes, Floats, Ints, Longs, Masks, Speeds


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Bans:
    """R turn restrictions via a junction: from one street over a junction to another."""

    from_street: Ints  # [R]
    via_junction: Ints  # [R]
    to_street: Ints  # [R]
    only: Bools  # [R] true: *only* this move is allowed from that street; false: this move is banned
    binds: Masks  # [R] Access: whom it binds


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Streets:
    """J junctions and S streets as read from a map, in the units of `Network`, before there are arcs and turns."""

    left_hand: bool
    junction_lat: Floats  # [J]
    junction_lon: Floats  # [J]
    junction_flags: Bytes  # [J] JunctionFlag
    junction_access: Masks  # [J] Access: who may pass through (EVERYONE, unless a bollard or gate stands there)

    street_from: Ints  # [S] junction
    street_to: Ints  # [S] junction
    street_point_start: Longs  # [S + 1]
    point_lat: Floats  # [P]
    point_lon: Floats  # [P]
    street_way: Longs  # [S]
    street_name: Ints  # [S]
    street_ref: Ints  # [S]
    street_class: Bytes  # [S]
    street_flags: Masks  # [S]
    forward_access: Masks  # [S] Access from the first point to the last; 0: nobody, and there is no such arc
    backward_access: Masks  # [S]
    forward_speed_kmh: Speeds  # [S] NaN where none is known
    backward_speed_kmh: Speeds  # [S]
    names: tuple[str, ...]
    bans: Bans
