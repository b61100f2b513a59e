"""What closures shut, findable by arc: the pieces themselves, and where the road is shut before them.

It decides nothing; `leaving` asks it for units, `goal` for goals, `cut` for turns.
"""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from arls.roads.closures import Shut, shut_on
from arls.roads.stretches import points_on

if TYPE_CHECKING:
    from arls.roads.network import Bools, Floats, Ints, Longs
    from arls.roads.streets import StreetTree
    from arls.roads.stretches import Stretches

# Less than a micrometre of any arc.
_TINY = 1e-9


class ShutArcs:
    """Shut pieces of arcs, by arc and where they begin; they may lie over each other.

    Where there is none, only `arcs` may be asked for.
    """

    def __init__(self, shut: Shut) -> None:
        self.shut = shut
        self.arcs = np.unique(shut.arc)
        self._key = _key(shut.arc, shut.begin)
        self._end = _furthest(shut)

    def has(self, arc: int) -> bool:
        """True of an arc of which any piece is shut."""
        at = int(np.searchsorted(self.arcs, arc))
        return at < len(self.arcs) and int(self.arcs[at]) == arc

    def begins(self, arc: int) -> list[float]:
        """Where the pieces of an arc begin, in order; none of one that is open."""
        own = slice(*np.searchsorted(self.shut.arc, [arc, arc + 1]))
        return [float(begin) for begin in self.shut.begin[own]]

    def head(self, arc: int) -> float:
        """Where the first piece of a shut arc begins."""
        return float(self.shut.begin[np.searchsorted(self.shut.arc, arc)])

    def tail(self, arc: int) -> float:
        """Where the piece of a shut arc ends that ends last."""
        return float(self._end[np.searchsorted(self.shut.arc, arc, side="right") - 1])

    def is_ahead(self, arc: Ints | Longs, fraction: Floats) -> Bools:
        """True where a whole piece of the arc is ahead."""
        last = np.searchsorted(self.shut.arc, arc, side="right") - 1
        ahead: Bools = (self.shut.arc[last] == arc) & (self.shut.begin[last] >= fraction)
        return ahead

    def limit(self, arc: Ints | Longs, fraction: Floats) -> Floats:
        """How far along the arc one may drive on from there: to the next piece that is ahead, or to the end."""
        piece = np.minimum(np.searchsorted(self._key, _key(arc, fraction)), len(self._key) - 1)
        ahead = (self.shut.arc[piece] == arc) & (self.shut.begin[piece] >= fraction)
        return np.where(ahead, self.shut.begin[piece], 1.0)

    def is_inside(self, arc: Ints | Longs, fraction: Floats) -> Bools:
        """True where a place is inside a piece."""
        piece = np.searchsorted(self._key, _key(arc, fraction), side="right") - 1
        inside: Bools = (piece >= 0) & (self.shut.arc[piece] == arc) & (fraction <= self._end[piece])
        return inside

    def pieces(self, arcs: Longs) -> Longs:
        """How many pieces each of these arcs has."""
        return np.diff(np.searchsorted(self.shut.arc, np.stack((arcs, arcs + 1), axis=1)), axis=1)[:, 0]

    @property
    def from_the_start(self) -> Bools:
        """[arcs] true of one that is shut in one piece from its start on."""
        begins: Bools = (self.pieces(self.arcs) == 1) & (self.limit(self.arcs, np.zeros(len(self.arcs))) <= _TINY)
        return begins

    @property
    def to_the_end(self) -> Bools:
        """[arcs] true of one that is shut at its end."""
        ends: Bools = self._end[np.searchsorted(self.shut.arc, self.arcs, side="right") - 1] >= 1.0 - _TINY
        return ends


class Edge(NamedTuple):
    """Where an arc is first shut."""

    arc: int
    fraction: float
    off_m: float  # from where it was asked for, as the crow flies


class Cordon:
    """What one closure shuts; of one that shuts no arc nothing can be asked but which arcs it shuts."""

    def __init__(self, streets: StreetTree, stretches: Stretches, *, on_foot: bool) -> None:
        """`on_foot`: one may pass on foot."""
        self.stretches, self.on_foot = stretches, on_foot
        self._streets = streets

    @cached_property
    def shut(self) -> ShutArcs:
        """Its pieces."""
        return ShutArcs(shut_on(self.stretches, self._streets))

    def holds(self, arcs: Ints, fractions: Floats) -> bool:
        """True if one of these places is inside, or behind what may be passed on foot."""
        behind = self.on_foot & np.isin(arcs, self.shut.arcs) & (self.shut.limit(arcs, np.zeros(len(arcs))) < fractions)
        return bool((behind | self.shut.is_inside(arcs, fractions)).any())

    def edges_near(self, x: float, y: float, within_m: float) -> list[Edge]:
        """Where the road is shut before it, the nearest first."""
        arc, fraction, at_x, at_y = self._edges
        off_m = np.hypot(at_x - x, at_y - y)
        near = np.flatnonzero(off_m <= within_m)
        near = near[np.lexsort((arc[near], off_m[near]))]
        return [Edge(int(arc[edge]), float(fraction[edge]), float(off_m[edge])) for edge in near]

    @cached_property
    def _edges(self) -> tuple[Longs, Floats, Floats, Floats]:
        network, arcs = self._streets.network, self.shut.arcs
        begin = self.shut.limit(arcs, np.zeros(len(arcs)))
        on_street = np.where(network.arc_backward[arcs], 1.0 - begin, begin)
        return arcs, begin, *points_on(self._streets, network.arc_street[arcs].astype(np.int64), on_street)


def _furthest(shut: Shut) -> Floats:
    """[P] where the furthest piece of the same arc ends that does not begin behind this one."""
    by_end = np.lexsort((shut.end, shut.arc))
    rank = np.empty_like(by_end)
    rank[by_end] = np.arange(len(by_end))
    return shut.end[by_end[np.maximum.accumulate(rank)]]


def _key(arc: Longs | Ints, fraction: Floats) -> Floats:
    # Half a fraction, so that the end of an arc is before the beginning of the next.
    return arc + 0.5 * fraction
