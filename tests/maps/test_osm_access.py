"""Who may use a street, and which way, by the tags of its way."""

from __future__ import annotations

from itertools import combinations

import pytest

from arls.roads.network import Access
from maps.osm_tags import Road, road_of
from tests.drawing import draw

CARS = Access.MOTOR | Access.EMERGENCY | Access.PRIVATE
FEET = Access.CYCLE | Access.FOOT
ALL = Access.EVERYONE
NOBODY = Access(0)


def _access(highway: str, **tags: str) -> tuple[Access, Access]:
    road = road_of({"highway": highway, **{key.replace("__", ":"): value for key, value in tags.items()}})
    return (road.forward_access, road.backward_access) if isinstance(road, Road) else (NOBODY, NOBODY)


def test_a_street_is_open_to_everyone_both_ways() -> None:
    drawn = draw("A---B", ways={"AB": {"highway": "residential"}})
    assert drawn.access("A", "B") == drawn.access("B", "A") == ALL
    assert drawn.network.arc_length_m[drawn.arc("A", "B")] == pytest.approx(400.0, rel=1e-3)


@pytest.mark.parametrize(
    ("highway", "who"),
    [
        ("motorway", CARS | Access.BUS),
        ("trunk", ALL),
        ("residential", ALL),
        ("track", ALL),
        ("busway", Access.BUS),
        ("pedestrian", Access.FOOT),
        ("cycleway", FEET),
        ("bridleway", FEET),
        ("footway", Access.FOOT),
        ("path", FEET),
        ("steps", Access.FOOT),
    ],
)
def test_each_kind_of_road_has_its_usual_users(highway: str, who: Access) -> None:
    assert _access(highway)[0] == who


@pytest.mark.parametrize(
    ("tags", "who"),
    [
        ({"access": "no"}, NOBODY),
        ({"access": "no", "foot": "yes"}, Access.FOOT),
        ({"access": "permissive"}, ALL),
        ({"access": "destination"}, ALL),
        ({"access": "private"}, Access.PRIVATE | Access.FOOT),
        ({"access": "customers"}, Access.PRIVATE | Access.FOOT),
        ({"access": "yes; private"}, ALL),
        ({"vehicle": "no"}, Access.FOOT),
        ({"vehicle": "delivery", "bicycle": "yes"}, Access.PRIVATE | FEET),
        ({"motor_vehicle": "no"}, FEET),
        ({"motor_vehicle": "agricultural;forestry"}, Access.PRIVATE | FEET),
        ({"motor_vehicle": "no", "motorcar": "yes"}, CARS | FEET),
        ({"bicycle": "dismount"}, ALL & ~Access.CYCLE),
        ({"foot": "use_sidepath"}, ALL & ~Access.FOOT),
        ({"access": "Schranke! Nur für Anwohner"}, ALL),
    ],
)
def test_a_special_tag_goes_before_a_general_one(tags: dict[str, str], who: Access) -> None:
    assert _access("residential", **tags)[0] == who


@pytest.mark.parametrize(
    "tags",
    [
        {"motor_vehicle": "no", "bus": "yes"},
        {"motor_vehicle": "no", "psv": "designated"},
        {"motor_vehicle": "bus"},
        {"access": "no", "psv": "yes", "bicycle": "yes", "foot": "yes"},
    ],
)
def test_a_bus_gate_lets_buses_through_and_whoever_is_not_a_car(tags: dict[str, str]) -> None:
    assert _access("tertiary", **tags)[0] == Access.BUS | FEET


@pytest.mark.parametrize(
    ("tags", "who"),
    [
        ({"motor_vehicle": "no", "emergency": "designated"}, Access.EMERGENCY | FEET),
        ({"access": "emergency"}, Access.EMERGENCY),
        ({"service": "emergency_access"}, Access.EMERGENCY | FEET),
        ({"emergency": "no"}, ALL & ~Access.EMERGENCY),
    ],
)
def test_what_is_signed_for_emergencies_is_open_to_them(tags: dict[str, str], who: Access) -> None:
    assert _access("service", **tags)[0] == who


def test_a_general_tag_makes_no_road_of_a_footway_but_a_special_one_does() -> None:
    assert _access("footway", access="yes")[0] == Access.FOOT
    assert _access("footway", access="yes", bicycle="yes")[0] == FEET
    assert _access("pedestrian", motor_vehicle="delivery")[0] == Access.PRIVATE | Access.FOOT


def test_a_sidewalk_and_a_crossing_are_for_feet() -> None:
    assert _access("footway", footway="sidewalk") == _access("footway", footway="crossing") == (Access.FOOT,) * 2


@pytest.mark.parametrize("value", ["yes", "true", "1"])
def test_a_one_way_street_is_two_way_only_on_foot(value: str) -> None:
    assert _access("residential", oneway=value) == (ALL, Access.FOOT)


@pytest.mark.parametrize("value", ["-1", "reverse"])
def test_a_one_way_street_may_be_drawn_against_its_direction(value: str) -> None:
    assert _access("residential", oneway=value) == (Access.FOOT, ALL)


@pytest.mark.parametrize("value", ["no", "alternating", "maybe"])
def test_a_street_that_is_not_one_way_is_open_both_ways(value: str) -> None:
    assert _access("residential", oneway=value) == (ALL, ALL)


def test_nobody_can_tell_which_way_a_reversible_lane_runs_now() -> None:
    drawn = draw("A--B", ways={"AB": {"highway": "residential", "oneway": "reversible"}})
    assert drawn.access("A", "B") == drawn.access("B", "A") == Access.FOOT
    shut = "oneway=reversible: shut to drivers, for nobody knows which way it runs now"
    assert drawn.report.doubts == {shut: 1}


@pytest.mark.parametrize("tags", [{"junction": "roundabout"}, {"junction": "circular"}])
def test_a_roundabout_is_one_way_without_a_tag(tags: dict[str, str]) -> None:
    assert _access("tertiary", **tags) == (ALL, Access.FOOT)


def test_a_motorway_is_one_way_without_a_tag_unless_it_says_no() -> None:
    assert _access("motorway")[1] == NOBODY
    assert _access("motorway", oneway="no")[1] == CARS | Access.BUS


@pytest.mark.parametrize(
    "tags",
    [
        {"oneway__bicycle": "no"},
        {"cycleway": "opposite"},
        {"cycleway": "opposite_lane"},
        {"cycleway__left": "opposite_track"},
        {"cycleway__right__oneway": "-1"},
    ],
)
def test_cycles_may_have_a_lane_against_a_one_way_street(tags: dict[str, str]) -> None:
    assert _access("residential", oneway="yes", **tags) == (ALL, FEET)


@pytest.mark.parametrize(
    ("tags", "backward"),
    [
        ({"oneway__emergency": "no"}, Access.EMERGENCY | Access.FOOT),
        ({"oneway__motor_vehicle": "no"}, ALL & ~Access.CYCLE),
        ({"oneway__vehicle": "no"}, ALL),
        ({"oneway__foot": "yes"}, NOBODY),
    ],
)
def test_one_way_may_be_said_of_one_kind_of_traffic(tags: dict[str, str], backward: Access) -> None:
    assert _access("residential", oneway="yes", **tags) == (ALL, backward)


@pytest.mark.parametrize(
    "tags",
    [
        {"oneway__bus": "no"},
        {"oneway__psv": "no"},
        {"busway": "opposite_lane"},
        {"busway__right": "opposite_lane"},
        {"psv": "opposite_lane"},
        {"lanes__psv__backward": "1"},
    ],
)
def test_buses_may_have_a_lane_against_a_one_way_street(tags: dict[str, str]) -> None:
    assert _access("residential", oneway="yes", **tags) == (ALL, Access.BUS | Access.FOOT)


def test_a_direction_may_have_access_of_its_own() -> None:
    assert _access("residential", motor_vehicle__backward="no") == (ALL, FEET)


@pytest.mark.parametrize(
    ("tags", "reason"),
    [
        ({"highway": "construction"}, "not in use: construction"),
        ({"highway": "proposed"}, "not in use: proposed"),
        ({"highway": "raceway"}, "no kind of road that we know: raceway"),
        ({"highway": "motorway", "area": "yes"}, "area"),
        ({"route": "ferry"}, "ferry"),
        ({"route": "ferry", "highway": "primary"}, "ferry"),
        ({"highway": "service", "access": "no"}, "closed to everybody"),
    ],
)
def test_what_is_no_road_is_left_out_with_its_reason(tags: dict[str, str], reason: str) -> None:
    drawn = draw("A---B---C", ways={"AB": {"highway": "residential"}, "BC": tags})
    assert drawn.report.dropped == {f"way: {reason}": 1}
    assert len(drawn.network.street_way) == 1


def test_what_holds_only_at_times_is_counted_and_not_obeyed() -> None:
    tags = {"highway": "residential", "motor_vehicle:conditional": "no @ (Mo-Fr 08:00-09:00)"}
    drawn = draw("A---B", ways={"AB": tags})
    assert drawn.access("A", "B") == ALL
    assert drawn.report.conditional == {"motor_vehicle:conditional": 1}


def test_a_value_that_says_nothing_is_counted() -> None:
    drawn = draw("A---B", ways={"AB": {"highway": "residential", "access": "ask Bob", "maxspeed": "fast"}})
    assert drawn.report.doubts == {"access=ask Bob not understood": 1, "maxspeed=fast not understood": 1}


def test_a_report_names_the_commonest_reasons_and_counts_the_others_together() -> None:
    letters = "abcdefghij"
    ways = {
        f"{first}{last}": {"highway": "service", "access": f"{first}{last}{'x' * 200}"}
        for first, last in combinations(letters, 2)
    }
    doubts = draw(letters, ways=ways).report.doubts
    assert len(doubts) == 41
    assert doubts["5 rarer ones"] == 5
    assert all(len(reason) < 70 for reason in doubts)


@pytest.mark.parametrize("kind", ["pedestrian", "footway", "service"])
def test_a_square_is_walked_along_its_edge_and_driven_by_nobody(kind: str) -> None:
    drawn = draw(
        """
        A--B--E
           |  |
           C--D
        """,
        ways={
            "AB": {"highway": "residential"},
            "BEDCB": {"highway": kind, "area": "yes"},
            "DC": {"highway": "footway"},
        },
    )
    assert all(drawn.access(*ends) == Access.FOOT for ends in ("BD", "DB", "CB", "BC"))
    assert drawn.report.doubts["area, walked along its edge"] == 1
    assert drawn.report.dropped == {}


def test_a_square_that_joins_nothing_is_left_out() -> None:
    square = {"highway": "pedestrian", "area": "yes"}
    drawn = draw(
        """
        A--B--E  F--G
           |  |  |  |
           C--D  I--H
        """,
        ways={"AB": {"highway": "residential"}, "BEDCB": square, "FGHIF": square},
    )
    assert drawn.report.dropped == {"way: area by which nobody gets from one road to another": 2}
    assert drawn.network.arcs == 2
