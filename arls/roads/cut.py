"""What closures make of a profile's roads: which turns are left, where one is led on to nowhere, and the ways out.

It decides that nobody turns onto an arc of which any piece is shut. Arcs, their milliseconds and which of them hang
together stay as they are, so that a place that is cut off is one that cannot be reached, and not one that is elsewhere.
Where units may leave from is `leaving`'s to say, how goals are reached `goal`'s.
"""

from __future__ import annotations

from dataclasses import replace
from functools import cached_property
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from scipy.sparse import csr_matrix
from scipy.sparse.csgraph import dijkstra

from arls.roads.closures import shut_on
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
    """From the end of each shut arc, in order, to the open road, over arcs that are shut from their start on."""

    exit: Longs  # the arc at whose end one is out: itself, or another
    drive_ms: Floats  # from its end to that one's; infinite where there is no way out
    onward: Longs  # the next arc of the way there, or below 0


class Cut:
    """The roads of one profile under closures; many threads may ask at once."""

    def __init__(
        self, streets: StreetTree, reverse: Reverse, weights: Weights, cordons: Sequence[Cordon], *, u_turn_ms: int
    ) -> None:
        """At least one cordon; `weights` are those of the open roads."""
        self.streets, self.reverse, self.opened = streets, reverse, weights
        self.cordons, self.u_turn_ms = tuple(cordons), u_turn_ms
        self.shut = ShutArcs(shut_on(joined(cordon.stretches for cordon in cordons), streets))
        self.weights = self._cut_weights()
        self.blind = self._blind()  # [A] the arcs that are open and lead, sooner or later, to shut ones only
        self.touched = self.blind.copy()  # [A] these and the shut ones
        self.touched[self.shut.arcs] = True

    def arcs(self) -> Longs:
        """The arcs of which a unit may stand on one, or on its other side, otherwise than on the open roads."""
        touched = np.flatnonzero(self.touched)
        twins = self.streets.network.arc_twin[touched]
        return np.union1d(touched, twins[twins != NO_ARC])

    @cached_property
    def ways_out(self) -> WaysOut:
        """For who is inside: the soonest by open turns; to where one is led on to nowhere only if there is no other."""
        arcs, network = self.shut.arcs, self.streets.network
        owner, turn = _turns_of(network.turn_start, arcs)
        entering, left = network.turn_to[turn], self.weights.turn_ms[turn] < FORBIDDEN
        onto = np.minimum(np.searchsorted(arcs, entering), len(arcs) - 1)
        inside = (arcs[onto] == entering) & self.shut.to_the_end[owner] & self.shut.from_the_start[onto]
        inside &= self.opened.turn_ms[turn] < FORBIDDEN
        ms = self.opened.turn_ms[turn].astype(np.float64) + self.opened.arc_ms[entering]
        backward = csr_matrix((ms[inside], (onto[inside], owner[inside])), shape=(len(arcs), len(arcs)))
        best, other = (
            _ways_to(backward, arcs, np.flatnonzero(np.bincount(owner, to, len(arcs))))
            for to in (left & ~self.blind[entering], left)
        )
        none = np.isinf(best.drive_ms)
        return WaysOut._make(np.where(none, theirs, ours) for ours, theirs in zip(best, other, strict=True))

    def way_out(self, arc: int) -> Ints:
        """The arcs from a shut one, itself the first, to the one at whose end one is out."""
        way = [arc]
        while (arc := int(self.ways_out.onward[np.searchsorted(self.shut.arcs, arc)])) != NO_ARC:
            way.append(arc)
        return np.array(way, np.int32)

    def _cut_weights(self) -> Weights:
        reverse, arcs = self.reverse, self.shut.arcs
        turn_ms = self.opened.turn_ms.copy()
        turn_ms[reverse.in_turn[_turns_of(reverse.in_start, arcs)[1]]] = FORBIDDEN
        turn_ms.flags.writeable = False
        return replace(self.opened, turn_ms=turn_ms)

    def _blind(self) -> Bools:
        network, ends = self.streets.network, self.shut.arcs
        dead = np.zeros(network.arcs, np.bool_)
        dead[ends] = True
        while len(ends):
            before = np.unique(self.reverse.in_from[_turns_of(self.reverse.in_start, ends)[1]])
            before = before[~dead[before] & (self.weights.arc_ms[before] < FORBIDDEN)]
            owner, turn = _turns_of(network.turn_start, before)
            goes = (self.weights.turn_ms[turn] < FORBIDDEN) & ~dead[network.turn_to[turn]]
            ends = before[np.bincount(owner, goes, len(before)) == 0]
            dead[ends] = True
        dead[self.shut.arcs] = False
        return dead


def _ways_to(backward: csr_matrix, arcs: Longs, exits: Longs) -> WaysOut:
    nowhere = np.full(len(arcs), NO_ARC, np.int64)
    if not len(exits):
        return WaysOut(exit=nowhere, drive_ms=np.full(len(arcs), np.inf), onward=nowhere)
    drive_ms, onward, exit_ = dijkstra(backward, indices=exits, min_only=True, return_predecessors=True)
    return WaysOut(
        exit=np.where(exit_ >= 0, arcs[np.maximum(exit_, 0)], nowhere),
        drive_ms=drive_ms,
        onward=np.where(onward >= 0, arcs[np.maximum(onward, 0)], nowhere),
    )


def _turns_of(start: Longs, arcs: Longs | Ints) -> tuple[Longs, Longs]:
    """The turns start[a]:start[a + 1] of each of some arcs, and the number of the arc in the row."""
    count = start[arcs + 1] - start[arcs]
    owner = np.repeat(np.arange(len(arcs)), count)
    return owner, (start[arcs] - np.cumsum(count) + count)[owner] + np.arange(len(owner))
