"""Callers on their way to the engine: named without a number, kept, published, and read where it is hostile."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from functools import partial
from typing import Any

import msgspec
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from arls.caller import CallerLocation, CallId, is_call_id
from gateways.caller_payloads import CALLER_EXPIRY_S, read_call, write_call
from gateways.calls import CallReport, call_of, report_of
from gateways.cargo import BACKLOG, Publication, as_backlog, find_cargo, is_urgent, kept_of, reports_in
from gateways.decoders import aml_https, aml_sms, pidf_lo
from gateways.decoders.caller import CallerLocated, CallerNoFix
from gateways.decoders.message import DecodeError
from gateways.payloads import MOST_OCTETS, Mark, Reject
from gateways.topics import caller_topic, find_address
from tests.gateways.test_callers import FORM, IMEI, IMSI, NUMBER, SMS, presence

NOW = datetime(2026, 6, 6, 14, 0, tzinfo=UTC)
KEY = b"a site's own secret"
CALL = CallId("C-20260606-17")
CIRCLE = (
    '<Circle srsName="urn:ogc:def:crs:EPSG::4326"><pos>52.47970 -1.90260</pos>'
    '<radius uom="urn:ogc:def:uom:EPSG::9001">14</radius></Circle>'
)
NAME = partial(call_of, key=KEY)
DECODED = [
    aml_sms.decode(SMS.encode(), received_at=NOW, name_call=NAME),
    aml_https.decode(FORM.encode(), received_at=NOW, name_call=NAME),
    pidf_lo.decode(presence(CIRCLE), received_at=NOW, name_call=NAME),
]


def report(**fields: Any) -> CallReport:
    place = {"lat": 52.4797, "lon": -1.9026} | fields
    return CallReport(call=CALL, location=CallerLocation(id="L1", received_at=NOW, gateway="gw1", **place))


@pytest.mark.parametrize(
    "identity",
    [
        NUMBER,
        f"+{NUMBER}",
        "+44 7700 900-123",
        f"tel:+{NUMBER}",
        "tel:+44-7700-900123;phone-context=example.com",
        f"sip:+{NUMBER}@ims.mnc015.mcc234.example;user=phone",
        f"SIPS:{NUMBER}@example.com",
    ],
)
def test_however_a_number_is_written_it_is_one_call(identity: str) -> None:
    assert call_of(identity, KEY) == call_of(NUMBER, KEY)


def test_other_callers_and_other_sites_have_other_names() -> None:
    names = {call_of(who, key) for who in (NUMBER, IMSI, IMEI, "sip:anne@example.com") for key in (KEY, b"another")}
    assert len(names) == 8


@given(identity=st.text(min_size=1))
def test_a_name_is_the_id_of_a_call_whatever_it_was_made_of(identity: str) -> None:
    assert is_call_id(call_of(identity, KEY))


def test_a_number_by_https_and_by_sip_is_the_same_call_and_no_identity_leaves_the_decoder() -> None:
    sms, form, document = DECODED
    assert form.call_id == document.call_id == call_of(NUMBER, KEY)
    assert sms.call_id == call_of(IMEI, KEY)
    for message in DECODED:
        said = msgspec.json.encode(message).decode()
        assert not any(who in said for who in (NUMBER, IMSI, IMEI))


def test_without_a_key_and_without_a_callers_identity_there_is_no_call() -> None:
    assert aml_sms.decode(SMS.encode()).call_id is None
    nobody = SMS.replace(f"si={IMSI};ei={IMEI};", "")
    assert aml_sms.decode(nobody.encode(), name_call=NAME).call_id is None
    with pytest.raises(DecodeError, match="call_unnamed"):
        report_of(CallerNoFix(), gateway="gw1", protocol="aml-sms", received_at=NOW)


@pytest.mark.parametrize("masked", ["234159000000000", "000000000000000", "0", ""])
def test_a_masked_imsi_is_half_a_countrys_and_names_no_call(masked: str) -> None:
    sms = SMS.replace(IMSI, masked).replace(f"ei={IMEI};", "")
    assert aml_sms.decode(sms.encode(), name_call=NAME).call_id is None
    form = FORM.replace(IMSI, masked).replace(IMEI, masked).replace(f"device_number=%2B{NUMBER}&", "")
    assert aml_https.decode(form.encode(), name_call=NAME).call_id is None
    with_imei = SMS.replace(IMSI, masked)
    assert aml_sms.decode(with_imei.encode(), name_call=NAME).call_id == call_of(IMEI, KEY)


def test_a_report_says_all_that_the_phone_said() -> None:
    message = CallerLocated(
        lat=52.4797, lon=-1.9026, time=NOW, accuracy_m=14.0, accuracy_confidence=0.68, altitude_m=120.0,
        method="gnss", floor="5", address={"A3": "Birmingham"}, call_id=CALL, flags=("length_differs",),
    )  # fmt: skip
    made = report_of(message, gateway="gw1", protocol="aml-sms", received_at=NOW)
    said = msgspec.structs.asdict(made.location)
    for name in ("lat", "lon", "time", "accuracy_m", "accuracy_confidence", "altitude_m", "method", "floor", "address"):
        assert said[name] == getattr(message, name), name
    again = report_of(message, gateway="gw2", protocol="aml-sms", received_at=NOW.replace(second=9))
    assert again.location.id == made.location.id


@pytest.mark.parametrize("made", [report(), report(lat=None, lon=None, address={"A3": "Skegness"}, time=NOW)])
def test_what_is_published_is_read_as_it_was_and_lies_on_the_disk(made: CallReport) -> None:
    mark = Mark(gateway="gw1", gw_session=3, gw_seq=7, gw_void=(5,))
    publication = Publication(cargo=made, mark=mark)
    topic = publication.topic("demo")
    assert topic == caller_topic("demo", CALL) == f"arls/v1/demo/caller/{CALL}/location"
    assert publication.expiry_s == CALLER_EXPIRY_S
    assert read_call(topic, publication.payload(), arrived_at=NOW) == (made, mark)
    assert find_cargo(kept_of(made)) == made
    assert is_urgent(made)
    assert reports_in(made) == 1
    late = as_backlog(made)
    assert isinstance(late, CallReport)
    assert (late.location.flags, late.location.id) == ((BACKLOG,), "L1")


def test_a_call_with_an_at_in_its_id_has_a_topic_of_its_own() -> None:
    sip = "a84b4c76e66710@pc33.atlanta.example"
    address = find_address(caller_topic("demo", sip))
    assert address is not None
    assert (address.kind, address.name) == ("caller", sip)


def test_a_call_taking_system_may_say_no_more_than_where() -> None:
    read, mark = read_call(caller_topic("demo", CALL), b'{"lat": 52.5, "lon": -1.9, "accuracy_m": 30}', arrived_at=NOW)
    assert isinstance(read, CallReport)
    assert (read.location.lat, read.location.received_at, read.location.accuracy_m) == (52.5, NOW, 30.0)
    assert mark == Mark()
    again, _ = read_call(caller_topic("demo", CALL), b'{"lat": 52.5, "lon": -1.9, "accuracy_m": 30}', arrived_at=NOW)
    assert again == read


@pytest.mark.parametrize(
    ("call", "payload", "reason"),
    [
        (NUMBER, b'{"lat": 52.5, "lon": -1.9}', "no_call_id"),
        ("C-1", b"[]", "not_json"),
        ("C-1", b'{"lat": 52.5}', "invalid_field"),
        ("C-1", b'{"lat": 95.0, "lon": 0.1}', "invalid_field"),
        ("C-1", b'{"lat": NaN, "lon": 0.1}', "not_json"),
        ("C-1", b'{"lat": 52.5, "lon": 0.1, "schema": "arls.caller/9"}', "schema_unknown"),
        ("C-1", b'{"a": ' + b"[" * 20_000 + b"]" * 20_000 + b"}", "too_deep"),
        ("C-1", b" " * (MOST_OCTETS + 1), "too_large"),
        ("C-1", b"\xff", "not_json"),
    ],
)
def test_hostile_payloads_are_refused_without_a_word_of_theirs(call: str, payload: bytes, reason: str) -> None:
    read, _ = read_call(caller_topic("demo", call), payload, arrived_at=NOW)
    assert read == Reject(reason=reason, detail="")


@given(
    payload=st.binary() | st.recursive(st.none() | st.floats() | st.text(), st.lists).map(json.dumps).map(str.encode)
)
@example(payload=b'{"received_at": 5, "gw_seq": "x"}')
def test_nothing_that_is_published_breaks_the_reader(payload: bytes) -> None:
    read, mark = read_call(caller_topic("demo", CALL), payload, arrived_at=NOW)
    assert isinstance(read, CallReport | Reject)
    assert isinstance(mark, Mark)


def test_a_stamp_that_no_clock_shows_is_the_arrival() -> None:
    payload = write_call(report(), Mark()).replace(b"2026-06-06", b"2036-06-06")
    read, _ = read_call(caller_topic("demo", CALL), payload, arrived_at=NOW)
    assert isinstance(read, CallReport)
    assert read.location.received_at == NOW
