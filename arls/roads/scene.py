"""One profile on the roads as they are: its weights, their hierarchy, the labels of its units and of its goals.

It decides which engine is asked, and what is worked out once and kept until weights or units change. What the answers
are is `search`'s and the hierarchy's to decide, and they are the same.
"""

from __future__ import annotations

import threading
from functools import lru_cache, partial
from typing import TYPE_CHECKING

import numpy as np

from arls.roads.hierarchy.arrival import arrival_of
from arls.roads.hierarchy.customise import recustomise
from arls.roads.hierarchy.departures import Departures
from arls.roads.hierarchy.nearing import Nearing
from arls.roads.network import Places
from arls.roads.search import eta_to, find_way, onward_by
from arls.roads.spread import searched, swept

if TYPE_CHECKING:
    from arls.geo import Position
    from arls.roads.hierarchy.customise import Hierarchy
    from arls.roads.network import Ints, Longs, Network
    from arls.roads.profile import Millis, Weights
    from arls.roads.search import Reverse
    from arls.roads.snap import Snapper
    from arls.roads.spread import Spread
    from arls.roads.standing import Stand
    from arls.roads.ways import Reached, Way

# No unit has been placed so often.
_UNLABELLED = -1
# So many goals are kept, and the labels by which units are ranked (some 10 kB each on Porto): more than there are open
# incidents. The arrays by which ways are followed have 13 bytes an arc, and one ranking asks ten times in a row.
_GOALS_KEPT, _NEARINGS_KEPT = 512, 2


class Scene:
    """Weights and, where there is an order, what the hierarchy makes of them. Many threads may ask at once."""

    def __init__(
        self, weights: Weights, *, reverse: Reverse, snapper: Snapper, hierarchy: Hierarchy | None = None
    ) -> None:
        """Without the weights' hierarchy the search does all."""
        self.weights = weights
        self._reverse, self._snapper, self._hierarchy = reverse, snapper, hierarchy
        self.onward = onward_by(weights, reverse)
        self._labels = _Labels(hierarchy) if hierarchy is not None else None
        self.goal_of = lru_cache(_GOALS_KEPT)(partial(_goal_of, snapper, weights))

    def after(self, weights: Weights) -> Scene:
        """The same profile on other weights; what no change touches is taken over."""
        hierarchy = recustomise(self._hierarchy, weights) if self._hierarchy is not None else None
        return Scene(weights, reverse=self._reverse, snapper=self._snapper, hierarchy=hierarchy)

    def eta_to(self, goal: Places, numbers: Longs, stand: Stand) -> Millis:
        """What it takes each unit from where it stands. `goal` is one that `goal_of` gave."""
        if self._labels is not None:
            return self._labels.eta_to(goal, numbers, stand)
        return eta_to(self.weights, self._reverse, goal=goal, units=stand.places).cost_ms

    def reached(self, goal: Places, units: Places) -> Reached:
        """What it takes each unit, and the metres of its way."""
        if self._labels is not None:
            return self._labels.nearing(goal).reached(units)
        return eta_to(self.weights, self._reverse, goal=goal, units=units, measured=True)

    def spread(self, network: Network, places: Places, *, towards: bool) -> Spread:
        """What it takes from the soonest of these places to every arc of the network, or from every arc to one."""
        if self._hierarchy is not None:
            return swept(self._hierarchy, places, towards=towards)
        return searched(network, self._reverse, self.weights, places, towards=towards)

    def ends_ms(self, network: Network, goal: Places, arcs: Ints) -> Millis:
        """[n] what it takes from the end of each of these arcs of the network, or UNREACHED."""
        if self._labels is not None:
            return self._labels.nearing(goal).ends_ms(arcs)
        return searched(network, self._reverse, self.weights, goal, towards=True).near_ms[arcs]

    def find_way(self, goal: Places, units: Places, unit: int) -> Way | None:
        """The soonest way of one of the units, or None where there is none."""
        if self._labels is not None:
            return self._labels.nearing(goal).find_way(units, unit)
        return find_way(self.weights, self._reverse, goal=goal, units=units, unit=unit)


def _goal_of(snapper: Snapper, weights: Weights, position: Position) -> Places:
    lats, lons = np.array([position.lat]), np.array([position.lon])
    return snapper.snap(lats=lats, lons=lons, weights=weights, ends=True)


class _Labels:
    """What is kept of a hierarchy's goals, and the labels of units: again of those that have moved since."""

    def __init__(self, hierarchy: Hierarchy) -> None:
        self._hierarchy = hierarchy
        self.arrival = lru_cache(_GOALS_KEPT)(partial(arrival_of, hierarchy))
        self.nearing = lru_cache(_NEARINGS_KEPT)(partial(Nearing, hierarchy))
        self._departures = Departures(hierarchy, _nowhere(0))
        self._moves = np.zeros(0, np.int64)  # [N] of `Stand`, when each was labelled
        self._lock = threading.Lock()

    def eta_to(self, goal: Places, numbers: Longs, stand: Stand) -> Millis:
        arrival = self.arrival(goal)
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
