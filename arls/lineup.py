"""All who may be sent and have a way, the soonest first, as columns: what a ranking tells of is picked from it.

It decides the order, which is total: the tier of the list, the middle of the ETA, who was heard later, callsign. When
each can be there was worked out by `timing`, and on which list it stands is `lists`' to say.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from arls.lists import STANDS

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from numpy.typing import DTypeLike, NDArray

    from arls.roads.profile import Profile
    from arls.timing import Party, Times
    from arls.unit import Callsign

    Bools = NDArray[np.bool_]
    Floats = NDArray[np.float64]
    Longs = NDArray[np.int64]


# Of each of STANDS.
_TIERS = np.array([stand.tier for stand in STANDS])
_DECIMALS = {"age_s": 3, "distance_m": 1}
_TIMED = ("low_s", "mid_s", "high_s", "distance_m")


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Queue:
    """Who goes before whom of those that are as soon: who was heard later, then by callsign."""

    numbers: Longs  # [N] in this order
    place: Longs  # [N] by number: where it stands


def queue_of(callsigns: tuple[Callsign, ...], age_s: Floats) -> Queue:
    """The queue of all units, with the ages of their fixes."""
    numbers = np.lexsort((_places_by_name(callsigns), np.round(age_s, 3)))
    place = np.empty(len(numbers), np.int64)
    place[numbers] = np.arange(len(numbers))
    return Queue(numbers=numbers, place=place)


@lru_cache(maxsize=1)
def _places_by_name(callsigns: tuple[Callsign, ...]) -> Longs:
    place = np.empty(len(callsigns), np.int64)
    place[np.argsort(np.array(callsigns, np.str_))] = np.arange(len(callsigns))
    return place


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Lineup:
    """m units in their order."""

    parties: tuple[Party, ...]
    party: Longs  # [m] of which of the parties each is
    stand: Longs  # [m] where each stands, as places in STANDS
    tier: Longs  # [m] of that; it never falls
    numbers: Longs  # [m] in the picture
    age_s: Floats  # [m] of their fixes
    mobilise_s: Floats  # [m] what they need to get going
    guessed: Bools  # [m] a straight line where no road is known
    low_s: Floats  # [m] until they are there, to the millisecond
    mid_s: Floats
    high_s: Floats
    distance_m: Floats  # [m] NaN: by road, and not measured

    def __len__(self) -> int:
        return len(self.numbers)

    def mobility(self, n: int) -> Profile:
        """How the nth gets about."""
        return self.parties[int(self.party[n])].mobility

    def rows(self, places: Sequence[int]) -> list[Row]:
        """Those at these places, one by one, each number as it is told: seconds to the millisecond, metres to a tenth.

        A number of an array takes ten times as long to take out alone.
        """
        parties = [self.parties[party].mobility for party in self.party[places].tolist()]
        columns = (self._told(name, places).tolist() for name in Row._fields[2:])
        return [Row(*row) for row in zip(places, parties, *columns, strict=True)]

    def _told(self, name: str, places: Sequence[int]) -> NDArray[Any]:
        column: NDArray[Any] = getattr(self, name)[places]
        return np.round(column, _DECIMALS[name]) if name in _DECIMALS else column


class Row(NamedTuple):
    """One unit of a lineup, at its place from 0: what its columns say of it."""

    place: int
    mobility: Profile
    numbers: int
    age_s: float
    stand: int
    guessed: bool
    low_s: float
    mid_s: float
    high_s: float
    distance_m: float


def lineup_of(parties: Sequence[Party], times: Sequence[Times], queue: Queue) -> Lineup:
    """The units of these parties that have a way, by what it takes them."""
    known = [np.zeros(0, np.bool_), *(time.known for time in times)]

    def column(arrays: Iterable[NDArray[Any]], dtype: DTypeLike = np.float64) -> NDArray[Any]:
        arrays = [np.zeros(0, dtype), *arrays]
        return np.concatenate([array[has_way] for array, has_way in zip(arrays, known, strict=True)])

    party = column((np.full(len(party.numbers), n) for n, party in enumerate(parties)), np.int64)
    numbers = column((party.numbers for party in parties), np.int64)
    stand = column((party.stand for party in parties), np.int64)
    tier = _TIERS[stand]
    told = {name: column(getattr(time, name) for time in times) for name in _TIMED}
    told |= {name: np.round(told[name], 3) for name in ("low_s", "mid_s", "high_s")}
    order = np.lexsort((queue.place[numbers], told["mid_s"], tier))
    return Lineup(
        parties=tuple(parties),
        party=party[order],
        stand=stand[order],
        tier=tier[order],
        numbers=numbers[order],
        age_s=column(party.age_s for party in parties)[order],
        mobilise_s=column(party.mobilise_s for party in parties)[order],
        guessed=column((time.guessed for time in times), np.bool_)[order],
        **{name: values[order] for name, values in told.items()},
    )
