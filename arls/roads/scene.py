"""One profile on the roads as they are: its weights, their hierarchy, the labels of its units and of its goals.

It decides which engine is asked, and what is worked out once and kept until weights or units change. What the answers
are is `search`'s and the hierarchy's to decide, and they are the same.
"""

from __future__ import annotations

import threading
from dataclasses import replace
from functools import lru_cache, partial
from typing import TYPE_CHECKING

import numpy as np

from arls.roads.dijkstra import UNREACHED
from arls.roads.goal import Goal, goal_at, goal_under
from arls.roads.hierarchy.arrival import arrival_of
from arls.roads.hierarchy.buffers import Buffers
from arls.roads.hierarchy.customise import recustomise
from arls.roads.hierarchy.departures import Departures
from arls.roads.hierarchy.nearing import Nearing
from arls.roads.leaving import Leaving, Straight, leaving, straight
from arls.roads.network import Places, together
from arls.roads.path import path_of
from arls.roads.search import eta_to, find_way, onward_by
from arls.roads.spread import before, searched, swept

if TYPE_CHECKING:
    from collections.abc import Sequence

    from arls.geo import Position
    from arls.roads.cut import Cut
    from arls.roads.hierarchy.customise import Hierarchy
    from arls.roads.network import Floats, Ints, Longs, Network
    from arls.roads.path import Path
    from arls.roads.profile import Millis, Weights
    from arls.roads.search import Reverse
    from arls.roads.snap import Snapper
    from arls.roads.spread import Spread
    from arls.roads.standing import Stand

# No unit has been placed so often.
_UNLABELLED = -1
# So many goals are kept, and the labels by which units are ranked (some 10 kB each on Porto): more than there are open
# incidents. The arrays by which ways are followed and measured have 21 bytes an arc (3 MB on Porto): kept for those
# incidents at which dispatchers look, who ask again and again.
_GOALS_KEPT, _NEARINGS_KEPT = 512, 12


class Scene:
    """Weights and, where there is an order, what the hierarchy makes of them. Many threads may ask at once."""

    def __init__(
        self,
        weights: Weights,
        *,
        reverse: Reverse,
        snapper: Snapper,
        hierarchy: Hierarchy | None = None,
        cut: Cut | None = None,
        labels: _Labels | None = None,
    ) -> None:
        """Without the weights' hierarchy the search does all. A `cut` gave the weights, or all roads are open."""
        self.weights = weights
        self.cut = cut
        self._reverse, self._snapper, self._hierarchy = reverse, snapper, hierarchy
        self.onward = onward_by(weights, reverse)
        self._labels = _Labels(hierarchy, Buffers()) if hierarchy is not None and labels is None else labels
        # Not by a method: a scene that knew itself would keep its memory until it is looked for.
        self.goal_of = lru_cache(_GOALS_KEPT)(partial(_goal_of, snapper, weights, cut))

    @property
    def shut(self) -> Longs:
        """The arcs that nobody may turn onto."""
        return np.zeros(0, np.int64) if self.cut is None else self.cut.shut.arcs

    def after(self, cut: Cut) -> Scene:
        """The same profile under other closures; what no change touches is taken over."""
        hierarchy, labels = self._hierarchy, self._labels
        if hierarchy is not None and labels is not None:
            hierarchy = recustomise(hierarchy, cut.weights, labels.buffers)
            moved = cut.arcs() if self.cut is None else np.union1d(cut.arcs(), self.cut.arcs())
            labels = labels.after(hierarchy, moved)
        return Scene(
            cut.weights, reverse=self._reverse, snapper=self._snapper, hierarchy=hierarchy, cut=cut, labels=labels
        )

    def apart(self) -> Scene:
        """The same open roads for other units: nothing that is kept of one moves the other."""
        return Scene(self.weights, reverse=self._reverse, snapper=self._snapper, hierarchy=self._hierarchy)

    def leaving(self, units: Places) -> Leaving:
        """From where units may leave that stand there on the open road."""
        return Leaving(places=units, begins=units) if self.cut is None else leaving(self.cut, units)

    def keep(self, numbers: Longs, stand: Stand) -> None:
        """Makes what is kept of these units current, so that the next question need not."""
        if self._labels is not None:
            self._labels.keep(numbers, replace(stand, places=self.leaving(stand.places).places))

    def eta_to(self, goal: Goal, numbers: Longs, stand: Stand) -> Millis:
        """What it takes each unit from where it stands on the open road. `goal` is one that `goal_of` gave."""
        cost_ms: Millis = self.etas_to([goal], numbers, stand)[0]
        return cost_ms

    def etas_to(self, goals: Sequence[Goal], numbers: Longs, stand: Stand) -> Millis:
        """[G, n] the same to each of several goals."""
        leaving = self.leaving(stand.places)
        left = replace(stand, places=leaving.places)
        cost_ms = np.empty((len(goals), len(numbers)), np.uint32)
        for row, goal in enumerate(goals):
            if self._labels is not None:
                cost_ms[row] = self._labels.eta_to(goal.places, numbers, left)
            else:
                cost_ms[row] = eta_to(self.weights, self._reverse, goal=goal.places, units=left.places).cost_ms
            straight = self._straight(goal, leaving)
            if straight is not None:
                cost_ms[row] = np.minimum(cost_ms[row], straight.cost_ms)
        return cost_ms

    def reached(self, goal: Goal, units: Places) -> tuple[Millis, Floats]:
        """What it takes each unit, and the metres of its way: NaN where there is none."""
        leaving = self.leaving(units)
        if self._labels is not None:
            found = self._labels.nearing(goal.places).reached(leaving.places)
        else:
            found = eta_to(self.weights, self._reverse, goal=goal.places, units=leaving.places, measured=True)
        straight = self._straight(goal, leaving)
        if straight is None:
            return found.cost_ms, found.length_m
        sooner = straight.cost_ms < found.cost_ms
        return np.where(sooner, straight.cost_ms, found.cost_ms), np.where(sooner, straight.length_m, found.length_m)

    def spread_from(self, network: Network, units: Places) -> Spread:
        """What it takes the soonest of units that stand there on the open road to every arc of the network."""
        leaving = self.leaving(units)
        found = self._spread(network, leaving.places, towards=False)
        if self.cut is None:
            return found
        # Who comes out of what is shut by another arc is held where it stands as well.
        stands = leaving.places if leaving.held is None else together([leaving.places, leaving.held.places])
        return before(self.cut, found, stands)

    def spread_to(self, network: Network, goals: Sequence[Goal]) -> Spread:
        """What it takes from every arc of the network to the soonest of these goals."""
        places = together([goal.places for goal in goals])
        found = self._spread(network, places, towards=True)
        return found if self.cut is None else before(self.cut, found, places)

    def _spread(self, network: Network, places: Places, *, towards: bool) -> Spread:
        if self._hierarchy is not None:
            return swept(self._hierarchy, places, towards=towards)
        return searched(network, self._reverse, self.weights, places, towards=towards)

    def ends_ms(self, network: Network, goal: Places, arcs: Ints) -> Millis:
        """[n] what it takes from the end of each of these arcs of the network, or UNREACHED."""
        if self._labels is not None:
            return self._labels.nearing(goal).ends_ms(arcs)
        return searched(network, self._reverse, self.weights, goal, towards=True).near_ms[arcs]

    def find_paths(self, network: Network, goal: Goal, units: Places) -> list[Path | None]:
        """The soonest way of each unit on the network, or None where there is none."""
        leaving = self.leaving(units)
        held = self._straight(goal, leaving)
        return [self._find_path(network, goal, leaving, held, unit) for unit in range(len(units.start) - 1)]

    def _find_path(
        self, network: Network, goal: Goal, leaving: Leaving, held: Straight | None, unit: int
    ) -> Path | None:
        if self._labels is not None:
            way = self._labels.nearing(goal.places).find_way(leaving.places, unit)
        else:
            way = find_way(self.weights, self._reverse, goal=goal.places, units=leaving.places, unit=unit)
        if held is not None and held.cost_ms[unit] < (UNREACHED if way is None else way.cost_ms):
            return path_of(network, goal.whole(held.way(unit)), goal=goal.ends, units=held.places)
        if way is None:
            return None
        return path_of(network, goal.whole(leaving.whole(way)), goal=goal.ends, units=leaving.begins)

    def _straight(self, goal: Goal, leaving: Leaving) -> Straight | None:
        """How those get to the goal that may not leave their arc."""
        if self.cut is None or leaving.held is None:
            return None
        return straight(self.cut, leaving.held, goal.places)


def _goal_of(snapper: Snapper, weights: Weights, cut: Cut | None, position: Position) -> Goal:
    lats, lons = np.array([position.lat]), np.array([position.lon])
    places = snapper.snap(lats=lats, lons=lons, weights=weights, ends=True)
    return goal_at(places) if cut is None else goal_under(cut, places, position)


class _Labels:
    """What is kept of a hierarchy's goals, and the labels of units: again of those that have moved since."""

    def __init__(self, hierarchy: Hierarchy, buffers: Buffers, departures: Departures | None = None) -> None:
        """`buffers` are for those that come after."""
        self._hierarchy = hierarchy
        self.buffers = buffers
        self.arrival = lru_cache(_GOALS_KEPT)(partial(arrival_of, hierarchy))
        self.nearing = lru_cache(_NEARINGS_KEPT)(partial(Nearing, hierarchy))
        if departures is None:
            departures = Departures(hierarchy, _nowhere(0), buffers=buffers)
        self._departures = departures
        self._moves = np.zeros(0, np.int64)  # [N] of `Stand`, when each was labelled
        self._lock = threading.Lock()

    def after(self, hierarchy: Hierarchy, arcs: Longs) -> _Labels:
        """The same units on another hierarchy; those on any of these arcs, or on none, are to be placed again."""
        with self._lock:
            other = _Labels(hierarchy, self.buffers, self._departures.after(hierarchy))
            other._moves = self._moves.copy()
        other._moves[other._departures.on(arcs)] = _UNLABELLED
        return other

    def keep(self, numbers: Longs, stand: Stand) -> None:
        with self._lock:
            self._catch_up(numbers, stand)

    def eta_to(self, goal: Places, numbers: Longs, stand: Stand) -> Millis:
        arrival = self.arrival(goal)
        with self._lock:
            self._catch_up(numbers, stand)
            return self._departures.eta_to(arrival, numbers)

    def _catch_up(self, numbers: Longs, stand: Stand) -> None:
        self._grow(int(numbers.max(initial=-1)) + 1)
        stale = np.flatnonzero(self._moves[numbers] != stand.moves)
        if len(stale):
            self._departures.move(numbers[stale], stand.places.of(stale))
            self._moves[numbers[stale]] = stand.moves[stale]

    def _grow(self, units: int) -> None:
        more = units - len(self._moves)
        if more > 0:
            self._departures = Departures(self._hierarchy, _nowhere(units), buffers=self.buffers)
            self._moves = np.full(units, _UNLABELLED)


def _nowhere(units: int) -> Places:
    return Places(
        start=np.zeros(units + 1, np.int64),
        arc=np.zeros(0, np.int32),
        fraction=np.zeros(0),
        off_road_m=np.zeros(0),
        extra_ms=np.zeros(0, np.uint32),
    )
