"""What closures make of a profile's roads: which turns are left, where one is led on to nowhere, and the ways out.

It decides that nobody turns onto an arc of which any piece is shut. Arcs, their milliseconds and which of them hang
together stay as they are, so that a place that is cut off is one that cannot be reached, and not one that is elsewhere.
Where units may leave from is `leaving`'s to say, how goals are reached `goal`'s.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from scipy.sparse import csr_matrix
from scipy.sparse.csgraph import dijkstra

from arls.roads.closures import Shut, shut_on
from arls.roads.cordon import ShutArcs
from arls.roads.network import NO_ARC
from arls.roads.profile import FORBIDDEN
from arls.roads.stretches import joined

if TYPE_CHECKING:
    from collections.abc import Sequence

    from arls.roads.cordon import Cordon
    from arls.roads.network import Bools, Floats, Ints, Longs
    from arls.roads.profile import Weights
    from arls.roads.search import Reverse
    from arls.roads.streets import StreetTree


class WaysOut(NamedTuple):
    """From the ends of arcs that some cordons shut to the open road, over what they shut and no other."""

    shut: ShutArcs  # by them
    drive_ms: Floats  # [arcs] to the end of the arc by which one is out, 0 for itself; infinite: there is no way out
    onward: Longs  # [arcs] the next arc on the way there, or NO_ARC
    is_good: Bools  # [arcs] it leads on to somewhere

    def way(self, arc: int) -> Ints:
        """The arcs from one of them, itself the first, to the one by which one is out."""
        arcs = [arc]
        while (arc := int(self.onward[np.searchsorted(self.shut.arcs, arc)])) != NO_ARC:
            arcs.append(arc)
        return np.array(arcs, np.int32)


class Cut:
    """The roads of one profile under closures; many threads may ask at once."""

    def __init__(
        self, streets: StreetTree, reverse: Reverse, weights: Weights, cordons: Sequence[Cordon], *, u_turn_ms: int
    ) -> None:
        """`weights` are those of the open roads."""
        self.streets, self.reverse, self.opened = streets, reverse, weights
        self.cordons, self.u_turn_ms = tuple(cordons), u_turn_ms
        self.shut = ShutArcs(_usable(cordons, weights))
        self.weights = self._cut_weights()
        self.blind = self._blind()  # [A] the arcs that are open and lead, sooner or later, to shut ones only
        self.touched = self.blind.copy()  # [A] these and the shut ones
        self.touched[self.shut.arcs] = True
        self._ways_out: dict[tuple[int, ...], WaysOut] = {}

    def arcs(self) -> Longs:
        """The arcs of which a unit may stand on one, or on its other side, otherwise than on the open roads."""
        touched = np.flatnonzero(self.touched)
        twins = self.streets.network.arc_twin[touched]
        return np.union1d(touched, twins[twins != NO_ARC])

    def ends_open(self, arcs: Ints | Longs) -> tuple[Bools, Bools]:
        """True of an arc from whose end one may turn onto an open one; the same, and it leads on to somewhere."""
        owner, turn = turns_of(self.streets.network.turn_start, arcs)
        left = self.weights.turn_ms[turn] < FORBIDDEN
        good = left & ~self.blind[self.streets.network.turn_to[turn]]
        return np.bincount(owner, left, len(arcs)) > 0, np.bincount(owner, good, len(arcs)) > 0

    def ways_out(self, inside: tuple[int, ...]) -> WaysOut:
        """For who is inside these cordons, by number, and all is shut at the end of the arc: the soonest by open turns.

        It goes to where one is led on to nowhere only if there is no other.
        """
        if inside not in self._ways_out:
            self._ways_out[inside] = self._find_ways_out([self.cordons[number] for number in inside])
        return self._ways_out[inside]

    def _find_ways_out(self, cordons: Sequence[Cordon]) -> WaysOut:
        shut = ShutArcs(shut_on(joined(cordon.stretches for cordon in cordons), self.streets))
        arcs, network = shut.arcs, self.streets.network
        owner, turn = turns_of(network.turn_start, arcs)
        onto = np.minimum(np.searchsorted(arcs, network.turn_to[turn]), len(arcs) - 1)
        theirs = sum((cordon.shut.pieces(arcs) for cordon in cordons), np.zeros(len(arcs), np.int64))
        passed = shut.from_the_start & (self.shut.pieces(arcs) == theirs)
        inside = (arcs[onto] == network.turn_to[turn]) & shut.to_the_end[owner] & passed[onto]
        inside &= self.opened.turn_ms[turn] < FORBIDDEN
        ms = self.opened.turn_ms[turn].astype(np.float64) + self.opened.arc_ms[network.turn_to[turn]]
        backward = csr_matrix((ms[inside], (onto[inside], owner[inside])), shape=(len(arcs), len(arcs)))
        left, good = self.ends_open(arcs)
        best, other = (_ways_to(backward, arcs, np.flatnonzero(exits)) for exits in (good, left))
        none = np.isinf(best[0])
        drive_ms, onward = (np.where(none, those, these) for these, those in zip(best, other, strict=True))
        return WaysOut(shut=shut, drive_ms=drive_ms, onward=onward, is_good=~none)

    def _cut_weights(self) -> Weights:
        reverse, arcs = self.reverse, self.shut.arcs
        turn_ms = self.opened.turn_ms.copy()
        turn_ms[reverse.in_turn[turns_of(reverse.in_start, arcs)[1]]] = FORBIDDEN
        turn_ms.flags.writeable = False
        return replace(self.opened, turn_ms=turn_ms)

    def _blind(self) -> Bools:
        network, ends = self.streets.network, self.shut.arcs
        dead = np.zeros(network.arcs, np.bool_)
        dead[ends] = True
        while len(ends):
            into = turns_of(self.reverse.in_start, ends)[1]
            into = into[self.opened.turn_ms[self.reverse.in_turn[into]] < FORBIDDEN]
            before = np.unique(self.reverse.in_from[into])
            before = before[~dead[before]]
            owner, turn = turns_of(network.turn_start, before)
            goes = (self.weights.turn_ms[turn] < FORBIDDEN) & ~dead[network.turn_to[turn]]
            ends = before[np.bincount(owner, goes, len(before)) == 0]
            dead[ends] = True
        dead[self.shut.arcs] = False
        return dead


def _usable(cordons: Sequence[Cordon], weights: Weights) -> Shut:
    """Every piece of every cordon on arcs that the profile may use: one closure is not another, where they meet."""
    pieces = [cordon.shut.shut for cordon in cordons]
    shut = Shut._make(np.concatenate(columns) for columns in zip(*pieces, strict=True))
    shut = shut.only(weights.arc_ms[shut.arc] < FORBIDDEN)
    return shut.only(np.lexsort((shut.begin, shut.arc)))


def _ways_to(backward: csr_matrix, arcs: Longs, exits: Longs) -> tuple[Floats, Longs]:
    if not len(exits):
        return np.full(len(arcs), np.inf), np.full(len(arcs), NO_ARC)
    drive_ms, onward, _ = dijkstra(backward, indices=exits, min_only=True, return_predecessors=True)
    return drive_ms, np.where(onward >= 0, arcs[np.maximum(onward, 0)], NO_ARC)


def turns_of(start: Longs, arcs: Longs | Ints) -> tuple[Longs, Longs]:
    """The turns start[a]:start[a + 1] of each of some arcs, and the number of the arc in the row."""
    count = start[arcs + 1] - start[arcs]
    owner = np.repeat(np.arange(len(arcs)), count)
    return owner, (start[arcs] - np.cumsum(count) + count)[owner] + np.arange(len(owner))
