"""Turn restrictions via streets: which sequences of arcs must be remembered, and whom each keeps from which arc.

It decides what a ban of several moves means. An arc does not know where a driver came from; so an arc on which a
forbidden sequence has begun gets a copy, entered only by who has begun it, and only the copy lacks the last move.
(OSRM, issue 2681.) A copy stands for the longest sequence begun, so that bans which overlap all hold, as in the
automaton of Aho and Corasick 1975. The copies themselves are `assemble`'s business.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    Driven = tuple[int, ...]  # arcs, each beginning where the one before it ends
    Exits = Mapping[int, Mapping[int, int]]  # by arc: the arcs it may be left for, and by whom (Access)


@dataclass(frozen=True, slots=True, kw_only=True)
class LongBan:
    """A turn restriction via streets, by sides: side 2 s is street s driven forward, side 2 s + 1 backward.

    `no`: who has driven all but the last may not go on to the last. `only`: who is on one of them, having driven
    those before it, must go on to the next (GraphHopper, pull request 2673, reads `only` so).
    """

    sides: tuple[int, ...]  # three or more
    only: bool
    binds: int  # Access


@dataclass(frozen=True, slots=True, kw_only=True)
class Sequences:
    """What some ban makes worth remembering."""

    begun: Mapping[Driven, int]  # two arcs or more, and the number of the copy that they lead to
    kept_from: Mapping[Driven, Mapping[int, int]]  # by the arc that may not follow: Access

    def arc_after(self, driven: Driven, arc: int) -> int:
        """Where who has driven this comes to by moving onto an arc: to a copy of it, or to itself."""
        known = ((*driven[first:], arc) for first in range(len(driven)))
        return next((self.begun[sequence] for sequence in known if sequence in self.begun), arc)

    def banned_after(self, driven: Driven, arc: int) -> int:
        """Whom any ban keeps from moving onto an arc after this: Access."""
        mask = 0
        for first in range(len(driven)):
            mask |= self.kept_from.get(driven[first:], {}).get(arc, 0)
        return mask


def sequences_of(bans: Iterable[tuple[Driven, LongBan]], exits: Exits, *, first_copy: int) -> Sequences:
    """The sequences of bans whose arcs are given; a ban that nobody could break is passed over.

    As with a ban via a junction, who cannot make each move of an `only` is not bound by it.
    """
    begun: dict[Driven, int] = {}
    kept_from: dict[Driven, dict[int, int]] = {}
    for path, ban in bans:
        binds = ban.binds
        for here, there in pairwise(path):
            binds &= exits[here].get(there, 0)
        if not binds:
            continue
        for length in range(2, len(path)):
            begun.setdefault(path[:length], first_copy + len(begun))
        for length in range(1 if ban.only else len(path) - 1, len(path)):
            kept = kept_from.setdefault(path[:length], {})
            for there in exits[path[length - 1]]:
                if (there == path[length]) != ban.only:
                    kept[there] = kept.get(there, 0) | binds
    return Sequences(begun=begun, kept_from=kept_from)
