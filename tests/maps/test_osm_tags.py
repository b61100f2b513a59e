"""What kind of road a way is, and what limit its signs give."""

from __future__ import annotations

import math

import pytest

from arls.roads.network import JunctionFlag, RoadClass, StreetFlag
from maps.osm_tags import Road, road_of, waits_of
from tests.drawing import draw

MPH = 1.609344


def _road(highway: str = "primary", **tags: str) -> Road:
    road = road_of({"highway": highway, **{key.replace("__", ":"): value for key, value in tags.items()}})
    assert isinstance(road, Road)
    return road


@pytest.mark.parametrize(
    ("value", "kmh"),
    [
        ("50", 50.0),
        ("50 km/h", 50.0),
        ("30 mph", 30 * MPH),
        ("30mph", 30 * MPH),
        ("5 knots", 5 * 1.852),
        ("GB:nsl_single", 60 * MPH),
        ("GB:nsl_dual", 70 * MPH),
        ("GB:motorway", 70 * MPH),
        ("GB:urban", 30 * MPH),
        ("GB:zone20", 20 * MPH),
        ("DE:urban", 50.0),
        ("DE:zone:30", 30.0),
        ("DE:30", 30.0),
        ("DE:rural", 100.0),
        ("FR:urban", 50.0),
        ("FR:rural", 80.0),
        ("FR:motorway", 130.0),
        ("IE:national", 100.0),
        ("IT:rural", 90.0),
        ("IT:trunk", 110.0),
        ("PT:rural", 90.0),
        ("PT:motorway", 120.0),
        ("XX:urban", 50.0),
        ("walk", 7.0),
        ("national", 60 * MPH),
        ("80; 50", 50.0),
        ("none; 50", 50.0),
    ],
)
def test_a_signed_limit_is_read_in_its_unit(value: str, kmh: float) -> None:
    assert _road(maxspeed=value).forward_kmh == pytest.approx(kmh)
    assert _road(maxspeed=value).unread == ()


@pytest.mark.parametrize("key", ["source:maxspeed", "maxspeed:type", "zone:maxspeed", "zone:traffic"])
def test_a_limit_of_the_law_is_read_wherever_it_is_told(key: str) -> None:
    assert _road(**{key: "FR:rural"}).forward_kmh == 80.0
    assert _road(**{key: "FR:rural", "maxspeed": "70"}).forward_kmh == 70.0


@pytest.mark.parametrize("value", ["none", "signals", "variable", "DE:motorway"])
def test_a_limit_without_a_number_is_unknown(value: str) -> None:
    assert math.isnan(_road(maxspeed=value).forward_kmh)
    assert _road(maxspeed=value).unread == ()


@pytest.mark.parametrize("value", ["fast", "-30", "0", "1000", "30 furlongs", "nan", "1e9", ";", "GB:zone0", "9" * 400])
def test_a_limit_that_makes_no_sense_is_unknown_and_said_to_be(value: str) -> None:
    assert math.isnan(_road(maxspeed=value).forward_kmh)
    assert _road(maxspeed=value).unread == ("maxspeed",)


@pytest.mark.parametrize(
    "tags",
    [
        {"highway": "motorway"},
        {"dual_carriageway": "yes"},
        {"oneway": "yes"},
    ],
)
def test_the_national_limit_is_70_on_a_dual_carriageway(tags: dict[str, str]) -> None:
    assert _road(**{"highway": "trunk", "maxspeed": "national", **tags}).forward_kmh == pytest.approx(70 * MPH)


def test_the_national_limit_of_a_one_way_roundabout_is_60() -> None:
    assert _road(junction="roundabout", maxspeed="national").forward_kmh == pytest.approx(60 * MPH)


def test_each_direction_may_have_its_own_limit() -> None:
    drawn = draw("A--B", ways={"AB": {"highway": "primary", "maxspeed": "50", "maxspeed:backward": "30"}})
    speeds = drawn.network.arc_speed_kmh
    assert speeds[drawn.arc("A", "B")] == 50.0
    assert speeds[drawn.arc("B", "A")] == 30.0


@pytest.mark.parametrize("key", ["maxspeed__type", "source__maxspeed", "zone__maxspeed"])
def test_the_kind_of_limit_stands_in_for_its_number(key: str) -> None:
    assert _road(**{key: "GB:nsl_single"}).forward_kmh == pytest.approx(60 * MPH)
    assert _road(**{key: "GB:nsl_single", "maxspeed": "40 mph"}).forward_kmh == pytest.approx(40 * MPH)


@pytest.mark.parametrize(
    ("tags", "flag"),
    [
        ({"junction": "roundabout"}, StreetFlag.ROUNDABOUT),
        ({"bridge": "viaduct"}, StreetFlag.BRIDGE),
        ({"tunnel": "yes"}, StreetFlag.TUNNEL),
        ({"ford": "yes"}, StreetFlag.FORD),
        ({"surface": "gravel"}, StreetFlag.UNPAVED),
        ({"tracktype": "grade3"}, StreetFlag.UNPAVED),
        ({"dual_carriageway": "yes"}, StreetFlag.DUAL_CARRIAGEWAY),
        ({"maxspeed:type": "GB:nsl_dual"}, StreetFlag.DUAL_CARRIAGEWAY),
        ({"maxspeed:type": "GB:urban"}, StreetFlag.URBAN),
    ],
)
def test_a_flag_is_set_by_its_tag_alone(tags: dict[str, str], flag: StreetFlag) -> None:
    assert _road(**tags).flags == flag
    assert not _road(bridge="no", surface="asphalt", tracktype="grade3").flags


def test_every_kind_of_road_has_a_class() -> None:
    assert _road("trunk_link").road_class is RoadClass.TRUNK_LINK
    assert _road("road").road_class is RoadClass.UNCLASSIFIED
    assert _road("corridor").road_class is RoadClass.FOOTWAY


@pytest.mark.parametrize(
    ("tags", "flags"),
    [
        ({"highway": "traffic_signals"}, JunctionFlag.SIGNALS),
        ({"highway": "crossing"}, JunctionFlag.CROSSING),
        ({"highway": "crossing", "crossing": "traffic_signals"}, JunctionFlag.CROSSING | JunctionFlag.SIGNALS),
        ({"highway": "crossing;stop;give_way"}, JunctionFlag.CROSSING | JunctionFlag.STOP | JunctionFlag.GIVE_WAY),
        ({"highway": "mini_roundabout"}, JunctionFlag.MINI_ROUNDABOUT),
        ({"railway": "level_crossing"}, JunctionFlag.LEVEL_CROSSING),
        ({"highway": "bus_stop"}, JunctionFlag(0)),
    ],
)
def test_nodes_say_what_makes_drivers_wait(tags: dict[str, str], flags: JunctionFlag) -> None:
    assert waits_of(tags) == (flags, flags)


@pytest.mark.parametrize(
    ("tags", "forward", "backward"),
    [
        ({"highway": "stop", "direction": "forward"}, JunctionFlag.STOP, JunctionFlag(0)),
        ({"highway": "stop", "stop:direction": "backward"}, JunctionFlag(0), JunctionFlag.STOP),
        ({"highway": "give_way", "direction": "backward"}, JunctionFlag(0), JunctionFlag.GIVE_WAY),
        ({"highway": "give_way", "direction": "both"}, JunctionFlag.GIVE_WAY, JunctionFlag.GIVE_WAY),
        ({"highway": "give_way", "direction": "270"}, JunctionFlag.GIVE_WAY, JunctionFlag.GIVE_WAY),
        ({"highway": "traffic_signals", "direction": "forward"}, JunctionFlag.SIGNALS, JunctionFlag.SIGNALS),
        (
            {"highway": "traffic_signals", "traffic_signals:direction": "backward"},
            JunctionFlag(0),
            JunctionFlag.SIGNALS,
        ),
        (
            {"highway": "crossing", "crossing": "traffic_signals", "traffic_signals:direction": "forward"},
            JunctionFlag.CROSSING | JunctionFlag.SIGNALS,
            JunctionFlag.CROSSING,
        ),
    ],
)
def test_a_sign_with_a_direction_is_seen_from_there_alone(
    tags: dict[str, str], forward: JunctionFlag, backward: JunctionFlag
) -> None:
    assert waits_of(tags) == (forward, backward)


def test_names_and_road_numbers_come_with_the_street() -> None:
    drawn = draw(
        "A--B--C--D",
        ways={
            "AB": {"highway": "primary", "name": "High Street", "ref": "A38"},
            "BC": {"highway": "primary", "ref": "A38"},
            "CD": {"highway": "primary"},
        },
    )
    name = [drawn.network.name_of(drawn.arc(*ends)) for ends in ("AB", "BC", "CD")]
    assert name == ["High Street", "A38", ""]
    assert drawn.network.names[0] == ""
    assert drawn.network.street_way.tolist() == [drawn.way("AB"), drawn.way("BC"), drawn.way("CD")]
