"""What kind of road a way is, and what makes drivers wait on it."""

from __future__ import annotations

import pytest

from arls.roads.network import JunctionFlag, RoadClass, StreetFlag
from maps.osm_tags import Road, road_of, waits_of
from tests.drawing import draw


def _road(highway: str = "primary", **tags: str) -> Road:
    road = road_of({"highway": highway, **{key.replace("__", ":"): value for key, value in tags.items()}})
    assert isinstance(road, Road)
    return road


@pytest.mark.parametrize(
    ("tags", "flag"),
    [
        ({"junction": "roundabout"}, StreetFlag.ROUNDABOUT),
        ({"bridge": "viaduct"}, StreetFlag.BRIDGE),
        ({"tunnel": "yes"}, StreetFlag.TUNNEL),
        ({"ford": "yes"}, StreetFlag.FORD),
        ({"surface": "gravel"}, StreetFlag.UNPAVED),
        ({"tracktype": "grade3"}, StreetFlag.UNPAVED),
        *(
            (({"highway": "service", "service": kind}), StreetFlag.AISLE)
            for kind in ("parking_aisle", "driveway", "alley")
        ),
        ({"highway": "service", "service": "drive-through"}, StreetFlag.AISLE),
        ({"dual_carriageway": "yes"}, StreetFlag.DUAL_CARRIAGEWAY),
        ({"maxspeed:type": "GB:nsl_dual"}, StreetFlag.DUAL_CARRIAGEWAY),
        ({"maxspeed:type": "GB:urban"}, StreetFlag.URBAN),
    ],
)
def test_a_flag_is_set_by_its_tag_alone(tags: dict[str, str], flag: StreetFlag) -> None:
    assert _road(**tags).flags == flag
    assert not _road(bridge="no", surface="asphalt", tracktype="grade3", service="alley").flags


def test_every_kind_of_road_has_a_class() -> None:
    assert _road("trunk_link").road_class is RoadClass.TRUNK_LINK
    assert _road("road").road_class is RoadClass.UNCLASSIFIED
    assert _road("corridor").road_class is RoadClass.FOOTWAY


@pytest.mark.parametrize(
    ("tags", "flags"),
    [
        ({"highway": "traffic_signals"}, JunctionFlag.SIGNALS),
        ({"highway": "crossing"}, JunctionFlag.CROSSING),
        *(
            ({"highway": "crossing", "crossing": kind}, JunctionFlag.CROSSING | JunctionFlag.SIGNALS)
            for kind in ("traffic_signals", "pelican", "puffin", "toucan", "pegasus")
        ),
        ({"highway": "crossing", "crossing:signals": "yes"}, JunctionFlag.CROSSING | JunctionFlag.SIGNALS),
        ({"highway": "crossing", "crossing": "zebra"}, JunctionFlag.CROSSING),
        ({"highway": "crossing", "crossing": "unmarked"}, JunctionFlag(0)),
        ({"highway": "crossing", "crossing": "informal"}, JunctionFlag(0)),
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
