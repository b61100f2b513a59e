"""On which side of the road a map drives."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from arls.geo import Position
from maps.osm import read_streets
from tests.drawing import draw

if TYPE_CHECKING:
    from pathlib import Path

ROAD = {"highway": "residential"}
ROUNDABOUT = {"highway": "tertiary", "junction": "roundabout"}
RINGS = """
A--B  E--F  I--J
|  |  |  |  |  |
D--C  H--G  L--K
"""
CLOCKWISE = ("ABCDA", "EFGHE", "IJKLI")
COLOGNE = Position(lat=50.9, lon=6.9)


@pytest.mark.parametrize(
    ("origin", "left"),
    [
        (Position(lat=52.48, lon=-1.9), True),  # Birmingham
        (Position(lat=53.35, lon=-6.26), True),  # Dublin
        (Position(lat=51.13, lon=1.31), True),  # Dover
        (Position(lat=18.34, lon=-64.93), True),  # Charlotte Amalie
        (Position(lat=50.95, lon=1.85), False),  # Calais
        (Position(lat=49.64, lon=-1.62), False),  # Cherbourg
        (COLOGNE, False),
        (Position(lat=18.45, lon=-66.1), False),  # San Juan
    ],
)
def test_without_roundabouts_the_country_tells(origin: Position, *, left: bool) -> None:
    drawn = draw("A--B", ways={"AB": ROAD}, origin=origin)
    assert drawn.network.left_hand is left
    assert drawn.report.left_hand_by.startswith("table of countries")


def test_roundabouts_that_run_clockwise_keep_left_wherever_they_are() -> None:
    drawn = draw(RINGS, ways=dict.fromkeys(CLOCKWISE, ROUNDABOUT), origin=COLOGNE)
    assert drawn.network.left_hand
    assert drawn.report.left_hand_by == "3 of 3 roundabouts run clockwise"


def test_a_roundabout_drawn_against_its_direction_counts_as_it_is_driven() -> None:
    ways = {name: {**ROUNDABOUT, "oneway": "-1"} for name in CLOCKWISE}
    assert not draw(RINGS, ways=ways).network.left_hand


def test_roundabouts_that_disagree_leave_it_to_the_country() -> None:
    drawn = draw(RINGS, ways=dict.fromkeys(("ABCDA", "EHGFE"), ROUNDABOUT))
    assert drawn.report.left_hand_by == "table of countries: Great Britain and Ireland"


def test_tags_go_before_roundabouts() -> None:
    ways = {name: {**ROUNDABOUT, "driving_side": "right"} for name in CLOCKWISE}
    drawn = draw(RINGS, ways=ways)
    assert not drawn.network.left_hand
    assert drawn.report.left_hand_by == "driving_side tags"


def test_who_knows_better_is_obeyed(tmp_path: Path) -> None:
    source = tmp_path / "map.osm"
    source.write_text(
        '<osm version="0.6"><node id="1" lat="52" lon="-1.9"/><node id="2" lat="52.1" lon="-1.9"/>'
        '<way id="1"><nd ref="1"/><nd ref="2"/><tag k="highway" v="primary"/></way></osm>'
    )
    streets, report = read_streets(source, left_hand=False)
    assert streets.left_hand is False
    assert report.left_hand_by == "as told"
