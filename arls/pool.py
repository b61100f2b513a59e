"""Those of a lineup who can fill a plan's slots: the free ones of ours in their order, and apart from them the others.

It decides who is free and ours, and how far it is worth looking: no further than to where every slot has a unit.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import inf
from typing import TYPE_CHECKING

import numpy as np
from msgspec.structs import replace

from arls.filling import Able, Slots
from arls.lists import FREE, STANDS

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from numpy.typing import NDArray

    from arls.lineup import Lineup
    from arls.lists import Listed
    from arls.plan import Requirement
    from arls.roster import Roster
    from arls.state import Known
    from arls.unit import Callsign, Unit

    Bools = NDArray[np.bool_]


@dataclass(frozen=True, slots=True, kw_only=True)
class Pool:
    """Who may be sent and suits something."""

    free: list[Able]
    places: list[int]  # [free] in the lineup
    others: list[tuple[Listed, int, int]]  # the list it stands on, its place in the lineup, and the slots it suits


class Suits:
    """Which slots each unit suits, looked at once for all that are alike."""

    def __init__(self, requirements: Sequence[Requirement]) -> None:
        self._requirements = requirements
        needs = tuple(place for place, one in enumerate(requirements) for _ in range(one.n))
        shared = frozenset(slot for slot, need in enumerate(needs) if requirements[need].shared)
        self.slots = Slots(needs=needs, shared=shared)
        self._of = [sum(1 << slot for slot, need in enumerate(needs) if need == n) for n in range(len(requirements))]
        self._masks: dict[tuple[object, ...], int] = {}

    def mask(self, unit: Unit) -> int:
        """Bit s: the unit suits slot s."""
        alike = (unit.capabilities, unit.kind, unit.role, unit.profile, unit.crew)
        mask = self._masks.get(alike)
        if mask is None:
            pairs = zip(self._requirements, self._of, strict=True)
            mask = self._masks[alike] = sum(slots for one, slots in pairs if one.suits(unit))
        return mask

    def possible(self, roster: Roster) -> Bools:
        """[N] whether each unit may suit a slot, by what all of its sort have in common: False where it does not."""
        # Units of one sort may be of several kinds; all else that a requirement asks for they have in common.
        asked = [replace(one, kinds=()) for one in self._requirements]
        by_sort = [any(one.suits(doing.unit) for one in asked) for doing in roster.examples]
        return np.array(by_sort, np.bool_)[roster.sort] if by_sort else np.zeros(0, np.bool_)


def pool_of(suits: Suits, lineup: Lineup, known: Known) -> Pool:
    """Who of the lineup can matter: nobody behind the unit with which every slot has one of its own.

    With these the plan is complete when the last of them is there, so whoever comes later than that is in no best set.
    """
    numbers, doings = lineup.numbers, known.roster.doings
    possible, own = suits.possible(known.roster)[numbers], lineup.stand == STANDS.index(FREE)
    pool, of_slot, complete_ms = Pool(free=[], places=[], others=[]), dict[int, int](), inf
    walked = np.flatnonzero(possible & own)
    etas_ms = np.rint(lineup.mid_s[walked] * 1000.0).astype(np.int64).tolist()
    for place, number, eta_ms in zip(walked.tolist(), numbers[walked].tolist(), etas_ms, strict=True):
        if eta_ms > complete_ms:
            return pool
        mask = suits.mask(doings[number].unit)
        if not mask:
            continue
        pool.free.append(Able(mask, eta_ms))
        pool.places.append(place)
        if complete_ms == inf and _finds_slot(len(pool.free) - 1, pool.free, of_slot, set()):
            complete_ms = eta_ms if len(of_slot) == len(suits.slots) else inf
    for place in np.flatnonzero(possible & ~own).tolist() if complete_ms == inf else ():
        mask = suits.mask(doings[numbers[place]].unit)
        if mask:
            pool.others.append((STANDS[lineup.stand[place]].listed, place, mask))
    return pool


def _finds_slot(who: int, free: Sequence[Able], of_slot: dict[int, int], seen: set[int]) -> bool:
    """Give a unit a slot, if need be by moving others on."""
    for slot in _bits(free[who].suits):
        if slot not in seen:
            seen.add(slot)
            if slot not in of_slot or _finds_slot(of_slot[slot], free, of_slot, seen):
                of_slot[slot] = who
                return True
    return False


def _bits(mask: int) -> Iterable[int]:
    return (slot for slot in range(mask.bit_length()) if mask >> slot & 1)


def names_of(places: Iterable[int], lineup: Lineup, known: Known) -> list[Callsign]:
    """The callsigns at some places of a lineup."""
    return [known.picture.callsigns[number] for number in lineup.numbers[list(places)].tolist()]
