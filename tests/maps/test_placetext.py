"""Places in numbers: each notation is read, and what can be read in two ways is never guessed."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from arls.geo import Bounds, Position, find_grid_reference
from maps.placetext import find_postcode, read_numbers

BRITAIN = Bounds(west=-6.0, south=50.0, east=1.5, north=57.0)
EQUATOR = Bounds(west=-10.0, south=-10.0, east=10.0, north=10.0)


@pytest.mark.parametrize(
    "text",
    [
        "51.5074, -0.1278",
        "-0.1278 51.5074",
        "51.5074N 0.1278W",
        "0.1278W, 51.5074N",
        "lat 51.5074 lon -0.1278",
        "geo:51.5074,-0.1278;u=35",
        "51\u00b030'26.64\"N 0\u00b07'40.08\"W",
        "51 30 26.64 N, 0 7 40.08 W",
        "N51 30.444 W000 07.668",
    ],
)
def test_degrees_are_read_in_every_notation(text: str) -> None:
    read = read_numbers(text, BRITAIN)
    assert read is not None
    (place,) = read.places
    assert (place.lat, place.lon) == (pytest.approx(51.5074, abs=1e-6), pytest.approx(-0.1278, abs=1e-6))
    assert read.said


def test_two_numbers_that_may_be_either_are_told_as_both() -> None:
    read = read_numbers("4.5, 6.5", EQUATOR)
    assert read is not None
    assert {(place.lat, place.lon) for place in read.places} == {(4.5, 6.5), (6.5, 4.5)}
    assert "say which is the latitude" in read.said


def test_two_numbers_off_the_map_are_told_as_both() -> None:
    read = read_numbers("4.5, 6.5", BRITAIN)
    assert read is not None
    assert len(read.places) == 2
    assert "off the map" in read.said


def test_a_number_beyond_90_is_no_latitude() -> None:
    read = read_numbers("120.5, 14.1", BRITAIN)
    assert read is not None
    assert [(place.lat, place.lon) for place in read.places] == [(14.1, 120.5)]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("300, 400", "no place on Earth"),
        ("99 N 4 W", "no place on Earth"),
        ("51 61 0 N 0 0 0 W", "more than 59"),
        ("51N 52N", "two latitudes"),
        ("TQ 30 0", "has 3 figures"),
        ("TQ 123456 789012", "has 12 figures"),
        ("ZZ 12 34", "no square ZZ"),
        ("9999 9999999", "no easting and northing"),
        ("///filled.count.soap", "not looked up here"),
        ("slip.of.tongue", "not looked up here"),
        ("UPRN 100023336956", "not looked up here"),
    ],
)
def test_what_is_no_place_has_a_sentence(text: str, said: str) -> None:
    read = read_numbers(text, BRITAIN)
    assert read is not None
    assert read.places == ()
    assert said in read.said


@pytest.mark.parametrize("text", ["High Street", "M6 J10", "A38", "12", "12 High Street", "St. Mary", ""])
def test_a_name_is_no_number(text: str) -> None:
    assert read_numbers(text, BRITAIN) is None


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("TQ 3 8", "10 km"),
        ("TQ3080", "1 km"),
        ("tq 300 804", "100 m"),
        ("TQ 3000 8040", "10 m"),
        ("TQ 30000 80400", "a square of 1 m, and the datum shift is good to 0.6 to 4 m"),
    ],
)
def test_a_grid_reference_says_how_large_its_square_is(text: str, said: str) -> None:
    read = read_numbers(text, BRITAIN)
    assert read is not None
    assert read.said.endswith(said) or said in read.said
    assert read.places[0].extent is not None


def test_an_easting_and_northing_is_read_in_metres() -> None:
    read = read_numbers("530000 180000", BRITAIN)
    assert read is not None
    (place,) = read.places
    assert find_grid_reference(Position(lat=place.lat, lon=place.lon)) in {"TQ 300 800", "TQ 299 799", "TQ 300 799"}


@given(
    lat=st.floats(50.2, 58.0), lon=st.floats(-5.0, 1.0), figures=st.sampled_from([2, 4, 6, 8, 10]), spaced=st.booleans()
)
def test_a_grid_reference_is_read_back_to_its_square(lat: float, lon: float, figures: int, *, spaced: bool) -> None:
    said = find_grid_reference(Position(lat=lat, lon=lon), figures=figures)
    assert said is not None
    read = read_numbers(said if spaced else said.replace(" ", "").lower(), BRITAIN)
    assert read is not None
    (place,) = read.places
    assert find_grid_reference(Position(lat=place.lat, lon=place.lon), figures=figures) == said
    west, south, east, north = place.extent or (0.0, 0.0, 0.0, 0.0)
    assert Bounds(west=west, south=south, east=east, north=north).grown_by(1.0).holds(Position(lat=lat, lon=lon))


@given(st.text(max_size=250))
def test_no_text_breaks_it(text: str) -> None:
    read = read_numbers(text, BRITAIN)
    assert read is None or read.places or read.said


@pytest.mark.parametrize(
    ("text", "postcode"),
    [("so160as", "SO16 0AS"), ("SO16 0AS", "SO16 0AS"), ("B1 1AA", "B1 1AA"), ("SO16", None), ("High St", None)],
)
def test_a_whole_postcode_is_known_as_one(text: str, postcode: str | None) -> None:
    assert find_postcode(text) == postcode
