"""Cursor on Target: both encodings mean the same, a stream may be cut anywhere, and a stranger's XML stays small."""

from __future__ import annotations

from datetime import UTC, datetime
from itertools import pairwise
from xml.sax.saxutils import quoteattr

import pytest
import takproto
from hypothesis import given
from hypothesis import strategies as st

from arls.fix import AccuracyKind, FixKind
from gateways.decoders import cot_protobuf, cot_xml
from gateways.decoders.cot_protobuf import CotDatagrams, CotProtobuf
from gateways.decoders.cot_xml import CotXml
from gateways.decoders.message import (
    Alarm,
    DecodeError,
    Ignored,
    Located,
    NoFix,
    Outcome,
    OutOfStepError,
    Status,
)
from gateways.decoders.xml_tree import MOST_OCTETS
from gateways.fixes import Heard, event_of, fix_of, is_event, is_fix
from tests.gateways.test_decoders_under_fire import assert_sane

NOW = datetime(2026, 6, 6, 14, 0, 0, tzinfo=UTC)
HEADER = b"<?xml version='1.0' encoding='UTF-8' standalone='yes'?>\n"
MESH = b"\xbf\x01\xbf"
SPEEDS = st.floats(0, 120)
COURSES = st.floats(0, 359.9)


def event(uid: str = "ANDROID-7", *, kind: str = "a-f-G-U-C", detail: str = "", lat: float = 52.4797) -> bytes:
    at = "2026-06-06T13:59:58.250Z"
    return (
        HEADER
        + (
            f"<event version='2.0' uid={quoteattr(uid)} type={quoteattr(kind)} how='m-g' time='{at}' start='{at}' "
            f"stale='2026-06-06T14:05:00.000Z'><point lat='{lat}' lon='-1.9026' hae='188.5' ce='4.5' le='9.0'/>"
            f"<detail>{detail}</detail></event>"
        ).encode()
    )


def frame_of(document: bytes) -> bytes:
    message = takproto.xml2proto(document, takproto.TAKProtoVer.STREAM)
    return bytes(message)


def fed(decoder: CotXml | CotProtobuf, octets: bytes, cuts: list[int]) -> list[Outcome]:
    edges = [0, *sorted(cut % (len(octets) + 1) for cut in cuts), len(octets)]
    pieces = [octets[start:end] for start, end in pairwise(edges)]
    return [outcome for piece in pieces for outcome in decoder.feed(piece, received_at=NOW)]


@given(st.floats(-89, 89), SPEEDS, COURSES, st.integers(1, 100))
def test_an_event_means_the_same_in_both_encodings(lat: float, speed: float, course: float, battery: int) -> None:
    detail = f"<track speed='{speed}' course='{course}'/><status battery='{battery}'/>"
    document = event(detail=detail, lat=lat)
    (in_xml,) = CotXml().feed(document, received_at=NOW)
    (in_frames,) = CotProtobuf().feed(frame_of(document), received_at=NOW)
    assert in_xml == in_frames
    assert isinstance(in_xml, Located)
    assert (in_xml.lat, in_xml.speed_mps, in_xml.course_deg) == (lat, speed, course)


@given(st.lists(st.integers(0, 10_000), max_size=12))
def test_a_stream_is_heard_the_same_however_its_octets_are_cut(cuts: list[int]) -> None:
    documents = [event(f"ANDROID-{number}", detail="<remarks>¿qué? ﾿</remarks>") for number in range(3)]
    in_xml = b"\n".join(documents)
    mixed = in_xml + b"\n" + b"".join(map(frame_of, documents))
    assert fed(CotXml(), in_xml, cuts) == CotXml().feed(in_xml, received_at=NOW)
    heard = fed(CotProtobuf(), mixed, cuts)
    assert heard == CotProtobuf().feed(mixed, received_at=NOW)
    assert [type(outcome) for outcome in heard] == [Located] * 6


@given(st.lists(st.binary(max_size=300) | st.text("<event/>?xml ='\n", max_size=200).map(str.encode), max_size=5))
def test_xml_survives_noise_and_hears_the_next_event(pieces: list[bytes]) -> None:
    decoder = CotXml()
    for piece in pieces:
        assert_sane(decoder.feed(piece, received_at=NOW))
    assert isinstance(decoder.feed(b"\n" + event(), received_at=NOW)[-1], Located)


@given(st.lists(st.binary(max_size=300) | st.binary(max_size=300).map(b"\xbf\x10".__add__), max_size=5))
def test_frames_of_anything_are_messages_or_faults(pieces: list[bytes]) -> None:
    decoder = CotProtobuf()
    for piece in pieces:
        assert_sane(decoder.feed(piece, received_at=NOW))


@given(st.binary(max_size=300) | st.binary(max_size=300).map(MESH.__add__))
def test_a_datagram_of_anything_does_not_touch_the_next(datagram: bytes) -> None:
    decoder = CotDatagrams()
    assert_sane(decoder.feed(datagram, received_at=NOW))
    (heard,) = decoder.feed(MESH + takproto_message(event()), received_at=NOW)
    assert isinstance(heard, Located)


@given(st.integers(0, 200), st.integers(0, 255))
def test_a_damaged_message_is_a_message_or_a_fault(place: int, octet: int) -> None:
    message = bytearray(takproto_message(event(detail="<track speed='1' course='2'/>")))
    message[place % len(message)] = octet
    assert_sane(CotDatagrams().feed(MESH + bytes(message), received_at=NOW))


def takproto_message(document: bytes) -> bytes:
    mesh: bytes = bytes(takproto.xml2proto(document, takproto.TAKProtoVer.MESH))
    assert mesh.startswith(MESH)
    return mesh[3:]


def test_the_mesh_speaks_xml_too() -> None:
    (heard,) = CotDatagrams().feed(event() + b"\r\n", received_at=NOW)
    assert isinstance(heard, Located)


def test_a_press_is_an_event_and_a_place_of_the_device_that_is_in_need() -> None:
    detail = "<link uid='ANDROID-7' relation='p-p'/><emergency type='911 Alert'>Delta 7</emergency>"
    (alarm,) = CotXml().feed(event("ANDROID-7-9-1-1", kind="b-a-o-tbl", detail=detail), received_at=NOW)
    assert isinstance(alarm, Alarm)
    assert is_event(alarm)
    assert is_fix(alarm)
    heard = Heard(source=alarm.device_id or "", gateway="gw", protocol="cot-xml", received_at=NOW)
    fix = fix_of(alarm, heard)
    assert (fix.kind, fix.emergency, fix.source) == (FixKind.FIX, True, "cot:ANDROID-7")
    assert event_of(alarm, heard, fix).type == "emergency"


def test_a_press_without_a_place_is_an_event_and_no_fix() -> None:
    document = event(kind="b-a-o-tbl").replace(b"lat='52.4797'", b"lat='north'")
    (alarm,) = CotXml().feed(document, received_at=NOW)
    assert isinstance(alarm, Alarm)
    assert is_event(alarm)
    assert not is_fix(alarm)


def test_an_event_without_end_is_dropped_and_the_next_is_heard() -> None:
    decoder = CotXml()
    endless = event()[:-10] + b"a" * MOST_OCTETS
    (fault,) = decoder.feed(endless, received_at=NOW)
    assert isinstance(fault, DecodeError)
    assert fault.reason == "too_long"
    assert isinstance(decoder.feed(event(), received_at=NOW)[-1], Located)


def test_nothing_is_kept_for_a_length_that_was_only_told() -> None:
    decoder = CotProtobuf()
    (fault,) = decoder.feed(b"\xbf\xff\xff\xff\x0f" + b"a" * 1000, received_at=NOW)
    assert isinstance(fault, OutOfStepError)
    assert [type(outcome) for outcome in decoder.feed(frame_of(event()), received_at=NOW)] == [Located]


@pytest.mark.parametrize("octets", [250, 8_100, 16_384, 24_500, 40_900, 65_500])
def test_a_frame_of_any_length_is_heard(octets: int) -> None:
    message = cot_protobuf.TakMessage.FromString(takproto_message(event()))
    while (missing := octets - message.ByteSize()) > 0:
        message.cotEvent.detail.contact.callsign += "a" * max(1, missing - 12)
    size = message.ByteSize()
    framed = b"\xbf" + varint_of(size) + message.SerializeToString()
    assert [type(outcome) for outcome in CotProtobuf().feed(framed, received_at=NOW)] == [Located]


def varint_of(size: int) -> bytes:
    low, rest = size & 0x7F, size >> 7
    return bytes([low | 0x80]) + varint_of(rest) if rest else bytes([low])


def test_entities_are_refused_before_they_grow() -> None:
    laughs = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10 if n else "ha"}">' for n in range(10))
    bomb = f"<!DOCTYPE event [{laughs}]><event uid='&l9;'/>".encode()
    with pytest.raises(DecodeError, match="document_type"):
        cot_xml.decode(bomb)


def test_the_bomb_in_a_frame_is_refused_and_the_position_kept() -> None:
    message = cot_protobuf.TakMessage.FromString(takproto_message(event()))
    message.cotEvent.detail.xmlDetail = "<emergency>" * 40
    (heard,) = CotDatagrams().feed(MESH + message.SerializeToString(), received_at=NOW)
    assert isinstance(heard, Located)
    assert heard.reason is None


# --- whose report it is, and how it was come by --------------------------------------------------------------------


def said_of(document: bytes, *, live: bool = True) -> list[Outcome]:
    (in_xml,) = CotXml(own_units_only=live).feed(document, received_at=NOW)
    (in_frames,) = CotProtobuf(own_units_only=live).feed(frame_of(document), received_at=NOW)
    (alone,) = CotDatagrams(own_units_only=live).feed(document, received_at=NOW)
    assert in_xml == in_frames == alone
    return [in_xml]


@pytest.mark.parametrize("kind", ["a-h-G-U-C", "a-n-A-C-F", "a-u-G", "a-p-G", "a-s-S", "a-fG", "a-F-G"])
def test_whoever_is_not_a_friend_is_passed_by_in_a_live_gateway_and_decoded_by_hand(kind: str) -> None:
    (heard,) = said_of(event(kind=kind))
    assert isinstance(heard, Ignored)
    assert heard.why == "not_friendly"
    assert isinstance(said_of(event(kind=kind), live=False)[0], Located)


@pytest.mark.parametrize("kind", ["a-f", "a-f-G", "a-f-G-U-C", "a-f-G-E-V-C", "a-f-A-C-H", "a-f-S-X-L"])
def test_friends_are_heard_on_land_on_water_and_in_the_air(kind: str) -> None:
    assert isinstance(said_of(event(kind=kind))[0], Located)


def test_what_somebody_put_on_a_map_is_no_unit_and_what_a_device_says_of_itself_is() -> None:
    link = "<link uid='ANDROID-9' relation='p-p'/>"
    (drawn,) = said_of(event("a-marker", detail=link).replace(b"how='m-g'", b"how='h-g-i-g-o'"))
    assert isinstance(drawn, Ignored)
    assert drawn.why == "marker"
    assert isinstance(said_of(event("a-sensor", detail=link))[0], Located)
    assert isinstance(said_of(event().replace(b"how='m-g'", b"how='h-e'"))[0], Located)


@pytest.mark.parametrize("kind", ["a-u-G", "a-h-G"])
def test_a_call_for_help_is_heard_whoever_it_is_from(kind: str) -> None:
    (heard,) = said_of(event(kind=kind, detail="<emergency type='911 Alert'>Delta 7</emergency>"))
    assert isinstance(heard, Located)
    assert heard.reason == "emergency"


@pytest.mark.parametrize(
    ("how", "kind", "flags"),
    [
        ("m-g", AccuracyKind.MEASURED, ()),
        ("m-g-d", AccuracyKind.MEASURED, ()),
        ("h-e", AccuracyKind.ESTIMATED, ()),
        ("h-g-i-g-o", AccuracyKind.ESTIMATED, ()),
        ("m-s", AccuracyKind.MEASURED, ("mock",)),
        ("", AccuracyKind.MEASURED, ()),
    ],
)
def test_how_a_position_was_come_by_says_how_far_to_trust_it(
    how: str, kind: AccuracyKind, flags: tuple[str, ...]
) -> None:
    (heard,) = said_of(event().replace(b"how='m-g'", f"how='{how}'".encode()))
    assert isinstance(heard, Located)
    assert (heard.accuracy_kind, heard.flags) == (kind, flags)


def test_an_alarm_without_a_link_is_of_the_device_that_its_uid_is_made_of() -> None:
    (alarm,) = said_of(event("ANDROID-7-9-1-1", kind="b-a-o-pan"))
    assert isinstance(alarm, Alarm)
    assert alarm.device_id == "cot:ANDROID-7"


@pytest.mark.parametrize("kind", ["b-a-o-tbl", "b-a-o-pan", "b-a-o-opn", "b-a-o"])
def test_every_kind_of_alarm_is_an_emergency(kind: str) -> None:
    (alarm,) = said_of(event(kind=kind))
    assert isinstance(alarm, Alarm)
    assert alarm.reason == "emergency"


def test_a_cancelled_alarm_is_told_and_ends_nothing_by_itself() -> None:
    detail = "<link uid='ANDROID-7' relation='p-p'/><emergency cancel='true'>Delta 7</emergency>"
    (heard,) = said_of(event("ANDROID-7-9-1-1", kind="b-a-o-can", detail=detail))
    assert heard == Status(device_id="cot:ANDROID-7", received_at=NOW, text="emergency_cancelled")


@pytest.mark.parametrize(
    ("kind", "why"),
    [
        ("b-m-p-s-m", "marker"),
        ("b-m-r", "route"),
        ("b-a-g", "geofence"),
        ("u-d-f", "drawing"),
        ("t-x-d-d", "protocol"),
        ("t-x-takp-q", "protocol"),
        ("b-i-v", "other_type"),
        ("y-a-f-A", "other_type"),
    ],
)
def test_what_is_of_no_use_to_a_picture_is_counted_by_what_it_is(kind: str, why: str) -> None:
    (heard,) = said_of(event(kind=kind))
    assert isinstance(heard, Ignored)
    assert heard.why == why


# --- what may be wrong in an event ---------------------------------------------------------------------------------


@pytest.mark.parametrize("number", ["NaN", "nan", "inf", "-Infinity", "1e999", "0x10", "1_0", "", " 1", "\u0661"])
def test_what_is_no_finite_number_is_no_place(number: str) -> None:
    with pytest.raises(DecodeError, match="position_missing"):
        cot_xml.decode(event().replace(b"lat='52.4797'", f"lat='{number}'".encode()))


@pytest.mark.parametrize("field", ["lat", "lon"])
def test_no_finite_number_in_a_frame_is_no_place_either(field: str) -> None:
    message = cot_protobuf.TakMessage.FromString(takproto_message(event()))
    setattr(message.cotEvent, field, float("nan"))
    with pytest.raises(DecodeError, match="position_missing"):
        cot_protobuf.decode(message.SerializeToString())


@pytest.mark.parametrize("unknown", ["9999999.0", "9999999", "999999.0", "-9999999", "NaN", "-1", "0", ""])
def test_what_stands_for_an_unknown_error_is_unknown(unknown: str) -> None:
    (heard,) = CotXml().feed(event().replace(b"ce='4.5'", f"ce='{unknown}'".encode()), received_at=NOW)
    assert isinstance(heard, Located)
    assert (heard.accuracy_m, heard.accuracy_kind) == (None, None)


@pytest.mark.parametrize("track", ["speed='-1' course='-1'", "speed='9999999' course='9999999.0'", "speed='x'", ""])
def test_what_stands_for_an_unknown_movement_is_unknown(track: str) -> None:
    (heard,) = CotXml().feed(event(detail=f"<track {track}/>"), received_at=NOW)
    assert isinstance(heard, Located)
    assert (heard.speed_mps, heard.course_deg) == (None, None)


@pytest.mark.parametrize("lon", [-0.0002, -1.0, -66.07737696, 0.0002, 151.2, -180.0])
def test_longitudes_keep_their_sign_on_both_sides_of_greenwich(lon: float) -> None:
    (heard,) = said_of(event().replace(b"lon='-1.9026'", f"lon='{lon}'".encode()))
    assert isinstance(heard, Located)
    assert heard.lon == lon


def test_nobody_is_at_null_island_and_beyond_the_globe_is_nowhere() -> None:
    (heard,) = said_of(event(lat=0).replace(b"lon='-1.9026'", b"lon='0.0'"))
    assert isinstance(heard, NoFix)
    with pytest.raises(DecodeError, match="position_out_of_range"):
        cot_xml.decode(event(lat=90.01))


def test_a_clock_that_runs_ahead_costs_the_time_and_not_the_place() -> None:
    (heard,) = said_of(event().replace(b"13:59:58.250Z", b"15:30:00.000Z"))
    assert isinstance(heard, Located)
    assert (heard.time, heard.flags) == (None, ("time_suspect",))


def test_an_event_that_was_stale_before_it_began_is_as_old_as_it_says() -> None:
    # A stale in the past asks clients to grey the icon; where the device was then, it was.
    (heard,) = said_of(event().replace(b"stale='2026-06-06T14:05:00", b"stale='2026-06-06T13:00:00"))
    assert isinstance(heard, Located)
    assert heard.time == datetime(2026, 6, 6, 13, 59, 58, 250_000, tzinfo=UTC)


@pytest.mark.parametrize("time", ["", "yesterday", "2026-02-30T00:00:00Z", "1780754398"])
def test_an_event_without_a_time_that_exists_is_refused(time: str) -> None:
    with pytest.raises(DecodeError, match="bad_time"):
        cot_xml.decode(event().replace(b"time='2026-06-06T13:59:58.250Z'", f"time='{time}'".encode()))
