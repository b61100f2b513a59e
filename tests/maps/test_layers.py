"""What is known as GeoJSON: longitude first, no geometry without a place, properties without the place."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta

import msgspec
import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from arls.fix import Fix
from arls.roads.path import Path
from maps.layers import bytes_of, collection_of, feature_of, line_feature, path_feature, track_feature

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
    path = Path(
        cost_ms=61_500,
        length_m=812.34,
        arcs=np.array([0, 1], np.int32),
        start_fraction=0.0,
        end_fraction=1.0,
        streets=("High Street", "A38"),
        lats=np.array([52.0, 52.1]),
        lons=np.array([-1.9, -1.8]),
        begins=np.array([0, 1]),
        start_off_m=0.0,
        end_off_m=3.0,
    )
    feature = json.loads(bytes_of(path_feature(path, basis="road")))
    assert feature["geometry"]["coordinates"] == [[-1.9, 52.0], [-1.8, 52.1]]
    assert feature["properties"] == {
        "eta_s": 61.5,
        "distance_m": 812.3,
        "streets": ["High Street", "A38"],
        "basis": "road",
    }


def test_a_track_is_in_the_order_in_which_it_was_true_with_a_detail_for_each_position() -> None:
    feature = track_feature("AB12", [fix(2, 52.2, -1.8), fix(1, 52.1, -1.9), fix(3, None, None)])
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
