"""What tags are drawn as."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from maps import legend
from maps.legend import Layer


def attributes(tags: dict[str, str]) -> dict[str, str | int]:
    entry = legend.find_line(tags)
    assert entry is not None
    return dict(entry.attributes)


@pytest.mark.parametrize(
    ("tags", "oneway"),
    [
        ({"highway": "primary"}, 0),
        ({"highway": "primary", "oneway": "yes"}, 1),
        ({"highway": "primary", "oneway": "true"}, 1),
        ({"highway": "primary", "oneway": "-1"}, -1),
        ({"highway": "primary", "oneway": "reverse"}, -1),
        ({"highway": "primary", "oneway": "perhaps"}, 0),
        ({"highway": "motorway"}, 1),
        ({"highway": "motorway", "oneway": "no"}, 0),
        ({"highway": "tertiary", "junction": "roundabout"}, 1),
    ],
)
def test_one_way_is_one_of_three_numbers(tags: dict[str, str], oneway: int) -> None:
    assert attributes(tags)["oneway"] == oneway


@pytest.mark.parametrize(
    ("tags", "road_class", "link", "from_zoom"),
    [
        ({"highway": "motorway"}, "motorway", 0, 6),
        ({"highway": "motorway_link"}, "motorway", 1, 8),
        ({"highway": "living_street"}, "minor", 0, 12),
        ({"highway": "steps"}, "path", 0, 14),
        ({"railway": "rail"}, "rail", 0, 10),
        ({"railway": "rail", "service": "siding"}, "rail", 0, 13),
        ({"route": "ferry"}, "ferry", 0, 8),
    ],
)
def test_a_road_has_a_class_and_a_zoom(tags: dict[str, str], road_class: str, link: int, from_zoom: int) -> None:
    entry = legend.find_line(tags)
    assert entry is not None
    assert (attributes(tags)["class"], attributes(tags)["link"], entry.from_zoom) == (road_class, link, from_zoom)


@pytest.mark.parametrize(
    "tags",
    [
        {"highway": "proposed", "name": "Ring Road"},
        {"highway": "construction"},
        {"waterway": "river", "tunnel": "culvert"},
        {"boundary": "administrative"},
        {"railway": "abandoned"},
    ],
)
def test_what_nobody_can_see_is_not_drawn(tags: dict[str, str]) -> None:
    assert legend.find_line(tags) is None


@pytest.mark.parametrize(
    ("tags", "layer", "kind"),
    [
        ({"natural": "water"}, Layer.WATER, "water"),
        ({"natural": "water", "water": "river"}, Layer.WATER, "river"),
        ({"landuse": "forest"}, Layer.LANDUSE, "wood"),
        ({"leisure": "park", "barrier": "fence"}, Layer.LANDUSE, "park"),
        ({"building": "yes", "amenity": "school"}, Layer.BUILDING, None),
    ],
)
def test_an_area_has_a_kind(tags: dict[str, str], layer: Layer, kind: str | None) -> None:
    entry = legend.find_area(tags)
    assert entry is not None
    assert entry.layer is layer
    assert dict(entry.attributes).get("kind") == kind


def test_a_closed_street_is_a_line_and_a_square_an_area() -> None:
    assert not legend.is_area({"highway": "residential"})
    square = {"highway": "pedestrian", "area": "yes"}
    assert legend.is_area(square)
    assert legend.find_line(square) is None
    assert legend.is_area({"natural": "water"})
    assert not legend.is_area({"leisure": "track", "area": "no"})


@given(st.dictionaries(st.sampled_from(legend.KEYS), st.sampled_from(["yes", "primary", "water", "police", "city"])))
def test_every_entry_has_only_the_attributes_that_its_layer_declares(tags: dict[str, str]) -> None:
    tags |= {"name": "Some Name", "ref": "A1"}
    found = (legend.find_line(tags), legend.find_area(tags), legend.find_place(tags), legend.find_poi(tags))
    for entry in filter(None, found):
        declared = legend.FIELDS[entry.layer]
        assert legend.MIN_ZOOM <= entry.from_zoom <= legend.MAX_ZOOM
        for key, value in entry.attributes:
            assert isinstance(value, str if declared[key] == "String" else int)
