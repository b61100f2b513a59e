"""A stretch is found by three names, and what is missing or ambiguous is said in a sentence."""

from __future__ import annotations

import pytest

from arls.closure import Area, Line, Point
from arls.geo import Position
from arls.roads.between import NotLeadingError, NotMeetingError, SeveralError, StretchError, UnknownStreetError
from arls.roads.live import Roads
from tests.arls.roads.barriers import shut_m
from tests.drawing import Drawn, draw

TOWN = """
      F     G           f     g
      |     |           |     |
   A--B--C--D--E     a--b-----d--e
      |     |           |     |
      H     I           h     i
"""
NAMES = {"ABCDE": "High Street", "FBH": "Mill Lane", "GDI": "Church Road"}


def named(ways: dict[str, str], **more: str) -> dict[str, dict[str, str]]:
    return {way: {"highway": "residential", "name": name, **more} for way, name in ways.items()}


@pytest.fixture(scope="module")
def one_town() -> Drawn:
    return draw(TOWN.replace("f", " "), ways=named(NAMES))


@pytest.fixture(scope="module")
def two_towns() -> Drawn:
    return draw(TOWN, ways=named({**NAMES, "abde": "High Street", "fbh": "Mill Lane", "gdi": "Church Road"}))


def test_a_stretch_runs_along_the_street_from_the_one_to_the_other(one_town: Drawn) -> None:
    roads = Roads(one_town.network)
    there = roads.find_stretch("High Street", "Mill Lane", "Church Road")
    back = roads.find_stretch("high  STREET", "church road", "mill lane")
    assert there == tuple(map(one_town.node, "BCD"))
    assert back == there[::-1]
    assert shut_m(one_town, Line(positions=there)) == {"High Street": [(0, 600)]}


@pytest.mark.parametrize(
    ("names", "error", "said"),
    [
        (("Hihg Street", "Mill Lane", "Church Road"), UnknownStreetError, "did you mean High Street"),
        (("", "Mill Lane", "Church Road"), UnknownStreetError, "no street called ''"),
        (("High Street", "Mill Lane", "Zzz"), UnknownStreetError, "no street called 'Zzz'"),
        (("Church Road", "Mill Lane", "High Street"), NotMeetingError, "Church Road and Mill Lane do not meet"),
        (("High Street", "Mill Lane", "Mill Lane"), NotLeadingError, "High Street does not lead from Mill Lane to"),
    ],
)
def test_what_cannot_be_found_is_said_in_a_sentence(
    one_town: Drawn, names: tuple[str, str, str], error: type[StretchError], said: str
) -> None:
    with pytest.raises(error, match=said):
        Roads(one_town.network).find_stretch(*names)


def test_of_two_towns_the_one_nearest_to_a_place_is_meant(two_towns: Drawn) -> None:
    roads, names = Roads(two_towns.network), ("High Street", "Mill Lane", "Church Road")
    with pytest.raises(SeveralError, match="2 places: say near which"):
        roads.find_stretch(*names)
    assert roads.find_stretch(*names, near=two_towns.node("e")) == (two_towns.node("b"), two_towns.node("d"))
    assert roads.find_stretch(*names, near=two_towns.node("A")) == tuple(map(two_towns.node, "BCD"))


def test_of_a_dual_carriageway_both_sides_are_shut_across_the_street_between() -> None:
    drawn = draw(
        """
        M     O
        |     |
        B--W--A
        C--X--D
        |     |
        N     P
        """,
        ways={
            **named({"AW": "Ring Road", "WB": "Ring Road", "CXD": "Ring Road"}, oneway="yes"),
            **named({"MBCN": "Mill Lane", "OADP": "Church Road"}),
        },
        grid_m=20.0,
    )
    line = Roads(drawn.network).find_stretch("Ring Road", "Mill Lane", "Church Road")
    assert line == tuple(map(drawn.node, "CXDAWB"))
    assert sum(end - begin for begin, end in shut_m(drawn, Line(positions=line))["Ring Road"]) == 240


def test_a_street_goes_on_behind_a_roundabout_of_another_name() -> None:
    drawn = draw(
        r"""
        M     P     N
        |    / \     |
        A---B   C---D
        |    \ /     |
        K     Q     L
        """,
        ways={
            **named({"AB": "High Street", "CD": "High Street", "MAK": "Mill Lane", "NDL": "Church Road"}),
            "BQCPB": {"highway": "residential", "junction": "roundabout"},
        },
        grid_m=10.0,
    )
    line = Roads(drawn.network).find_stretch("High Street", "Mill Lane", "Church Road")
    assert line == tuple(map(drawn.node, "ABQCDCPBA"))
    far = Position(lat=0.0, lon=0.0)
    assert Roads(drawn.network).find_stretch("High Street", "Mill Lane", "Church Road", near=far) == line


def test_the_junction_of_two_streets_shuts_every_road_there(one_town: Drawn) -> None:
    there = Roads(one_town.network).find_meeting("high street", "Mill Lane")
    assert there == Point(position=one_town.node("B"))
    assert set(shut_m(one_town, there)) == {"High Street", "Mill Lane"}


def test_of_two_junctions_the_one_nearest_to_a_place_is_meant(two_towns: Drawn) -> None:
    roads = Roads(two_towns.network)
    with pytest.raises(SeveralError, match="meet in 2 places: say near which"):
        roads.find_meeting("High Street", "Mill Lane")
    assert roads.find_meeting("High Street", "Mill Lane", near=two_towns.node("e")) == Point(
        position=two_towns.node("b")
    )


def test_the_two_sides_of_a_dual_carriageway_are_shut_as_one_junction() -> None:
    plan = """
        F
        |
     A--B--C
        |
     D--E--G
        |
        H
    """
    names = {"ABC": "Ring Road", "GED": "Ring Road", "FBEH": "Mill Lane"}
    drawn = draw(plan, grid_m=15, ways={way: {"highway": "primary", "name": name} for way, name in names.items()})
    shape = Roads(drawn.network).find_meeting("Ring Road", "Mill Lane")
    assert isinstance(shape, Area)
    # Each arm at its end, and the piece of Mill Lane between the two sides.
    assert {name: len(parts) for name, parts in shut_m(drawn, shape).items()} == {"Ring Road": 4, "Mill Lane": 3}
