"""Every hard case of Arlshire is true of the roads as they are driven: imported, weighed and searched for real."""

from __future__ import annotations

from pathlib import Path as File

import numpy as np
import pytest

from arls.roads.network import NO_ARC, Access, JunctionFlag, StreetFlag
from arls.roads.profile import PROFILES, off_main
from tests.journeys.county_roads import CASES, MPH, WALKS_KMH, County, beeline_m


@pytest.fixture(scope="module")
def county() -> County:
    return County()


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
