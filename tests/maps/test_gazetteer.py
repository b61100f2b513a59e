"""The gazetteer: what is found by its name, by two names, and with a letter wrong."""

from __future__ import annotations

import string
from functools import cache

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from maps.gazetteer import Gazetteer
from maps.named import Kind, Localities, with_contexts
from maps.named_roads import named_roads
from maps.osm import import_network
from maps.osm_names import read_names
from maps.spelling import fold, has_digit
from tests.drawing import Drawn, draw
from tests.fixtures.arlshire import FIXTURES

STREETS = {"highway": "residential"}


@pytest.fixture(scope="module")
def town() -> Drawn:
    return draw(
        """
        A---B---C---G   H---I

        D---E---F       J---K
        """,
        ways={
            "ABC": STREETS | {"name": "High Street"},
            "CG": STREETS | {"name": "High Street", "ref": "A38"},
            "DEF": STREETS | {"name": "St Mary's Road"},
            "BE": STREETS | {"name": "Mill Lane"},
            "CF": STREETS | {"name": "Elm Avenue"},
            "GH": STREETS | {"name": "Salt and Pepper Way"},
            "HI": STREETS | {"name": "High Street"},
            "IK": STREETS | {"name": "Queensway"},
            "HJK": STREETS | {"name": "Mill Close"},
        },
        grid_m=200.0,
    )


@pytest.fixture(scope="module")
def gazetteer(town: Drawn) -> Gazetteer:
    return Gazetteer(named_roads(town.network, source="a drawing"), town.network)


@cache
def county() -> Gazetteer:
    file = FIXTURES / "arlshire.osm.pbf"
    network, _ = import_network(file)
    places = named_roads(network, source=file.name) + read_names(file, network, source=file.name)
    return Gazetteer(with_contexts(places, Localities(one for one in places if one.kind is Kind.SETTLEMENT)), network)


@cache
def county_streets() -> list[str]:
    """Those long enough for a typing error, without numbers."""
    names = {one.name for one in county().places if one.kind is Kind.STREET}
    return sorted(name for name in names if len(fold(name)) >= 5 and not has_digit(name))


def names_found(gazetteer: Gazetteer, text: str) -> list[str]:
    return [one.place.name for one in gazetteer.find(text)]


def test_a_street_in_pieces_is_one_street_and_a_namesake_far_off_another(gazetteer: Gazetteer) -> None:
    found = [one.place for one in gazetteer.find("High Street")]
    assert [place.name for place in found] == ["High Street", "High Street"]
    widths = sorted(place.extent[2] - place.extent[0] for place in found if place.extent)
    assert widths[1] > 2 * widths[0]


@pytest.mark.parametrize(
    ("typed", "name"),
    [
        ("elm av", "Elm Avenue"),
        ("st marys rd", "St Mary's Road"),
        ("Saint Mary's Road", "St Mary's Road"),
        ("mary", "St Mary's Road"),
        ("qween", "Queensway"),
        ("Qeensway", "Queensway"),
        ("a38", "A38"),
        ("salt & pepper way", "Salt and Pepper Way"),
        ("MillLane", "Mill Lane"),
        ("lane mill", "Mill Lane"),
    ],
)
def test_a_street_is_found_however_it_is_typed(gazetteer: Gazetteer, typed: str, name: str) -> None:
    assert names_found(gazetteer, typed)[:1] == [name]


def test_nothing_typed_right_stands_behind_what_was_typed_wrong(gazetteer: Gazetteer) -> None:
    found = gazetteer.find("Mill Lane")
    assert [one.cost for one in found] == sorted(one.cost for one in found)
    assert found[0].cost == 0.0


def test_of_namesakes_the_nearest_comes_first(gazetteer: Gazetteer, town: Drawn) -> None:
    west, east = (gazetteer.find("High St", near=town.node(name))[0].place for name in ("A", "I"))
    assert west.lon < east.lon


@pytest.mark.parametrize(
    "typed",
    [
        "High Street / Mill Lane",
        "mill ln and high st",
        "High St x Mill Lane",
        "high street junction of mill lane",
        "junction of Mill Lane and High Street",
        "High St jct Mill Ln",
        "corner of High Street & Mill Lane",
        "High Stret / Mil Lane",
    ],
)
def test_a_junction_is_found_by_its_two_streets(gazetteer: Gazetteer, town: Drawn, typed: str) -> None:
    first = gazetteer.find(typed)[0].place
    assert first.kind is Kind.JUNCTION
    assert (first.lat, first.lon) == pytest.approx((town.node("B").lat, town.node("B").lon))
    assert set(first.name.split(" / ")) == {"High Street", "Mill Lane"}


def test_a_numbered_road_meets_a_street_too(gazetteer: Gazetteer, town: Drawn) -> None:
    first = gazetteer.find("A38 / Elm Avenue")[0].place
    assert (first.lat, first.lon) == pytest.approx((town.node("C").lat, town.node("C").lon))


def test_streets_that_do_not_meet_have_no_junction(gazetteer: Gazetteer) -> None:
    assert [one for one in gazetteer.find("Elm Avenue / Queensway") if one.place.kind is Kind.JUNCTION] == []


def test_a_name_with_an_and_in_it_is_found_whole(gazetteer: Gazetteer) -> None:
    assert gazetteer.find("Salt and Pepper Way")[0].place.kind is Kind.STREET


@given(text=st.text(max_size=200))
def test_no_text_breaks_it(text: str) -> None:
    found = county().find(text, limit=3)
    assert len(found) <= 3


@pytest.mark.parametrize(
    "text",
    ["\u05e8\u05d7\u05d5\u05d1", "\u202e\u05d0\u202c", "\U0001f694" * 50, "/" * 200, "a" * 10_000, "x and " * 500],
)
def test_odd_texts_find_nothing(text: str) -> None:
    assert county().find(text) == []


def test_every_street_of_the_county_is_found_by_its_own_name() -> None:
    gazetteer = county()
    missed = [name for name in county_streets() if gazetteer.find(name, limit=1)[0].cost != 0.0]
    assert missed == []


@settings(max_examples=150, deadline=None)
@given(data=st.data())
def test_a_street_is_found_with_a_letter_wrong_unless_another_fits_better(data: st.DataObject) -> None:
    gazetteer = county()
    name = data.draw(st.sampled_from(county_streets()))
    typed = data.draw(with_a_typo(name))
    found = gazetteer.find(typed, limit=50)
    mine = [one.cost for one in found if fold(one.place.name) == fold(name)]
    assert mine, f"{name} is not found by {typed!r}"
    # Told before it is only what costs no more: the same number of wrong letters, or fewer.
    assert int(found[0].cost) <= 1
    assert int(min(mine)) <= 1


@st.composite
def with_a_typo(draw_: st.DrawFn, name: str) -> str:
    """The name with a letter left out, doubled, changed or swapped with its neighbour; numbers stay."""
    letters = [
        place for place, letter in enumerate(name) if letter.isalpha() and not has_digit(name.split(maxsplit=1)[0])
    ]
    place = draw_(st.sampled_from(letters))
    other = draw_(st.sampled_from(string.ascii_lowercase))
    return draw_(
        st.sampled_from(
            [
                name[:place] + name[place + 1 :],
                name[:place] + name[place] + name[place:],
                name[:place] + other + name[place + 1 :],
                name[:place] + name[place + 1 : place + 2] + name[place] + name[place + 2 :],
            ]
        )
    )


def test_the_county_knows_its_motorway_junctions_and_where_its_streets_lie() -> None:
    gazetteer = county()
    first = gazetteer.find("junction 8 of the M99")[0].place
    assert (first.kind, first.name) == (Kind.MOTORWAY_JUNCTION, "M99 J8")
    assert gazetteer.find("m99j8")[0].place == first
    assert gazetteer.find("M99 J8 ")[0].place.context
    assert gazetteer.find("high street arlcaster")[0].place.context == "Arlcaster"
