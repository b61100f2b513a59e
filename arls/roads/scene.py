"""One profile on the roads as they are: its weights, their hierarchy, and the labels of its units.

It decides what is worked out once and kept until weights or units change. What the answers are is `search`'s and the
hierarchy's to decide, and they are the same.
"""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

import numpy as np

from arls.roads.hierarchy.arrival import arrival_of
from arls.roads.hierarchy.customise import customise, recustomise
from arls.roads.hierarchy.departures import Departures
from arls.roads.network import Places

if TYPE_CHECKING:
    from arls.roads.hierarchy.customise import Hierarchy
    from arls.roads.hierarchy.order import Order
    from arls.roads.network import Longs
    from arls.roads.profile import Millis, Weights
    from arls.roads.standing import Stand

# No unit has been placed so often.
_UNLABELLED = -1


class Scene:
    """Weights and, where there is an order, what the hierarchy makes of them. Many threads may ask at once."""

    def __init__(self, weights: Weights, order: Order | None) -> None:
        self.weights = weights
        self.hierarchy = customise(order, weights) if order is not None else None
        self._labels = _Labels(self.hierarchy) if self.hierarchy is not None else None

    def after(self, weights: Weights) -> Scene:
        """The same profile on other weights; what no change touches is taken over."""
        other = Scene(weights, None)
        if self.hierarchy is not None:
            other.hierarchy = recustomise(self.hierarchy, weights)
            other._labels = _Labels(other.hierarchy)
        return other

    @property
    def quick(self) -> bool:
        """True where the hierarchy can be asked."""
        return self.hierarchy is not None

    def eta_to(self, goal: Places, numbers: Longs, stand: Stand) -> Millis:
        """By the hierarchy, what it takes each unit from where it stands. Raises ValueError where there is none."""
        if self._labels is None:
            raise ValueError("there is no order of this network: ask the search")
        return self._labels.eta_to(goal, numbers, stand)


class _Labels:
    """The labels of units, made when a ranking first needs them, and again for those that have moved since."""

    def __init__(self, hierarchy: Hierarchy) -> None:
        self._hierarchy = hierarchy
        self._departures = Departures(hierarchy, _nowhere(0))
        self._moves = np.zeros(0, np.int64)  # [N] of `Stand`, when each was labelled
        self._lock = threading.Lock()

    def eta_to(self, goal: Places, numbers: Longs, stand: Stand) -> Millis:
        arrival = arrival_of(self._hierarchy, goal)
        with self._lock:
            self._grow(int(numbers.max(initial=-1)) + 1)
            stale = np.flatnonzero(self._moves[numbers] != stand.moves)
            self._departures.move(numbers[stale], stand.places.of(stale))
            self._moves[numbers[stale]] = stand.moves[stale]
            return self._departures.eta_to(arrival, numbers)

    def _grow(self, units: int) -> None:
        more = units - len(self._moves)
        if more > 0:
            self._departures = Departures(self._hierarchy, _nowhere(units))
            self._moves = np.full(units, _UNLABELLED)


def _nowhere(units: int) -> Places:
    return Places(
        start=np.zeros(units + 1, np.int64),
        arc=np.zeros(0, np.int32),
        fraction=np.zeros(0),
        off_road_m=np.zeros(0),
        extra_ms=np.zeros(0, np.uint32),
    )
