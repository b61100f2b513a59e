"""What limit a road's signs give, and where there is none what the law of its country says."""

from __future__ import annotations

import math

import pytest

from maps.osm_limits import NATIONAL_KMH
from maps.osm_tags import Road, road_of
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
        ("AT:rural", 100.0),
        ("CH:rural", 80.0),
        ("CH:trunk", 100.0),
        ("CZ:motorway", 130.0),
        ("DK:rural", 80.0),
        ("ES:trunk", 90.0),
        ("NL:rural", 80.0),
        ("PL:motorway", 140.0),
        ("SE:rural", 70.0),
        ("BE-VLG:rural", 70.0),
        ("BE-WAL:rural", 90.0),
        ("BE-WAL:motorway", 120.0),
        ("AU:urban", 50.0),
        ("UK:nsl_single", 60 * MPH),
        ("XX:urban", 50.0),
        ("walk", 7.0),
        ("DE:walk", 7.0),
        ("AT:bicycle_road", 30.0),
        ("national", 60 * MPH),
        ("80; 50", 50.0),
        ("none; 50", 50.0),
    ],
)
def test_a_signed_limit_is_read_in_its_unit(value: str, kmh: float) -> None:
    assert _road(maxspeed=value).forward_kmh == pytest.approx(kmh)
    assert _road(maxspeed=value).doubts == ()


@pytest.mark.parametrize("key", ["source:maxspeed", "maxspeed:type", "zone:maxspeed", "zone:traffic"])
def test_a_limit_of_the_law_is_read_wherever_it_is_told(key: str) -> None:
    assert _road(**{key: "FR:rural"}).forward_kmh == 80.0
    assert _road(**{key: "FR:rural", "maxspeed": "70"}).forward_kmh == 70.0


@pytest.mark.parametrize("value", ["none", "signals", "variable", "signed", "DE:motorway"])
def test_a_limit_without_a_number_is_unknown(value: str) -> None:
    assert math.isnan(_road(maxspeed=value).forward_kmh)
    assert _road(maxspeed=value).doubts == ()


@pytest.mark.parametrize(
    "value",
    ["fast", "-30", "0", "1000", "30 furlongs", "XX:rural", "BE:rural", "nan", "1e9", ";", "GB:zone0", "9" * 400],
)
def test_a_limit_that_makes_no_sense_is_unknown_and_said_to_be(value: str) -> None:
    assert math.isnan(_road(maxspeed=value).forward_kmh)
    assert _road(maxspeed=value).doubts == (f"maxspeed={value[:30]} not understood",)


@pytest.mark.parametrize(
    "tags",
    [
        {"highway": "motorway"},
        {"carriageway": "dual"},
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


def test_of_two_limits_the_one_that_was_not_understood_is_named() -> None:
    road = _road(maxspeed="50", maxspeed__backward="slow")
    assert road.forward_kmh == 50.0
    assert math.isnan(road.backward_kmh)
    assert road.doubts == ("maxspeed:backward=slow not understood",)


@pytest.mark.parametrize("country", NATIONAL_KMH)
def test_a_country_lets_nobody_drive_faster_in_town_than_out_of_it_and_nobody_at_nonsense(country: str) -> None:
    kinds = NATIONAL_KMH[country]
    speeds = [kinds[kind] for kind in ("urban", "rural", "motorway") if not math.isnan(kinds.get(kind, math.nan))]
    assert speeds == sorted(speeds)
    assert all(30.0 <= speed <= 140.0 for speed in kinds.values() if not math.isnan(speed))
