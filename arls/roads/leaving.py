"""From where units may leave under closures, that stand so and so on the open road.

It decides what a closure means to who is on a road:

- Who has a shut piece wholly ahead may not drive to the end of the arc: what lies before the piece is reached straight
  on, and no more.
- Who is inside what is shut drives out: on to the end of the arc, and if all is shut there, the soonest way over what
  the same closures shut.
- Who moves, and is led on to nowhere, turns round where the street has another side.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from numba import njit

from arls.roads.dijkstra import NEVER_MS, NO_PLACE, UNREACHED, part_ms, spots_of
from arls.roads.network import NO_ARC, Places, steady
from arls.roads.profile import FORBIDDEN
from arls.roads.ways import Way

if TYPE_CHECKING:
    from arls.roads.cut import Cut, WaysOut
    from arls.roads.dijkstra import Spots
    from arls.roads.network import Bools, Floats, Ints, Longs
    from arls.roads.profile import Millis

NO_WAY = -1


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Leaving:
    """From where N units may leave."""

    places: Places  # as the search is told: at the end of the arc by which one comes out of what is shut
    begins: Places  # the same places, each where one gets onto the road
    way: Longs | None = None  # [M] by which of the ways out one comes there, or NO_WAY
    ways: tuple[WaysOut, ...] = ()
    held: Held | None = None

    def whole(self, way: Way) -> Way:
        """The same way from where one gets onto the road."""
        place = way.unit_place
        if self.way is None or self.way[place] == NO_WAY:
            return way
        out = self.ways[self.way[place]].way(int(self.begins.arc[place]))
        return replace(way, arcs=np.append(out, way.arcs[1:]))


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Held:
    """Where units stand, M places, from where `places` of `Leaving` do not tell what lies straight on."""

    places: Places
    limit: Floats  # [M] so far along the arc they may drive


class _Found(NamedTuple):
    cost_ms: Millis
    place: Longs
    spot: Longs
    length_m: Floats


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Straight:
    """How each of N units gets to a goal by driving straight on along its arc."""

    places: Places
    cost_ms: Millis  # [N] or UNREACHED
    place: Longs  # [N] the place it drives from, or NO_PLACE
    spot: Longs  # [N] the goal's place it drives to, or NO_PLACE
    length_m: Floats  # [N] or NaN

    def way(self, unit: int) -> Way:
        """The way of one that gets there."""
        place = int(self.place[unit])
        arcs = self.places.arc[place : place + 1]
        return Way(cost_ms=int(self.cost_ms[unit]), arcs=arcs, unit_place=place, goal_place=int(self.spot[unit]))


class _Rows(NamedTuple):
    """Places, one a row."""

    owner: Longs
    arc: Ints
    fraction: Floats
    off_road_m: Floats
    extra_ms: Millis
    beyond_m: Floats
    way: Longs  # by which of the ways out one comes there, or NO_WAY

    def only(self, chosen: Bools | Longs) -> _Rows:
        return _Rows._make(column[chosen] for column in self)

    def with_others(self, others: _Rows) -> _Rows:
        """All of both, by owner."""
        columns = ((getattr(self, name), getattr(others, name)) for name in self._fields)
        rows = _Rows._make(np.concatenate(both) for both in columns)
        return rows.only(np.argsort(rows.owner, kind="stable"))

    def places(self, owners: int) -> Places:
        return Places(
            start=np.searchsorted(self.owner, np.arange(owners + 1)),
            arc=self.arc,
            fraction=self.fraction,
            off_road_m=self.off_road_m,
            extra_ms=self.extra_ms,
            beyond_m=self.beyond_m,
        )


def leaving(cut: Cut, units: Places) -> Leaving:
    """From where units may leave that stand there on the open road."""
    count = np.diff(units.start)
    owner = np.repeat(np.arange(len(units)), count)
    touched = np.zeros(len(units), np.bool_)
    touched[owner[cut.touched[units.arc]]] = True
    if not touched.any():
        return Leaving(places=units, begins=units)
    everybody = _Rows(
        owner=owner,
        arc=units.arc,
        fraction=units.fraction,
        off_road_m=units.off_road_m,
        extra_ms=units.extra_ms,
        beyond_m=np.zeros(len(owner)),
        way=np.full(len(owner), NO_WAY),
    )
    others, rows = everybody.only(~touched[owner]), everybody.only(touched[owner])
    rows = rows.with_others(_turned(cut, rows.only((count[rows.owner] == 1) & ~_outs(cut, rows).is_good)))
    outs = _outs(cut, rows)
    on = rows._replace(way=outs.way).only(outs.leaves)
    held = rows.only(~outs.leaves).with_others(on.only(on.way != NO_WAY))
    begins, places = others.with_others(on), others.with_others(_out(cut, on, outs.drive_ms[outs.leaves], outs.ways))
    return Leaving(
        places=places.places(len(units)),
        begins=begins.places(len(units)),
        way=begins.way,
        ways=outs.ways,
        held=Held(places=held.places(len(units)), limit=cut.shut.limit(held.arc, held.fraction)),
    )


class _Outs(NamedTuple):
    """How each of some places is left."""

    leaves: Bools
    is_good: Bools  # and that leads on to somewhere
    way: Longs  # by which of the ways out, or NO_WAY: by the end of its own arc
    drive_ms: Floats  # from the end of its own arc to the one by which one is out
    ways: tuple[WaysOut, ...]


def _outs(cut: Cut, rows: _Rows) -> _Outs:
    """What leads on to somewhere goes before what leads on to nowhere."""
    count = len(rows.arc)
    leaves, good, ahead = np.ones(count, np.bool_), ~cut.blind[rows.arc], np.zeros(count, np.bool_)
    way, drive_ms = np.full(count, NO_WAY), np.zeros(count)
    ways: list[WaysOut] = []
    shut = np.flatnonzero(np.isin(rows.arc, cut.shut.arcs))
    leaves[shut], good[shut] = cut.ends_open(rows.arc[shut])
    ahead[shut] = cut.shut.is_ahead(rows.arc[shut], rows.fraction[shut])
    caught = shut[~good[shut] & ~ahead[shut]]
    for inside, held in _inside_of(cut, rows, caught).items():
        out = cut.ways_out(inside)
        at = np.searchsorted(out.shut.arcs, rows.arc[held])
        better = out.is_good[at] | (~leaves[held] & np.isfinite(out.drive_ms[at]))
        own, at = held[better], at[better]
        leaves[own], good[own], way[own], drive_ms[own] = True, out.is_good[at], len(ways), out.drive_ms[at]
        ways.append(out)
    return _Outs(leaves=leaves & ~ahead, is_good=good & ~ahead, way=way, drive_ms=drive_ms, ways=tuple(ways))


def _inside_of(cut: Cut, rows: _Rows, caught: Longs) -> dict[tuple[int, ...], Longs]:
    """Those of some rows that are inside cordons, by the numbers of these."""
    held = np.array([cordon.shut.is_inside(rows.arc[caught], rows.fraction[caught]) for cordon in cut.cordons])
    groups: dict[tuple[int, ...], list[int]] = {}
    for row, inside in zip(caught.tolist(), held.T, strict=True):
        if inside.any():
            groups.setdefault(tuple(np.flatnonzero(inside).tolist()), []).append(row)
    return {inside: np.array(own) for inside, own in groups.items()}


def _turned(cut: Cut, rows: _Rows) -> _Rows:
    """The other side of the street, where there is one."""
    twin = cut.streets.network.arc_twin[rows.arc]
    there = (twin != NO_ARC) & (cut.opened.arc_ms[twin] < FORBIDDEN)
    rows, twin = rows.only(there), twin[there]
    extra_ms = rows.extra_ms + np.uint32(cut.u_turn_ms)
    return rows._replace(arc=twin, fraction=1.0 - rows.fraction, extra_ms=extra_ms)


def _out(cut: Cut, rows: _Rows, drive_ms: Floats, ways: tuple[WaysOut, ...]) -> _Rows:
    """The same rows, those that are left by ways out where one is out."""
    length_m, arc_ms = cut.streets.network.arc_length_m, cut.opened.arc_ms
    rows = _Rows._make(column.copy() for column in rows)
    for row in np.flatnonzero(rows.way != NO_WAY):
        out, fraction = ways[rows.way[row]], float(rows.fraction[row])
        way = out.way(int(rows.arc[row]))
        last, edge = way[-1], out.shut.tail(int(way[-1]))
        begun_ms, left_ms = part_ms(fraction, arc_ms[way[0]]), int(arc_ms[last]) - part_ms(edge, arc_ms[last])
        rows.extra_ms[row] += np.uint32(int(arc_ms[way[0]]) - begun_ms + int(drive_ms[row]) - left_ms)
        rows.beyond_m[row] = length_m[way].sum() - fraction * length_m[way[0]] - (1.0 - edge) * length_m[last]
        rows.arc[row], rows.fraction[row] = last, edge
    return rows


def straight(cut: Cut, held: Held, goal: Places) -> Straight:
    """How units get to a goal that lies straight on, before what is shut ahead."""
    units = len(held.places)
    found = _Found(
        cost_ms=np.full(units, UNREACHED, np.uint32),
        place=np.full(units, NO_PLACE, np.int64),
        spot=np.full(units, NO_PLACE, np.int64),
        length_m=np.full(units, np.nan),
    )
    limit, arc_ms = steady(held.limit, np.float64), steady(cut.opened.arc_ms, np.uint32)
    arc_length_m = steady(cut.streets.network.arc_length_m, np.float64)
    _straight(spots_of(held.places), limit, spots_of(goal), arc_ms, arc_length_m, found)
    return Straight(places=held.places, **found._asdict())


def warm_up() -> None:
    """Compiles the kernel, or loads it from numba's cache, so that the first question is as quick as the next."""
    nowhere = spots_of(
        Places(
            start=np.zeros(1, np.int64),
            arc=np.zeros(0, np.int32),
            fraction=np.zeros(0),
            off_road_m=np.zeros(0),
            extra_ms=np.zeros(0, np.uint32),
        )
    )
    none, no_ms = np.zeros(0, np.int64), np.zeros(0, np.uint32)
    found = _Found(cost_ms=no_ms, place=none, spot=none.copy(), length_m=np.zeros(0))
    far = steady(np.zeros(0), np.float64)
    _straight(nowhere, far, nowhere, steady(no_ms, np.uint32), far, found)


@njit(cache=True, nogil=True)
def _straight(units: Spots, limit: Floats, goal: Spots, arc_ms: Millis, arc_length_m: Floats, found: _Found) -> None:
    for unit in range(len(found.cost_ms)):
        for place in range(units.start[unit], units.start[unit + 1]):
            arc, at = units.arc[place], units.fraction[place]
            for spot in range(len(goal.arc)):
                if goal.arc[spot] == arc and at <= goal.fraction[spot] <= limit[place]:
                    drive_ms = part_ms(goal.fraction[spot], arc_ms[arc]) - part_ms(at, arc_ms[arc])
                    ms = drive_ms + np.int64(units.extra_ms[place]) + np.int64(goal.extra_ms[spot])
                    if ms <= NEVER_MS and ms < found.cost_ms[unit]:
                        found.cost_ms[unit], found.place[unit], found.spot[unit] = ms, place, spot
                        found.length_m[unit] = goal.beyond_m[spot] + (goal.fraction[spot] - at) * arc_length_m[arc]
