"""The roads in use: one network, its profiles, and the places of moving units kept current.

It decides which of its scenes is asked. What the answers are is `snap`'s and `search`'s to decide. Many threads may
ask at once.
"""

from __future__ import annotations

import threading
from copy import copy
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from arls.roads.between import StretchError, find_meeting, find_stretch
from arls.roads.closures import Extent, extent_of, meets
from arls.roads.dijkstra import UNREACHED
from arls.roads.drives import drives_of
from arls.roads.matching.evidence import Fixes
from arls.roads.matching.match import Matcher
from arls.roads.network import RoadClass
from arls.roads.profile import PROFILES, Profile, Weights
from arls.roads.scatter import Roaming, Scatterer
from arls.roads.scenes import Scenes
from arls.roads.snap import REACH_M, Snapper
from arls.roads.standing import Asked, Standing
from arls.roads.steps import steps_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from arls.closure import Area, Closure, Closures, Point
    from arls.geo import Position
    from arls.roads.hierarchy.order import Order
    from arls.roads.matching.match import Matched
    from arls.roads.network import Bools, Floats, Network, Places
    from arls.roads.path import Path
    from arls.roads.profile import Millis
    from arls.roads.scene import Scene
    from arls.roads.spread import Spread
    from arls.roads.steps import Step

__all__ = ["UNREACHED_MS", "Asked", "Extent", "Reach", "Roads", "StretchError", "UnknownProfileError"]

UNREACHED_MS = UNREACHED
# So many are placed and labelled in some 10 ms.
_A_FEW = 64


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Reach:
    """What it takes n units to get to a goal."""

    cost_ms: Millis  # [n] by road, or UNREACHED_MS
    length_m: Floats  # [n] by road; NaN where there is no way
    off_map: Bools  # [n] the unit or the goal touches no road of its kind: the answer is a straight line


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Reaches:
    """What it takes n units to get to each of G goals."""

    cost_ms: Millis  # [G, n] by road, or UNREACHED_MS
    off_map: Bools  # [G, n] the unit or the goal touches no road of its kind


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Drives:
    """What it takes n units to get to a goal, from wherever each may be by now."""

    ms: Millis  # [n, LEVELS] rising and equally likely, or UNREACHED_MS; getting to the road is not counted in
    off_road_m: Floats  # [n] from where it was seen to the road; NaN where none of its kind is near


class UnknownProfileError(ValueError):
    """There is no profile of that name; the text names those there are."""


class Roads:
    """One network with everything that is worked out from it, once."""

    def __init__(
        self, network: Network, *, order: Order | None = None, profiles: Mapping[str, Profile] = PROFILES
    ) -> None:
        """With the network's `order` the hierarchy answers where it is the sooner; without, the search does all."""
        self.network = network
        self.checksum = network.checksum()
        self.profiles = profiles
        self._snapper = Snapper(network)
        self._lock = threading.Lock()
        self._scenes = Scenes(network, order=order, profiles=profiles, snapper=self._snapper)
        self.reverse = self._scenes.reverse
        self._standing: dict[str, Standing] = {}
        self._scatterer = Scatterer(network, self._snapper)

    def apart(self) -> Roads:
        """The same roads for other units and closures, as of another time: nobody who asks here is held up by it."""
        other = copy(self)
        other._lock, other._standing = threading.Lock(), {}  # noqa: SLF001 - of its own kind
        other._scenes = self._scenes.apart()  # noqa: SLF001 - the same
        return other

    def prepare(self) -> None:
        """Work out now what the first questions would wait for."""
        middle = self.network.bounds.centre
        for profile in self.profiles:
            self.find_way(middle, middle, profile)
        # The kernels of matching take seconds to compile, and are asked first for whoever drives.
        longest = int(self.network.arc_length_m.argmax())
        ends = np.array([self.network.arc_from[longest], self.network.arc_to[longest]])
        fixes = Fixes(
            lats=self.network.junction_lat[ends], lons=self.network.junction_lon[ends], times_s=np.array([0.0, 60.0])
        )
        matcher = Matcher(self._snapper.streets, self.weights(profile))
        matcher.whereabouts(fixes)
        matcher.match(fixes)

    def profile(self, name: str) -> Profile:
        """How a kind of unit gets about, by the name of its profile. Raises UnknownProfileError."""
        if name not in self.profiles:
            raise UnknownProfileError(f"there is no profile {name!r}; known are {', '.join(sorted(self.profiles))}")
        return self.profiles[name]

    def weights(self, profile: str) -> Weights:
        """The weights of a profile, with every road open. Raises UnknownProfileError."""
        return self._scene(profile).weights

    def open(self, profiles: Iterable[str], *, closures: Closures) -> None:
        """Works out what several profiles need under these closures side by side, before they are asked after."""
        self._scenes.open(profiles, closures)

    def keep(self, asked: Asked, *, closures: Closures = ()) -> int:
        """Places and labels those who have moved, so that the next question finds them so; how many they were.

        A few at a time: whoever asks meanwhile waits for no more than these.
        """
        scene, standing = self._scene(asked.profile, closures), self._standing_of(asked.profile)
        moved = standing.moved(asked)
        for some in np.array_split(moved, -(-len(moved) // _A_FEW)) if len(moved) else ():
            scene.keep(some, standing.stand_of(replace(asked, numbers=some)))
        return len(moved)

    def reach(self, goal: Position, asked: Asked, *, measured: bool = True, closures: Closures = ()) -> Reach:
        """What it takes each unit that is asked after to get to the goal; `measured`: the metres as well.

        `closures` are those in force, whomever they bind. A unit that they cut off has UNREACHED_MS.
        Milliseconds alone are found some twenty times sooner (5,000 units in Porto, quiet: 0.3 ms against 9.6 ms).
        """
        scene, stand = self._scene(asked.profile, closures), self._standing_of(asked.profile).stand_of(asked)
        goals = scene.goal_of(goal)
        if measured:
            cost_ms, length_m = scene.reached(goals, stand.places)
        else:
            cost_ms, length_m = scene.eta_to(goals, asked.numbers, stand), np.full(len(asked.numbers), np.nan)
        off_map = (np.diff(stand.places.start) == 0) | (len(goals.places.arc) == 0)
        return Reach(cost_ms=cost_ms, length_m=length_m, off_map=off_map)

    def reach_all(self, goals: Sequence[Position], asked: Asked, *, closures: Closures = ()) -> Reaches:
        """The same for several goals, where milliseconds are enough: where units stand is looked up once."""
        scene, stand = self._scene(asked.profile, closures), self._standing_of(asked.profile).stand_of(asked)
        found = [scene.goal_of(goal) for goal in goals]
        unplaced, nowhere = np.diff(stand.places.start) == 0, np.array([len(goal.places.arc) == 0 for goal in found])
        return Reaches(cost_ms=scene.etas_to(found, asked.numbers, stand), off_map=nowhere[:, None] | unplaced)

    def drives(self, goal: Position, asked: Asked, roaming: Roaming, *, closures: Closures = ()) -> Drives:
        """What it takes each unit that is asked after to get to the goal from wherever it may be by now."""
        scene, stand = self._scene(asked.profile, closures), self._standing_of(asked.profile).stand_of(asked)
        columns = {name: column[asked.numbers] for name, column in asked.columns.items()}
        scatter = self._scatterer.scatter(
            scene.onward, scene.weights, seen=scene.leaving(stand.places).places, columns=columns, roaming=roaming
        )
        goals = scene.goal_of(goal).places
        ends_ms = scene.ends_ms(self.network, goals, scatter.arc)
        ms = drives_of(scatter, goal=goals, ends_ms=ends_ms, arc_ms=scene.weights.arc_ms)
        return Drives(ms=ms, off_road_m=scatter.off_road_m)

    def find_path(self, goal: Position, asked: Asked, *, closures: Closures = ()) -> Path | None:
        """The way of the one unit that is asked after, or None where no road leads there."""
        (path,) = self.find_paths(goal, asked, closures=closures)
        return path

    def find_paths(self, goal: Position, asked: Asked, *, closures: Closures = ()) -> list[Path | None]:
        """The way of each unit that is asked after, or None where no road leads there."""
        scene, stand = self._scene(asked.profile, closures), self._standing_of(asked.profile).stand_of(asked)
        return scene.find_paths(self.network, scene.goal_of(goal), stand.places)

    def find_way(
        self,
        start: Position,
        goal: Position,
        profile: str,
        *,
        course_deg: float | None = None,
        closures: Closures = (),
    ) -> Path | None:
        """The way from one place to another; a course says on which side of the road one drives."""
        scene = self._scene(profile, closures)
        moving = course_deg is not None
        units = self._snapper.snap(
            lats=np.array([start.lat]),
            lons=np.array([start.lon]),
            courses=np.array([course_deg if course_deg is not None else np.nan]),
            speeds=np.array([10.0 if moving else np.nan]),
            weights=scene.weights,
        )
        (path,) = scene.find_paths(self.network, scene.goal_of(goal), units)
        return path

    def steps_of(self, path: Path, profile: str) -> tuple[Step, ...]:
        """The same path told street by street."""
        return steps_of(self.network, self.weights(profile), path)

    def spread(
        self, positions: Sequence[Position], profile: str, *, towards: bool = False, closures: Closures = ()
    ) -> Spread:
        """What it takes from the soonest of these positions to every arc; `towards`: from every arc to one of them."""
        scene = self._scene(profile, closures)
        if towards:
            return scene.spread_to(self.network, [scene.goal_of(at) for at in positions])
        return scene.spread_from(self.network, self.places_of(positions, scene.weights))

    def spread_of(self, asked: Asked, *, closures: Closures = ()) -> Spread:
        """What it takes the soonest of the units that are asked after, from where each stands, to every arc."""
        scene, stand = self._scene(asked.profile, closures), self._standing_of(asked.profile).stand_of(asked)
        return scene.spread_from(self.network, stand.places)

    def find_street(self, position: Position) -> str | None:
        """What people call the nearest street that has a name, within the reach of an incident."""
        goals = self._scene("foot" if "foot" in self.profiles else next(iter(self.profiles))).goal_of(position).places
        nearest_first = goals.arc[np.argsort(goals.off_road_m, kind="stable")]
        return next((name for arc in nearest_first if (name := self.network.name_of(int(arc)))), None)

    def find_road_class(self, position: Position) -> RoadClass | None:
        """What kind of road the nearest street is, whoever may use it; None where there is none within 60 m."""
        x, y = self.network.plane.metres_of(lats=np.array([position.lat]), lons=np.array([position.lon]))
        near = self._snapper.streets.near(np.zeros(1, np.int64), x, y, np.array([REACH_M]))
        classes = self.network.street_class[near.street]
        order = np.lexsort((classes, near.off_m))
        if not len(order) or near.off_m[order[0]] > REACH_M:
            return None
        return RoadClass(int(classes[order[0]]))

    def shut_by(self, closure: Closure) -> Extent:
        """What of the roads a closure shuts, whenever it holds and whomever it binds."""
        return extent_of(self._scenes.cordon(closure).stretches, self._snapper.streets)

    def met_by(self, path: Path, profile: str, closures: Closures) -> Closures:
        """Those of the closures that bind the profile and shut a part of the way."""
        binding = self._scenes.binding(self.profile(profile).name, closures)
        return tuple(closure for closure, cordon in binding if meets(cordon.shut.shut, path))

    def find_stretch(self, street: str, first: str, last: str, *, near: Position | None = None) -> tuple[Position, ...]:
        """The line of a street between two others, of several the one nearest to `near`. Raises StretchError."""
        return find_stretch(self._snapper.streets, street, first, last, near=near)

    def find_meeting(self, street: str, other: str, *, near: Position | None = None) -> Point | Area:
        """What shuts the junction of two streets, of several the one nearest to `near`. Raises StretchError."""
        return find_meeting(self._snapper.streets, street, other, near=near)

    def places_of(self, positions: Sequence[Position], weights: Weights, *, ends: bool = False) -> Places:
        """Where these positions touch the road: standing units, or goals when `ends`."""
        lats = np.array([position.lat for position in positions])
        lons = np.array([position.lon for position in positions])
        return self._snapper.snap(lats=lats, lons=lons, weights=weights, ends=ends)

    def match(self, fixes: Fixes, profile: str) -> Matched:
        """The arcs on which a unit of that profile made these fixes. Raises UnknownProfileError."""
        return Matcher(self._snapper.streets, self.weights(profile)).match(fixes)

    def _scene(self, profile: str, closures: Closures = ()) -> Scene:
        return self._scenes.scene(self.profile(profile).name, closures)

    def _standing_of(self, profile: str) -> Standing:
        weights = self.weights(profile)
        with self._lock:
            return self._standing.setdefault(profile, Standing(self._snapper, weights))
