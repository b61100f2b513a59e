"""Names and payloads on the broker: what is written is read again, and what is hostile is refused alone."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from arls.fix import Fix, FixKind, TimeBasis
from gateways.payloads import (
    Event,
    GatewayStatus,
    Mark,
    Reading,
    Receipt,
    Reject,
    read_event,
    read_fixes,
    read_receipt,
    read_status,
    write_event,
    write_fixes,
)
from gateways.topics import (
    Address,
    event_topic,
    find_address,
    fix_topic,
    pressing_subscriptions,
    receipt_topic,
    status_topic,
    subscriptions,
)

NOW = datetime(2026, 6, 6, 14, 0, 0, 125_000, tzinfo=UTC)
TOPIC = "arls/v1/demo/fix/itsi/234009900004711"
FIX = Fix(
    id="f1",
    source="itsi:234009900004711",
    received_at=NOW,
    gateway="yard",
    protocol="tetra-pei",
    lat=52.4797,
    lon=-1.9026,
    accuracy_m=20,
    fix_time=NOW - timedelta(seconds=1),
    fix_time_basis=TimeBasis.DERIVED,
    fix_time_error_s=5,
)
GOOD = {"id": "g", "lat": 52.0, "lon": -1.0}

SCHEMES = st.sampled_from(["itsi", "imei", "owntracks", "cot", "nmea"])
IDS = st.text(min_size=1, max_size=10).filter(lambda text: max(text) < "\ud800" or max(text) > "\udfff")


def reading_of(payload: object) -> Reading:
    octets = payload if isinstance(payload, bytes) else json.dumps(payload).encode()
    return read_fixes(TOPIC, octets, arrived_at=NOW)


@given(SCHEMES, IDS)
def test_a_device_of_any_name_comes_back_from_its_topic(scheme: str, name: str) -> None:
    source = f"{scheme}:{name}"
    try:
        topic = fix_topic("demo", source)
    except ValueError as error:
        assert "longer than 64" in str(error)  # noqa: PT017  # only the long ones may fail
        return
    assert topic.isascii()
    assert not set(topic) & set("+#$ ")
    assert find_address(topic) == Address(force="demo", kind="fix", name=source)
    assert find_address(event_topic("demo", source, "status")) == Address(
        force="demo", kind="event", name=source, type="status"
    )


@pytest.mark.parametrize(
    ("source", "topic"),
    [
        ("itsi:214000806012228", "arls/v1/demo/fix/itsi/214000806012228"),
        ("owntracks:user/phone", "arls/v1/demo/fix/owntracks/user:phone"),
        ("cot:a+b#", "arls/v1/demo/fix/cot/a%2Bb%23"),
        ("owntracks:åsa/phone", "arls/v1/demo/fix/owntracks/%C3%A5sa:phone"),
    ],
)
def test_topics_are_those_of_the_contract(source: str, topic: str) -> None:
    assert fix_topic("demo", source) == topic


@pytest.mark.parametrize("source", ["", "itsi", "itsi:", ":4711", "it/si:1", "itsi:" + "9" * 65])
def test_what_is_no_device_has_no_topic(source: str) -> None:
    with pytest.raises(ValueError, match=r"is no device|longer than 64"):
        fix_topic("demo", source)


@pytest.mark.parametrize(
    "topic", ["", "arls", "arls/v2/demo/fix/itsi/1", "arls/v1/demo/fix/itsi", "arls/v1/demo/gw/yard/tea", "a/b/c/d/e/f"]
)
def test_a_topic_of_others_has_no_address(topic: str) -> None:
    assert find_address(topic) is None


def test_a_gateway_has_its_topics() -> None:
    assert find_address(status_topic("demo", "yard")) == Address(force="demo", kind="status", name="yard")
    assert find_address(receipt_topic("demo", "yard")) == Address(force="demo", kind="receipt", name="yard")
    assert subscriptions("demo") == (
        "arls/v1/demo/fix/#",
        "arls/v1/demo/caller/+/location",
        "arls/v1/demo/gw/+/status",
    )
    assert pressing_subscriptions("demo") == ("arls/v1/demo/event/#",)


def test_one_fix_is_an_object_that_explains_itself() -> None:
    words = json.loads(write_fixes([FIX], Mark(gw_session=7, gw_seq=1)))
    assert words["schema"] == "arls.fix/1"
    assert words["kind"] == "fix"
    assert (words["gw_session"], words["gw_seq"]) == (7, 1)
    assert datetime.fromisoformat(words["received_at"]) == NOW


def test_several_fixes_are_an_array_and_each_carries_the_mark() -> None:
    words = json.loads(write_fixes([FIX, FIX], Mark(gw_session=7, gw_seq=9, gw_void=(3, 5))))
    assert [word["gw_seq"] for word in words] == [9, 9]
    assert [word.get("gw_void") for word in words] == [[3, 5], None]  # said once
    assert reading_of(words).mark == Mark(gateway=FIX.gateway, gw_session=7, gw_seq=9, gw_void=(3, 5))


@given(st.integers(1, 50))
def test_what_is_written_is_read(count: int) -> None:
    mark = Mark(gateway=FIX.gateway, gw_session=1, gw_seq=count)
    assert reading_of(write_fixes([FIX] * count, mark)) == Reading(fixes=(FIX,) * count, rejects=(), mark=mark)


def test_a_publisher_of_few_words_is_understood() -> None:
    (fix,) = reading_of({"lat": 52.0, "lon": -1.0}).fixes
    assert (fix.source, fix.received_at, fix.kind) == ("itsi:234009900004711", NOW, FixKind.FIX)
    assert fix.id == reading_of({"lat": 52.0, "lon": -1.0}).fixes[0].id
    assert fix.id != reading_of({"lat": 52.1, "lon": -1.0}).fixes[0].id


@pytest.mark.parametrize("stamp", ["9999-12-31T23:59:59Z", "0001-01-01T00:00:00Z", "2026-06-06T14:05:00Z"])
def test_a_receive_stamp_that_no_clock_shows_is_not_believed(stamp: str) -> None:
    (fix,) = reading_of({**GOOD, "source": "itsi:1", "received_at": stamp}).fixes
    assert fix.received_at == NOW


@pytest.mark.parametrize(
    ("payload", "reason"),
    [
        (b"", "not_json"),
        (b"{", "not_json"),
        (b"\xff\xfe", "not_json"),
        (b'{"id":"\xff","lat":1,"lon":2}', "not_utf8"),
        (b"[" * 5_000, "too_deep"),
        (b'{"a":' * 5_000, "too_deep"),
        (b" " * 70_000, "too_large"),
        ([], "wrong_shape"),
        ([{}] * 1_001, "wrong_shape"),
        (None, "invalid_field"),
        ("text", "invalid_field"),
        ({}, "position_missing"),
        ({**GOOD, "lat": "52"}, "invalid_field"),
        ({**GOOD, "lat": True}, "invalid_field"),
        ({**GOOD, "lat": None}, "invalid_field"),
        ({**GOOD, "lat": 91}, "invalid_field"),
        ({**GOOD, "accuracy_m": -1}, "invalid_field"),
        ({**GOOD, "fix_time_error_s": 1e300}, "invalid_field"),
        ({**GOOD, "fix_time": "2026-06-06T14:00:00"}, "invalid_field"),
        ({**GOOD, "fix_time": "noon"}, "invalid_field"),
        ({**GOOD, "kind": "rumour"}, "invalid_field"),
        ({**GOOD, "flags": "mock"}, "invalid_field"),
        ({**GOOD, "source": ["itsi"]}, "invalid_field"),
        ({**GOOD, "schema": "arls.fix/9"}, "schema_unknown"),
        (b'{"lat":NaN,"lon":2}', "not_json"),
        (b'{"lat":1e999,"lon":2}', "invalid_field"),
    ],
)
def test_a_payload_that_cannot_be_read_is_refused_with_a_reason(payload: object, reason: str) -> None:
    reading = reading_of(payload)
    assert not reading.fixes
    # How deep is too deep is the interpreter's to say: 3.13 goes on to find that what was not closed is no JSON.
    reasons = {reason, "not_json"} if reason == "too_deep" else {reason}
    assert len(reading.rejects) == 1
    assert reading.rejects[0].reason in reasons


@pytest.mark.parametrize("bad", ["1", "[]", '{"lat":NaN,"lon":1}', '{"lat":-Infinity,"lon":1}', '{"lat":"x","lon":1}'])
def test_neighbours_of_a_bad_object_survive(bad: str) -> None:
    good = json.dumps({**GOOD, "gw_session": 7, "gw_seq": 3})
    reading = reading_of(f"[{bad},{good},{bad}]".encode())
    assert [fix.id for fix in reading.fixes] == ["g"]
    assert len(reading.rejects) == 2
    assert reading.mark == Mark(gw_session=7, gw_seq=3)


@given(st.binary(max_size=200) | st.text('[]{}":,.0123456789aeflnrstuNI\\', max_size=100).map(str.encode))
def test_any_octets_are_fixes_or_rejects(payload: bytes) -> None:
    reading = reading_of(payload)
    assert reading.fixes or reading.rejects
    event, _ = read_event("arls/v1/demo/event/itsi/1/status", payload, arrived_at=NOW)
    assert isinstance(event, Event | Reject)
    assert read_receipt(payload) is None or isinstance(read_receipt(payload), Receipt)
    assert read_status(payload) is None or isinstance(read_status(payload), GatewayStatus)


def test_a_fix_on_another_topic_is_refused() -> None:
    reading = read_fixes("owntracks/a/b", write_fixes([FIX], Mark()), arrived_at=NOW)
    assert [reject.reason for reject in reading.rejects] == ["not_a_topic_of_fix"]


def test_an_event_is_read_as_it_was_written() -> None:
    event = Event(id="e1", source="itsi:1", received_at=NOW, type="status", code=0x8003)
    mark = Mark(gw_session=1, gw_seq=2)
    topic = event_topic("demo", event.source, event.type)
    assert read_event(topic, write_event(event, mark), arrived_at=NOW) == (event, mark)


def test_an_event_of_few_words_is_what_its_topic_says() -> None:
    event, _ = read_event("arls/v1/demo/event/itsi/1/emergency", b"{}", arrived_at=NOW)
    assert isinstance(event, Event)
    assert (event.source, event.type, event.received_at) == ("itsi:1", "emergency", NOW)


def test_status_and_receipt_are_read_as_they_were_written() -> None:
    status = GatewayStatus(state="online", session=3, at=NOW, counters={"received": 5})
    receipt = Receipt(session=3, seq=17)
    assert read_status(msgspec.json.encode(status)) == status
    assert read_receipt(msgspec.json.encode(receipt)) == receipt
