"""Every hard case of Arlshire is true of the roads as they are driven: imported, weighed and searched for real."""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise
from pathlib import Path as File
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from shapely import LineString, Point

from arls.geo import Position, metres_between
from arls.roads.network import NO_ARC, Access, JunctionFlag, Places, StreetFlag
from arls.roads.path import find_path
from arls.roads.profile import FORBIDDEN, PROFILES, off_main, weights_of
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


@pytest.fixture(scope="module")
def county() -> County:
    return County()


def beeline_m(case: str) -> float:
    ends = (Position(lat=CASES[case][end]["lat"], lon=CASES[case][end]["lon"]) for end in ("from", "to"))
    return metres_between(*ends)


def test_every_hard_case_begins_and_ends_on_a_road(county: County) -> None:
    for name, case in CASES.items():
        for end in ("from", "to"):
            assert any(len(county.spot(case[end], profile).arcs) for profile in ("car-response", "foot")), (name, end)


def test_every_hard_case_has_a_test_of_its_name() -> None:
    told = File(__file__).read_text(encoding="utf-8")
    assert [name for name in CASES if f'"{name}"' not in told] == []


def test_only_a_response_car_and_cycles_go_through_the_bus_gate(county: County) -> None:
    case = "bus-gate-high-street"
    gate = CASES[case]["ways"][0]
    assert county.ways(county.drive(case, "car-response")) == [236, gate, 238]
    assert gate in county.ways(county.drive(case, "cycle"))
    assert gate not in county.ways(county.drive(case, "car-normal"))


def test_a_gate_for_buses_opens_to_whose_table_says_so(county: County) -> None:
    case = "bus-gate-psv"
    gate = CASES[case]["ways"][0]
    for profile in ("car-response", "foot", "cycle"):
        assert gate in county.ways(county.drive(case, profile))
    assert gate not in county.ways(county.drive(case, "car-normal"))


@pytest.mark.parametrize(
    "case",
    [
        "banned-right-turn-market-place",
        "banned-left-turn-friar-gate-except-emergency",
        "banned-right-turn-minster-gate-except-psv",
    ],
)
def test_a_banned_turn_is_in_no_route_of_a_car(county: County, case: str) -> None:
    assert not county.takes_the_turn(county.drive(case), case)
    assert county.takes_the_turn(county.drive(case, "foot"), case)


def test_who_is_excepted_takes_the_banned_turn(county: County) -> None:
    case = "banned-left-turn-friar-gate-except-emergency"
    assert county.takes_the_turn(county.drive(case, "car-response"), case)


def test_a_car_does_not_turn_round_where_that_is_banned(county: County) -> None:
    case = "banned-u-turn-eastgate-bar"
    path = county.drive(case)
    assert not county.turns_round_at(path, case)
    assert path.length_m > 4 * beeline_m(case)


def test_the_only_way_on_is_the_way_taken(county: County) -> None:
    case = "only-straight-on-westgate-bar"
    path = county.drive(case)
    assert county.takes_the_turn(path, case)
    _, goal = CASES[case]["ways"]
    first = int(path.arcs[0])
    assert county.onward(first, Access.MOTOR) == {goal}
    assert county.onward(first, Access.BUS) > {goal}


def test_nobody_turns_round_through_the_gap_and_others_turn_right_through_it(county: County) -> None:
    case = "banned-turn-via-way-ring-road"
    first, gap, last = CASES[case]["ways"]
    for profile in ("car-normal", "car-response"):
        ways = county.ways(county.drive(case, profile))
        assert (first, gap, last) not in zip(ways, ways[1:], ways[2:], strict=False)
        assert CASES[case]["from"]["way"] == ways[0]
    assert county.turns_between[first, gap] & county.turns_between[gap, last] & Access.MOTOR


@pytest.mark.parametrize("case", ["bollard-street", "filtered-street", "filtered-street-bollard"])
def test_what_stands_in_the_street_stops_cars_and_neither_cycles_nor_walkers(county: County, case: str) -> None:
    for profile in ("car-normal", "car-response", "motorcycle-response"):
        assert not county.passes(county.drive(case, profile), case)
    for profile in ("foot", "cycle"):
        assert county.passes(county.drive(case, profile), case)


@pytest.mark.parametrize("case", ["rising-bollard", "filtered-street-emergency", "lift-gate"])
def test_what_opens_to_emergencies_stops_other_cars(county: County, case: str) -> None:
    assert county.passes(county.drive(case, "car-response"), case)
    assert not county.passes(county.drive(case, "car-normal"), case)


def test_a_plain_gate_is_opened_at_the_price_that_the_profile_says(county: County) -> None:
    case = "gate-street"
    assert county.passes(county.drive(case, "foot"), case)
    for profile in ("car-normal", "car-response"):
        assert (county.through(case, profile) == PROFILES[profile].exempt_ms[Access.PRIVATE]).all()


def test_no_car_gets_over_a_bus_trap_not_even_behind_a_bus(county: County) -> None:
    case = "bus-trap"
    for profile in ("car-normal", "car-response"):
        assert not county.passes(county.drive(case, profile), case)
    assert county.passes(county.drive(case, "foot"), case)


@pytest.mark.parametrize("case", ["one-way-centre", "contraflow-cycles"])
def test_a_car_goes_round_a_one_way_street_and_a_walker_straight_back(county: County, case: str) -> None:
    for profile in ("car-normal", "car-response"):
        assert county.drive(case, profile).length_m > 3 * beeline_m(case)
    assert county.drive(case, "foot").length_m < 1.1 * beeline_m(case)


def test_a_cycle_rides_against_the_one_way_street_that_lets_it(county: County) -> None:
    assert county.drive("contraflow-cycles", "cycle").length_m < 1.1 * beeline_m("contraflow-cycles")


def test_a_reversed_one_way_street_is_driven_against_the_drawing(county: County) -> None:
    path = county.drive("one-way-reversed")
    assert path.length_m < 1.1 * beeline_m("one-way-reversed")
    assert county.network.arc_backward[path.arcs].all()


def test_nobody_reverses_on_a_motorway(county: County) -> None:
    case = "motorway-wrong-way"
    for profile in ("car-normal", "car-response"):
        path = county.drive(case, profile)
        assert path.length_m > 4 * beeline_m(case)
        assert county.goes_with_the_traffic(path)
    assert county.find(case, "foot") is None


def test_the_other_carriageway_is_reached_by_a_roundabout(county: County) -> None:
    case = "central-reservation"
    path = county.drive(case)
    streets = county.network.arc_street[path.arcs]
    assert (county.network.street_flags[streets] & StreetFlag.ROUNDABOUT).any()
    assert path.length_m > 10 * beeline_m(case)


def test_a_roundabout_is_driven_clockwise(county: County) -> None:
    case = "roundabout-clockwise"
    path = county.drive(case)
    assert set(county.ways(path)) == {CASES[case]["ways"][0]}
    assert path.length_m > 2 * beeline_m(case)
    assert county.network.left_hand


@pytest.mark.parametrize("case", ["level-crossing", "level-crossing-barriers"])
def test_a_car_drives_over_a_level_crossing_and_waits_on_average(county: County, case: str) -> None:
    path = county.drive(case)
    assert county.passes(path, case)
    assert county.flags_at(case) & JunctionFlag.LEVEL_CROSSING
    assert (county.through(case, "car-response") == PROFILES["car-response"].wait_ms[JunctionFlag.LEVEL_CROSSING]).all()
    assert path.length_m < 1.2 * beeline_m(case)


@pytest.mark.parametrize("case", ["overbridge-no-junction", "overbridge-fosse-lane"])
def test_a_bridge_over_a_dual_carriageway_is_no_junction(county: County, case: str) -> None:
    over, under = CASES[case]["ways"]
    assert (over, under) not in county.turns_between
    assert (under, over) not in county.turns_between
    assert county.drive(case).length_m > 3 * beeline_m(case)


def test_the_other_bank_is_as_far_as_the_nearest_bridge(county: County) -> None:
    case = "river-opposite-bank"
    path = county.drive(case)
    assert path.length_m > 1_000 > 6 * beeline_m(case)
    assert (county.network.street_flags[county.network.arc_street[path.arcs]] & StreetFlag.BRIDGE).any()


def test_the_old_bridge_is_driven_over(county: County) -> None:
    assert CASES["old-bridge"]["ways"][0] in county.ways(county.drive("old-bridge"))


def test_the_isle_is_out_of_reach_and_a_snap_on_it_says_so(county: County) -> None:
    case = "ferry-isle"
    assert county.find(case, "car-response") is None
    assert county.find(case, "foot") is None
    assert county.report.dropped["way: ferry"] == 1
    weights = county.weights("car-response")
    lat, lon = np.array([CASES[case]["to"]["lat"]]), np.array([CASES[case]["to"]["lon"]])
    places = county.snapper.snap(lats=lat, lons=lon, weights=weights, ends=True)
    assert len(places.arc)
    assert off_main(weights, places.arc).all()


def test_a_private_estate_is_entered_only_as_a_destination(county: County) -> None:
    case = "private-estate"
    for profile in ("car-normal", "car-response"):
        assert county.passes(county.drive(case, profile), case)
    estate = set(CASES[case]["ways"])
    others = [name for name in CASES if name != case and not estate & set(CASES[name].get("ways", ()))]
    paths = [county.find(name, "car-response") for name in others]
    assert not any(estate & set(county.ways(path)) for path in paths if path)


def test_a_cul_de_sac_is_reached_by_its_one_way_in(county: County) -> None:
    case = "cul-de-sac-estate"
    path = county.drive(case)
    assert CASES[case]["ways"][0] in county.ways(path)
    assert path.length_m > 1.3 * beeline_m(case)


@pytest.mark.parametrize(
    ("case", "mph"),
    [
        ("mph-limit", 30),
        ("mph-limit-20", 20),
        ("nsl-single", 60),
        ("nsl-single-tag-only", 60),
        ("national-limit", 60),
        ("nsl-dual-tag-only", 70),
        ("nsl-dual", 70),
    ],
)
def test_a_limit_is_the_same_however_it_is_written(county: County, case: str, mph: int) -> None:
    assert county.limits_kmh(case) == {round(mph * MPH, 1)}
    path = county.drive(case, "car-response")
    assert set(county.ways(path)) == {CASES[case]["ways"][0]}
    assert path.length_m / path.cost_ms * 1_000 == pytest.approx(mph * MPH / 3.6, rel=0.15)


def test_a_limit_of_a_walk_is_a_walk(county: County) -> None:
    assert county.limits_kmh("walk-limit") == {WALKS_KMH}


def test_a_pedestrian_street_is_entered_only_on_response(county: County) -> None:
    case = "pedestrian-street"
    assert county.find(case, "car-normal") is None
    assert set(county.ways(county.drive(case, "car-response"))) == set(CASES[case]["ways"])


def test_a_ban_by_the_clock_is_counted_and_not_obeyed(county: County) -> None:
    case = "school-street"
    assert county.report.conditional["motor_vehicle:conditional"] == 2
    assert county.drive(case).length_m < 1.2 * beeline_m(case)


@pytest.mark.parametrize("case", ["footway-short-cut", "steps-short-cut", "cycleway-short-cut"])
def test_a_walker_takes_the_short_cut_and_a_car_goes_round(county: County, case: str) -> None:
    short_cut = CASES[case]["ways"][0]
    walk, drive = county.drive(case, "foot"), county.drive(case, "car-response")
    assert short_cut in county.ways(walk)
    assert short_cut not in county.ways(drive)
    assert drive.length_m > walk.length_m


def test_nothing_breaks_at_the_meridian(county: County) -> None:
    case = "greenwich-meridian"
    path = county.drive(case)
    assert path.lons.min() < 0.0 < path.lons.max()
    assert path.length_m < 2.0 * beeline_m(case)  # Marrowby Road has two carriageways: on to a roundabout and back


def test_a_slip_road_is_driven_outwards_only(county: County) -> None:
    case = "motorway-exit"
    path = county.drive(case)
    assert county.ways(path) == [CASES[case]["ways"][0]]
    assert county.goes_with_the_traffic(path)
    slip = county.spot(CASES[case]["from"])
    assert (county.network.arc_access[county.network.arc_twin[slip.arcs]] & Access.MOTOR == 0).all() or (
        county.network.arc_twin[slip.arcs] == NO_ARC
    ).all()
