"""What is known as GeoJSON: longitude first, no geometry without a place, properties without the place."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from arls.fix import Fix
from arls.geo import metres_between
from arls.roads.live import Roads
from maps.layers import bytes_of, collection_of, feature_of, line_feature, path_feature, track_feature
from tests.drawing import draw

AT = datetime(2026, 3, 2, 14, 0, tzinfo=UTC)
LATS, LONS = st.floats(-90, 90), st.floats(-180, 180)


class Sighting(msgspec.Struct, frozen=True, kw_only=True):
    callsign: str
    lat: float | None
    lon: float | None


def fix(second: float, lat: float | None, lon: float | None) -> Fix:
    at = AT + timedelta(seconds=second)
    return Fix(id=str(second), source="issi:1", received_at=at, fix_time=at, lat=lat, lon=lon, accuracy_m=5.0)


def test_a_row_is_a_point_with_longitude_first() -> None:
    feature = feature_of(Sighting(callsign="AB12", lat=52.123456789, lon=-1.9), identity="AB12")
    assert feature == {
        "type": "Feature",
        "id": "AB12",
        "geometry": {"type": "Point", "coordinates": [-1.9, 52.1234568]},
        "properties": {"callsign": "AB12"},
    }


def test_a_row_nobody_knows_the_place_of_has_no_geometry() -> None:
    assert feature_of(Sighting(callsign="AB12", lat=None, lon=None), identity="AB12")["geometry"] is None


def test_a_layer_is_a_collection_even_of_nothing() -> None:
    assert bytes_of(collection_of([])) == b'{"type":"FeatureCollection","features":[]}'


def test_a_way_is_a_line_with_seconds_metres_and_streets() -> None:
    drawn = draw(
        "A-----B\n      |\n      C",
        ways={"AB": {"highway": "primary", "name": "High Street"}, "BC": {"highway": "primary", "ref": "A38"}},
    )
    path = Roads(drawn.network).find_way(drawn.node("A"), drawn.node("C"), "car-normal")
    assert path is not None
    feature = json.loads(bytes_of(path_feature(path, basis="road")))
    corners = [drawn.node(name) for name in "ABC"]
    assert feature["geometry"]["coordinates"] == [pytest.approx([at.lon, at.lat], abs=1e-6) for at in corners]
    metres = sum(map(metres_between, corners, corners[1:]))
    assert feature["properties"] == {
        "eta_s": path.cost_ms / 1000,
        "distance_m": pytest.approx(metres, abs=0.2),
        "streets": ["High Street", "A38"],
        "basis": "road",
    }


def test_a_track_is_in_the_order_in_which_it_was_true_with_a_detail_for_each_position() -> None:
    feature = track_feature("AB12", [fix(1, 52.1, -1.9), fix(2, 52.2, -1.8), fix(3, None, None)], [True, False, True])
    assert feature["geometry"]["coordinates"] == [[-1.9, 52.1], [-1.8, 52.2]]
    assert feature["properties"]["times"] == [AT + timedelta(seconds=1), AT + timedelta(seconds=2)]
    assert feature["properties"]["accuracies_m"] == [5.0, 5.0]


@given(st.lists(st.tuples(LATS, LONS), max_size=4))
def test_a_line_has_two_positions_or_is_none(places: list[tuple[float, float]]) -> None:
    geometry = line_feature(places)["geometry"]
    if not places:
        assert geometry is None
    else:
        assert geometry["type"] == ("Point" if len(places) == 1 else "LineString")
        positions = [geometry["coordinates"]] if len(places) == 1 else geometry["coordinates"]
        assert all(abs(lon) <= 180 and abs(lat) <= 90 for lon, lat in positions)
