"""What it takes from places to every arc, or from every arc to them: by the hierarchy's sweep, or by plain Dijkstra.

It decides what the reach of a unit is. The plain search stays as the oracle of the sweep; both give the same
milliseconds. Which pieces of which arcs are reached in time is `legs`' to say.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from numba import njit

from arls.roads.cut import turns_of
from arls.roads.dijkstra import LOW_32_BITS, NEVER_MS, UNREACHED, part_ms, pop, push, spots_of
from arls.roads.hierarchy.sweep import ends_ms, starts_ms
from arls.roads.network import Places, steady
from arls.roads.profile import FORBIDDEN

if TYPE_CHECKING:
    from arls.roads.cordon import ShutArcs
    from arls.roads.cut import Cut
    from arls.roads.dijkstra import Spots
    from arls.roads.hierarchy.customise import Hierarchy
    from arls.roads.network import Floats, Ints, Longs, Network
    from arls.roads.profile import Millis, Weights
    from arls.roads.search import Reverse


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Spread:
    """What it takes from places to every arc; `towards`: from every arc to the places. The soonest place counts.

    Onto an arc of which a piece is shut one may drive as far as there, and its start is reached in that sense.
    """

    weights: Weights
    places: Places  # of one position, where one gets onto the road, or off it
    towards: bool
    near_ms: Millis  # [A] to the start of the arc; `towards`: from its end; UNREACHED where there is no way
    shut: ShutArcs | None = None  # None: all roads are open


def swept(hierarchy: Hierarchy, places: Places, *, towards: bool) -> Spread:
    """The spread of all these places together, by the hierarchy."""
    one = as_one(places)
    near_ms = ends_ms(hierarchy, one) if towards else starts_ms(hierarchy, one, 0)
    return Spread(weights=hierarchy.weights, places=one, towards=towards, near_ms=near_ms)


def searched(network: Network, reverse: Reverse, weights: Weights, places: Places, *, towards: bool) -> Spread:
    """The same by plain Dijkstra over arcs."""
    if towards:
        fan = _Fan(reverse.in_start, reverse.in_turn, reverse.in_from, weights.arc_ms, weights.turn_ms)
    else:
        every_turn = np.arange(network.turns)
        fan = _Fan(network.turn_start, every_turn, network.turn_to, weights.arc_ms, weights.turn_ms)
    one = as_one(places)
    near_ms = np.full(network.arcs, UNREACHED, np.uint32)
    # A turn is looked at once behind its arc, and once more for each place on that arc.
    pushes = network.turns + len(one.arc) + int((fan.start[one.arc + 1] - fan.start[one.arc]).sum())
    _spread(fan.steadied(), spots_of(one), 1.0 if towards else 0.0, near_ms, np.empty(pushes, np.int64))
    return Spread(weights=weights, places=one, towards=towards, near_ms=near_ms)


def before(cut: Cut, found: Spread, stands: Places) -> Spread:
    """What was found on the cut roads, with what it takes up to where they are shut.

    `stands` are all places that belong together, each where one gets onto the road.
    """
    if found.towards:
        return replace(found, shut=cut.shut)
    reverse, arcs, one = cut.reverse, cut.shut.arcs, as_one(stands)
    owner, into = turns_of(reverse.in_start, arcs)
    turn_ms = cut.opened.turn_ms[reverse.in_turn[into]].astype(np.int64)
    to_end = cut.shut.limit(one.arc, one.fraction) >= 1.0
    far_ms = _far_ms(found, one.arc[to_end], one.fraction[to_end], one.extra_ms[to_end])
    start_ms = np.where(turn_ms < FORBIDDEN, far_ms[reverse.in_from[into]] + turn_ms, UNREACHED)
    near_ms = found.near_ms.astype(np.int64)
    np.minimum.at(near_ms, arcs[owner], np.where(start_ms <= NEVER_MS, start_ms, UNREACHED))
    near_ms[cut.opened.arc_ms >= FORBIDDEN] = UNREACHED
    return replace(found, near_ms=near_ms.astype(np.uint32), places=one, shut=cut.shut)


def _far_ms(found: Spread, arc: Ints, fraction: Floats, extra_ms: Millis) -> Longs:
    """[A] to the end of each arc, from other places on arcs as well; UNREACHED or more where one cannot be there."""
    arc_ms, own = found.weights.arc_ms.astype(np.int64), found.places
    far_ms = np.where(arc_ms < FORBIDDEN, found.near_ms + arc_ms, UNREACHED)
    arc, fraction = np.append(arc, own.arc), np.append(fraction, own.fraction)
    extra_ms = np.append(extra_ms, own.extra_ms)
    rest_ms = extra_ms + arc_ms[arc] - np.floor(fraction * arc_ms[arc] + 0.5).astype(np.int64)
    np.minimum.at(far_ms, arc, np.where(arc_ms[arc] < FORBIDDEN, rest_ms, UNREACHED))
    return far_ms


class _Fan(NamedTuple):
    """The turns out of each arc, or those into it, and what they and the arcs cost."""

    start: Longs  # [A + 1] arc a's are start[a]:start[a + 1]
    turn: Ints | Longs  # [T] its number among the network's turns
    arc: Ints  # [T] where it leads, or where it comes from
    arc_ms: Millis
    turn_ms: Millis

    def steadied(self) -> _Fan:
        return _Fan(
            start=steady(self.start, np.int64),
            turn=steady(self.turn, np.int32),
            arc=steady(self.arc, np.int32),
            arc_ms=steady(self.arc_ms, np.uint32),
            turn_ms=steady(self.turn_ms, np.uint32),
        )


def as_one(places: Places) -> Places:
    """All these places as those of one position."""
    return Places(
        start=np.array([0, len(places.arc)], np.int64),
        arc=places.arc,
        fraction=places.fraction,
        off_road_m=places.off_road_m,
        extra_ms=places.extra_ms,
    )


@njit(cache=True, nogil=True)
def _spread(fan: _Fan, places: Spots, near_end: float, near_ms: Millis, heap: Longs) -> None:
    """Labels the near end of every arc; `near_end` is its fraction."""
    size = 0
    for place in range(len(places.arc)):
        arc, extra_ms = places.arc[place], int(places.extra_ms[place])
        if fan.arc_ms[arc] >= FORBIDDEN:
            continue
        if places.fraction[place] == near_end:
            size = _label(near_ms, heap, size, arc, extra_ms)
        part = part_ms(places.fraction[place], fan.arc_ms[arc])
        rest = part if near_end == 1.0 else int(fan.arc_ms[arc]) - part
        size = _relax(fan, near_ms, heap, size, arc, extra_ms + rest)
    while size > 0:
        ms, arc = heap[0] >> 32, heap[0] & LOW_32_BITS
        size = pop(heap, size)
        if ms == near_ms[arc]:
            size = _relax(fan, near_ms, heap, size, arc, ms + int(fan.arc_ms[arc]))


@njit(cache=True, nogil=True)
def _relax(fan: _Fan, near_ms: Millis, heap: Longs, size: int, arc: int, far_ms: int) -> int:
    """Labels the arcs behind the far end of an arc; the heap's new size."""
    for i in range(fan.start[arc], fan.start[arc + 1]):
        if fan.arc_ms[fan.arc[i]] < FORBIDDEN:
            size = _label(near_ms, heap, size, fan.arc[i], far_ms + int(fan.turn_ms[fan.turn[i]]))
    return size


@njit(cache=True, nogil=True)
def _label(near_ms: Millis, heap: Longs, size: int, arc: int, ms: int) -> int:
    if ms > NEVER_MS or ms >= near_ms[arc]:
        return size
    near_ms[arc] = ms
    return push(heap, size, ms << 32 | arc)
