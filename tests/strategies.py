"""Hypothesis strategies: small road networks of every awkward shape, weights on them, and places.

Loops, parallel streets, dead ends, one-ways, bollards and contradictory turn restrictions come up by themselves,
because nothing here forbids them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from hypothesis import strategies as st

from arls.roads.assemble import Bans, Streets
from arls.roads.network import Access, Places, RoadClass
from arls.roads.profile import FORBIDDEN, NO_COMPONENT, Weights

if TYPE_CHECKING:
    from arls.roads.network import Network

_WHO = (
    Access.EVERYONE,
    Access.EVERYONE,
    Access.FOOT,
    Access.BUS | Access.FOOT,
    Access.PRIVATE,
    Access.FOOT | Access.CYCLE,
)
_DRIVERS = Access.VEHICLES | Access.PRIVATE
_BOUND = (_DRIVERS, _DRIVERS | Access.BANNED_TURN, Access.MOTOR)
_STEP_DEG = 0.001
_ORIGIN = (52.5, -1.9)


@st.composite
def streets(draw: st.DrawFn, *, most: int = 12) -> Streets:
    """Up to `most` streets between up to 7 junctions on a grid of about 100 m; at least one arc."""
    junctions = draw(st.integers(2, 7))
    count = draw(st.integers(1, most))

    def several(element: st.SearchStrategy[int], size: int) -> np.ndarray:
        return np.array(draw(st.lists(element, min_size=size, max_size=size)), np.int64)

    grid = draw(st.lists(st.tuples(st.integers(0, 5), st.integers(0, 5)), min_size=junctions, max_size=junctions))
    lat, lon = (np.array([at[axis] for at in grid]) * _STEP_DEG + _ORIGIN[axis] for axis in (0, 1))
    first, last = several(st.integers(0, junctions - 1), count), several(st.integers(0, junctions - 1), count)
    # A point between the ends, so that no street is without length and those of one pair of junctions differ.
    middle = np.arange(1, count + 1) * _STEP_DEG / 7
    banned = draw(st.integers(0, 4))
    # A ban is drawn where two streets meet: anywhere else it would forbid nothing.
    from_street = several(st.integers(0, count - 1), banned)
    via = np.where(several(st.integers(0, 1), banned), first[from_street], last[from_street])
    to_street = np.array([draw(st.sampled_from(np.flatnonzero((first == j) | (last == j)).tolist())) for j in via], int)
    forward = several(st.sampled_from([0, *_WHO]), count)
    forward[0] = Access.EVERYONE
    return Streets(
        left_hand=draw(st.booleans()),
        junction_lat=lat,
        junction_lon=lon,
        junction_flags=several(st.sampled_from([0, 0, 1, 3, 16]), junctions).astype(np.uint8),
        junction_access=several(st.sampled_from([*_WHO[:4], Access.EVERYONE, Access.EVERYONE]), junctions).astype(
            np.uint16
        ),
        street_from=first.astype(np.int32),
        street_to=last.astype(np.int32),
        street_point_start=np.arange(count + 1) * 3,
        point_lat=np.column_stack((lat[first], (lat[first] + lat[last]) / 2 + middle, lat[last])).ravel(),
        point_lon=np.column_stack((lon[first], (lon[first] + lon[last]) / 2 + middle, lon[last])).ravel(),
        street_way=np.arange(count) + 100,
        street_name=np.arange(count, dtype=np.int32) % 3,
        street_ref=np.zeros(count, np.int32),
        street_class=several(st.sampled_from([RoadClass.PRIMARY, RoadClass.RESIDENTIAL]), count).astype(np.uint8),
        street_flags=np.zeros(count, np.uint16),
        street_crossings=several(st.sampled_from([0, 0, 2]), count).astype(np.uint8),
        forward_access=forward.astype(np.uint16),
        backward_access=several(st.sampled_from([0, *_WHO]), count).astype(np.uint16),
        forward_speed_kmh=np.full(count, np.nan, np.float32),
        backward_speed_kmh=np.full(count, 48.0, np.float32),
        names=("", "High Street", "Station Road"),
        bans=Bans(
            from_street=from_street.astype(np.int32),
            via_junction=via.astype(np.int32),
            to_street=to_street.astype(np.int32),
            only=several(st.integers(0, 1), banned).astype(np.bool_),
            binds=several(st.sampled_from(_BOUND), banned).astype(np.uint16),
        ),
    )


@st.composite
def any_weights(draw: st.DrawFn, network: Network) -> Weights:
    """Weights of no profile: small, so that many ways cost the same, and some forbidden."""
    arc_ms = draw(st.lists(st.sampled_from([1, 2, 5, 9, FORBIDDEN]), min_size=network.arcs, max_size=network.arcs))
    turn_ms = draw(st.lists(st.sampled_from([0, 0, 1, 3, FORBIDDEN]), min_size=network.turns, max_size=network.turns))
    return Weights(
        profile="any",
        arc_ms=np.array(arc_ms, np.uint32),
        turn_ms=np.array(turn_ms, np.uint32),
        component=np.full(network.arcs, NO_COMPONENT, np.int32),
    )


@st.composite
def any_places(draw: st.DrawFn, network: Network, *, positions: int) -> Places:
    """Each position with no, one or several places, on any arc."""
    counts = draw(st.lists(st.integers(0, 3), min_size=positions, max_size=positions))
    total = sum(counts)

    def each(element: st.SearchStrategy[float]) -> list[float]:
        return draw(st.lists(element, min_size=total, max_size=total))

    return Places(
        start=np.append(0, np.cumsum(counts, dtype=np.int64)),
        arc=np.array(each(st.integers(0, network.arcs - 1)), np.int32),
        fraction=np.array(each(st.sampled_from([0.0, 0.25, 0.5, 1.0]))),
        off_road_m=np.zeros(total),
        extra_ms=np.array(each(st.sampled_from([0, 0, 1, 4])), np.uint32),
    )
