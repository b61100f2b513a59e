"""Those of a lineup who can fill a plan's slots: the free ones of ours in their order, and apart from them the others.

It decides who is free and ours, and whom it is worth looking at: of those who suit the same slots, no more than there
are slots.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

import numpy as np
from msgspec.structs import replace

from arls.filling import Able, Slots
from arls.lists import FREE, STANDS
from arls.unit import UnitKind

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from numpy.typing import NDArray

    from arls.lineup import Lineup
    from arls.plan import Requirement
    from arls.roster import Roster
    from arls.state import Known
    from arls.unit import Callsign, Unit

    Longs = NDArray[np.int64]

_KINDS = tuple(UnitKind)
_OWN = STANDS.index(FREE)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Pool:
    """Who may be sent and suits something."""

    free: list[Able]
    places: list[int]  # [free] in the lineup
    others: Longs  # places in the lineup of those who are not ours, or not free
    suits: Longs  # [others] the slots that each suits


class Suits:
    """Which slots each unit suits."""

    def __init__(self, requirements: Sequence[Requirement], roster: Roster) -> None:
        self._requirements = requirements
        needs = tuple(place for place, one in enumerate(requirements) for _ in range(one.n))
        shared = frozenset(slot for slot, need in enumerate(needs) if requirements[need].shared)
        self.slots = Slots(needs=needs, shared=shared)
        self._of = [sum(1 << slot for slot, need in enumerate(needs) if need == n) for n in range(len(requirements))]
        self.masks = self._masks(roster)  # [N] bit s: the unit suits slot s

    def mask(self, unit: Unit) -> int:
        """The same of one unit."""
        pairs = zip(self._requirements, self._of, strict=True)
        return sum(slots for one, slots in pairs if one.suits(unit))

    def _masks(self, roster: Roster) -> Longs:
        masks = np.zeros(len(roster.sort), np.int64)
        for one, slots in zip(self._requirements, self._of, strict=True):
            # Units of one sort may be of several kinds; all else that a requirement asks for they have in common.
            asked = replace(one, kinds=())
            by_sort = np.array([asked.suits(doing.unit) for doing in roster.examples], np.bool_)
            suited = by_sort[roster.sort] if len(by_sort) else np.zeros(len(masks), np.bool_)
            if one.kinds:
                suited &= np.isin(_kinds_of(roster), [_KINDS.index(kind) for kind in one.kinds])
            masks[suited] |= slots
        return masks


@lru_cache(maxsize=1)
def _kinds_of(roster: Roster) -> Longs:
    return np.array([_KINDS.index(doing.unit.kind) for doing in roster.doings], np.int64)


def pool_of(suits: Suits, lineup: Lineup) -> Pool:
    """Who of the lineup can matter: the soonest of those who suit the same slots, as many as there are slots.

    `filling` tells why nobody else is in a best set.
    """
    masks, own = suits.masks[lineup.numbers], lineup.stand == _OWN
    worth = [np.flatnonzero((masks == mask) & own)[: len(suits.slots)] for mask in np.unique(masks[own]) if mask]
    places = np.sort(np.concatenate([np.zeros(0, np.int64), *worth]))
    etas_ms = np.rint(lineup.mid_s[places] * 1000.0).astype(np.int64)
    others = np.flatnonzero(~own & (masks != 0))
    return Pool(
        free=[Able(mask, eta_ms) for mask, eta_ms in zip(masks[places].tolist(), etas_ms.tolist(), strict=True)],
        places=places.tolist(),
        others=others,
        suits=masks[others],
    )


def names_of(places: Iterable[int], lineup: Lineup, known: Known) -> list[Callsign]:
    """The callsigns at some places of a lineup."""
    return [known.picture.callsigns[number] for number in lineup.numbers[list(places)].tolist()]
