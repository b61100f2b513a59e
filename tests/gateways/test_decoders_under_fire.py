"""Whatever is sent, a decoder answers with messages and faults, and stays able to hear what is well formed."""

from __future__ import annotations

import json
from contextlib import suppress
from datetime import UTC, datetime
from itertools import pairwise
from math import isfinite

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pynmeagps import NMEAReader

from gateways.decode import SPOKEN, Mode, UnknownDialectError, decode_lines
from gateways.decoders import owntracks, tetra_sds
from gateways.decoders.bits import Bits
from gateways.decoders.message import DecodeError, Located, Message, Outcome, Report
from gateways.decoders.nmea0183 import Nmea0183
from gateways.decoders.tetra_pei import TetraPei

NOW = datetime(2026, 6, 6, 14, 0, 0, tzinfo=UTC)
LATITUDES = st.floats(-90, 90)
LONGITUDES = st.floats(-180, 180)

GOOD_SENTENCE = b"\r\n$GPGLL,5228.7820,N,00154.1560,W,142530.50,A,A*7D\r\n"
GOOD_SDS = b"\r\n+CTSDSR: 12,4711,0,1000,0,84\r\n0A0FFE8C1249FE61000810\r\n"

NMEA_ALPHABET = st.text("$GPRMCALVTNSEW,.*-0123456789\r\n", max_size=200)
PEI_ALPHABET = st.text("+CTSDSR: ,0123456789ABCDEFOK\r\n", max_size=200)
STRUCTURED = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=5,
)


def assert_sane(outcomes: list[Outcome]) -> None:
    for outcome in outcomes:
        assert isinstance(outcome, Message | DecodeError)
        if isinstance(outcome, Located):
            assert outcome.lat is not None
            assert outcome.lon is not None
            assert -90 <= outcome.lat <= 90
            assert -180 <= outcome.lon <= 180
            assert (outcome.lat, outcome.lon) != (0, 0)
        if isinstance(outcome, Report):
            numbers = (outcome.speed_mps, outcome.course_deg, outcome.accuracy_m, outcome.altitude_m, outcome.hdop)
            assert all(number is None or isfinite(number) for number in numbers)
            assert outcome.course_deg is None or 0 <= outcome.course_deg < 360


@given(st.lists(st.binary(max_size=700) | NMEA_ALPHABET.map(str.encode), max_size=5))
def test_nmea_survives_noise_and_hears_the_next_sentence(pieces: list[bytes]) -> None:
    decoder = Nmea0183()
    for piece in pieces:
        assert_sane(decoder.feed(piece, received_at=NOW))
    decoder.feed(b"\n", received_at=NOW)
    decoder.flush()
    decoder.feed(GOOD_SENTENCE, received_at=NOW)
    assert [type(outcome) for outcome in decoder.flush()] == [Located]


@given(st.lists(st.binary(max_size=700) | PEI_ALPHABET.map(str.encode), max_size=5))
def test_pei_survives_noise_and_hears_the_next_message(pieces: list[bytes]) -> None:
    decoder = TetraPei()
    for piece in pieces:
        assert_sane(decoder.feed(piece, received_at=NOW))
    assert isinstance(decoder.feed(GOOD_SDS, received_at=NOW)[-1], Located)


@given(st.lists(st.integers(0, len(GOOD_SDS * 3)), max_size=12))
def test_pei_hears_the_same_however_the_octets_are_cut(cuts: list[int]) -> None:
    octets = GOOD_SDS * 3
    edges = [0, *sorted(cuts), len(octets)]
    decoder = TetraPei()
    pieces = [octets[start:end] for start, end in pairwise(edges)]
    cut = [outcome for piece in pieces for outcome in decoder.feed(piece, received_at=NOW)]
    assert cut == TetraPei().feed(octets, received_at=NOW)


@given(st.text("0123456789ABCDEF", max_size=60), st.none() | st.integers(-10, 300))
def test_any_short_data_is_a_message_or_a_fault(digits: str, length: int | None) -> None:
    with suppress(DecodeError):
        assert_sane([tetra_sds.decode(Bits(digits, length=length), received_at=NOW, vendor_schemes=True)])


@given(st.integers(0, 2**76 - 1))
def test_any_short_report_lies_where_its_bits_say(report: int) -> None:
    report &= ~(0b11 << 74)  # PDU type 0
    said = tetra_sds.decode(Bits(f"0A{report:019X}"), received_at=NOW)
    assert_sane([said])
    if isinstance(said, Located):
        assert said.lat is not None
        assert said.lon is not None
        lon_bits = round(said.lon * 2**25 / 360) % 2**25
        lat_bits = round(said.lat * 2**24 / 180) % 2**24
        assert (report >> 47) & (2**25 - 1) == lon_bits
        assert (report >> 23) & (2**24 - 1) == lat_bits


@given(st.binary(max_size=300) | STRUCTURED.map(json.dumps).map(str.encode))
def test_owntracks_answers_anything_with_a_message_or_a_fault(payload: bytes) -> None:
    assert_sane(owntracks.OwnTracks().feed(payload, received_at=NOW))


@given(
    st.fixed_dictionaries(
        {"_type": st.just("location"), "lat": STRUCTURED | LATITUDES, "lon": STRUCTURED | LONGITUDES},
        optional=dict.fromkeys(["tst", "acc", "alt", "vel", "cog", "batt", "t", "topic"], STRUCTURED),
    )
)
def test_owntracks_fields_of_any_kind_make_no_nonsense(words: dict[str, object]) -> None:
    assert_sane(owntracks.OwnTracks().feed(json.dumps(words).encode(), received_at=NOW))


@pytest.mark.parametrize(
    ("payload", "reason"), [(b'{"a":' + b"[" * 20_000, "too_deep"), (b"{}" + b" " * 65_536, "too_long")]
)
def test_an_object_of_no_phone_is_refused_at_once(payload: bytes, reason: str) -> None:
    (fault,) = owntracks.OwnTracks().feed(payload, received_at=NOW)
    assert isinstance(fault, DecodeError)
    assert fault.reason == reason


@given(LATITUDES, LONGITUDES, st.floats(0, 300), st.floats(0, 359.94))
def test_nmea_and_pynmeagps_understand_a_sentence_alike(lat: float, lon: float, knots: float, course: float) -> None:
    sentence = rmc(lat, lon, knots, course)
    peer = NMEAReader.parse(sentence, validate=1)
    decoder = Nmea0183()
    decoder.feed(sentence, received_at=NOW)
    (ours,) = decoder.flush()
    if isinstance(ours, Located):
        assert (ours.lat, ours.lon) == (pytest.approx(peer.lat, abs=1e-8), pytest.approx(peer.lon, abs=1e-8))
        assert ours.speed_mps == pytest.approx(peer.spd * 1852 / 3600)
        assert ours.course_deg == peer.cog
    else:
        assert (round(lat, 6), round(lon, 6)) == (0, 0)


def rmc(lat: float, lon: float, knots: float, course: float) -> bytes:
    def angle(degrees: float, width: int) -> str:
        millionths = round(abs(degrees) * 60 * 1e6)
        whole, minutes = divmod(millionths, 60_000_000)
        return f"{whole:0{width}d}{minutes / 1e6:09.6f}"

    body = (
        f"GPRMC,140000.00,A,{angle(lat, 2)},{'S' if lat < 0 else 'N'},{angle(lon, 3)},{'W' if lon < 0 else 'E'},"
        f"{knots:.2f},{course:.1f},060626,,,A"
    )
    checksum = 0
    for octet in body.encode():
        checksum ^= octet
    return f"${body}*{checksum:02X}\r\n".encode()


@given(
    st.sampled_from(SPOKEN),
    st.sampled_from(Mode),
    st.lists(
        st.text(st.characters(), max_size=80) | STRUCTURED.map(json.dumps) | NMEA_ALPHABET | PEI_ALPHABET, max_size=4
    ),
)
def test_a_file_of_anything_is_answered_line_by_line(dialect: str, mode: Mode, lines: list[str]) -> None:
    answers = list(decode_lines(dialect, lines, mode))
    assert len(answers) == sum(bool(line.strip()) for line in lines)
    assert all("kind" in answer or "reject" in answer for answer in answers)
    json.dumps(answers, allow_nan=False)


def test_a_dialect_that_is_not_spoken_is_one_sentence() -> None:
    with pytest.raises(UnknownDialectError, match=r"no dialect 'morse'; there are .*nmea0183, osmand, owntracks"):
        decode_lines("morse", [], Mode.TEXT)


def test_a_typed_file_of_a_radio_is_read_line_by_line() -> None:
    lines = ["+CTSDSR: 12,4711,0,1000,0,84", "OK", "0A0FFE8C1249FE61000810", "zz"]
    kinds = [answer.get("kind", answer.get("reject")) for answer in decode_lines("tetra-pei", lines, Mode.TEXT)]
    assert kinds == ["header", "ignore", "fix", "unexpected_line"]


def test_octets_that_are_no_text_come_through_a_text_file() -> None:
    line = b"\xff\xfe$GPRMC".decode("utf-8", "surrogateescape")
    assert [answer["reject"] for answer in decode_lines("nmea0183", [line, "\ud800"], Mode.TEXT)] == [
        "not_ascii",
        "not_text",
    ]
