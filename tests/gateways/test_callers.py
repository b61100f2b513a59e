"""A caller's location: where, how sure, by what means; and never a word about who."""

from __future__ import annotations

import hmac
import json
from datetime import UTC, datetime
from math import cos, radians, sin
from typing import Any

import msgspec
import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from shapely import Point, Polygon

from arls.geo import LocalPlane, Position
from gateways.decode import Mode, decode_lines
from gateways.decoders.aml_https import AmlHttps
from gateways.decoders.aml_sms import AmlSms
from gateways.decoders.caller import CallerLocated
from gateways.decoders.message import DecodeError, Message, Outcome
from gateways.decoders.pidf_lo import PidfLo
from gateways.fixes import is_event, is_fix
from tests.gateways.test_decoder_vectors import rows_of
from tests.gateways.test_decoders_under_fire import assert_sane

NOW = datetime(2026, 6, 6, 14, 0, 0, tzinfo=UTC)
NUMBER, IMSI, IMEI = "447700900123", "234159999999999", "356938035643809"
WHO = (NUMBER, IMSI, IMEI)
SMS = f'A"ML=1;lt=+52.47970;lg=-1.90260;rd=14;top=20260606135958;lc=68;pm=G;si={IMSI};ei={IMEI};mcc=234;mnc=15;ml=127'
FORM = (
    f"v=1&device_number=%2B{NUMBER}&location_latitude=52.47970&location_longitude=-1.90260"
    f"&location_time=1780754398250&location_accuracy=14.5&device_imei={IMEI}&device_imsi={IMSI}"
)
METRE, DEGREE = "urn:ogc:def:uom:EPSG::9001", "urn:ogc:def:uom:EPSG::9102"
CRS = "urn:ogc:def:crs:EPSG::4326"
DECODERS = [AmlSms, AmlHttps, PidfLo]


def presence(location: str) -> bytes:
    return (
        f'<presence xmlns="urn:ietf:params:xml:ns:pidf" entity="tel:+{NUMBER}"><tuple><status><geopriv>'
        f"<location-info>{location}</location-info></geopriv></status></tuple></presence>"
    ).encode()


def arc_band(inner_m: float, outer_m: float, start: float, opening: float) -> bytes:
    return presence(
        f'<ArcBand srsName="{CRS}"><pos>52.0 -1.0</pos><innerRadius uom="{METRE}">{inner_m}</innerRadius>'
        f'<outerRadius uom="{METRE}">{outer_m}</outerRadius><startAngle uom="{DEGREE}">{start}</startAngle>'
        f'<openingAngle uom="{DEGREE}">{opening}</openingAngle></ArcBand>'
    )


def packed(text: str) -> bytes:
    bits = sum(ord(character) << 7 * place for place, character in enumerate(text))
    return bits.to_bytes((7 * len(text) + 7) // 8, "little")


def only(outcomes: list[Outcome]) -> Outcome:
    (outcome,) = outcomes
    return outcome


def said_of(outcome: Outcome) -> str:
    if isinstance(outcome, DecodeError):
        return str(outcome)
    # What stands in the digits of a place or of a size is a number like any other.
    words = msgspec.to_builtins(outcome).items()
    return str({name: value for name, value in words if not isinstance(value, float)})


@given(st.integers(0, len(SMS)), st.integers(0, len(SMS)), st.sampled_from(["", ";", "=", "9", IMSI, f"lt={IMEI};"]))
def test_whatever_is_wrong_with_a_short_message_nobody_is_named(start: int, end: int, put: str) -> None:
    text = SMS[:start] + put + SMS[end:]
    for payload in (text.encode(), packed(text)):
        outcome = only(AmlSms().feed(payload, received_at=NOW))
        assert_sane([outcome])
        assert not any(name in said_of(outcome) for name in WHO)


@given(st.integers(0, len(FORM)), st.integers(0, len(FORM)), st.sampled_from(["", "&", "=", "%", NUMBER, "&hmac="]))
def test_whatever_is_wrong_with_a_form_nobody_is_named(start: int, end: int, put: str) -> None:
    body = (FORM[:start] + put + FORM[end:]).encode()
    for key in (None, "a shared secret"):
        outcome = only(AmlHttps(key=key).feed(body, received_at=NOW))
        assert_sane([outcome])
        # A number that stands where a floor or a course does is a number like any other; a field that is cut is not.
        assert not any(name in said_of(outcome) for name in WHO)


@example(130, 130, NUMBER)  # into the name of the coordinate system
@given(st.integers(0, 600), st.integers(0, 600), st.sampled_from(["", "<", ">", '"', "&who;", NUMBER]))
def test_whatever_is_wrong_with_a_document_nobody_is_named(start: int, end: int, put: str) -> None:
    whole = arc_band(100, 300, 10, 120).decode()
    outcome = only(PidfLo().feed((whole[:start] + put + whole[end:]).encode(), received_at=NOW))
    assert_sane([outcome])
    assert NUMBER not in said_of(outcome)


@pytest.mark.parametrize("dialect", ["aml-sms", "aml-https", "pidf-lo"])
def test_no_row_of_the_vectors_names_anybody(dialect: str) -> None:
    for row in rows_of(dialect):
        line = json.dumps({name: value for name, value in row.items() if name not in {"says", "expected"}})
        (said,) = decode_lines(dialect, [line], Mode.VECTORS)
        assert not any(name in json.dumps(said) for name in WHO)
        assert "device_id" not in said


@pytest.mark.parametrize("decoder", DECODERS)
@given(octets=st.binary(max_size=300))
def test_anything_is_a_message_or_a_fault(decoder: Any, octets: bytes) -> None:
    for payload in (octets, SMS[:40].encode() + octets, b'A"ML=2;lo=' + octets, presence("")[:60] + octets):
        assert_sane(decoder().feed(payload, received_at=NOW))


@pytest.mark.parametrize(
    ("decoder", "payload"), [(AmlSms, SMS.encode()), (AmlHttps, FORM.encode()), (PidfLo, arc_band(0, 9, 0, 90))]
)
def test_a_caller_is_no_unit(decoder: Any, payload: bytes) -> None:
    message = only(decoder().feed(payload, received_at=NOW))
    assert isinstance(message, Message)
    assert not is_fix(message)
    assert not is_event(message)
    assert message.device_id is None


@given(st.floats(-90, 90), st.floats(-180, 180), st.integers(1, 99_999))
def test_packed_and_plain_say_the_same(lat: float, lon: float, radius_m: int) -> None:
    text = f'A"ML=1;lt={lat:+.5f};lg={lon:+.5f};rd={radius_m};top=20260606135958;lc=68;pm=G'
    plain = only(AmlSms().feed(text.encode(), received_at=NOW))
    assert plain == only(AmlSms().feed(packed(text), received_at=NOW))
    if isinstance(plain, CallerLocated):
        assert (plain.lat, plain.lon) == (float(f"{lat:.5f}"), float(f"{lon:.5f}"))
        assert plain.accuracy_m == radius_m


@given(st.integers(0, len(FORM) - 1), st.binary(min_size=1, max_size=1))
def test_one_changed_octet_is_no_longer_genuine(place: int, octet: bytes) -> None:
    key = "a shared secret"
    digest = hmac.new(key.encode(), FORM.encode(), "sha1").hexdigest()
    genuine = f"{FORM}&hmac={digest}".encode()
    changed = genuine[:place] + octet + genuine[place + 1 :]
    outcome = only(AmlHttps(key=key).feed(changed, received_at=NOW))
    assert isinstance(outcome, CallerLocated) == (changed == genuine)


@given(st.floats(0, 900), st.floats(1, 900), st.floats(0, 359), st.floats(1, 360))
def test_the_centroid_of_an_arc_band_is_that_of_its_drawing(
    inner_m: float, width_m: float, start: float, opening: float
) -> None:
    outer_m = inner_m + width_m
    place = only(PidfLo().feed(arc_band(inner_m, outer_m, start, opening), received_at=NOW))
    assert isinstance(place, CallerLocated)
    assert place.accuracy_m is not None
    turns = [radians(start + opening * step / 720) for step in range(721)]
    edge = [(outer_m * sin(turn), outer_m * cos(turn)) for turn in turns]
    drawn = Polygon(edge + [(inner_m * sin(turn), inner_m * cos(turn)) for turn in reversed(turns)])
    x, y = LocalPlane(Position(lat=52.0, lon=-1.0)).metres_of(lats=[place.lat], lons=[place.lon])
    centroid = Point(x[0], y[0])
    assert centroid.distance(drawn.centroid) < 0.1
    assert centroid.hausdorff_distance(drawn) == pytest.approx(place.accuracy_m, abs=0.2)


@given(st.lists(st.tuples(st.floats(51.9, 52.1), st.floats(-1.1, -0.9)), min_size=3, max_size=8))
def test_no_corner_of_a_polygon_lies_outside_its_circle(corners: list[tuple[float, float]]) -> None:
    words = " ".join(f"{lat} {lon}" for lat, lon in [*corners, corners[0]])
    location = (
        f'<Polygon srsName="{CRS}"><exterior><LinearRing><posList>{words}</posList></LinearRing></exterior></Polygon>'
    )
    place = only(PidfLo().feed(presence(location), received_at=NOW))
    assert isinstance(place, CallerLocated)
    lats, lons = [lat for lat, _ in corners], [lon for _, lon in corners]
    assert place.lat == pytest.approx(place.lat)
    assert min(lats) - 1e-9 <= (place.lat or 0) <= max(lats) + 1e-9
    assert min(lons) - 1e-9 <= (place.lon or 0) <= max(lons) + 1e-9
