"""The roads in use: one network, its profiles, and the places of moving units kept current.

It decides what is worked out once and kept: weights a profile, places a unit until it moves. What the answers are is
`snap`'s and `search`'s to decide. Many threads may ask at once.
"""

from __future__ import annotations

import threading
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from arls.geo import Position, distances_m
from arls.roads.dijkstra import UNREACHED
from arls.roads.hierarchy.arrival import Arrival, arrival_of
from arls.roads.hierarchy.customise import Hierarchy, customise
from arls.roads.hierarchy.departures import Departures
from arls.roads.hierarchy.unpack import find_way
from arls.roads.network import Places
from arls.roads.path import Path, find_path, path_of
from arls.roads.profile import PROFILES, Profile, Weights, weights_of
from arls.roads.search import eta_to, reverse_of
from arls.roads.snap import Snapper

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

    from arls.roads.hierarchy.order import Order
    from arls.roads.network import Bools, Floats, Longs, Network
    from arls.roads.profile import Millis

UNREACHED_MS = UNREACHED

# What a unit's place depends on, by the names of a picture's columns.
_MOVED_BY = ("lat", "lon", "course_deg", "speed_mps", "accuracy_m")
# A unit leaves by one arc or by both sides of one street.
_SLOTS = 2


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Asked:
    """Which units are asked after: their numbers, and the columns of the picture that holds them all."""

    profile: str
    numbers: Longs  # [n]
    columns: Mapping[str, Floats]  # each [N], N > max(numbers)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Reach:
    """What it takes n units to get to a goal."""

    cost_ms: Millis  # [n] by road, or UNREACHED_MS
    length_m: Floats  # [n] by road; NaN where there is no way
    crow_m: Floats  # [n] as the crow flies
    off_map: Bools  # [n] the unit or the goal touches no road of its kind: the answer is a straight line


class UnknownProfileError(ValueError):
    """There is no profile of that name; the text names those there are."""


class Roads:
    """One network with everything that is worked out from it, once."""

    def __init__(
        self, network: Network, *, order: Order | None = None, profiles: Mapping[str, Profile] = PROFILES
    ) -> None:
        """With the network's `order` the hierarchy answers where it is the sooner; without, the search does all."""
        self.network = network
        self._order = order
        self.checksum = network.checksum()
        self.profiles = profiles
        self._snapper = Snapper(network)
        self.reverse = reverse_of(network)
        self._lock = threading.Lock()
        self._weights: dict[str, Weights] = {}
        self._hierarchies: dict[str, Hierarchy] = {}
        self._standing: dict[str, _Standing] = {}

    def prepare(self) -> None:
        """Work out now what the first questions would wait for."""
        middle = self.network.bounds.centre
        for profile in self.profiles:
            self.find_way(middle, middle, profile)

    def weights(self, profile: str) -> Weights:
        """The weights of a profile. Raises UnknownProfileError."""
        if profile not in self.profiles:
            known = ", ".join(sorted(self.profiles))
            raise UnknownProfileError(f"there is no profile {profile!r}; known are {known}")
        with self._lock:
            if profile not in self._weights:
                self._weights[profile] = weights_of(self.network, self.profiles[profile])
            return self._weights[profile]

    def reach(self, goal: Position, asked: Asked, *, measured: bool = True) -> Reach:
        """What it takes each unit that is asked after to get to the goal; `measured`: the metres as well.

        Measuring needs the search's tree. Milliseconds alone the hierarchy gives some fifty times sooner (5,000 units
        in Porto: 0.5 ms against 29 ms), and they are the same.
        """
        weights, hierarchy = self.weights(asked.profile), self._find_hierarchy(asked.profile)
        goals = self._goal(goal, weights)
        length_m = np.full(len(asked.numbers), np.nan)
        if measured or hierarchy is None:
            units = self._units(asked)
            places = np.diff(units.start)
            reached = eta_to(weights, self.reverse, goal=goals, units=units, arc_length_m=self.network.arc_length_m)
            cost_ms, length_m = reached.cost_ms, reached.length_m
        else:
            standing = self._standing_of(asked.profile)
            cost_ms, places = standing.eta_to(asked, self._snapper, arrival_of(hierarchy, goals))
        crow_m = distances_m(
            from_lats=asked.columns["lat"][asked.numbers],
            from_lons=asked.columns["lon"][asked.numbers],
            to_lats=np.full(len(asked.numbers), goal.lat),
            to_lons=np.full(len(asked.numbers), goal.lon),
        )
        off_map = (places == 0) | (len(goals.arc) == 0)
        return Reach(cost_ms=cost_ms, length_m=length_m, crow_m=crow_m, off_map=off_map)

    def find_path(self, goal: Position, asked: Asked) -> Path | None:
        """The way of the first unit that is asked after, or None where no road leads there."""
        return self._find_path(self._goal(goal, self.weights(asked.profile)), self._units(asked), asked.profile)

    def find_way(
        self, start: Position, goal: Position, profile: str, *, course_deg: float | None = None
    ) -> Path | None:
        """The way from one place to another; a course says on which side of the road one drives."""
        weights = self.weights(profile)
        moving = course_deg is not None
        units = self._snapper.snap(
            lats=np.array([start.lat]),
            lons=np.array([start.lon]),
            courses=np.array([course_deg if course_deg is not None else np.nan]),
            speeds=np.array([10.0 if moving else np.nan]),
            weights=weights,
        )
        return self._find_path(self._goal(goal, weights), units, profile)

    def find_street(self, position: Position) -> str | None:
        """What people call the nearest street that has a name, within the reach of an incident."""
        goals = self._goal(position, self.weights("foot" if "foot" in self.profiles else next(iter(self.profiles))))
        nearest_first = goals.arc[np.argsort(goals.off_road_m, kind="stable")]
        return next((name for arc in nearest_first if (name := self.network.name_of(int(arc)))), None)

    def places_of(self, positions: Sequence[Position], weights: Weights, *, ends: bool = False) -> Places:
        """Where these positions touch the road: standing units, or goals when `ends`."""
        lats = np.array([position.lat for position in positions])
        lons = np.array([position.lon for position in positions])
        return self._snapper.snap(lats=lats, lons=lons, weights=weights, ends=ends)

    def _goal(self, goal: Position, weights: Weights) -> Places:
        return self.places_of([goal], weights, ends=True)

    def _units(self, asked: Asked) -> Places:
        return self._standing_of(asked.profile).places(asked, self._snapper, self.weights(asked.profile))

    def _standing_of(self, profile: str) -> _Standing:
        with self._lock:
            return self._standing.setdefault(profile, _Standing())

    def _find_hierarchy(self, profile: str) -> Hierarchy | None:
        """None where there is no order to customise."""
        if self._order is None:
            return None
        weights = self.weights(profile)
        with self._lock:
            if profile not in self._hierarchies:
                self._hierarchies[profile] = customise(self._order, weights)
            return self._hierarchies[profile]

    def _find_path(self, goals: Places, units: Places, profile: str) -> Path | None:
        hierarchy = self._find_hierarchy(profile)
        if hierarchy is None:
            return find_path(self.network, self.weights(profile), self.reverse, goal=goals, units=units, unit=0)
        way = find_way(hierarchy, goal=goals, units=units, unit=0)
        return None if way is None else path_of(self.network, way, goal=goals, units=units)


class _Standing:
    """Where the units of one profile stand on the road, by unit number; snapped again only when they have moved.

    Their labels in the hierarchy are made when a ranking first needs them, and again for those that have moved since.
    """

    def __init__(self) -> None:
        self._departures: Departures | None = None
        self._unlabelled = np.zeros(0, np.bool_)
        self._lock = threading.Lock()
        self._seen = np.zeros((len(_MOVED_BY), 0))
        self._count = np.zeros(0, np.int64)
        self._arc = np.zeros((0, _SLOTS), np.int32)
        self._fraction = np.zeros((0, _SLOTS))
        self._off_road_m = np.zeros((0, _SLOTS))
        self._extra_ms = np.zeros((0, _SLOTS), np.uint32)

    def places(self, asked: Asked, snapper: Snapper, weights: Weights) -> Places:
        """The places of the units asked after, in their order."""
        with self._lock:
            self._grow(len(asked.columns["lat"]))
            self._snap(asked, snapper, weights)
            return self._places(asked.numbers)

    def eta_to(self, asked: Asked, snapper: Snapper, arrival: Arrival) -> tuple[Millis, Longs]:
        """What it takes the units asked after to get there, and how many places each of them has."""
        with self._lock:
            self._grow(len(asked.columns["lat"]))
            self._snap(asked, snapper, arrival.hierarchy.weights)
            if self._departures is None or len(self._departures) < len(self._count):
                self._departures = Departures(arrival.hierarchy, self._places(np.arange(len(self._count))))
            else:
                moved = np.flatnonzero(self._unlabelled)
                self._departures.move(moved, self._places(moved))
            self._unlabelled[:] = False
            return self._departures.eta_to(arrival, asked.numbers), self._count[asked.numbers]

    def _places(self, numbers: Longs) -> Places:
        count = self._count[numbers]
        held = np.arange(_SLOTS) < count[:, None]
        return Places(
            start=np.append(0, np.cumsum(count)),
            arc=self._arc[numbers][held],
            fraction=self._fraction[numbers][held],
            off_road_m=self._off_road_m[numbers][held],
            extra_ms=self._extra_ms[numbers][held],
        )

    def _grow(self, units: int) -> None:
        more = units - len(self._count)
        if more <= 0:
            return
        # Infinity is no place, so that a new unit counts as one that has moved.
        self._seen = np.hstack([self._seen, np.full((len(_MOVED_BY), more), np.inf)])
        self._count = np.append(self._count, np.zeros(more, np.int64))
        self._unlabelled = np.append(self._unlabelled, np.zeros(more, np.bool_))
        self._arc = np.vstack([self._arc, np.zeros((more, _SLOTS), np.int32)])
        self._fraction = np.vstack([self._fraction, np.zeros((more, _SLOTS))])
        self._off_road_m = np.vstack([self._off_road_m, np.zeros((more, _SLOTS))])
        self._extra_ms = np.vstack([self._extra_ms, np.zeros((more, _SLOTS), np.uint32)])

    def _snap(self, asked: Asked, snapper: Snapper, weights: Weights) -> None:
        now = np.vstack([asked.columns[name][asked.numbers] for name in _MOVED_BY])
        same = _bits(now) == _bits(self._seen[:, asked.numbers])
        moved = np.flatnonzero(~same.all(axis=0))
        if not len(moved):
            return
        lats, lons, courses, speeds, accuracies = now[:, moved]
        found = snapper.snap(
            lats=lats, lons=lons, courses=courses, speeds=speeds, accuracies=accuracies, weights=weights
        )
        numbers, count = asked.numbers[moved], np.diff(found.start)
        owner = np.repeat(np.arange(len(moved)), count)
        slot = np.arange(len(found.arc)) - found.start[owner]
        self._arc[numbers[owner], slot] = found.arc
        self._fraction[numbers[owner], slot] = found.fraction
        self._off_road_m[numbers[owner], slot] = found.off_road_m
        self._extra_ms[numbers[owner], slot] = found.extra_ms
        self._count[numbers] = count
        self._unlabelled[numbers] = True
        self._seen[:, numbers] = now[:, moved]


def _bits(values: Floats) -> NDArray[np.int64]:
    # Compared by bits, an unknown course is equal to an unknown course.
    return np.ascontiguousarray(values).view(np.int64)
