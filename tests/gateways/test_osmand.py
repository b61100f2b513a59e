"""OsmAnd: both forms mean the same, and no field of any kind makes nonsense."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from urllib.parse import urlencode

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateways.decoders.message import DecodeError, Located, NoFix
from gateways.decoders.osmand import OsmAnd, decode
from gateways.fixes import Heard, fix_of
from tests.gateways.test_decoders_under_fire import STRUCTURED, assert_sane

NOW = datetime(2026, 6, 6, 14, 0, 0, tzinfo=UTC)
NAMES = [
    "id",
    "lat",
    "lon",
    "location",
    "timestamp",
    "speed",
    "bearing",
    "altitude",
    "accuracy",
    "batt",
    "valid",
    "cell",
]
KNOT_MPS = 1852 / 3600


@given(st.floats(-90, 90), st.floats(-180, 180), st.floats(0, 100), st.floats(0, 359), st.integers(0, 100))
def test_knots_in_a_query_are_metres_a_second_in_an_object(
    lat: float, lon: float, knots: float, course: float, battery: int
) -> None:
    query = {
        "id": "7",
        "lat": lat,
        "lon": lon,
        "speed": knots,
        "bearing": course,
        "batt": battery,
        "timestamp": "1780754398",
    }
    coords = {"latitude": lat, "longitude": lon, "speed": knots * KNOT_MPS, "heading": course}
    location = {"coords": coords, "battery": {"level": battery / 100}, "timestamp": "2026-06-06T13:59:58Z"}
    asked = decode(f"/?{urlencode(query)}".encode(), received_at=NOW)
    posted = decode(json.dumps({"device_id": "7", "location": location}).encode(), received_at=NOW)
    assert asked.device_id == posted.device_id == "osmand:7"
    if isinstance(asked, Located):
        assert isinstance(posted, Located)
        assert (asked.lat, asked.lon, asked.time, asked.course_deg) == (lat, lon, posted.time, posted.course_deg)
        assert asked.speed_mps == pytest.approx(posted.speed_mps)
        assert asked.battery_pct == pytest.approx(posted.battery_pct)
    else:
        assert isinstance(asked, NoFix)
        assert (lat, lon) == (0, 0)


@given(st.dictionaries(st.sampled_from(NAMES), st.text(max_size=12) | st.floats().map(str) | st.integers().map(str)))
def test_fields_of_any_kind_in_a_query_make_no_nonsense(words: dict[str, str]) -> None:
    assert_sane(OsmAnd().feed(f"/?{urlencode(words)}".encode(), received_at=NOW))


@given(
    st.fixed_dictionaries({}, optional=dict.fromkeys(["timestamp", "battery", "extras", "mock"], STRUCTURED)),
    st.fixed_dictionaries(
        {"latitude": STRUCTURED | st.floats(-90, 90), "longitude": STRUCTURED | st.floats(-180, 180)},
        optional=dict.fromkeys(["speed", "heading", "accuracy", "altitude"], STRUCTURED),
    ),
    STRUCTURED,
)
def test_fields_of_any_kind_in_an_object_make_no_nonsense(
    location: dict[str, object], coords: dict[str, object], identity: object
) -> None:
    body = json.dumps({"device_id": identity, "location": location | {"coords": coords}})
    assert_sane(OsmAnd("osmand:7").feed(body.encode(), received_at=NOW))
    assert_sane(OsmAnd().feed(body.encode(), received_at=NOW))


@given(st.binary(max_size=300) | STRUCTURED.map(json.dumps).map(str.encode))
def test_anything_is_a_message_or_a_fault(payload: bytes) -> None:
    assert_sane(OsmAnd().feed(payload, received_at=NOW))


@pytest.mark.parametrize(
    ("payload", "reason"),
    [
        (b'{"a":' + b"[" * 20_000, "too_deep"),
        (b"{}" + b" " * 65_536, "too_long"),
        (b"/?" + b"a=1&" * 300, "too_many_fields"),
    ],
)
def test_what_no_phone_sends_is_refused_at_once(payload: bytes, reason: str) -> None:
    (fault,) = OsmAnd().feed(payload, received_at=NOW)
    assert isinstance(fault, DecodeError)
    assert fault.reason == reason


def test_an_account_that_was_verified_goes_before_the_id_that_was_typed() -> None:
    said = decode(b"/?id=chief&lat=52.4797&lon=-1.9026", source="osmand:ann")
    assert said.device_id == "osmand:ann"


def test_a_call_for_help_is_an_emergency_in_the_fix() -> None:
    said = decode(b"/?id=7&lat=52.4797&lon=-1.9026&alarm=sos", received_at=NOW)
    assert isinstance(said, Located)
    heard = Heard(source="osmand:7", gateway="gw", protocol="osmand", received_at=NOW)
    assert fix_of(said, heard).emergency
