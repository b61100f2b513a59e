"""Where units may be by now: for each the places that it may have come to since it was seen, with their weights.

It decides where a unit may have been when it was seen, and what becomes of places where it can hardly be. How it spread
from there is `roam`'s; how long it had for it, and how far it cannot have come, is the asker's to say.
"""

from __future__ import annotations

import threading
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from arls.roads.dijkstra import part_ms
from arls.roads.roam import MOST_ARCS, Roamed, Tree, roam, roamed_for, tree_for

if TYPE_CHECKING:
    from collections.abc import Mapping

    from arls.roads.network import Bools, Floats, Ints, Longs, Network, Places
    from arls.roads.profile import Millis, Weights
    from arls.roads.snap import Snapper
    from arls.roads.ways import Onward

# So many equally likely times that each may have driven.
TIMES = 16

# A round error is told by seven places: the middle with half of the weight and six about it at two sigmas. Up to the
# fifth degree they have the moments of the Gaussian (Stroud 1971, E_2^{r^2}: 5-1).
_MIDDLE, _ABOUT, _ABOUT_SIGMAS, _CORNERS = 0.5, 1.0 / 12.0, 2.0, 6
# A smaller error than this is less than the width of a road and what is beside it: the place to which it was snapped
# stands for it.
_TELLING_SIGMA_M = 10.0


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Roaming:
    """What may have become of n units since they were last seen."""

    stayed: Floats  # [n] how probably each is where it was
    gone_ms: Longs  # [n, TIMES] else: the times, rising and equally likely, that it has driven since
    sigma_m: Floats  # [n] of the error of the place where it was seen, along each axis
    fence_m: Floats  # [n] from where it was seen; further off it is only by the share of `beyond`; inf: no fence
    beyond: Floats  # [n] 0 to 1

    def __len__(self) -> int:
        return len(self.stayed)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Scatter:
    """Where each of n units may be: unit i at the places start[i]:start[i + 1], P of all; a place is a way to leave."""

    start: Longs  # [n + 1]
    arc: Ints  # [P]
    part_ms: Longs  # [P] what of the arc is driven
    beyond_ms: Longs  # [P] it may be further by as much, either way: the search ended before it did
    weight: Floats  # [P] of any scale
    again: Bools  # [P] another way to leave from where the place before is: the sooner counts, by that one's weight
    off_road_m: Floats  # [n] from where it was seen to the road; NaN where none is near


class _Room(threading.local):
    """One thread's arrays of the size of the network."""

    def __init__(self) -> None:
        self._made_for = (-1, -1)

    def for_size(self, arcs: int, turns: int) -> tuple[Tree, Roamed]:
        """A clean tree, and places for as many as one beginning can have."""
        if self._made_for != (arcs, turns):
            self._made_for = (arcs, turns)
            self._tree, self._out = tree_for(arcs, turns), roamed_for(MOST_ARCS * TIMES)
        return self._tree, self._out


_room = _Room()


class Scatterer:
    """The roads of one network to scatter on. Many threads may ask at once."""

    def __init__(self, network: Network, snapper: Snapper) -> None:
        self._snapper = snapper
        self._lines_m = _lines_m(network)

    def scatter(
        self, onward: Onward, weights: Weights, *, seen: Places, columns: Mapping[str, Floats], roaming: Roaming
    ) -> Scatter:
        """Where each unit may be that was seen at these places; `columns` are what was seen of it, each [n]."""
        x, y = self._snapper.streets.plane.metres_of(lats=columns["lat"], lons=columns["lon"])
        begun = self._begun(seen, x, y, columns, roaming, weights)
        rows = _rows(onward, begun, roaming)
        fence_m = roaming.fence_m[rows.owner]
        off_m = self._off_m(rows, onward.arc_ms, x[rows.owner], y[rows.owner])
        rows.weight[off_m > fence_m] *= roaming.beyond[rows.owner[off_m > fence_m]]
        return Scatter(
            start=np.searchsorted(rows.owner, np.arange(len(roaming) + 1)),
            arc=rows.arc,
            part_ms=rows.part_ms,
            beyond_ms=rows.beyond_ms,
            weight=rows.weight,
            again=rows.again,
            off_road_m=_nearest_m(seen),
        )

    def _begun(
        self, seen: Places, x: Floats, y: Floats, columns: Mapping[str, Floats], roaming: Roaming, weights: Weights
    ) -> _Begun:
        units = np.arange(len(roaming))
        owner = np.repeat(np.flatnonzero(roaming.sigma_m >= _TELLING_SIGMA_M), _CORNERS)
        angle, off_m = np.arange(len(owner)) * (2.0 * np.pi / _CORNERS), _ABOUT_SIGMAS * roaming.sigma_m[owner]
        lats, lons = self._snapper.streets.plane.degrees_of(
            x=x[owner] + off_m * np.cos(angle), y=y[owner] + off_m * np.sin(angle)
        )
        courses, speeds = columns["course_deg"][owner], columns["speed_mps"][owner]
        about = self._snapper.snap(lats=lats, lons=lons, courses=courses, speeds=speeds, weights=weights)
        return _Begun(
            owner=np.concatenate([units, owner]),
            share=np.repeat([_MIDDLE, _ABOUT], [len(units), len(owner)]),
            start=np.concatenate([seen.start, about.start[1:] + seen.start[-1]]),
            arc=np.concatenate([seen.arc, about.arc]),
            fraction=np.concatenate([seen.fraction, about.fraction]),
        )

    def _off_m(self, rows: _Rows, arc_ms: Millis, x: Floats, y: Floats) -> Floats:
        """[P] as the crow flies from where the unit was seen; an arc is taken as straight."""
        along = (rows.part_ms / arc_ms[rows.arc])[:, None]
        tail, head = self._lines_m[rows.arc, :2], self._lines_m[rows.arc, 2:]
        there = tail + along * (head - tail)
        return np.asarray(np.hypot(there[:, 0] - x, there[:, 1] - y), np.float64)


class _Begun(NamedTuple):
    """B beginnings: positions at which units may have been when they were seen, with their places."""

    owner: Longs  # [B]
    share: Floats  # [B] of the unit's weight, of any scale
    start: Longs  # [B + 1]
    arc: Ints
    fraction: Floats


class _Rows(NamedTuple):
    """The columns of a scatter, by unit."""

    owner: Longs
    arc: Ints
    part_ms: Longs
    beyond_ms: Longs
    weight: Floats
    again: Bools


def _rows(onward: Onward, begun: _Begun, roaming: Roaming) -> _Rows:
    each = [_stayed(onward, begun, roaming)]
    parts = np.bincount(begun.owner, minlength=len(roaming))
    tree, out = _room.for_size(len(onward.arc_ms), len(onward.turn_to))
    for beginning, unit in enumerate(begun.owner.tolist()):
        places = slice(begun.start[beginning], begun.start[beginning + 1])
        left = 1.0 - roaming.stayed[unit]
        if left > 0.0:
            out.size[0] = 0
            gone_ms, most = roaming.gone_ms[unit], MOST_ARCS // int(parts[unit])
            roam(onward, begun.arc[places], begun.fraction[places], gone_ms, most, tree, out)
            found = slice(0, out.size[0])
            each.append(
                _Rows(
                    owner=np.full(out.size[0], unit),
                    arc=out.arc[found].copy(),
                    part_ms=out.part_ms[found].copy(),
                    beyond_ms=out.beyond_ms[found].copy(),
                    weight=out.weight[found] * (left * begun.share[beginning]),
                    again=np.zeros(out.size[0], np.bool_),
                )
            )
    rows = _Rows._make(np.concatenate(columns) for columns in zip(*each, strict=True))
    by_unit = np.argsort(rows.owner, kind="stable")
    return _Rows._make(column[by_unit] for column in rows)


def _stayed(onward: Onward, begun: _Begun, roaming: Roaming) -> _Rows:
    """Those that are where they were, at all places by which they may leave."""
    beginning = np.repeat(np.arange(len(begun.owner)), np.diff(begun.start))
    owner = begun.owner[beginning]
    return _Rows(
        owner=owner,
        arc=begun.arc,
        part_ms=np.array([part_ms(*place) for place in zip(begun.fraction, onward.arc_ms[begun.arc], strict=True)]),
        beyond_ms=np.zeros(len(owner), np.int64),
        weight=begun.share[beginning] * roaming.stayed[owner],
        again=np.arange(len(owner)) != begun.start[beginning],
    )


def _nearest_m(seen: Places) -> Floats:
    nearest_m = np.full(len(seen), np.inf)
    np.minimum.at(nearest_m, np.repeat(np.arange(len(seen)), np.diff(seen.start)), seen.off_road_m)
    return np.where(np.isinf(nearest_m), np.nan, nearest_m)


def _lines_m(network: Network) -> Floats:
    """[A, 4] where each arc begins and ends on the plane: x, y, x, y."""
    first = network.street_point_start[network.arc_street]
    last = network.street_point_start[network.arc_street + 1] - 1
    tail, head = (np.where(network.arc_backward, a, b) for a, b in ((last, first), (first, last)))
    return np.column_stack((network.point_x[tail], network.point_y[tail], network.point_x[head], network.point_y[head]))
