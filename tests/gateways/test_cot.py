"""Cursor on Target: both encodings mean the same, a stream may be cut anywhere, and a stranger's XML stays small."""

from __future__ import annotations

from datetime import UTC, datetime
from itertools import pairwise
from xml.sax.saxutils import quoteattr

import pytest
import takproto
from hypothesis import given
from hypothesis import strategies as st

from arls.fix import FixKind
from gateways.decoders import cot_protobuf, cot_xml
from gateways.decoders.cot_protobuf import CotDatagrams, CotProtobuf
from gateways.decoders.cot_xml import CotXml
from gateways.decoders.message import Alarm, DecodeError, Located, Outcome, OutOfStepError
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
