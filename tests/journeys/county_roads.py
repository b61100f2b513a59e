"""Arlshire as it is driven: its hard cases asked of the real importer, weights and search, from arc to arc."""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise
from pathlib import Path as File
from typing import TYPE_CHECKING, Any

import numpy as np
from shapely import LineString, Point

from arls.geo import Position, metres_between
from arls.roads.network import Access, Places
from arls.roads.path import find_path
from arls.roads.profile import FORBIDDEN, PROFILES, weights_of
from arls.roads.search import reverse_of
from arls.roads.snap import Snapper
from maps.osm import import_network

if TYPE_CHECKING:
    from collections.abc import Mapping

    from arls.roads.network import Floats, Ints, Network
    from arls.roads.path import Path
    from arls.roads.profile import Weights
    from maps.report import Report

FIXTURES = File(__file__).parents[2] / "fixtures"
CASES: Mapping[str, dict[str, Any]] = {
    row["name"]: row for row in json.loads((FIXTURES / "hard_cases.json").read_text())
}
MPH = 1.609344
BESIDE_M = 15.0
NEAR_M = 1.0
NEAR_DEG = 1e-6
STEERS_DEG = 60.0
WALKS_KMH = 7.0


@dataclass(frozen=True)
class Spot:
    """A place on a way, and the arcs of it that a unit there may be on."""

    arcs: Ints
    fractions: Floats

    @property
    def places(self) -> Places:
        return Places(
            start=np.array([0, len(self.arcs)]),
            arc=self.arcs,
            fraction=self.fractions,
            off_road_m=np.zeros(len(self.arcs)),
            extra_ms=np.zeros(len(self.arcs), np.uint32),
        )


class County:
    """Arlshire, asked from arc to arc: walking the rest would hide what a road forbids."""

    def __init__(self) -> None:
        imported = import_network(FIXTURES / "arlshire.osm.pbf")
        self.network: Network = imported[0]
        self.report: Report = imported[1]
        self.reverse = reverse_of(self.network)
        self._weights: dict[str, Weights] = {}

    @cached_property
    def snapper(self) -> Snapper:
        return Snapper(self.network)

    def weights(self, profile: str) -> Weights:
        if profile not in self._weights:
            self._weights[profile] = weights_of(self.network, PROFILES[profile])
        return self._weights[profile]

    def find(self, case: str, profile: str) -> Path | None:
        """The soonest path from the case's `from` to its `to`, or None."""
        start, goal = (self.spot(CASES[case][end], profile) for end in ("from", "to"))
        return find_path(
            self.network, self.weights(profile), self.reverse, goal=goal.places, units=start.places, unit=0
        )

    def drive(self, case: str, profile: str = "car-normal") -> Path:
        path = self.find(case, profile)
        assert path is not None, f"{profile} cannot get there"
        return path

    def spot(self, end: Mapping[str, Any], profile: str = "foot") -> Spot:
        """Where a case begins or ends: arcs of its way, of those that the profile may use the ones along its course."""
        open_to = (self.way_of_arc == end["way"]) & (self.weights(profile).arc_ms < FORBIDDEN)
        here = self._point(Position(lat=end["lat"], lon=end["lon"]))
        lines = {
            arc: line for arc in np.flatnonzero(open_to).tolist() if (line := self._line(arc)).dwithin(here, BESIDE_M)
        }
        if not lines:
            return Spot(np.empty(0, np.int32), np.empty(0))
        nearest_m = min(line.distance(here) for line in lines.values())
        lines = {arc: line for arc, line in lines.items() if line.dwithin(here, nearest_m + NEAR_M)}
        along = {arc: line for arc, line in lines.items() if self._agrees(line, here, end.get("course_deg"))} or lines
        fractions = [line.project(here, normalized=True) for line in along.values()]
        return Spot(np.array(list(along), np.int32), np.array(fractions))

    @cached_property
    def way_of_arc(self) -> np.ndarray[Any, Any]:
        return self.network.street_way[self.network.arc_street]

    def ways(self, path: Path) -> list[int]:
        """OSM ways in driving order."""
        ways = self.way_of_arc[path.arcs].tolist()
        return [way for number, way in enumerate(ways) if not number or ways[number - 1] != way]

    def passes(self, path: Path, case: str) -> bool:
        """Whether the path goes through the junction where the case lies, not merely up to it and back."""
        on = self.network.arc_twin[path.arcs[:-1]] != path.arcs[1:]
        return bool((on & self._is_at(case)[self.network.arc_to[path.arcs[:-1]]]).any())

    def takes_the_turn(self, path: Path, case: str) -> bool:
        """Whether the path goes from the first way of the case straight onto the second."""
        ways = self.way_of_arc[path.arcs].tolist()
        return tuple(CASES[case]["ways"]) in pairwise(ways)

    def turns_round_at(self, path: Path, case: str) -> bool:
        """Whether the path goes back along the street on which it came to the case's junction."""
        back = self.network.arc_twin[path.arcs[:-1]] == path.arcs[1:]
        return bool((back & self._is_at(case)[self.network.arc_to[path.arcs[:-1]]]).any())

    def through(self, case: str, profile: str) -> Ints:
        """What going on where the case lies costs, by direction."""
        on = self._is_at(case)[self.network.arc_to[self._leaving]] & (
            self.network.arc_twin[self._leaving] != self.network.turn_to
        )
        through: Ints = self.weights(profile).turn_ms[on]
        return through

    def onward(self, arc: int, kind: Access) -> set[int]:
        """The ways that lead on from an arc for this kind of traffic."""
        turns = slice(self.network.turn_start[arc], self.network.turn_start[arc + 1])
        arcs = self.network.turn_to[turns][self.network.turn_access[turns] & kind != 0]
        return set(self.way_of_arc[arcs].tolist())

    @cached_property
    def turns_between(self) -> Mapping[tuple[int, int], int]:
        """From way to way: who may turn so anywhere."""
        pairs: dict[tuple[int, int], int] = {}
        ways = self.way_of_arc[self._leaving].tolist(), self.way_of_arc[self.network.turn_to].tolist()
        for *pair, access in zip(*ways, self.network.turn_access.tolist(), strict=True):
            pairs[pair[0], pair[1]] = pairs.get((pair[0], pair[1]), 0) | access
        return pairs

    def goes_with_the_traffic(self, path: Path) -> bool:
        """Whether any car might drive each arc of the path."""
        return bool((self.network.arc_access[path.arcs] & Access.MOTOR != 0).all())

    @cached_property
    def _leaving(self) -> Ints:
        return np.repeat(np.arange(self.network.arcs, dtype=np.int32), np.diff(self.network.turn_start))

    def _is_at(self, case: str) -> np.ndarray[Any, Any]:
        """[J] true for the junction where the case lies."""
        network = self.network
        lat_off, lon_off = network.junction_lat - CASES[case]["lat"], network.junction_lon - CASES[case]["lon"]
        here: np.ndarray[Any, Any] = (np.abs(lat_off) < NEAR_DEG) & (np.abs(lon_off) < NEAR_DEG)
        return here

    def flags_at(self, case: str) -> int:
        """What makes drivers wait where the case lies."""
        return int(self.network.junction_flags[self._is_at(case)][0])

    def limits_kmh(self, case: str) -> set[float]:
        """Of the ways of the case, rounded."""
        arcs = np.isin(self.way_of_arc, CASES[case]["ways"]) & (self.network.arc_access & Access.MOTOR != 0)
        return {round(float(kmh), 1) for kmh in self.network.arc_speed_kmh[arcs]}

    def _line(self, arc: int) -> LineString:
        street = self.network.arc_street[arc]
        points = slice(self.network.street_point_start[street], self.network.street_point_start[street + 1])
        line = np.column_stack((self.network.point_x[points], self.network.point_y[points]))
        return LineString(line[::-1] if self.network.arc_backward[arc] else line)

    def _point(self, position: Position) -> Point:
        x, y = self.network.plane.metres_of(lats=np.array([position.lat]), lons=np.array([position.lon]))
        return Point(x[0], y[0])

    def _agrees(self, line: LineString, here: Point, course_deg: float | None) -> bool:
        if course_deg is None:
            return True
        along_m = line.project(here)
        behind, ahead = line.interpolate(max(0.0, along_m - 2.0)), line.interpolate(along_m + 2.0)
        heading_deg = np.degrees(np.arctan2(ahead.x - behind.x, ahead.y - behind.y))
        return bool(abs((heading_deg - course_deg + 180.0) % 360.0 - 180.0) < STEERS_DEG)


def beeline_m(case: str) -> float:
    ends = (Position(lat=CASES[case][end]["lat"], lon=CASES[case][end]["lon"]) for end in ("from", "to"))
    return metres_between(*ends)
