"""Which pieces of which arcs are reached in time, cut where the time runs out, and their lines on the map.

It decides what "within five minutes" means on the road. Milliseconds to the arcs are `spread`'s.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from numba import njit

from arls.roads.dijkstra import UNREACHED, part_ms
from arls.roads.network import steady
from arls.roads.profile import FORBIDDEN

if TYPE_CHECKING:
    from collections.abc import Iterator

    from arls.roads.network import Bools, Floats, Ints, Longs, Network
    from arls.roads.spread import Spread

_TINY = 1e-9


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Legs:
    """N pieces of arcs in the order of their arcs, no two over each other on one arc.

    Between its ends a leg takes its time evenly: away from the places the milliseconds grow along it, towards
    them they shrink.
    """

    arc: Ints  # [N]
    start: Floats  # [N] fraction of the arc, below `end`
    end: Floats  # [N]
    start_ms: Floats  # [N] between the places and its start
    end_ms: Floats  # [N] between the places and its end

    def __len__(self) -> int:
        return len(self.arc)

    def only(self, chosen: Bools | Longs) -> Legs:
        """Some of them."""
        return Legs(
            arc=self.arc[chosen],
            start=self.start[chosen],
            end=self.end[chosen],
            start_ms=self.start_ms[chosen],
            end_ms=self.end_ms[chosen],
        )


def legs_of(spread: Spread, within_ms: int) -> Legs:
    """All that is reached within so many milliseconds."""
    others, own = _on_plain_arcs(spread, within_ms), _on_arcs_of_parts(spread, within_ms)
    legs = Legs(
        arc=np.concatenate((others.arc, own.arc)),
        start=np.concatenate((others.start, own.start)),
        end=np.concatenate((others.end, own.end)),
        start_ms=np.concatenate((others.start_ms, own.start_ms)),
        end_ms=np.concatenate((others.end_ms, own.end_ms)),
    )
    return legs.only(np.argsort(legs.arc, kind="stable"))


def _on_plain_arcs(spread: Spread, within_ms: int) -> Legs:
    """Those of the arcs that are open and have none of the places."""
    arc_ms = spread.weights.arc_ms
    reached = (spread.near_ms < within_ms) & (arc_ms < FORBIDDEN)
    reached[spread.places.arc] = False
    if spread.shut is not None:
        reached[spread.shut.arcs] = False
    arc = np.flatnonzero(reached).astype(np.int32)
    near_ms, long_ms = spread.near_ms[arc].astype(np.float64), arc_ms[arc].astype(np.float64)
    share = np.minimum(1.0, (within_ms - near_ms) / long_ms)
    far_ms = np.minimum(near_ms + long_ms, within_ms)
    if spread.towards:
        return Legs(arc=arc, start=1.0 - share, end=np.ones(len(arc)), start_ms=far_ms, end_ms=near_ms)
    return Legs(arc=arc, start=np.zeros(len(arc)), end=share, start_ms=near_ms, end_ms=far_ms)


class _Row(NamedTuple):
    """One leg."""

    arc: int
    start: float
    end: float
    start_ms: float
    end_ms: float


def _on_arcs_of_parts(spread: Spread, within_ms: int) -> Legs:
    """Those of the others."""
    arcs = spread.places.arc
    if spread.shut is not None:
        arcs = np.append(arcs, spread.shut.arcs[spread.near_ms[spread.shut.arcs] < within_ms])
    rows = sorted(row for arc in np.unique(arcs).tolist() for row in _on_one(spread, arc, within_ms))
    return Legs(
        arc=np.array([row.arc for row in rows], np.int32),
        start=np.array([row.start for row in rows], np.float64),
        end=np.array([row.end for row in rows], np.float64),
        start_ms=np.array([row.start_ms for row in rows], np.float64),
        end_ms=np.array([row.end_ms for row in rows], np.float64),
    )


class _Clock(NamedTuple):
    """Somebody sets out, or arrives, at a fraction of an arc."""

    at: float
    start_ms: int  # what it would show at the arc's start, ran it evenly to there


def _on_one(spread: Spread, arc: int, within_ms: int) -> Iterator[_Row]:
    """The legs of one arc, part by part: one ends where the next shut piece begins. Who is inside it drives out."""
    if spread.weights.arc_ms[arc] >= FORBIDDEN:
        return
    clocks = _clocks(spread, arc)
    cuts = [*(spread.shut.begins(arc) if spread.shut is not None else ()), 1.0]
    for low, high in pairwise([-1.0, *cuts]):
        own = [clock for clock in clocks if low < clock.at <= high]
        yield from _on_part(spread, arc, within_ms, own, max(low, 0.0), high)


def _clocks(spread: Spread, arc: int) -> list[_Clock]:
    """Of the places on an arc, and of who comes from its near end."""
    long_ms, near_ms = int(spread.weights.arc_ms[arc]), int(spread.near_ms[arc])
    sign, edge = (-1, 1.0) if spread.towards else (1, 0.0)
    own = np.flatnonzero(spread.places.arc == arc)
    places = zip(spread.places.fraction[own].tolist(), spread.places.extra_ms[own].tolist(), strict=True)
    clocks = [_Clock(at, extra_ms - sign * part_ms(at, long_ms)) for at, extra_ms in places]
    return [*clocks, _Clock(edge, near_ms - sign * part_ms(edge, long_ms))] if near_ms < UNREACHED else clocks


def _on_part(spread: Spread, arc: int, within_ms: int, clocks: list[_Clock], low: float, high: float) -> Iterator[_Row]:
    """Up to the first place by who comes round, on from there by who starts there, if that is sooner."""
    long_ms, sign = int(spread.weights.arc_ms[arc]), -1 if spread.towards else 1
    best: list[_Clock] = []
    for clock in sorted(clocks, key=lambda clock: (sign * clock.at, clock.start_ms)):
        if not best or clock.start_ms < best[-1].start_ms:
            best.append(clock)
    for (at, clock_ms), (onward, _) in pairwise([*best, _Clock(low if spread.towards else high, 0)]):
        limit = sign * (within_ms - clock_ms) / long_ms
        start, end = (max(onward, limit), at) if spread.towards else (at, min(onward, limit))
        if start < end:
            start_ms, end_ms = (float(clock_ms + sign * part_ms(cut, long_ms)) for cut in (start, end))
            yield _Row(arc=arc, start=start, end=end, start_ms=start_ms, end_ms=end_ms)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Lines:
    """The lines of N legs in driving order, two points or more each."""

    start: Longs  # [N + 1] line i has the points start[i]:start[i + 1]
    lat: Floats  # [P] degrees
    lon: Floats  # [P]
    x: Floats  # [P] metres on the network's plane
    y: Floats  # [P]
    ms: Floats  # [P] between the places and the point


class _Points(NamedTuple):
    """Those of the network, or of lines."""

    lat: Floats
    lon: Floats
    x: Floats
    y: Floats


class _Cuts(NamedTuple):
    """Which points of the network the street of each leg has, and what of it the leg is."""

    first: Longs
    points: Longs  # how many
    backward: Bools
    start: Floats
    end: Floats
    start_ms: Floats
    end_ms: Floats


def lines_of(network: Network, legs: Legs) -> Lines:
    """Where the legs lie."""
    street = network.arc_street[legs.arc]
    first, behind = network.street_point_start[street], network.street_point_start[street + 1]
    cuts = _Cuts(
        first=steady(first, np.int64),
        points=steady(behind - first, np.int64),
        backward=steady(network.arc_backward[legs.arc], np.bool_),
        start=steady(legs.start, np.float64),
        end=steady(legs.end, np.float64),
        start_ms=steady(legs.start_ms, np.float64),
        end_ms=steady(legs.end_ms, np.float64),
    )
    points = _Points(
        lat=steady(network.point_lat, np.float64),
        lon=steady(network.point_lon, np.float64),
        x=steady(network.point_x, np.float64),
        y=steady(network.point_y, np.float64),
    )
    room = int((behind - first).sum()) + 2 * len(legs)
    marked, ms = _Points(np.empty(room), np.empty(room), np.empty(room), np.empty(room)), np.empty(room)
    start = _cut(cuts, points, marked, ms)
    size = int(start[-1])
    lat, lon, x, y = (column[:size] for column in marked)
    return Lines(start=start, lat=lat, lon=lon, x=x, y=y, ms=ms[:size])


@njit(cache=True, nogil=True)
def _cut(cuts: _Cuts, points: _Points, marked: _Points, ms: Floats) -> Longs:
    """Fills in the points of each leg and the time at each; where each line begins, and the last ends."""
    begin = np.zeros(len(cuts.first) + 1, np.int64)
    size = 0
    for leg in range(len(cuts.first)):
        first, count = cuts.first[leg], cuts.points[leg]
        here, step = (first + count - 1, -1) if cuts.backward[leg] else (first, 1)
        length_m = 0.0
        for at in range(first, first + count - 1):
            length_m += np.hypot(points.x[at + 1] - points.x[at], points.y[at + 1] - points.y[at])
        start_m, end_m, here_m = cuts.start[leg] * length_m, cuts.end[leg] * length_m, 0.0
        for left in range(count - 2, -1, -1):
            there = here + step
            there_m = here_m + np.hypot(points.x[there] - points.x[here], points.y[there] - points.y[here])
            if size == begin[leg] and (there_m > start_m or left == 0):
                ms[size] = cuts.start_ms[leg]
                size = _mark(points, here, there, (start_m - here_m) / max(there_m - here_m, _TINY), marked, size)
            if size > begin[leg]:
                cut_m = min(there_m, end_m)
                share = min(1.0, (cut_m - start_m) / max(end_m - start_m, _TINY))
                ms[size] = cuts.start_ms[leg] + share * (cuts.end_ms[leg] - cuts.start_ms[leg])
                size = _mark(points, here, there, (cut_m - here_m) / max(there_m - here_m, _TINY), marked, size)
                if there_m >= end_m:
                    break
            here, here_m = there, there_m
        ms[size - 1] = cuts.end_ms[leg]
        begin[leg + 1] = size
    return begin


@njit(cache=True, nogil=True)
def _mark(points: _Points, here: int, there: int, share: float, marked: _Points, size: int) -> int:
    """Adds the point that lies so far from one to another; how many there are now."""
    share = min(1.0, share)
    marked.lat[size] = points.lat[here] + share * (points.lat[there] - points.lat[here])
    marked.lon[size] = points.lon[here] + share * (points.lon[there] - points.lon[here])
    marked.x[size] = points.x[here] + share * (points.x[there] - points.x[here])
    marked.y[size] = points.y[here] + share * (points.y[there] - points.y[here])
    return size + 1
