"""Successive fixes to the arcs driven, by a hidden Markov model (Newson and Krumm, ACM GIS 2009).

It decides which fixes say something new, and how a drive is told. Where each fix may have been made is `evidence`, how
the places of successive fixes are joined is the `trellis`'s to decide. The same model tells where a unit is *now*, and
how probably: with its way in mind it hops neither from a bridge to the road below nor to the other carriageway.
"""

from __future__ import annotations

import threading
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import numpy as np
from numba import njit

from arls.roads.matching import trellis
from arls.roads.matching.evidence import Fixes, Witness
from arls.roads.matching.trellis import NO_PLACE
from arls.roads.network import NO_ARC
from arls.roads.path import line_of
from arls.roads.profile import FORBIDDEN
from arls.roads.streets import StreetTree

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from arls.roads.matching.evidence import Evidence
    from arls.roads.network import Bools, Floats, Ints, Longs, Network
    from arls.roads.profile import Weights

# Newson and Krumm: a fix nearer than this to the last one that was used tells of noise only.
_NEW_SIGMAS = 2.0


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Drive:
    """An unbroken drive by road, from where one fix was made to where a later one was."""

    first_fix: int
    last_fix: int
    arcs: Ints  # [n] in driving order, at least one; each leads on to the next, or is its other side: a turn round
    start_fraction: float  # of the first arc
    end_fraction: float  # of the last arc
    length_m: float
    lats: Floats  # [m] its line, at least two points
    lons: Floats  # [m]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Matched:
    """What N fixes say was driven."""

    drives: tuple[Drive, ...]  # one, unless the unit stood all the time or fixes do not hang together by road
    sigma_m: Floats  # [N] the error across the road that each fix was credited with
    arc: Ints  # [N] where each fix was made; NO_ARC: it is an outlier, or no road is near
    fraction: Floats  # [N] NaN where there is no arc
    off_road_m: Floats  # [N] the same

    @property
    def arcs(self) -> Ints:
        """The arcs of all drives, in driving order."""
        return np.concatenate([np.zeros(0, np.int32), *(drive.arcs for drive in self.drives)])


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Whereabouts:
    """The places where each of U units may be now, the most probable first; none where no road is near."""

    start: Longs  # [U + 1] those of unit i are start[i]:start[i + 1]
    arc: Ints  # [M]
    fraction: Floats  # [M]
    off_road_m: Floats  # [M]
    probability: Floats  # [M] those of a unit add up to 1
    leads_on: Bools  # [U] a drive leads there from where an earlier fix was made; else the last may be an outlier


class Matcher:
    """The roads that one profile may use, ready to be matched to. Many threads may ask, and wait for each other."""

    def __init__(self, streets: StreetTree, weights: Weights) -> None:
        self._network = streets.network
        self._ground = _ground(streets.network, weights)
        self._witness = Witness(streets, weights)
        self._lock = threading.Lock()
        arcs = streets.network.arcs
        self._room = trellis.Room(
            start_m=np.full(arcs, np.inf),
            before=np.zeros(arcs, np.int64),
            touched=np.zeros(arcs, np.int64),
            marks=np.zeros(1, np.int64),
        )

    def match(self, fixes: Fixes) -> Matched:
        """The arcs driven, and where on them each fix was made."""
        evidence = self._witness.evidence_of(fixes)
        with self._lock:
            columns, beliefs, used, _ = self._believed(fixes, evidence)
            chosen = trellis.best_places(columns, beliefs)
            route = trellis.drive(self._ground, columns, self._room, beliefs.before, chosen)
        place = _places(evidence, used, chosen, route)
        fraction = _picked(evidence.fraction, place, np.nan)
        return Matched(
            drives=tuple(self._drives(used, route, fraction)),
            sigma_m=evidence.sigma_m,
            arc=_picked(evidence.arc, place, NO_ARC).astype(np.int32),
            fraction=fraction,
            off_road_m=_picked(evidence.off_road_m, place, np.nan),
        )

    def whereabouts(self, fixes: Fixes) -> Whereabouts:
        """Where units are at the last of their latest fixes, of which each must have one or more."""
        evidence = self._witness.evidence_of(fixes)
        with self._lock:
            _, beliefs, _, again = self._believed(fixes, evidence, ends=True)
        last = fixes.bounds[1:] - 1
        unit, places = _ranges(evidence.start[last], evidence.start[last + 1])
        possible = np.isfinite(beliefs.total[places])
        unit, places = unit[possible], places[possible]
        order = np.lexsort((places, -beliefs.total[places], unit))
        unit, places = unit[order], places[order]
        start = np.searchsorted(unit, np.arange(len(last) + 1))
        weight = np.exp(beliefs.total[places] - beliefs.total[places[start[:-1][unit]]])
        return Whereabouts(
            start=start,
            arc=evidence.arc[places].astype(np.int32),
            fraction=evidence.fraction[places],
            off_road_m=evidence.off_road_m[places],
            probability=weight / np.bincount(unit, weight, minlength=len(last))[unit],
            leads_on=_led(beliefs, places, start, again),
        )

    def _believed(
        self, fixes: Fixes, evidence: Evidence, *, ends: bool = False
    ) -> tuple[trellis.Columns, trellis.Beliefs, Longs, Bools]:
        """What is believed of each place, the fixes that were used, and whose last was used but told nothing new."""
        bounds, near_m = fixes.bounds, _NEW_SIGMAS * evidence.sigma_m
        used, left, start, again = _telling(evidence.x, evidence.y, near_m, evidence.start, bounds, ends)
        columns, places = _columns(fixes, evidence, used, left), len(evidence.arc)
        beliefs = trellis.Beliefs(
            best=np.full(places, -np.inf), total=np.full(places, -np.inf), before=np.full(places, NO_PLACE, np.int64)
        )
        trellis.follow_each(self._ground, columns, start, self._room, beliefs)
        return columns, beliefs, used, again

    def _drives(self, used: Longs, route: trellis.Route, fraction: Floats) -> list[Drive]:
        """Of each unbroken row of fixes that are not all at one place."""
        on_road = route.position != NO_PLACE
        fix, position = used[on_road], route.position[on_road]
        bounds = np.append(np.searchsorted(position, route.start), len(position))
        return [
            self._drive(route.arc[position[first] : position[behind - 1] + 1], fix[first], fix[behind - 1], fraction)
            for first, behind in pairwise(bounds.tolist())
            if behind - first > 1
        ]

    def _drive(self, arcs: Longs, first_fix: int, last_fix: int, fraction: Floats) -> Drive:
        start, end = float(fraction[first_fix]), float(fraction[last_fix])
        if len(arcs) > 1 and start >= 1.0:
            arcs, start = arcs[1:], 0.0
        if len(arcs) == 1:
            end = max(start, end)  # backwards on one arc it was noise
        starts, ends = np.zeros(len(arcs)), np.ones(len(arcs))
        starts[0], ends[-1] = start, end
        lines = [line_of(self._network, int(a), start=s, end=e) for a, s, e in zip(arcs, starts, ends, strict=True)]
        return Drive(
            first_fix=int(first_fix),
            last_fix=int(last_fix),
            arcs=arcs.astype(np.int32),
            start_fraction=start,
            end_fraction=end,
            length_m=float((self._network.arc_length_m[arcs] * (ends - starts)).sum()),
            lats=np.concatenate([lines[0][0][:1], *(lats[1:] for lats, _ in lines)]),
            lons=np.concatenate([lines[0][1][:1], *(lons[1:] for _, lons in lines)]),
        )


def match_track(
    network: Network,
    weights: Weights,
    *,
    lats: Floats,
    lons: Floats,
    times_s: Floats,
    courses_deg: Floats | None = None,
    speeds_mps: Floats | None = None,
    accuracies_m: Floats | None = None,
) -> Matched:
    """One track, matched to what a profile may use. Raises ValueError when time runs backwards."""
    fixes = Fixes(
        lats=lats,
        lons=lons,
        times_s=times_s,
        courses_deg=courses_deg,
        speeds_mps=speeds_mps,
        accuracies_m=accuracies_m,
    )
    return Matcher(StreetTree(network), weights).match(fixes)


def _ground(network: Network, weights: Weights) -> trellis.Ground:
    leaving = np.repeat(np.arange(network.arcs), np.diff(network.turn_start))
    allowed = weights.turn_ms < FORBIDDEN
    twin = np.array(network.arc_twin, np.int64)
    twin[(twin != NO_ARC) & (weights.arc_ms[twin] >= FORBIDDEN)] = NO_ARC
    return trellis.Ground(
        length_m=np.array(network.arc_length_m, np.float64),
        twin=twin,
        onward_start=np.searchsorted(leaving[allowed], np.arange(network.arcs + 1)),
        onward=np.array(network.turn_to[allowed], np.int64),
    )


@njit(cache=True, nogil=True)
def _telling(
    x: Floats,
    y: Floats,
    near_m: Floats,
    places: Longs,
    bounds: Longs,
    ends: bool,  # noqa: FBT001 - a kernel has no keywords
) -> tuple[Longs, Longs, Longs, Bools]:
    """The fixes that are further from the last one used than noise explains; for each the last fix at its place.

    And where those of each unit begin. `places` is `Evidence.start`. With `ends` the last fix of each unit is used as
    well; the last of what is given says of which units it had told nothing new.
    """
    used, left = np.empty(len(x), np.int64), np.empty(len(x), np.int64)
    start, size = np.zeros(len(bounds), np.int64), 0
    again = np.zeros(len(bounds) - 1, np.bool_)
    for unit in range(len(bounds) - 1):
        first, last = size, bounds[unit + 1] - 1
        for fix in range(bounds[unit], last + 1):
            if places[fix] == places[fix + 1]:
                continue
            if size > first and np.hypot(x[fix] - x[used[size - 1]], y[fix] - y[used[size - 1]]) < near_m[fix]:
                left[size - 1] = fix
                continue
            used[size] = left[size] = fix
            size += 1
        if ends and last >= bounds[unit] and (size == first or used[size - 1] != last):
            again[unit] = size > first
            used[size] = left[size] = last
            size += 1
        start[unit + 1] = size
    return used[:size].copy(), left[:size].copy(), start, again


def _ranges(first: Longs, end: Longs) -> tuple[Longs, Longs]:
    """Of several ranges the number of the range and each member, in a row."""
    count = end - first
    number = np.repeat(np.arange(len(first)), count)
    return number, np.arange(len(number)) + np.repeat(first - (np.cumsum(count) - count), count)


def _led(beliefs: trellis.Beliefs, places: Longs, start: Longs, again: Bools) -> Bools:
    """[U] whether the best drive to a unit's best place comes from elsewhere: `again` tells who was there before."""
    somewhere = np.flatnonzero(np.diff(start))
    before = beliefs.before[places[start[:-1][somewhere]]]
    here_again = again[somewhere] & (before != NO_PLACE)
    before[here_again] = beliefs.before[before[here_again]]
    led = np.zeros(len(start) - 1, np.bool_)
    led[somewhere] = before != NO_PLACE
    return led


def _columns(fixes: Fixes, evidence: Evidence, used: Longs, left: Longs) -> trellis.Columns:
    times_s = np.asarray(fixes.times_s, np.float64)
    return trellis.Columns(
        x=evidence.x[used],
        y=evidence.y[used],
        time_s=times_s[used],
        left_s=times_s[left],
        sigma_m=evidence.sigma_m[used],
        start=evidence.start[used],
        end=evidence.start[used + 1],
        arc=evidence.arc,
        fraction=evidence.fraction,
        seen=evidence.seen,
    )


def _places(evidence: Evidence, used: Longs, chosen: Longs, route: trellis.Route) -> Longs:
    """[N] the place of every fix: of one that was not used, the nearest on the arcs driven about then."""
    place = np.full(len(evidence.x), NO_PLACE, np.int64)
    place[used] = chosen
    behind = np.append(used[1:], len(place))
    # The arcs from this fix to the next that was used; only its own where that one is an outlier or the last.
    until = np.maximum(np.append(route.position[1:], NO_PLACE), route.position)
    for nth in np.flatnonzero((behind - used > 1) & (chosen != NO_PLACE)):
        driven = route.arc[route.position[nth] : until[nth] + 1]
        for fix in range(used[nth] + 1, behind[nth]):
            own = np.arange(evidence.start[fix], evidence.start[fix + 1])
            on_it = own[np.isin(evidence.arc[own], driven)]
            if len(own):
                place[fix] = on_it[0] if len(on_it) else chosen[nth]
    return place


def _picked(values: Floats | Longs, place: Longs, nowhere: float) -> NDArray[Any]:
    """[N] the values of the places; NO_PLACE picks the last, which is `nowhere`."""
    return np.append(values, nowhere)[place]
