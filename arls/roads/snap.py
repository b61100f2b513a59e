"""Positions to places on arcs, by the tree of the streets.

It decides on which road a position is, and from which arcs it may leave or be reached. It leaves to `search` how far
that is from anywhere, and to whoever matches successive fixes which of two near roads a unit has followed.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from arls.roads.network import NO_ARC, Places
from arls.roads.profile import FORBIDDEN, WALK_MPS, off_main
from arls.roads.streets import StreetTree

if TYPE_CHECKING:
    from arls.roads.network import Bools, Floats, Longs, Network
    from arls.roads.profile import Millis, Weights

REACH_M = 60.0
WIDEST_REACH_M = 500.0
_WIDER = 3.0

# Below this a receiver's course is noise.
MOVING_MPS = 2.5
# A course that is half a circle wrong weighs 90 m: more than the carriageways of a dual carriageway are apart.
COURSE_M_PER_DEG = 0.5
# Who drives on none of the roads about (a car park, say) is not held to the course.
AGREES_WITHIN_DEG = 90.0

# What a receiver's error alone explains is not walked.
OFF_ROAD_FREE_M = 30.0
BESIDE_M = 40.0
BESIDE_STREETS = 8


class _Touches(NamedTuple):
    """C arcs that positions may be on, each by the point of the arc that is nearest to its position."""

    owner: Longs  # [C] the position
    street: Longs  # [C]
    arc: Longs  # [C]
    fraction: Floats  # [C]
    off_m: Floats  # [C]
    heading_deg: Floats  # [C] of the arc there, on the plane

    def only(self, chosen: Bools | Longs) -> _Touches:
        return _Touches._make(column[chosen] for column in self)


class Snapper:
    """The streets of one network, findable by place."""

    def __init__(self, network: Network) -> None:
        self.streets = StreetTree(network)

    def snap(
        self,
        *,
        lats: Floats,
        lons: Floats,
        weights: Weights,
        courses: Floats | None = None,
        speeds: Floats | None = None,
        accuracies: Floats | None = None,
        ends: bool = False,
    ) -> Places:
        """Where N positions touch arcs that the profile may use; what is further than 500 m from any has no place.

        Courses are true degrees, speeds m/s, accuracies metres; NaN or None: unknown. A unit that moves leaves by the
        arc that its course agrees with, any other by both sides of the nearest street. With `ends` the positions are
        goals, which lie beside all streets that are at most 40 m further than the nearest, up to 8 of them, and the
        way from the road is walked. Arcs of the main component go before nearer ones of others.
        """
        accuracy_m = np.zeros(len(lats)) if accuracies is None else np.nan_to_num(accuracies, nan=0.0)
        touches = self._near(lats, lons, accuracy_m, weights)
        if ends:
            chosen, free_m = _beside(touches), np.zeros(len(lats))
        else:
            chosen = _leaving(touches, _moving_courses(courses, speeds, len(lats)))
            free_m = np.maximum(OFF_ROAD_FREE_M, accuracy_m)
        return Places(
            start=np.searchsorted(chosen.owner, np.arange(len(lats) + 1)),
            arc=chosen.arc.astype(np.int32),
            fraction=chosen.fraction,
            off_road_m=chosen.off_m,
            extra_ms=walk_ms(chosen.off_m, free_m[chosen.owner]),
        )

    def _near(self, lats: Floats, lons: Floats, accuracy_m: Floats, weights: Weights) -> _Touches:
        """All arcs within the first reach that finds any."""
        x, y = self.streets.plane.metres_of(lats=lats, lons=lons)
        reach_m = np.clip(2.0 * accuracy_m, REACH_M, WIDEST_REACH_M)
        waiting = np.flatnonzero(np.isfinite(x) & np.isfinite(y))
        found = [self._within(waiting, x, y, reach_m, weights)]
        while len(waiting := waiting[(reach_m[waiting] < WIDEST_REACH_M) & ~np.isin(waiting, found[-1].owner)]):
            reach_m[waiting] = np.minimum(_WIDER * reach_m[waiting], WIDEST_REACH_M)
            found.append(self._within(waiting, x, y, reach_m, weights))
        return _Touches._make(np.concatenate(columns) for columns in zip(*found, strict=True))

    def _within(self, positions: Longs, x: Floats, y: Floats, reach_m: Floats, weights: Weights) -> _Touches:
        """The arcs within reach of these positions, of the main component where one is among them."""
        owner, street, along, off_m, heading_deg = self.streets.near(positions, x, y, reach_m)
        arc = self.streets.arcs[street].ravel()
        touches = _Touches(
            owner=np.repeat(owner, 2),
            street=np.repeat(street, 2),
            arc=arc,
            fraction=np.column_stack((along, 1.0 - along)).ravel(),
            off_m=np.repeat(off_m, 2),
            heading_deg=np.column_stack((heading_deg, heading_deg + 180.0)).ravel(),
        )
        touches = touches.only(
            (arc != NO_ARC) & (weights.arc_ms[arc] < FORBIDDEN) & (touches.off_m <= reach_m[touches.owner])
        )
        # A street is of the main component when one of its sides is: a parked car may leave by either.
        sides = self.streets.arcs[touches.street]
        off = (off_main(weights, sides) | (sides == NO_ARC)).all(axis=1)
        return touches.only(~off | ~np.isin(touches.owner, touches.owner[~off]))


def walk_ms(off_m: Floats, free_m: Floats) -> Millis:
    """What it takes between the road and a place so far off it, of which so much is not walked."""
    walked_m = np.maximum(0.0, off_m - free_m)
    return np.rint(walked_m / WALK_MPS * 1000.0).astype(np.uint32)


def _moving_courses(courses: Floats | None, speeds: Floats | None, positions: int) -> Floats:
    """[N] the course of who moves, NaN for all others."""
    if courses is None or speeds is None:
        return np.full(positions, np.nan)
    return np.where(speeds >= MOVING_MPS, courses, np.nan)


def _leaving(touches: _Touches, courses: Floats) -> _Touches:
    """One arc for who moves, both of the nearest street for all others."""
    wrong_deg = np.abs((touches.heading_deg - courses[touches.owner] + 180.0) % 360.0 - 180.0)
    agrees = wrong_deg <= AGREES_WITHIN_DEG
    steered = np.isin(touches.owner, touches.owner[agrees])
    cost_m = touches.off_m + np.where(steered, wrong_deg * COURSE_M_PER_DEG, 0.0)
    order = np.lexsort((touches.arc, cost_m, touches.owner))
    order = order[(agrees | ~steered)[order]]
    touches, steered = touches.only(order), steered[order]
    lead = _leads(touches.owner)
    return touches.only((lead == np.arange(len(lead))) | (~steered & (touches.street == touches.street[lead])))


def _beside(touches: _Touches) -> _Touches:
    """Both arcs of the nearest streets."""
    touches = touches.only(np.lexsort((touches.arc, touches.street, touches.off_m, touches.owner)))
    lead = _leads(touches.owner)
    new = np.diff(touches.street, prepend=-1) != 0
    nth = np.cumsum(new)
    return touches.only((touches.off_m <= touches.off_m[lead] + BESIDE_M) & (nth - nth[lead] < BESIDE_STREETS))


def _leads(owner: Longs) -> Longs:
    """For sorted owners (0, 0, 2, 2, 2) where each one's first is: (0, 0, 2, 2, 2)."""
    return np.searchsorted(owner, owner)
